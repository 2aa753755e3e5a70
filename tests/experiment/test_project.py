"""A project is read as written; a fault affects only the cells that it concerns."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.project import Project, read_configuration
from reversal.experiment.step_settings import CellSettings, CohortSettings, ReadingSettings
from reversal.tables.findings.code import CHECKS

Load = Callable[..., Project]


def test_a_valid_project_has_no_faults_and_keeps_further_columns(load: Load) -> None:
    project = load({"file": "r1.abf"})
    assert project.faults == ()
    (row,) = project.sheet_rows
    assert row.entry is not None
    assert (row.entry.temperature_C, row.entry.rs_compensation, row.entry.extra) == (22.0, 0.8, {"batch": "7"})


def test_a_faulty_row_does_not_affect_other_cells(load: Load) -> None:
    project = load({"bath": "K50"}, {"cell": "c2", "file": "r1.abf"})
    assert [row.entry is None for row in project.sheet_rows] == [True, False]
    assert project.cells == ("c1", "c2")
    assert project.reading_settings("c2").files["r2"].file == "r1.abf"
    assert project.reading_settings("c1").files == {}


def test_a_row_without_a_valid_cell_name_is_left_to_the_cohort(load: Load) -> None:
    project = load({}, {"cell": "../c2", "file": "r1.abf"})
    assert project.cells == ("c1",)
    assert [row.recording for row in project.rows_without_cell] == ["r2"]
    assert project.cohort_settings().rows_without_cell == project.rows_without_cell


@pytest.mark.parametrize(
    ("first", "second", "shared"), [("", "0-16", True), ("0-8", "8-9", True), ("0-8", "9-17", False)]
)
def test_cells_that_share_sweeps_of_a_file_are_named(load: Load, first: str, second: str, shared: bool) -> None:
    project = load({"file": "r1.abf", "sweeps": first}, {"cell": "c2", "file": "r1.abf", "sweeps": second})
    expected = {"r1": "r2 of cell c2"} if shared else {}
    assert project.measuring_settings("c1").in_other_cells == expected


@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        ("0-8", "5-12", "sweeps 5-8 in common with r1"),
        ("", "3,5-6", "sweeps 3,5-6 in common with r1"),
        ("0-3,9", "2,5,9-11", "sweeps 2, 9 in common with r1"),
        ("0-8", "9-17", None),
        ("0-8", "0-8", "entered twice"),
    ],
)
def test_rows_of_a_cell_that_share_sweeps_of_a_file_are_named(
    load: Load, first: str, second: str, named: str | None
) -> None:
    rows = ({"file": "r1.abf", "sweeps": first}, {"file": "./r1.abf", "sweeps": second})
    found = load(*rows).warnings
    assert len(found) == (named is not None)
    assert all(named in text and "row 3" in text for text in found if named)
    left_out = load(rows[0], {**rows[1], "exclude": "yes"}), load(rows[0], {**rows[1], "channel": "IN 1"})
    assert all(project.warnings == () for project in left_out)


def test_an_unknown_key_is_refused_with_the_nearest_key(load: Load) -> None:
    with pytest.raises(ConfigurationRefused, match=r"experiments\.default\.junctoin: unknown key.*Nearest: 'junction'"):
        load(experiments={"default": {"junctoin": {}}})


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("tail_left", "tail_completeness"),
        ("tail_leek", "tail_leak_mV"),
        ("Run_down", "run_down"),
        ("series_resistance", "series_resistance_MOhm"),
        ("drfit_mV", "drift_mV"),
    ],
)
def test_the_nearest_key_shares_words_before_letters(load: Load, key: str, near: str) -> None:
    with pytest.raises(ConfigurationRefused, match=rf"quality\.{key}: unknown key.*Nearest: '{near}'"):
        load(experiments={"default": {"quality": {key: 0.5}}})


def test_an_unknown_check_is_refused_with_the_nearest_code_and_all_codes(load: Load) -> None:
    with pytest.raises(ConfigurationRefused) as refused:
        load(experiments={"default": {"quality": {"exclude": ["hum", "wash_inn"]}}})
    message = str(refused.value)
    assert "quality.exclude.1: invalid value. Found: 'wash_inn'. Nearest: 'wash_in'. Known: " in message
    assert all(code in message for code in CHECKS)


@pytest.mark.parametrize(
    ("code", "instead"),
    [("kind_differs", "Set `window.measure` to `peak` or `steady`. To leave out"), ("cells_too_few", "To leave out")],
)
def test_a_finding_that_is_no_check_is_refused_with_what_to_do(code: str, instead: str, load: Load) -> None:
    with pytest.raises(ConfigurationRefused) as refused:
        load(experiments={"default": {"quality": {"exclude": ["hum", code]}}})
    message = str(refused.value)
    assert (
        f"quality.exclude.1: only a check of recordings leaves them out, and this finding is none. Found: '{code}'"
        in message
    )
    assert instead in message


@pytest.mark.parametrize("value", [["tail_leak"], {"tail_leak": 1}, None, 3])
def test_what_is_no_name_is_refused_as_a_value(value: object, load: Load) -> None:
    with pytest.raises(ConfigurationRefused, match=r"quality\.exclude\.0: invalid value"):
        load(experiments={"default": {"quality": {"exclude": [value]}}})


EPOCHS = [{"step": -100, "ms": 10}]


@pytest.mark.parametrize(
    ("declared", "found", "nearest"),
    [
        ({"experiments": {"default": {"preparation": "oocite"}}}, "oocite", "oocyte"),
        ({"experiments": {"default": {"junction": {"reference_electrode": "agcl"}}}}, "agcl", "ag_agcl"),
        ({"protocols": {"p": {"holding_mV": 0, "epochs": EPOCHS, "current_unit": "na"}}}, "na", "nA"),
        ({"linked_files": "folow"}, "folow", "follow"),
    ],
)
def test_an_invalid_choice_is_refused_with_the_nearest_one(
    load: Load, declared: dict[str, object], found: str, nearest: str
) -> None:
    with pytest.raises(ConfigurationRefused, match=f"invalid value. Found: '{found}'. Nearest: '{nearest}'. Known: "):
        load(**declared)


def test_a_number_that_may_be_a_list_is_refused_without_choices(load: Load) -> None:
    with pytest.raises(ConfigurationRefused) as refused:
        load(protocols={"p": {"holding_mV": -80, "epochs": [{"step": "low", "ms": 10}]}})
    assert "Known" not in str(refused.value)


def test_all_faults_of_a_configuration_are_reported_together(load: Load) -> None:
    with pytest.raises(ConfigurationRefused) as refused:
        load(experiments={"a": {"ion": "Kalium"}, "b": {"permeant": ["K", "Ca"]}})
    assert len(str(refused.value).splitlines()) == 2
    assert "not monovalent" in str(refused.value)


def test_a_fault_inside_a_protocol_has_its_place(load: Load) -> None:
    epochs = [{"step": {"from": -100, "to": 5, "by": 50}, "ms": 10}]
    with pytest.raises(ConfigurationRefused, match=r"protocols\.p\.epochs\.0.*do not reach 5\.0 mV"):
        load(protocols={"p": {"holding_mV": -80, "epochs": epochs}})


def test_a_repeated_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("raw_dir: a\nraw_dir: b\n", encoding="utf-8")
    with pytest.raises(ConfigurationRefused, match=r"line 2, column 1: .*'raw_dir' is used twice"):
        read_configuration(path)


def test_settings_are_unchanged_after_json(load: Load) -> None:
    protocols = {"p": {"holding_mV": -80, "epochs": [{"step": {"from": -100, "to": 0, "by": 50}, "ms": 10}]}}
    project = load(protocols=protocols)
    reading, cell, cohort = project.reading_settings("c1"), project.reporting_settings("c1"), project.cohort_settings()
    assert ReadingSettings.model_validate_json(reading.model_dump_json(by_alias=True)) == reading
    assert CellSettings.model_validate_json(cell.model_dump_json(by_alias=True)) == cell
    assert CohortSettings.model_validate_json(cohort.model_dump_json(by_alias=True)) == cohort


def test_reading_does_not_depend_on_temperature(load: Load) -> None:
    cool, warm = (load({"temperature_C": celsius}).reading_settings("c1") for celsius in ("22", "35"))
    assert cool.files["r1"].model_copy(update={"modified_ns": 0}) == warm.files["r1"].model_copy(
        update={"modified_ns": 0}
    )


def test_a_changed_recording_changes_the_reading_settings(load: Load, tmp_path: Path) -> None:
    project = load()
    before = project.reading_settings("c1")
    (tmp_path / "raw/r1.abf").write_bytes(b"ABF2, longer")
    assert project.reading_settings("c1") != before


def test_remarks_change_the_page_but_not_measurement_and_fits(load: Load) -> None:
    plain, remarked = load(), load({"note": "noisy seal", "batch": "8"})
    assert plain.measuring_settings("c1") == remarked.measuring_settings("c1")
    assert plain.fitting_settings("c1") == remarked.fitting_settings("c1")
    assert plain.digest == remarked.digest
    assert plain.digest_of("c1") == remarked.digest_of("c1")
    entry = remarked.reporting_settings("c1").entries["r1"]
    assert (entry.note, entry.extra) == ("noisy seal", {"batch": "8"})


def test_settings_of_the_fits_do_not_change_measurement(load: Load) -> None:
    narrow = load(experiments={"default": {"equivalence_margin": 0.02, "fitting": {"robust": True}}})
    assert load().measuring_settings("c1") == narrow.measuring_settings("c1")
    assert load().fitting_settings("c1") != narrow.fitting_settings("c1")
    assert load().digest_of("c1") != narrow.digest_of("c1")


@pytest.mark.parametrize(
    ("floors", "unread"),
    [(("measure",), {"fitting", "equivalence_margin"}), (("measure", "fit"), {"note", "extra", "pH"})],
)
def test_no_step_reads_a_value_that_it_does_not_depend_on(
    root: Path, floors: tuple[str, ...], unread: set[str]
) -> None:
    for floor in floors:
        for path in (root / "analysis/reversal" / floor).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            assert not read & unread, path


def test_the_hash_of_a_cell_changes_with_its_rows(load: Load) -> None:
    cool, warm = load({"temperature_C": "22"}), load({"temperature_C": "35"})
    assert cool.digest != warm.digest
    assert cool.digest_of("c1") != warm.digest_of("c1")


IONS = "name\tz\tmobility\tlambda_S_cm2_equiv\tsource\taliases\ngluconate\t-1\t0.5\t\tmeasured\t\n"


def test_the_mobility_of_an_ion_is_part_of_the_hashes(load: Load, tmp_path: Path) -> None:
    (tmp_path / "ions.tsv").write_text(IONS, encoding="utf-8")
    built_in, own = load(), load(ions=str(tmp_path / "ions.tsv"))
    assert built_in.digest != own.digest
    assert built_in.digest_of("c1") != own.digest_of("c1")


def test_an_ion_of_no_solution_is_not_part_of_the_hashes(load: Load, tmp_path: Path) -> None:
    (tmp_path / "ions.tsv").write_text(IONS.replace("gluconate", "mandelate"), encoding="utf-8")
    assert load().digest == load(ions=str(tmp_path / "ions.tsv")).digest


@pytest.mark.parametrize(
    "unread",
    [
        {"strict": True},
        {"max_missing_fraction": 0.5},
        {"allow_outside_raw_dir": True},
        {"neutrality_tolerance_mM": 1.0},
        {"results_dir": "elsewhere"},
        {"experiments": {"default": {}, "of no row": {"ion": "Na"}}},
        {"protocols": {"of no row": {"holding_mV": -80, "epochs": [{"step": -100, "ms": 10}]}}},
    ],
    ids=lambda one: next(iter(one)),
)
def test_a_setting_that_changes_no_number_is_not_part_of_the_hashes(load: Load, unread: dict[str, object]) -> None:
    plain, other = load(), load(**unread)
    assert plain.digest == other.digest
    assert plain.digest_of("c1") == other.digest_of("c1")


def test_the_words_of_a_fault_are_not_part_of_the_hash(load: Load) -> None:
    misspelt, unknown = load({}, {"bath": "K50"}), load({}, {"bath": "K500"})
    assert [project.sheet_rows[1].entry for project in (misspelt, unknown)] == [None, None]
    assert misspelt.digest == unknown.digest != load({}, {"sweeps": "0"}).digest


def test_the_hash_changes_with_the_settings_of_an_experiment(load: Load) -> None:
    assert load().digest != load(experiments={"default": {"leak": {"assumed_seal_GOhm": 3}}}).digest
    assert load().digest != load(linked_files="follow").digest


def test_a_row_of_another_cell_changes_nothing_for_a_cell(load: Load) -> None:
    alone, both = load(), load({"recording": "r2", "cell": "c2", "file": "second.abf"}, {"recording": "r1"})
    assert both.cells == ("c2", "c1")
    for settings in (
        Project.measuring_settings,
        Project.fitting_settings,
        Project.reporting_settings,
        Project.digest_of,
    ):
        assert settings(both, "c1") == settings(alone, "c1")
    assert both.digest != alone.digest


def test_the_chosen_sweeps_are_part_of_the_reading_settings_and_of_the_hash(load: Load) -> None:
    every, some, others = load(), load({"sweeps": "1-9,12"}), load({"sweeps": "1-9,13"})
    assert [project.reading_settings("c1").files["r1"].sweeps for project in (every, some)] == [None, "1-9,12"]
    assert len({project.digest_of("c1") for project in (every, some, others)}) == 3
    assert len({project.digest for project in (every, some, others)}) == 3


@pytest.mark.parametrize(("text", "reason"), [("9-1", "ends before it starts"), ("1-5,4", "sweep 4 is named twice")])
def test_a_row_with_an_impossible_range_of_sweeps_is_faulty(load: Load, text: str, reason: str) -> None:
    (fault,) = load({"sweeps": text}).faults
    assert reason in fault
    assert text in fault


CYTOSOL = """
K5: {ions_mM: {K: 5, Na: 140, Cl: 145}}
in: {ions_mM: {K: 150, Cl: 150}}
cytosol: {ions_mM: {K: 140, Cl: 8}, closed_by: gluconate}
unused: {ions_mM: {K: 100, Cl: 100}}
"""


def test_the_cytosol_of_a_perforated_patch_is_a_solution_of_the_cell(load: Callable[..., Project]) -> None:
    experiments = {"default": {"configuration": "perforated"}}
    project = load({"inside": "cytosol"}, solutions=CYTOSOL, experiments=experiments)
    assert project.faults == ()
    settings = project.measuring_settings("c1")
    assert settings.entries["r1"].intracellular == "cytosol"
    assert set(settings.solutions) == {"K5", "in", "cytosol"}
    assert set(settings.unused_solutions) == {"unused"}


@pytest.mark.parametrize(
    ("patch", "inside", "message"),
    [
        ("whole_cell", "cytosol", "in the whole-cell configuration the pipette solution fills the cell"),
        ("perforated", "", "inside is empty"),
        ("perforated", "cytosl", "inside 'cytosl' is not in"),
    ],
)
def test_a_cytosol_that_contradicts_the_patch_is_a_fault_of_the_row(
    load: Callable[..., Project], patch: str, inside: str, message: str
) -> None:
    project = load({"inside": inside}, solutions=CYTOSOL, experiments={"default": {"configuration": patch}})
    (fault,) = project.faults
    assert message in fault
    assert "recordings.tsv, row 2" in fault


def test_inside_may_repeat_the_pipette_of_a_whole_cell(load: Callable[..., Project]) -> None:
    assert load({"inside": "in"}).faults == ()
