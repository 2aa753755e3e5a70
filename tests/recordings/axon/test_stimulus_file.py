"""A command that was played from a stimulus file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.command.waveform import expand
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown
from tests.recordings.abf1_files import COUNTS_PER_UNIT, abf1_content, protocol
from tests.recordings.atf_files import atf_text

Write = Callable[..., Path]
SINES_mV = np.array([-80.0 + amplitude * np.sin(np.arange(640) / 20) for amplitude in (30, 60)])


def write_stimulus(folder: Path, kind: str) -> None:
    """Two sweeps of a sine, with a name in other letters than the recording stores."""
    folder.mkdir()
    if kind == "atf":
        table = np.column_stack([np.arange(640) * 0.1, SINES_mV.T])
        (folder / "Sine.ATF").write_text(atf_text(["s", "s"], ["Trace #1 (mV)", "Trace #2 (mV)"], table))
    else:
        counts = np.rint(SINES_mV * COUNTS_PER_UNIT).astype(np.int16)[:, :, None]
        (folder / "Sine.ABF").write_bytes(abf1_content(protocol(sweeps=2), counts, inputs=(("IN 0", "mV"),)))


@pytest.mark.parametrize("kind", ["atf", "abf"])
def test_a_stimulus_file_is_played_sweep_by_sweep(abf1: Write, tmp_path: Path, kind: str) -> None:
    write_stimulus(tmp_path / "stimuli", kind)
    played = {"nWaveformSource": 2, "sDACFilePath": f"C:\\Axon\\sine.{kind}"}
    path = abf1(protocol(sweeps=2), changes=played)
    with pytest.raises(CommandUnknown, match=f"sine.{kind}' was not found"):
        read_recording(path)
    found = read_recording(path, ReadingOptions(stimulus_dirs=(tmp_path / "stimuli",)))
    for sweep, wave in zip(found.command.sweeps, SINES_mV, strict=True):
        assert expand(sweep, 640) == pytest.approx(wave, abs=0.5 / COUNTS_PER_UNIT)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"samples": 800}, r"640 samples.*800 samples"), ({"sweeps": 3}, r"fewer sweeps.*sweep 2|sweep 2.*fewer sweeps")],
)
def test_a_stimulus_file_that_does_not_fit_is_refused(
    abf1: Write, tmp_path: Path, changed: dict[str, int], reason: str
) -> None:
    write_stimulus(tmp_path / "stimuli", "atf")
    played = {"nWaveformSource": 2, "sDACFilePath": "sine.atf"}
    path = abf1(protocol(**{"sweeps": 2, **changed}), changes=played)
    with pytest.raises(CommandUnknown, match=reason):
        read_recording(path, ReadingOptions(stimulus_dirs=(tmp_path / "stimuli",)))
