"""A changed value of a recording sheet changes its field alone, in every way in which laboratories write sheets."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.recording_sheet import read_sheet
from reversal.experiment.sheet_change import changed_sheet, write_sheet
from reversal.experiment.step_settings import SheetEntry

PLACE = Path("recordings.tsv")
HEADER = "recording\tcell\tfile\tbath\tpipette\ttemperature_C\tnote\tOperator"
ROWS = ('r1\tc1\tr1.abf\tK5\tin\t22.5\t"seal ""was"" bad"\tKL', "r2\tc1\tr2.abf\tK20\tin\t22.5\t\tKL")
SHEET = "\n".join([HEADER, *ROWS, ""])


def changed(content: str | bytes, recording: str = "r1", **values: str) -> str:
    written = content.encode() if isinstance(content, str) else content
    return changed_sheet(PLACE, written, recording, values).decode()


def entry_of(content: bytes, recording: str, folder: Path) -> SheetEntry:
    path = folder / "sheet"
    path.write_bytes(content)
    row = next(row for row in read_sheet(path).rows if row.recording == recording)
    assert row.entry is not None, row.fault
    return row.entry


def test_one_field_changes_and_every_other_byte_stays() -> None:
    assert changed(SHEET, "r2", note="seal lost") == SHEET.replace("22.5\t\tKL", "22.5\tseal lost\tKL")
    assert changed(SHEET, "r1", note="") == SHEET.replace('"seal ""was"" bad"', "")


def test_missing_columns_are_added_after_the_last_one_and_other_rows_stay() -> None:
    lines = changed(SHEET, "r2", exclude="seal lost", window_start_ms="12.5").split("\n")
    assert lines[0] == f"{HEADER}\texclude\twindow_start_ms"
    assert lines[1] == ROWS[0]
    assert lines[2] == f"{ROWS[1]}\tseal lost\t12.5"


def test_a_text_with_the_separator_or_a_quotation_mark_is_quoted(tmp_path: Path) -> None:
    sheet = SHEET.replace("\t", ",")
    new = changed(sheet, "r2", note='5", then 7, lost')
    assert new.split("\n")[2] == 'r2,c1,r2.abf,K20,in,22.5,"5"", then 7, lost",KL'
    assert entry_of(new.encode(), "r2", tmp_path).note == '5", then 7, lost'


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-8"])
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_encoding_and_ends_of_lines_stay(encoding: str, newline: str) -> None:
    text = SHEET.replace("K20", "Kµ20").replace("\n", newline)
    content = changed_sheet(PLACE, text.encode(encoding), "r2", {"note": "größer 好"})
    assert content == text.replace("22.5\t\tKL", "22.5\tgrößer 好\tKL").encode(encoding)


def test_semicolons_and_decimal_commas_stay(tmp_path: Path) -> None:
    text = "sep=;\r\n" + SHEET.replace("\t", ";").replace("22.5", "22,5").replace("\n", "\r\n")
    content = changed_sheet(PLACE, text.encode(), "r1", {"window_start_ms": "12.345", "sweeps": "1-3, 5"})
    assert b";12,345;" in content
    assert content.startswith(b"sep=;\r\n")
    entry = entry_of(content, "r1", tmp_path)
    assert (entry.window_start_ms, entry.sweeps, entry.temperature_C) == (12.345, "1-3, 5", 22.5)


def test_a_column_with_the_title_of_a_laboratory_is_used() -> None:
    new = changed(SHEET.replace("\tnote\t", "\tComments\t"), "r2", note="seal lost")
    assert new.split("\n")[0] == HEADER.replace("\tnote\t", "\tComments\t")
    assert "\tseal lost\tKL" in new


def test_a_field_with_line_breaks_and_short_and_empty_rows_stay() -> None:
    sheet = f'\n{HEADER}\nr0\tc1\tr0.abf\tK5\tin\t22.5\t"two\nlines\n\n"\tKL\n\nr1\tc1\tr1.abf\tK5\tin\t22.5\n'
    new = changed(sheet, "r1", exclude="lost")
    assert new == sheet.replace(HEADER, f"{HEADER}\texclude").replace(
        "r1.abf\tK5\tin\t22.5\n", "r1.abf\tK5\tin\t22.5\t\t\tlost\n"
    )
    assert changed(sheet, "r0", note="x").count("\tx\tKL") == 1


def test_columns_are_added_after_remarks_without_a_title() -> None:
    sheet = SHEET.replace("Operator", "Operator\t\t").replace("\t\tKL", "\t\tKL\tsee page 7\t")
    lines = changed(sheet, "r1", exclude="lost").split("\n")
    assert lines[0].split("\t")[7:] == ["Operator", "", "exclude"]
    assert lines[1].split("\t")[7:] == ["KL", "", "lost"]
    assert lines[2].endswith("see page 7\t")


def test_a_sheet_with_a_longer_row_than_its_header_gets_no_column() -> None:
    with pytest.raises(ConfigurationRefused, match="row 3: a column cannot be added"):
        changed(SHEET.replace("\t\tKL", "\t\tKL\tstray"), "r1", exclude="lost")


@pytest.mark.parametrize("recording", ["r3", "r1.abf"])
def test_an_unknown_recording_is_refused(recording: str) -> None:
    with pytest.raises(ConfigurationRefused, match="not in exactly one row"):
        changed(SHEET, recording, note="x")


def test_a_repeated_recording_is_refused() -> None:
    with pytest.raises(ConfigurationRefused, match="r1 in 2 rows"):
        changed(SHEET.replace("r2\t", "r1\t"), "r1", note="x")


def test_a_link_to_a_sheet_stays_a_link_and_permissions_stay(tmp_path: Path) -> None:
    sheet, link = tmp_path / "shared.tsv", tmp_path / "recordings.tsv"
    sheet.write_text(SHEET, encoding="utf-8")
    sheet.chmod(0o660)
    link.symlink_to(sheet)
    write_sheet(link, b"new")
    assert link.is_symlink()
    assert sheet.read_bytes() == b"new"
    assert sheet.stat().st_mode & 0o777 == 0o660


@pytest.fixture
def workbook() -> bytes:
    """A workbook with formats, a formula and its last value, a second worksheet, and merged cells."""
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("lxml")
    from openpyxl.styles import PatternFill

    book = openpyxl.Workbook()
    book.active.title = "notes"
    sheet = book.create_sheet("recordings")
    for line in SHEET.replace('"', "").split("\n")[:-1]:
        sheet.append([float(part) if part == "22.5" else part or None for part in line.split("\t")])
    sheet["F2"] = "=20+2.5"
    sheet["C3"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet.merge_cells("G4:H4")
    stream = io.BytesIO()
    book.save(stream)
    made = io.BytesIO()
    with zipfile.ZipFile(stream) as archive, zipfile.ZipFile(made, "w") as target:
        for info in archive.infolist():
            part = archive.read(info.filename)
            target.writestr(info, part.replace(b"<f>20+2.5</f><v></v>", b"<f>20+2.5</f><v>22.5</v>"))
    return made.getvalue()


def test_a_workbook_keeps_formulas_with_their_values_formats_and_other_worksheets(
    workbook: bytes, tmp_path: Path
) -> None:
    import openpyxl

    values = {"note": "seal lost", "exclude": "=1+1", "window_start_ms": "12.5", "sweeps": "3"}
    new = changed_sheet(PLACE, workbook, "r2", values)
    before, after = (zipfile.ZipFile(io.BytesIO(content)) for content in (workbook, new))
    assert before.namelist() == after.namelist()
    assert [n for n in before.namelist() if before.read(n) != after.read(n)] == ["xl/worksheets/sheet2.xml"]
    book = openpyxl.load_workbook(io.BytesIO(new))
    sheet = book["recordings"]
    assert (sheet["F2"].value, sheet["C3"].fill.fgColor.rgb) == ("=20+2.5", "00FFFF00")
    assert [cell.value for cell in sheet[1]][8:] == ["exclude", "window_start_ms", "sweeps"]
    assert [cell.value for cell in sheet[3]][8:] == ["=1+1", 12.5, "3"]
    assert "f" not in [cell.data_type for cell in sheet[3]]
    entry = entry_of(new, "r2", tmp_path)
    assert (entry.note, entry.exclude, entry.window_start_ms, entry.sweeps) == ("seal lost", "=1+1", 12.5, "3")
    assert entry_of(new, "r1", tmp_path).temperature_C == 22.5
    again = changed_sheet(PLACE, new, "r2", {"note": "", "window_start_ms": ""})
    assert entry_of(again, "r2", tmp_path).window_start_ms is None


def test_a_formula_in_a_workbook_is_not_overwritten(workbook: bytes) -> None:
    with pytest.raises(ConfigurationRefused, match="cell F2: a value cannot be changed: the cell has a formula"):
        changed_sheet(PLACE, workbook, "r1", {"temperature_C": "23"})
