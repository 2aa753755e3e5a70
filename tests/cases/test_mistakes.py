"""Typing mistakes of newcomers: `reversal check` answers each with a sentence, and each cause once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from reversal.cli.main import main
from tests.cases.test_declared_cases import CASES

MISTAKES = CASES.parent / "mistakes"
RIGHT = {"ok", "bom", "comma_csv", "crlf", "excel_blank_rows", "trailing_space"}  # written otherwise, read the same
ACCEPTED = {"Kplus", "Kplus_cfg", "salts"}  # read as meant
SAID = {  # a part of the sentence, and the number of sentences
    "M_not_mM": "Were they entered in mol/L?",
    "backslash": "write the path of the file in raw_dir, with /",
    "bath_lower": "Nearest: '30K'",
    "bath_misspelt": "Nearest: '30K'",
    "decimal_comma": "decimal commas are read as points",
    "dup_file": "It was entered twice",
    "dup_id": "each row needs its own name",
    "empty_pipette": "into the column pipette",
    "fitting_margin": "Nearest: 'equivalence_margin'",
    "header_caps": "'Temperature (C)' is temperature_C",
    "latin1": "Save it as 'CSV UTF-8'",
    "missing_temp_cell": "Write the measured temperature",
    "missing_temp_col": "Add 'temperature_C'",
    "no_pipette": "Add 'pipette'",
    "not_neutral": "closed_by: Cl",
    "rawdir_missing": "the folder of the recordings cannot be opened",
    "rs_kohm": "0.2 to 200 MΩ are usual",
    "rscomp_pct": "75 % as 0.75",
    "semicolon_csv": "semicolons",
    "swapped": "They may be swapped",
    "temp_295K": "295 K is 21.85 °C",
    "temp_RT": "write the measured temperature",
    "temp_with_unit": "write the number without its unit: 22",
    "typo_col": "Nearest: 'bath'",
    "uM": "Write concentrations in mM",
    "unit_text": "Write the number alone",
    "upper_ext": "Nearest: '19d08005.abf'",
    "utf16_excel": "UTF-16",
    "win_rawdir": "This is a path of Windows",
    "wrong_file": "Nearest: '19d08005.abf'",
    "xlsx": "Excel workbook",
    "yaml_No": "Known: NO",
    "yaml_key": "Nearest: 'permeant'",
    "yaml_tab": "Indent with blanks",
}
SAID_TWICE = {"semicolon_comma": ("semicolons", "decimal commas")}


def checked(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Every sentence of `reversal check` about a project of the mistakes."""
    document = yaml.safe_load((MISTAKES / name / "config.yaml").read_text(encoding="utf-8"))
    for key in ("recordings", "solutions"):
        document[key] = str(MISTAKES / name / Path(document[key]).name)
    if document["raw_dir"].startswith("../shared"):
        document["raw_dir"] = str(CASES.parents[1] / Path(document["raw_dir"]).relative_to("../shared"))
    config = tmp_path / "config.yaml"
    config.write_text(yaml.safe_dump(document), encoding="utf-8")
    main(["check", "--config", str(config), "--json"])
    found = json.loads(capsys.readouterr().out)
    return [*found["faults"], *found["warnings"], *found["notes"]]


def last_words(sentence: str) -> str:
    """The end of a sentence as the page writes it: paths before it differ from computer to computer."""
    return sentence.rpartition("/")[2].replace("|", "\\|").replace("<", "&lt;")


def test_every_mistake_has_its_sentence(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not MISTAKES.is_dir() or not (CASES.parents[1] / "data").is_dir():
        pytest.skip("the mistakes and the real recordings are not next to the project")
    names = {path.name for path in MISTAKES.iterdir() if path.is_dir()}
    assert names == {*RIGHT, *ACCEPTED, *SAID, *SAID_TWICE}
    found = {name: checked(name, tmp_path, capsys) for name in sorted(names)}
    page = (root / "docs" / "reference" / "typing_mistakes.md").read_text(encoding="utf-8")
    missing = {name: one for name, said in found.items() for one in said if last_words(one) not in page}
    assert missing == {}, "python docs/make_mistakes.py FOLDER writes the page"
    assert page.count("\n| ") - 1 == len(names)
    assert {name: found[name] for name in RIGHT | ACCEPTED if found[name]} == {}
    assert {name: found[name] for name, part in SAID.items() if [part in one for one in found[name]] != [True]} == {}
    for name, parts in SAID_TWICE.items():
        assert [part in one for part, one in zip(parts, found[name], strict=True)] == [True] * len(parts)
