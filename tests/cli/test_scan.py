"""``reversal scan`` on the folder of a rig: cells, guesses with marks, gaps, what is left out, and further scans."""

from __future__ import annotations

import csv
import json
import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from reversal.calibration import simulated_recording
from reversal.cli.main import main
from reversal.cli.scan.draft import draft_row
from reversal.cli.scan.found import ANY_ENTRY, Found, Place
from reversal.cli.scan.grouping import Group, grouped
from reversal.cli.scan.guesses import guesses_for, solutions_of
from reversal.cli.scan.words import NAMED_CELLS_OF_FILES, cell_in, concentrations_mM, named_by, temperatures_C
from reversal.cli.trial import tried
from reversal.experiment.configuration import Configuration, Experiment
from reversal.experiment.scan_rules import ScanRules
from reversal.experiment.solutions import Solution
from reversal.recordings.recording.recording import Telegraph
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import SERIES
from reversal.simulate.channels import nonselective
from reversal.simulate.model_cell import Cell
from reversal.simulate.stimuli import step_family
from tests.cli.rig_folder import CELLS, Truth, rig_truth, write_rig

Rows = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def truth() -> list[Truth]:
    return rig_truth()


@pytest.fixture(scope="module")
def rig(truth: list[Truth], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a rig") / "raw"
    write_rig(folder, truth)
    return folder


def project(folder: Path, raw: Path) -> Path:
    """A new project in a folder, which becomes the present one."""
    assert main(["init", str(folder), "--recordings", str(raw)]) == 0
    os.chdir(folder)
    return folder / "config" / "recordings.tsv"


@pytest.fixture
def present_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)  # restored after the test
    return tmp_path


def rows_of(sheet: Path) -> Rows:
    with sheet.open(encoding="utf-8", newline="") as stream:
        return {row["file"]: row for row in csv.DictReader(stream, delimiter="\t")}


def cells_grouped_right(cells: Mapping[str, str], truth: list[Truth]) -> float:
    """Fraction of the cells of the rig whose recordings are exactly those of one cell of the sheet."""
    true, found = defaultdict(set), defaultdict(set)
    for one in truth:
        if one.bath is not None:
            true[one.cell].add(one.file)
            found[cells[one.file]].add(one.file)
    groups = [frozenset(files) for files in found.values()]
    return sum(frozenset(files) in groups for files in true.values()) / len(true)


def test_forty_cells_of_three_laboratories(rig: Path, truth: list[Truth], present_folder: Path) -> None:
    sheet = project(present_folder, rig)
    assert main(["scan"]) == 0
    rows = rows_of(sheet)
    assert set(rows) == {one.file for one in truth if one.bath is not None}
    assert len({one.cell for one in truth}) == sum(CELLS.values()) == 40
    assert cells_grouped_right({file: row["cell"] for file, row in rows.items()}, truth) >= 0.95
    wrong = [
        (one.file, column, row[column])
        for one in truth
        if (row := rows.get(one.file)) is not None
        for column, right in (("bath", one.bath), ("condition", one.condition), ("pipette", "Kglu"))
        if (row[column] or (column == "condition" and "control")) != right
        and row[column]
        and column not in row["guessed"].split(", ")
    ]
    assert wrong == []
    # what is filled in is right; contradictions and missing values are gaps
    baths = [(rows[one.file]["bath"], one.bath) for one in truth if one.bath is not None]
    assert sum(bath == right for bath, right in baths) >= 0.75 * len(baths)
    measured = [(float(rows[one.file]["temperature_C"]), one) for one in truth if one.has_thermometer and one.bath]
    assert all(abs(celsius - one.temperature_C) < 0.1 for celsius, one in measured)
    assert all("temperature_C" not in rows[one.file]["guessed"] for _, one in measured)
    assert all(float(rows[one.file]["cm_pF"]) == pytest.approx(one.cm_pF, rel=1e-3) for one in truth if one.bath)
    left_out = (present_folder / "config/left_out.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(left_out) == sum(one.bath is None for one in truth)
    assert all("no epoch carries an I–V" in line for line in left_out)


def found(one: Truth) -> Found:
    """What a recording of the rig shows of itself, without its file."""
    stem = "K_steps" if one.bath else "memtest"
    return Found(
        Place(one.file),
        started=one.started,
        duration_s=10.0,
        comment=one.comment,
        tags=one.tags,
        protocol=stem,
        telegraph=Telegraph(cm_pF=one.cm_pF),
    )


@pytest.mark.parametrize(
    ("telegraph", "rs_MOhm", "cm_pF", "guessed"),
    [
        (Telegraph(rs_compensation=0.3), 25.0, 100.0, ["cm_pF", "rs_MOhm"]),
        (Telegraph(), None, 100.0, ["cm_pF"]),
        (Telegraph(rs_MOhm=9.0, rs_compensation=0.3, cm_pF=20.0), 9.0, 20.0, []),
    ],
)
def test_membrane_test_fills_what_the_amplifier_did_not_telegraph(
    telegraph: Telegraph, rs_MOhm: float | None, cm_pF: float, guessed: list[str]
) -> None:
    """R_s before compensation, 25 MΩ in a cell of 100 pF, follows from the test only if the compensation is known."""
    cell, amplifier = Cell("c", nonselective(0.5, -10.0), 100.0, 0.5), Amplifier(rs_MOhm=25.0, rs_compensation=0.3)
    around, steps = simulated_recording.conditions_in(SERIES[1]), step_family(-100, 60, 20)
    recording = simulated_recording.recording_of(cell, amplifier, around, steps, 5, telegraphed=False)
    passive = tried(replace(recording, telegraph=telegraph), Experiment().window, ANY_ENTRY)
    one = Found(Place("one.abf"), telegraph=telegraph, passive=passive)
    guesses = guesses_for(one, Configuration(), solutions_of(Configuration(), {}))
    row = draft_row(one, "c1", Group((one,), None, "the only one", None), "r1", guesses).values
    assert row["rs_MOhm"] == "" if rs_MOhm is None else float(row["rs_MOhm"]) == pytest.approx(rs_MOhm, rel=0.1)
    assert float(row["cm_pF"]) == pytest.approx(cm_pF, rel=0.1)
    assert sorted({"rs_MOhm", "cm_pF"} & set(row["guessed"].split(", "))) == guessed
    assert ("MΩ after compensation" in row["evidence"]) == (rs_MOhm is None)


def test_cells_of_forty_rigs_are_grouped_right() -> None:
    """Pauses and C_m are drawn: now and then the next cell is as large and comes as soon as the next bath."""
    right = []
    for seed in range(40):
        truth = rig_truth(seed)
        groups = grouped([found(one) for one in truth], ScanRules())
        cells = {one.place.file: str(n) for n, group in enumerate(groups) for one in group.recordings}
        right.append(cells_grouped_right(cells, truth))
    assert sum(right) / len(right) >= 0.95


def test_a_further_scan_adds_what_is_new_and_keeps_every_byte(
    truth: list[Truth], present_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    some = [one for one in truth if one.file.startswith("C/")]
    raw = present_folder / "raw"
    write_rig(raw, some[:10])
    sheet = project(present_folder / "p", raw)
    assert main(["scan"]) == 0
    lines = sheet.read_text(encoding="utf-8").splitlines(keepends=True)
    edited = lines[1].replace("2026_11_22_cell1", "my_cell").replace("cell, bath, pipette, condition", "")
    mine = "".join([lines[0], edited, *lines[2:9], lines[9].removesuffix("\n").rstrip("\t") + "\t my  remark"])
    sheet.write_text(mine, encoding="utf-8")
    write_rig(raw, some[:14])
    capsys.readouterr()
    assert main(["scan", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["new_rows"] == 5  # four new files, and the line that was deleted
    assert summary["next"][-1].startswith("Next: ")
    now = sheet.read_bytes()
    assert now.startswith(mine.encode() + b"\n")
    assert len(now.splitlines()) == len(mine.splitlines()) + 5
    assert main(["scan"]) == 0
    assert sheet.read_bytes() == now


def test_a_renamed_cell_gets_its_new_recordings(truth: list[Truth], present_folder: Path) -> None:
    cell = [one for one in truth if one.cell == "A19-2" and one.bath]
    raw = present_folder / "raw"
    write_rig(raw, cell[:3])
    sheet = project(present_folder / "p", raw)
    main(["scan"])
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("2026_11_19_cell02", "mouse7"), encoding="utf-8")
    write_rig(raw, cell)
    main(["scan"])
    assert {row["cell"] for row in rows_of(sheet).values()} == {"mouse7"}


@pytest.mark.parametrize(
    ("encoding", "separator", "newline"),
    [("utf-8-sig", ";", "\r\n"), ("utf-16", "\t", "\r\n"), ("utf-8", ",", "\n"), ("utf-8", "\t", "\r")],
)
def test_rows_are_added_as_the_sheet_is_written(
    truth: list[Truth], present_folder: Path, encoding: str, separator: str, newline: str
) -> None:
    raw = present_folder / "raw"
    cell = [one for one in truth if one.cell == "A19-2" and one.bath][:2]
    write_rig(raw, cell)
    sheet = project(present_folder / "p", raw)
    header = separator.join(["Recording", "Cell", "File", "Bath", "Pipette", "Temperature (C)", "mood"])
    row = separator.join(["r1", "mouse7", cell[0].file, "K5", "Kglu", "22", "gut, ja" if separator != "," else "gut"])
    sheet.write_bytes(f"{header}{newline}{row}".encode(encoding))
    assert main(["scan"]) == 0
    text = sheet.read_bytes().decode(encoding)
    assert text.startswith(f"{header}{separator}guessed{newline}{row}{newline}")
    added = text.split(newline)[2].replace('"', "")
    celsius = f"{cell[1].temperature_C:.1f}"
    assert f"mouse7{separator}{cell[1].file}{separator}K5{separator}Kglu{separator}" in added
    assert (celsius.replace(".", ",") if separator == ";" else celsius) in added
    assert "cell, bath, pipette, condition" in added


def test_guessed_values_are_warnings_until_they_are_confirmed(
    truth: list[Truth], present_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = present_folder / "raw"
    write_rig(raw, [one for one in truth if one.cell == "A19-2" and one.bath])
    sheet = project(present_folder / "p", raw)
    main(["scan"])
    capsys.readouterr()
    assert main(["check", "--read"]) == 0
    assert "Warning: config/recordings.tsv, rows 2, 3, 4, 5, 6: `reversal scan` guessed" in capsys.readouterr().out
    text = sheet.read_text(encoding="utf-8").replace("cell, bath, pipette, condition\t", "\t")
    sheet.write_text(text, encoding="utf-8")
    assert main(["check"]) == 0
    assert "guessed" not in capsys.readouterr().out


def test_an_epoch_that_an_experiment_names_makes_an_iv(truth: list[Truth], present_folder: Path) -> None:
    """A membrane test is an I–V for nobody, unless its epoch is declared."""
    raw = present_folder / "raw"
    write_rig(raw, truth[:1])
    sheet = project(present_folder / "p", raw)
    main(["scan"])
    assert rows_of(sheet) == {}
    config = Path("config/config.yaml")
    text = config.read_text(encoding="utf-8").replace("    reference: K ", "    window: {epoch: A}\n    reference: K ")
    config.write_text(text, encoding="utf-8")
    main(["scan"])
    assert set(rows_of(sheet)) == {truth[0].file}


def test_a_dry_run_writes_nothing(truth: list[Truth], present_folder: Path) -> None:
    raw = present_folder / "raw"
    write_rig(raw, truth[:3])
    project(present_folder / "p", raw)
    before = {path: path.read_bytes() for path in (present_folder / "p").rglob("*") if path.is_file()}
    assert main(["scan", "--dry-run"]) == 0
    assert {path: path.read_bytes() for path in (present_folder / "p").rglob("*") if path.is_file()} == before


def test_copies_and_what_cannot_be_read_are_left_out_with_the_reason(truth: list[Truth], present_folder: Path) -> None:
    raw = present_folder / "raw"
    write_rig(raw, truth[1:2])
    (raw / "backup").mkdir()
    (raw / "backup" / "copy.abf").write_bytes((raw / truth[1].file).read_bytes())
    (raw / "broken.abf").write_bytes(b"ABF2 no more")
    project(present_folder / "p", raw)
    assert main(["scan"]) == 0
    lines = Path("config/left_out.tsv").read_text(encoding="utf-8").splitlines()
    reasons = {line.split("\t")[0]: line.split("\t")[2] for line in lines}
    assert reasons["backup/copy.abf"] == f"the same content as {truth[1].file}"
    assert "broken.abf" in reasons


NAMES = [b"=1+1.abf", b"{wild}.abf", b"-dash.abf", "üñ°.abf".encode(), b"back\\slash.abf", b"con.abf", b'a"b.abf']
UNUSABLE = [b"bad\xff.abf", b"tab\tname.abf", b" lead.abf", b"new\nline.abf"]


def test_any_name_of_a_file_is_a_row_or_is_left_out(truth: list[Truth], present_folder: Path) -> None:
    raw = present_folder / "raw"
    write_rig(raw, truth[1:2])
    content = bytearray((raw / truth[1].file).read_bytes())
    for n, name in enumerate([*NAMES, *UNUSABLE], start=1):
        content[-600] = n  # other samples
        Path(os.fsdecode(os.fsencode(raw) + b"/" + name)).write_bytes(content)
    (raw / "out.abf").symlink_to(present_folder / "elsewhere.abf")
    (raw / "folder.abf").mkdir()
    sheet = project(present_folder / "p", raw)
    assert main(["scan"]) == 0
    assert set(rows_of(sheet)) == {truth[1].file, *(os.fsdecode(name) for name in NAMES)}
    left_out = Path("config/left_out.tsv").read_text(encoding="utf-8")
    assert left_out.count("rename the file") == len(UNUSABLE)
    assert main(["check", "--read"]) == 0
    before = sheet.read_bytes()
    assert main(["scan"]) == 0
    assert sheet.read_bytes() == before


def test_a_misspelt_value_to_fill_in_is_refused(
    truth: list[Truth], present_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = present_folder / "raw"
    write_rig(raw, truth[1:2])
    project(present_folder / "p", raw)
    config = Path("config/config.yaml")
    text = config.read_text(encoding="utf-8").replace("pause_min: 12", "fill: {temprature_C: 22}")
    config.write_text(text, encoding="utf-8")
    assert main(["scan"]) == 1
    assert "scan.fill.temprature_C: unknown key. Found: 'temprature_C'. Nearest: 'temperature_C'" in (
        capsys.readouterr().err
    )


def test_a_folder_outside_raw_dir_is_refused(present_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (present_folder / "raw").mkdir()
    (present_folder / "raw" / "x.txt").write_text("", encoding="utf-8")
    project(present_folder / "p", present_folder / "raw")
    assert main(["scan", str(present_folder)]) == 1
    assert "not in the folder of the recordings" in capsys.readouterr().err


SOLUTIONS = {
    "K5": Solution(ions_mM={"K": 5, "Na": 140, "Cl": 145}),
    "K10": Solution(ions_mM={"K": 10, "Na": 135, "Cl": 145}),
    "K50 gluc": Solution(ions_mM={"K": 50, "Na": 95, "Cl": 145}),
    "Kglu": Solution(ions_mM={"K": 140, "Na": 10, "Cl": 150}),
}


@pytest.mark.parametrize(
    ("shown", "bath"),
    [
        ({"comment": "cell 3, 5 mM K"}, "K5"),
        ({"comment": "bath K50 gluc"}, "K50 gluc"),
        ({"comment": "k10"}, "K10"),
        ({"comment": "K105"}, None),
        ({"comment": "K5.5"}, None),
        ({"comment": "XK5"}, None),
        ({"comment": "now K5, was K10"}, None),
        ({"comment": "K5", "tags": ("10 mM K",)}, None),
        ({"comment": "K5", "tags": ("K10",)}, None),
        ({"comment": "15 mM K"}, None),
        ({"protocol": "K5"}, None),  # a protocol is used in every bath
        ({"comment": "Ringer"}, "K10"),
        ({"comment": "Kglu"}, None),
    ],
)
def test_the_bath_is_guessed_from_words_and_concentrations(shown: dict[str, object], bath: str | None) -> None:
    configuration = Configuration.model_validate({"scan": {"bath": {"K10": ["Ringer"]}}})
    found = replace(Found(Place("a/0001.abf")), **shown)  # type: ignore[arg-type]
    guesses = guesses_for(found, configuration, solutions_of(configuration, SOLUTIONS))
    assert guesses["bath"].value == bath
    assert guesses["bath"].why
    assert guesses["pipette"].value == "Kglu"


@pytest.mark.parametrize(
    ("shown", "condition"),
    [
        ({"comment": "ZD7288 10 µM"}, "ZD7288"),
        ({"comment": "wash out"}, "washout"),
        ({"tags": ("drug", "washout")}, None),
        ({"comment": "washed cells"}, None),
        ({}, None),
    ],
)
def test_the_condition_is_guessed_and_no_word_is_no_proof_of_control(
    shown: dict[str, object], condition: str | None
) -> None:
    configuration = Configuration()
    found = replace(Found(Place("0001.abf")), **shown)  # type: ignore[arg-type]
    guess = guesses_for(found, configuration, solutions_of(configuration, SOLUTIONS))["condition"]
    assert guess.value == condition
    assert guess.why


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("20261119_c03_K5_0001", "c03"),
        ("20261119_s1c2_K2p5", "s1c2"),
        ("cell 7 K10", "cell 7"),
        ("Oocyte12-KCl", "Oocyte12"),
        ("slice2_cell4", "slice2_cell4"),
        ("2026_11_19_0004", None),
        ("KCNQ1_22C_0004", None),
        ("26n19000", None),
        ("c1_c2", None),
        ("pc3_line", None),
        ("abc12", None),
    ],
)
def test_names_of_cells_in_file_names(name: str, cell: str | None) -> None:
    assert cell_in(name, NAMED_CELLS_OF_FILES) == cell


@pytest.mark.parametrize(
    ("text", "celsius"),
    [
        ("22 °C", [22.0]),
        ("T = 22,5C", [22.5]),
        ("21C then 24C", [21.0, 24.0]),
        ("C22", []),
        ("5 CaCl2", []),
        ("RT", []),
    ],
)
def test_temperatures_in_texts(text: str, celsius: list[float]) -> None:
    assert temperatures_C(text) == celsius


@pytest.mark.parametrize(
    ("text", "mM"),
    [
        ("2.5 mM K+", [2.5]),
        ("K2p5_0001", [2.5]),
        ("[K+]o=40", [40.0]),
        ("20mMK", [20.0]),
        ("26n19000", []),
        ("140 mM KCl", []),
        ("K 5 mM and K 10 mM", [5.0, 10.0]),
        ("10 µM K252a", []),
    ],
)
def test_concentrations_in_texts(text: str, mM: list[float]) -> None:
    assert concentrations_mM(text, "K") == mM


def test_a_word_inside_another_one_does_not_count() -> None:
    words = {"K5": ["K5"], "high": ["K5 high"], "K50": ["K50"]}
    assert list(named_by("in K5 high", words)) == ["high"]
    assert list(named_by("K5_then_K5 high", words)) == ["K5", "high"]
