"""Text that Patchmaster exported: sweeps with their times, series by path, what is the voltage."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Evidence, Recording, RecordingRefused

SAMPLES = 300


def exported(folder: Path, *series: str, voltage: str = "Vmon[V]", samples: int = SAMPLES) -> Path:
    """Two sweeps in each series; the second 10.5 s after the first, and after midnight."""
    lines = []
    for name in series or ("3_2",):
        lines.append(f"Series_{name}")
        for n, (time_s, level_V) in enumerate(((86_395.0, -0.04), (5.5, 0.02))):
            lines.append(f"Sweep_{name}_{n + 1},  {time_s:.9E}, 23:59:55.000")
            lines.append(f'"Index", "Time[s]"       , "Imon[A]"       , "Time[s]"       , "{voltage}"       ')
            v_V = np.repeat([-0.08, level_V, -0.08], samples // 3)
            for k in range(samples):
                lines.append(
                    f"{k:7d}, {k * 2e-4: .9E}, {(k % 7 + 100 * n) * 1e-12: .9E}, {k * 2e-4: .9E}, {v_V[k]: .9E}"
                )
            lines.append("")
    path = folder / "export.asc"
    path.write_text("\n".join(lines) + "\n", encoding="latin-1")
    os.utime(path, (1, 1))
    return path


def test_sweeps_have_their_times_and_the_monitor_is_the_command(tmp_path: Path) -> None:
    found = read_recording(exported(tmp_path))
    assert [sweep.start_s for sweep in found.sweeps] == pytest.approx([0.0, 10.5])
    assert found.sample_rate_Hz == 5000.0
    assert found.sweeps[1].i_pA[:3] == pytest.approx([100.0, 101.0, 102.0])
    assert found.command.evidence is Evidence.MONITOR
    assert [sweep.epochs[1].level_mV for sweep in found.command.sweeps] == pytest.approx([-40.0, 20.0])


def test_an_input_of_the_converter_is_not_the_voltage_of_the_cell(tmp_path: Path) -> None:
    with pytest.raises(CommandUnknown, match="neither a protocol nor a recorded voltage"):
        read_recording(exported(tmp_path, voltage="Adc3[V]"))


def test_a_series_and_a_current_are_chosen_by_path(tmp_path: Path) -> None:
    path = exported(tmp_path, "1_1", "1_2", voltage="Imon-2[A]")
    with pytest.raises(RecordingRefused, match=r"several series.*1/1, 1/2"):
        read_recording(path)
    with pytest.raises(RecordingRefused, match="no series '2/1'"):
        read_recording(path, ReadingOptions(channel="2/1"))
    with pytest.raises(RecordingRefused, match="several current channels"):
        read_recording(path, ReadingOptions(channel="1/2"))
    with pytest.raises(CommandUnknown):
        read_recording(path, ReadingOptions(channel="1/2/Imon-2"))


def test_a_text_that_ends_after_its_series_is_refused(tmp_path: Path) -> None:
    path = exported(tmp_path)
    path.write_bytes(path.read_bytes()[:11])
    with pytest.raises(RecordingRefused, match="no sweep"):
        read_recording(path)


@settings(max_examples=30)
@given(st.integers(0, 3000), st.binary(max_size=3))
def test_damaged_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, place: int, new: bytes) -> None:
    path = exported(tmp_path_factory.mktemp("damaged"), samples=30)
    content = path.read_bytes()
    path.write_bytes(content[:place] + new + content[place + 2 :] if len(new) < 3 else content[:place])
    os.utime(path, (1, 1))
    with contextlib.suppress(RecordingRefused):
        assert isinstance(read_recording(path), Recording)
