"""Reversal in a notebook: its functions, and their tables as data frames."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from reversal import notebook
from reversal.errors import Refusal
from reversal.notebook import measure, read, results
from reversal.simulate.rig import record
from reversal.simulate.synthetic_night import PlannedRecording, planned_night
from reversal.simulate.write_abf2 import write_abf2

pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def planned() -> PlannedRecording:
    return list(planned_night())[1]


@pytest.fixture(scope="module")
def path(planned: PlannedRecording, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = record(planned.cell, planned.amplifier, planned.conditions, planned.protocol, planned.seed)
    file = tmp_path_factory.mktemp("raw") / "one.abf"
    write_abf2(file, planned.protocol, made.counts, planned.amplifier, planned.notes)
    return file


def test_one_recording_is_analysed_as_in_a_run(path: Path, planned: PlannedRecording) -> None:
    conditions = planned.conditions
    found = measure(
        read(path),
        bath={f"{ion}+" if ion in ("K", "Na") else ion: mM for ion, mM in conditions.bath.ions_mM.items()},
        pipette={"ions_mM": dict(conditions.pipette.ions_mM)},
        temperature_C=conditions.temperature_C,
        rs_compensation=planned.amplifier.rs_compensation,
        seal_GOhm=1.0 / planned.cell.leak_nS,
    )
    low, high = found.interval_mV
    # RT/F ln(5/140) = −84.9 mV at 22 °C; a little Na⁺ passes the channel
    assert -86 < low < found.e_rev_mV < high < -70
    assert found.status in ("ok", "flagged")
    frame = found.to_frame()
    assert len(frame) == 17
    assert {"v_command_mV", "i_pA"} <= set(frame.columns)
    assert set(frame["out_mM"]) == {conditions.bath.ions_mM["K"]}
    assert set(frame["ion"]) == {"K"}


def test_faults_are_refusals_with_their_place(path: Path) -> None:
    recording = read(path)
    with pytest.raises(Refusal, match=r"bath.*not electroneutral"):
        measure(recording, bath={"K": 5}, pipette={"KCl": 140}, temperature_C=22)
    with pytest.raises(Refusal, match="temperature_C"):
        measure(recording, bath={"KCl": 150}, pipette={"KCl": 140}, temperature_C=295)
    with pytest.raises(Refusal, match=r"rs_Mohm: unknown key.*Nearest: 'rs_MOhm'"):
        measure(recording, bath={"KCl": 150}, pipette={"KCl": 140}, temperature_C=22, rs_Mohm=5)


def test_tables_of_a_run_are_data_frames(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="Run `reversal run` first"):
        results(tmp_path)
    (tmp_path / "cohort").mkdir()
    (tmp_path / "cells" / "c1").mkdir(parents=True)
    (tmp_path / "cells" / "c1" / "iv.csv").write_text("v_mV,i_pA\n-80,\n", encoding="utf-8")
    tables = results(tmp_path)
    assert tables.cells == ("c1",)
    assert tables.to_frame("iv", "c1")["i_pA"].isna().all()
    with pytest.raises(Refusal, match=r"there is no such table.*Nearest: 'iv'"):
        tables.to_frame("ivs", "c1")


def test_the_example_of_the_docstring_runs() -> None:
    found = doctest.testmod(notebook)
    assert found.failed == 0
    assert found.attempted >= 9


def test_the_example_of_the_tutorial_runs(
    root: Path, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (root / "docs" / "tutorial.md").read_text(encoding="utf-8")
    example = page.partition("```python\nfrom reversal.notebook")[2].partition("results(")[0]
    (tmp_path / "data" / "demo").mkdir(parents=True)
    (tmp_path / "data" / "demo" / "2026_11_19_0001.abf").symlink_to(path)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(f"from reversal.notebook{example}", names)  # noqa: S102 - text of this project
    found = names["found"]
    assert isinstance(found, notebook.Measurement)
    assert found.e_rev_mV is not None
    assert -88 < found.e_rev_mV < -75
