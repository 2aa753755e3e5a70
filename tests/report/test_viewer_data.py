"""Sweeps for the viewer: nothing lost in height, times and windows of the recording, no markup."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from reversal.recordings.recording.recording import Sweep
from reversal.report.cell.sweeps_figure import Panel
from reversal.report.cell.viewer_data import viewer_data


def unpacked(sweep: dict) -> np.ndarray:
    return np.frombuffer(b64decode(sweep["data"]), dtype="<i2") * sweep["step"]


def test_highest_and_lowest_sample_of_each_sweep_are_kept(rows: ModuleType) -> None:
    recording = rows.a_recording(5.0, 1)
    (shown,) = json.loads(viewer_data([Panel("K5", recording, "#000", name="r1")], ()))
    assert len(shown["sweeps"]) == len(recording.sweeps) == 17
    for sweep, drawn in zip(recording.sweeps, shown["sweeps"], strict=True):
        values = unpacked(drawn)
        assert values.max() == pytest.approx(sweep.i_pA.max(), abs=drawn["step"])
        assert values.min() == pytest.approx(sweep.i_pA.min(), abs=drawn["step"])
        assert drawn["ms"] == pytest.approx(1000 * sweep.i_pA.size / recording.sample_rate_Hz)
        assert drawn["command"][1][0] == recording.command.sweeps[drawn["n"]].epochs[0].level_mV


def test_window_and_start_of_its_epoch_are_those_of_the_recording(rows: ModuleType) -> None:
    recording = rows.a_recording(5.0, 1, sweeps=2)
    epoch = max(recording.command.sweeps[0].epochs, key=lambda epoch: epoch.stop - epoch.start)
    start_ms, stop_ms = (place * 1000 / recording.sample_rate_Hz for place in (epoch.start, epoch.stop))
    point = (
        rows.some_measures("c")
        .iv[0]
        .model_copy(
            update={
                "recording": "r1",
                "sweep": 1,
                "window_start_ms": stop_ms - 40.0,
                "window_stop_ms": stop_ms,
                "used": False,
            }
        )
    )
    (shown,) = json.loads(viewer_data([Panel("K5", recording, "#000", name="r1")], [point]))
    assert [sweep["window"] for sweep in shown["sweeps"]] == [None, [stop_ms - 40.0, stop_ms]]
    assert [sweep["unused"] for sweep in shown["sweeps"]] == [False, True]
    assert shown["epoch"] == pytest.approx(start_ms, abs=1e-3)


@pytest.mark.parametrize("values", [[], [np.nan] * 5, [0.0], [np.inf, 1.0, -2.0]])
def test_strange_sweeps_are_packed(rows: ModuleType, values: list[float]) -> None:
    recording = rows.a_recording(5.0, 1, sweeps=1)
    strange = replace(recording, sweeps=(Sweep(0.0, np.array(values)),))
    (shown,) = json.loads(viewer_data([Panel("K5", strange, "#000", name="r1")], ()))
    finite = [value for value in values if np.isfinite(value)] or [0.0]
    assert np.abs(unpacked(shown["sweeps"][0])).max(initial=0.0) == pytest.approx(max(map(abs, finite)), abs=0.01)


def test_text_of_a_sheet_cannot_end_the_data(rows: ModuleType) -> None:
    recording = rows.a_recording(5.0, 1, sweeps=1)
    text = viewer_data([Panel("</script><script>alert(1)</script>", recording, "#000", name="r1")], ())
    assert "<" not in text
    assert json.loads(text)[0]["title"] == "</script><script>alert(1)</script>"


def test_the_data_of_many_recordings_are_small(rows: ModuleType) -> None:
    recording = rows.a_recording(5.0, 1)
    panels = [Panel(f"K{n}", recording, "#000", name=f"r{n}") for n in range(24)]
    assert len(viewer_data(panels, ())) < 900_000
