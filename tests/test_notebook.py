"""Reversal in a notebook: its functions, and their tables as data frames."""

from __future__ import annotations

import doctest
import json
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

import reversal
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
    assert -88 < low < -85.3 < high < -82  # RT/F ln(5/140) at 23.9 °C; the channel is nearly impermeable to Na⁺
    assert low < found.e_rev_mV < high
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


def test_the_package_has_the_functions_of_the_notebook() -> None:
    assert reversal.read is read
    assert set(reversal.__all__) <= set(dir(reversal))
    with pytest.raises(AttributeError, match="has no attribute 'plot'"):
        reversal.plot  # noqa: B018


def test_measure_is_a_function_and_a_package(path: Path, planned: PlannedRecording) -> None:
    """The package reversal.measure has the name of the function."""
    conditions = planned.conditions
    recipes: dict[str, Any] = {"bath": conditions.bath.ions_mM, "pipette": conditions.pipette.ions_mM}
    options = {**recipes, "temperature_C": conditions.temperature_C}
    found = reversal.measure(reversal.read(path), **options)
    assert found.e_rev_mV == measure(read(path), **options).e_rev_mV
    assert import_module("reversal.measure.measure_cell").measure_cell is not None
    assert set(found.to_frame()["bath"]) == {"bath"}
    assert found.figure().svg.startswith("<?xml")


def test_cells_of_a_project_are_measured_as_in_a_run(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    project = reversal.project("examples/potassium_leak/config.yaml")
    cell = project.cell("w1")
    assert cell.recordings == ("w1_K2.5", "w1_K5", "w1_K10", "w1_K40")
    tables = cell.measure()
    iv = tables.to_frame("iv")
    assert dict(iv.groupby("bath")["out_mM"].first()) == {"K2.5": 2.5, "K5": 5.0, "K10": 10.0, "K40": 40.0}
    assert set(iv["temperature_C"]) == {37.0}
    assert set(iv["ion"]) == {"K"}
    assert list(project.to_frame()["recording"][:4]) == list(cell.recordings)
    reversal.series_figure(tables).save(tmp_path / "series.svg")
    assert (tmp_path / "series.svg").read_text(encoding="utf-8").startswith("<?xml")
    with pytest.raises(Refusal, match=r"the project has no such cell.*Nearest: 'w1'"):
        project.cell("w11")
    with pytest.raises(Refusal, match="the cell has no such recording"):
        cell.recording("m1_K5")
    with pytest.raises(Refusal, match=r"there is no such table.*Nearest: 'reversals'"):
        tables.to_frame("reversal")


def test_the_tutorial_for_notebooks_runs_and_shows_what_it_gives(root: Path) -> None:
    """Figures are not compared: the last digits of their coordinates depend on the processor."""
    spec = spec_from_file_location("make_notebook", root / "docs" / "make_notebook.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    stored = json.loads((root / "docs" / "notebook.ipynb").read_text(encoding="utf-8"))

    def shown(cells: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
        return [
            (cell["source"], [o.get("text") or o["data"]["text/plain"] for o in cell.get("outputs", [])])
            for cell in cells
        ]

    assert shown(stored["cells"]) == shown(module.run_cells()), "run: python docs/make_notebook.py"
    pytest.importorskip("nbformat").validate(stored)


def test_the_example_of_the_docstring_runs() -> None:
    found = doctest.testmod(notebook)
    assert found.failed == 0
    assert found.attempted >= 9


def test_the_example_of_the_tutorial_runs(
    root: Path, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (root / "docs" / "tutorial.md").read_text(encoding="utf-8")
    example = page.partition("```python\nimport reversal\n")[2].partition("reversal.results(")[0]
    (tmp_path / "data" / "demo").mkdir(parents=True)
    (tmp_path / "data" / "demo" / "2026_11_19_0001.abf").symlink_to(path)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(f"import reversal\n{example}", names)  # noqa: S102 - text of this project
    found = names["found"]
    assert isinstance(found, notebook.Measurement)
    assert found.e_rev_mV is not None
    assert -88 < found.e_rev_mV < -82
