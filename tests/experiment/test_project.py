"""A sound project is read as written; a faulty row, recipe or key is refused with place, value and remedy."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.project import Project, read_configuration
from reversal.experiment.recording_sheet import read_sheet

Load = Callable[..., Project]


def test_a_sound_project_has_no_faults_and_keeps_unknown_columns(load: Load) -> None:
    project = load({"file": "r1.abf"})
    assert project.faults == ()
    (row,) = project.declared
    assert row.entry is not None
    assert (row.entry.temperature_C, row.entry.rs_compensation, row.entry.extra) == (22.0, 0.8, {"batch": "7"})


def test_the_closing_ion_makes_the_recipe_neutral(load: Load) -> None:
    assert load().solutions["in"].ions_mM == {"K": 140, "Cl": 10, "gluconate": 130}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bath": "K50"}, r"row 3 .*bath 'K50' is not in .*Nearest: 'K5'"),
        ({"temperature_C": ""}, r"row 3 .*temperature_C is missing.*never assumed"),
        ({"temperature_C": "22,5"}, r"row 3 .*'22,5'.*decimal point"),
        (
            {"temperature_C": "295"},
            r"row 3 .*temperature_C is '295'.*less than or equal to 60 \(in °C: 295 K is 21.85 °C\)",
        ),
        ({"rs_compensation": "80"}, r"row 3 .*'80'.*80 % is 0.8"),
        ({"file": "r2.abf"}, r"row 3 .*the file is missing\. Nearest: 'r1.abf'"),
        ({"file": "../raw/r1.abf"}, r"row 3 .*must lie inside raw_dir"),
        ({"recording": "r 2"}, r"row 3 .*recording is not a usable name.*'r 2'"),
        ({"recording": "r1"}, r"recording 'r1' stands in rows 2, 3"),
        ({"cell": "C1"}, r"row 3 .*cell names differ only in case: C1, c1"),
    ],
)
def test_a_faulty_row_is_named_with_its_place_and_remedy(load: Load, change: dict[str, str], message: str) -> None:
    faults = "\n".join(load({}, {"file": "r1.abf", **change}, {"cell": "c3", "file": "r1.abf"}).faults)
    assert re.search(message, faults), faults


def test_a_faulty_row_does_not_touch_the_other_cells(load: Load) -> None:
    project = load({"bath": "K50"}, {"cell": "c2", "file": "r1.abf"})
    assert [row.entry is None for row in project.declared] == [True, False]
    assert project.cells == ("c1", "c2")
    assert project.reading("c2").files["r2"].file == "r1.abf"
    assert project.reading("c1").files == {}


def test_a_solution_that_is_not_neutral_faults_only_the_rows_that_use_it(load: Load) -> None:
    solutions = "K5: {ions_mM: {K: 5, Na: 140, Cl: 140}}\nin: {ions_mM: {K: 140, Cl: 140}}\n"
    project = load({}, {"cell": "c2", "file": "r1.abf", "bath": "in"}, solutions=solutions)
    (first, second) = project.declared
    assert "solution 'K5' is not electroneutral. Found: '+5 mM of charge'" in str(first.fault)
    assert second.fault is None


def test_an_ion_under_an_alias_is_refused_since_it_would_not_be_added_up(load: Load) -> None:
    project = load(solutions="K5: {ions_mM: {potassium: 5, Cl: 5}}\nin: {ions_mM: {K: 140, Cl: 140}}\n")
    assert "Write 'K'" in project.solution_faults["K5"]


def test_a_wrong_key_is_refused_with_the_nearest_one(load: Load) -> None:
    with pytest.raises(ConfigurationRefused, match=r"experiments\.default\.junctoin: unknown key.*Nearest: 'junction'"):
        load(experiments={"default": {"junctoin": {}}})


def test_all_faults_of_a_configuration_are_told_at_once(load: Load) -> None:
    with pytest.raises(ConfigurationRefused) as refused:
        load(experiments={"a": {"ion": "Kalium"}, "b": {"permeant": ["K", "Ca"]}})
    assert len(str(refused.value).splitlines()) == 2
    assert "not monovalent" in str(refused.value)


def test_a_wrong_column_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    sheet = tmp_path / "recordings.csv"
    sheet.write_text("recording,cell,file,bath,pipette,temprature_C\nr1,c1,r1.abf,K5,in,22\n", encoding="utf-8")
    with pytest.raises(ConfigurationRefused, match=r"row 1: .*wrong column.*temprature_C.*Nearest: 'temperature_C'"):
        read_sheet(sheet)


def test_the_sheet_may_be_csv_with_quotes_and_byte_order_mark(tmp_path: Path) -> None:
    sheet = tmp_path / "recordings.csv"
    text = '\ufeffrecording,cell,file,bath,pipette,temperature_C\nr1,c1,"a, ""b"".abf",K5,in,22\n'
    sheet.write_text(text, encoding="utf-8")
    (row,) = read_sheet(sheet)
    assert row.entry is not None
    assert row.entry.file == 'a, "b".abf'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"recording;cell;file\n", "semicolons"),
        ("recording\tcell\nµ\t1\n".encode("latin-1"), r"row 2: .*not UTF-8"),
        (b"recording\tcell\tfile\tbath\tpipette\ttemperature_C\n", "no recordings"),
        (b"recording\tcell\tcell\tfile\tbath\tpipette\ttemperature_C\n", "twice"),
    ],
)
def test_a_sheet_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, message: str) -> None:
    sheet = tmp_path / "recordings.tsv"
    sheet.write_bytes(content)
    with pytest.raises(ConfigurationRefused, match=message):
        read_sheet(sheet)


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("raw_dir: a\nraw_dir: b\n", encoding="utf-8")
    with pytest.raises(ConfigurationRefused, match=r"line 2, column 1: .*'raw_dir' stands twice"):
        read_configuration(path)


def test_settings_survive_their_journey_as_json(load: Load) -> None:
    from reversal.experiment.step_settings import CellSettings, ReadingSettings

    protocols = {"p": {"holding_mV": -80, "epochs": [{"step": {"from": -100, "to": 0, "by": 50}, "ms": 10}]}}
    project = load(protocols=protocols)
    reading, measuring = project.reading("c1"), project.measuring("c1")
    assert ReadingSettings.model_validate_json(reading.model_dump_json(by_alias=True)) == reading
    assert CellSettings.model_validate_json(measuring.model_dump_json(by_alias=True)) == measuring


def test_temperature_does_not_belong_to_what_ingest_depends_on(load: Load) -> None:
    cool, warm = (load({"temperature_C": celsius}).reading("c1") for celsius in ("22", "35"))
    assert cool.files["r1"].model_copy(update={"modified_ns": 0}) == warm.files["r1"].model_copy(
        update={"modified_ns": 0}
    )


def test_a_recording_that_changed_is_read_again(load: Load, tmp_path: Path) -> None:
    project = load()
    before = project.reading("c1")
    (tmp_path / "raw/r1.abf").write_bytes(b"ABF2, longer")
    assert project.reading("c1") != before


def test_steps_that_do_not_arrive_are_refused(load: Load) -> None:
    epochs = [{"step": {"from": -100, "to": 5, "by": 50}, "ms": 10}]
    with pytest.raises(ConfigurationRefused, match="do not lead from -100"):
        load(protocols={"p": {"holding_mV": -80, "epochs": epochs}})


def test_remarks_reach_the_page_and_neither_measurement_nor_fits(load: Load) -> None:
    plain, remarked = load(), load({"note": "noisy seal", "batch": "8"})
    assert plain.measuring("c1") == remarked.measuring("c1")
    assert plain.fitting("c1") == remarked.fitting("c1")
    assert plain.digest == remarked.digest
    assert plain.digest_of("c1") == remarked.digest_of("c1")
    entry = remarked.reporting("c1").entries["r1"]
    assert (entry.note, entry.extra) == ("noisy seal", {"batch": "8"})


def test_choices_of_the_fits_do_not_reach_measurement(load: Load) -> None:
    narrow = load(experiments={"default": {"equivalence_margin": 0.02, "fitting": {"robust": True}}})
    assert load().measuring("c1") == narrow.measuring("c1")
    assert load().fitting("c1") != narrow.fitting("c1")
    assert load().digest_of("c1") != narrow.digest_of("c1")


@pytest.mark.parametrize(
    ("floors", "unread"),
    [(("measure",), {"fitting", "equivalence_margin"}), (("measure", "fit"), {"note", "extra", "pH"})],
)
def test_no_step_reads_what_it_is_not_given(root: Path, floors: tuple[str, ...], unread: set[str]) -> None:
    for floor in floors:
        for path in (root / "analysis/reversal" / floor).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            assert not read & unread, path


def test_the_hash_of_a_cell_is_its_own(load: Load) -> None:
    cool, warm = load({"temperature_C": "22"}), load({"temperature_C": "35"})
    assert cool.digest != warm.digest
    assert cool.digest_of("c1") != warm.digest_of("c1")


def test_a_row_of_another_cell_changes_nothing_for_a_cell(load: Load) -> None:
    alone, both = load(), load({"recording": "r2", "cell": "c2"}, {"recording": "r1"})
    assert both.cells == ("c2", "c1")
    for settings in (Project.measuring, Project.fitting, Project.reporting, Project.digest_of):
        assert settings(both, "c1") == settings(alone, "c1")
    assert both.digest != alone.digest
