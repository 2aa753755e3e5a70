"""Writes ``docs/reference/typing_mistakes.md``: what ``reversal check`` answers to typing mistakes of newcomers.

    python docs/make_mistakes.py FOLDER OF THE MISTAKES

Each folder has a project with one mistake, and next to the folder of the mistakes are the recordings.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "typing_mistakes.md"
WHAT = {
    "Kplus": "`K+` in the solutions",
    "Kplus_cfg": "`K+` in the configuration",
    "M_not_mM": "concentrations in mol/L",
    "backslash": "`\\` in a file of the sheet",
    "bath_lower": "a bath in lower case",
    "bath_misspelt": "a misspelt bath",
    "bom": "a byte order mark",
    "comma_csv": "commas between columns",
    "crlf": "ends of lines of Windows",
    "decimal_comma": "decimal commas",
    "dup_file": "a file in two rows",
    "dup_id": "two recordings of one name",
    "empty_pipette": "an empty cell under `pipette`",
    "excel_blank_rows": "blank rows of a spreadsheet",
    "fitting_margin": "a misspelt key of an experiment",
    "header_caps": "`Temperature (C)` as title",
    "latin1": "a sheet in Latin-1",
    "missing_temp_cell": "no temperature in a row",
    "missing_temp_col": "no column for the temperature",
    "no_pipette": "no column for the pipette",
    "not_neutral": "a recipe with a net charge",
    "ok": "no mistake",
    "rawdir_missing": "a folder that does not exist",
    "rs_kohm": "R_s in kΩ",
    "rscomp_pct": "compensation in per cent",
    "salts": "salts instead of ions",
    "semicolon_comma": "semicolons and decimal commas",
    "semicolon_csv": "semicolons between columns",
    "swapped": "bath and pipette swapped",
    "temp_295K": "temperature in kelvin",
    "temp_RT": "`RT` as temperature",
    "temp_with_unit": "`22 °C` as temperature",
    "trailing_space": "blanks at the end of a name",
    "typo_col": "a misspelt title",
    "uM": "`mM` written as `uM`",
    "unit_text": "a number with its unit",
    "upper_ext": "`.ABF` for `.abf`",
    "utf16_excel": "Unicode text of Excel (UTF-16)",
    "win_rawdir": "a folder of Windows on Linux",
    "wrong_file": "a misspelt file",
    "xlsx": "an Excel workbook",
    "yaml_No": "`NO` as a name in YAML",
    "yaml_key": "a misspelt key",
    "yaml_tab": "a tab in YAML",
}
HEAD = """# Typing mistakes and their answers

Written by `python docs/make_mistakes.py`. Each row is a project with one mistake, and all that `reversal check` says
about it. A test holds that each cause is said once, that nothing is silent, and that nothing is a traceback.

| mistake | answer of `reversal check` |
|---|---|
"""


def main(folder: Path) -> None:
    """Check every project of the folder, and write the page."""
    os.chdir(ROOT)
    rows = [
        f"| {WHAT.get(path.name, path.name)} | {_cell(_answers(path))} |"
        for path in sorted(folder.iterdir())
        if path.is_dir()
    ]
    PAGE.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    print(PAGE.relative_to(ROOT))


def _answers(mistake: Path) -> list[str]:
    from reversal.cli.main import main as reversal

    shared = mistake.parents[2]
    document = yaml.safe_load((mistake / "config.yaml").read_text(encoding="utf-8"))
    for key in ("recordings", "solutions"):
        document[key] = str(mistake / Path(document[key]).name)
    if document["raw_dir"].startswith("../shared"):
        document["raw_dir"] = str(shared / Path(document["raw_dir"]).relative_to("../shared"))
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as temporary, contextlib.redirect_stdout(printed):
        config = Path(temporary) / "config.yaml"
        config.write_text(yaml.safe_dump(document), encoding="utf-8")
        reversal(["check", "--config", str(config), "--json"])
    found = json.loads(printed.getvalue())
    answers = [*found["faults"], *found["warnings"], *found["notes"]]
    for place, shown in ((temporary, ""), (str(mistake), ""), (document["raw_dir"], "raw"), (str(shared), "")):
        answers = [one.replace(f"{place}/", f"{shown}/" if shown else "").replace(place, shown) for one in answers]
    return answers


def _cell(answers: list[str]) -> str:
    text = "<br>".join(one.replace("|", "\\|").replace("<", "&lt;") for one in answers)
    return text or "nothing: it is read as it is meant"


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
