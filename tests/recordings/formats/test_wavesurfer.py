"""WaveSurfer files: scaling by a polynomial, active inputs, rates of old versions, and what is not known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import Evidence, RecordingRefused
from tests.recordings.wavesurfer_files import COEFFICIENTS, counts, write_wavesurfer


@pytest.mark.parametrize("old", [False, True])
def test_counts_are_scaled_with_the_polynomial_of_their_input(tmp_path: Path, old: bool) -> None:
    found = read_recording(write_wavesurfer(tmp_path, old=old))
    stored = counts(-80)[0].astype(float)
    b = COEFFICIENTS[0]
    expected = (b[0] + b[1] * stored + b[2] * stored**2 + b[3] * stored**3) / 0.0005
    np.testing.assert_allclose(found.sweeps[0].i_pA, expected, rtol=1e-12)
    assert found.command.evidence is Evidence.MONITOR
    assert [sweep.epochs[1].level_mV for sweep in found.command.sweeps[1:]] == pytest.approx([-40, 0], abs=0.05)
    assert [sweep.start_s for sweep in found.sweeps] == [0.0, 2.0, 4.0]
    assert found.started == "2018-09-13T15:22:56.000"
    assert [channel.name for channel in found.channels] == ["Im", "Vm"]


def test_an_old_version_used_the_next_possible_rate(tmp_path: Path) -> None:
    """The board divides 100 MHz by a whole number, rounded down: 100e6 / 3333."""
    assert read_recording(write_wavesurfer(tmp_path, old=True, rate_Hz=30_000.0)).sample_rate_Hz == pytest.approx(
        30_003.0003
    )
    assert read_recording(write_wavesurfer(tmp_path, rate_Hz=30_000.0)).sample_rate_Hz == 30_000.0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"AIScalingCoefficients": None}, "lacks the scaling coefficients"),
        ({"AIScalingCoefficients": COEFFICIENTS[:1]}, "impossible scales"),
        ({"AIChannelScales": np.zeros((3, 1))}, "impossible scales"),
        ({"AIChannelUnits": np.array([b"pA"])}, "does not describe its inputs"),
        ({"IsAIChannelActive": np.ones((3, 1))}, "another number of inputs"),
        ({"AcquisitionSampleRate": np.array([[np.nan]])}, "impossible sampling rate"),
        ({"AIChannelUnits": np.array([b"V", b"V", b"V"])}, "no channel has a unit of current"),
        ({"AIChannelNames": None}, "empty or too large"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(RecordingRefused, match=reason):
        read_recording(write_wavesurfer(tmp_path, **changes))


def test_hdf5_of_other_programs_is_named(tmp_path: Path) -> None:
    for name, reason in (("experiment-1/epochs", "Symphony"), ("info/0", "acq4"), ("info/1", "not an NWB file")):
        path = tmp_path / f"{reason[:4]}.h5"
        with h5py.File(path, "w") as file:
            file.create_group(name)
            if reason == "acq4":
                file.attrs["MetaArray"] = "2"
        with pytest.raises(RecordingRefused, match=reason):
            read_recording(path)
