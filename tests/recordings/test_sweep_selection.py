"""Sweeps are chosen by their numbers in the file, in every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reversal.experiment.protocols import Protocol
from reversal.experiment.sweep_numbers import sweep_ranges
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.choices.sweep_selection import marks_in_words, select_sweeps
from reversal.recordings.inspection import inspect, inspection_text
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, MarkedSweep, RecordingRefused, SweepSelection
from reversal.recordings.recording.store import Ingested, read_recordings, write_recordings
from tests.recordings.abf1_files import protocol
from tests.recordings.atf_files import atf_text
from tests.recordings.formats.test_plain_arrays import PROTOCOL, SWEEPS_nA
from tests.recordings.wcp_files import family_mV, wcp_content

FILE = Path("rec.abf")
CHOSEN = ReadingOptions(sweeps=sweep_ranges("1-2"))


def test_chosen_sweeps_keep_their_numbers_and_the_order_of_the_file() -> None:
    assert select_sweeps(5, sweep_ranges("4,1-2"), FILE) == SweepSelection(5, (1, 2, 4))
    assert select_sweeps(3, None, FILE).numbers == (0, 1, 2)


@pytest.mark.parametrize(
    ("text", "missing", "found"), [("2-4", 4, "2-4"), ("9", 9, "9"), ("0-999999999", 4, "0-999999999")]
)
def test_a_sweep_that_is_not_in_the_file_is_refused_by_its_number(text: str, missing: int, found: str) -> None:
    with pytest.raises(RecordingRefused, match=rf"there is no sweep {missing}. Found: '{found}'. Expected: sweeps 0-3"):
        select_sweeps(4, sweep_ranges(text), FILE)


def test_marked_sweeps_are_left_out_of_the_chosen_ones() -> None:
    found = select_sweeps(6, sweep_ranges("1-4"), FILE, {0: "rejected", 2: "rejected", 3: "leak"})
    assert found.numbers == (1, 4)
    assert found.marked == (MarkedSweep(2, "rejected"), MarkedSweep(3, "leak"))
    assert found.chosen == (1, 2, 3, 4)
    assert marks_in_words(found.marked) == "2 (rejected), 3 (leak)"


def test_an_abf_file_keeps_the_command_of_each_chosen_sweep(abf1: Callable[..., Path]) -> None:
    path = abf1(protocol(sweeps=3))
    every, found = read_recording(path), read_recording(path, CHOSEN)
    assert found.command.sweeps == every.command.sweeps[1:]
    assert [sweep.start_s for sweep in found.sweeps] == [sweep.start_s for sweep in every.sweeps[1:]]
    for sweep, whole in zip(found.sweeps, every.sweeps[1:], strict=True):
        np.testing.assert_array_equal(sweep.i_pA, whole.i_pA)
    text = inspection_text(inspect(path, CHOSEN))
    assert "sweeps     1-2 of 3 in the file are used" in text
    assert "\n    1  " in text
    assert "\n    0  " not in text


def test_atf_text_and_arrays_choose_sweeps(tmp_path: Path) -> None:
    rows = np.column_stack([np.arange(50) * 0.1, SWEEPS_nA.T[:50], np.tile([[-80.0, -80.0, -80.0]], (50, 1))])
    titles = [f"Trace #{n} ({unit})" for unit in ("nA", "mV") for n in (1, 2, 3)]
    (tmp_path / "a.atf").write_text(atf_text(["IN 0"] * 3 + ["Vm"] * 3, titles, rows))
    np.savetxt(tmp_path / "a.csv", SWEEPS_nA.T, delimiter=",")
    np.save(tmp_path / "a.npy", SWEEPS_nA)
    declared = ReadingOptions(protocol=PROTOCOL, sweeps=CHOSEN.sweeps)
    for name, options in (("a.atf", CHOSEN), ("a.csv", declared), ("a.npy", declared)):
        found = read_recording(tmp_path / name, options)
        assert found.selection == SweepSelection(3, (1, 2))
        sign = 1000 if name == "a.atf" else -1000
        np.testing.assert_allclose(found.sweeps[0].i_pA[:50], sign * SWEEPS_nA[1][:50], rtol=1e-4)
    assert [sweep.epochs[1].level_mV for sweep in found.command.sweeps] == [-10.0, 20.0]


def test_declared_levels_are_those_of_the_file_or_of_the_chosen_sweeps(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", SWEEPS_nA)
    for levels, expected in (([-40, -10, 20], [-10, 20]), ([-10, 20], [-10, 20])):
        epochs = [{"step": levels, "ms": 40}]
        changed = Protocol.model_validate({**PROTOCOL.model_dump(exclude={"epochs"}), "epochs": epochs})
        found = read_recording(tmp_path / "a.npy", ReadingOptions(protocol=changed, sweeps=CHOSEN.sweeps))
        assert [sweep.epochs[0].level_mV for sweep in found.command.sweeps] == expected
    changed = Protocol.model_validate({**changed.model_dump(exclude={"epochs"}), "epochs": [{"step": [1], "ms": 40}]})
    with pytest.raises(CommandUnknown, match=r"2 sweeps.*1 levels"):
        read_recording(tmp_path / "a.npy", ReadingOptions(protocol=changed, sweeps=CHOSEN.sweeps))


def test_places_in_messages_are_numbers_of_the_file(tmp_path: Path) -> None:
    voltages_mV = family_mV([-60.0, -40.0, -20.0, 0.0])
    path = tmp_path / "rec.wcp"
    path.write_bytes(wcp_content(np.random.default_rng(1).normal(0, 9, voltages_mV.shape), voltages_mV))
    epochs = [{"step": -80, "ms": 20}, {"step": [-20, 25], "ms": 60}]
    wrong = Protocol.model_validate({"holding_mV": -80, "epochs": epochs})
    with pytest.raises(CommandUnknown, match=r"sweep 3, epoch B.*the command of 25.0 mV"):
        read_recording(path, ReadingOptions(protocol=wrong, sweeps=sweep_ranges("2-3")))


def test_the_selection_is_stored(abf1: Callable[..., Path], tmp_path: Path) -> None:
    found = read_recording(abf1(protocol(sweeps=3)), CHOSEN)
    write_recordings(tmp_path / "r.h5", [Ingested("a", found, None, found.sha256)])
    (stored,) = read_recordings(tmp_path / "r.h5")
    assert stored.recording is not None
    assert stored.recording.selection == SweepSelection(3, (1, 2))
    assert stored.recording.number_of(0) == 1
