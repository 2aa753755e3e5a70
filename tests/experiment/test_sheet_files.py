"""Recording sheets as spreadsheets of laboratories write them are read, with a note; what is ambiguous is refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.recording_sheet import RecordingSheet, read_sheet
from reversal.experiment.step_settings import SheetEntry

HEADER = ["recording", "cell", "file", "bath", "pipette", "temperature_C"]
ROW = ["r1", "c1", "r1.abf", "K5", "in", "22.5"]


def table(*rows: list[str], separator: str = "\t", header: list[str] = HEADER) -> str:
    return "".join(f"{separator.join(row)}\r\n" for row in (header, *rows))


@pytest.fixture
def read(tmp_path: Path):
    def write_and_read(content: str | bytes) -> RecordingSheet:
        path = tmp_path / "sheet"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_sheet(path)

    return write_and_read


def entries(sheet: RecordingSheet) -> list[SheetEntry]:
    assert [row.fault for row in sheet.rows] == [None] * len(sheet.rows)
    return [row.entry for row in sheet.rows if row.entry is not None]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_every_encoding_of_excel_is_read(read, encoding: str) -> None:
    (entry,) = entries(read(table([*ROW[:3], "Kµ5", *ROW[4:]]).encode(encoding)))
    assert (entry.bath, entry.temperature_C) == ("Kµ5", 22.5)


def test_semicolons_and_decimal_commas_are_read_and_said(read) -> None:
    sheet = read("sep=;\n" + table([*ROW[:5], "22,5"], ["r2", *ROW[1:5], "23"], separator=";"))
    assert [entry.temperature_C for entry in entries(sheet)] == [22.5, 23.0]
    assert [row.row for row in sheet.rows] == [3, 4]
    assert sheet.notes == (
        "read as columns separated by semicolons",
        "decimal commas are read as points: 22,5 is 22.5",
    )


@pytest.mark.parametrize(("other", "separator"), [("23.5", "\t"), ("23.5", ";")])
def test_two_decimal_signs_in_one_sheet_are_a_fault(read, other: str, separator: str) -> None:
    sheet = read(table([*ROW[:5], "22,5"], ["r2", *ROW[1:5], other], separator=separator))
    assert "temperature_C is '22,5', expected a valid number (write a decimal point" in str(sheet.rows[0].fault)
    assert sheet.rows[1].fault is None


def test_a_comma_that_may_separate_thousands_is_a_fault_unless_semicolons_show_the_decimal_sign(read) -> None:
    header, row = [*HEADER, "cm_pF"], [*ROW[:5], "22", "1,234"]
    assert "cm_pF is '1,234'" in str(read(table(row, header=header)).rows[0].fault)
    (entry,) = entries(read(table(row, header=header, separator=";")))
    assert entry.cm_pF == 1.234


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Temperature (C)", "temperature_C"),
        ("Temp [°C]", "temperature_C"),
        ("TEMPERATURE", "temperature_C"),
        ("Bath Solution", "bath"),
        ("Internal", "pipette"),
        ("File name", "file"),
        ("Rs (MΩ)", "rs_MOhm"),
        ("Cm (pF)", "cm_pF"),
        ("R_s [MOhm]", "rs_MOhm"),
    ],
)
def test_titles_of_laboratories_are_read_and_said(read, title: str, name: str) -> None:
    header = [title if one == name else one for one in HEADER]
    row = [*ROW]
    if name not in HEADER:
        header, row = [*header, title], [*row, "7"]
    sheet = read(table(row, header=header))
    assert name in sheet.columns
    assert sheet.notes == (f"titles of columns: {title!r} is {name}",)
    assert len(entries(sheet)) == 1


@pytest.mark.parametrize("title", ["Rs (kOhm)", "Temperature (K)", "Rs comp (%)"])
def test_a_title_with_another_unit_is_not_taken_for_the_column(read, title: str) -> None:
    header = [*HEADER, title] if title != "Temperature (K)" else [*HEADER[:5], title]
    if title == "Temperature (K)":
        with pytest.raises(ConfigurationRefused, match="Expected: temperature_C"):
            read(table(ROW, header=header))
        return
    sheet = read(table([*ROW, "5"], header=header))
    assert f"column {title!r} is not used: its unit is not that of rs_" in sheet.notes[0]


def test_a_misspelt_optional_column_is_said(read) -> None:
    sheet = read(table([*ROW, "0.8"], header=[*HEADER, "rs_compensaton"]))
    assert sheet.notes == ("column 'rs_compensaton' is not used. Did you mean 'rs_compensation'?",)


def test_a_column_of_the_reference_comes_before_other_titles(read) -> None:
    sheet = read(table([*ROW, "a", "b"], header=[*HEADER, "comments", "note"]))
    (entry,) = entries(sheet)
    assert (entry.note, entry.extra) == ("b", {"comments": "a"})


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("22 °C", "write the number without its unit: 22"),
        ("22,5°C", "write the number without its unit: 22.5"),
        ("295 K", "295 K is 21.85 °C"),
        ("RT", "write the measured temperature of the bath"),
        ("room temperature", "write the measured temperature of the bath"),
    ],
)
def test_a_temperature_that_is_no_number_has_a_remedy(read, value: str, remedy: str) -> None:
    assert remedy in str(read(table([*ROW[:5], value])).rows[0].fault)


def test_all_faults_of_a_row_are_named_at_once(read) -> None:
    (row,) = read(table(["r 1", "", "r1.abf", "", "in", "RT"])).rows
    for part in ("recording is not a valid name", "cell is not a valid name", "temperature_C is"):
        assert part in str(row.fault)


def test_a_quotation_mark_that_swallows_rows_is_named(read) -> None:
    rows = [[*ROW, '"5 MOhm pipette'], ["r2", *ROW[1:], "ok"], ["r3", *ROW[1:], 'end"']]
    (row,) = read(table(*rows, header=[*HEADER, "note"])).rows
    assert "a quotation mark may be missing" in str(row.fault)
    with pytest.raises(ConfigurationRefused, match=r"row 2: a field .* quotation mark that is not closed"):
        read(table(*rows[:2], header=[*HEADER, "note"]))


@pytest.mark.parametrize("name", ["CON", "aux", "com1", "nul.2", "cell.", "..", "-c", "c" * 101, "aa" * 30])
def test_a_cell_name_that_cannot_be_a_folder_everywhere_is_a_fault(read, name: str) -> None:
    assert "cell is not a valid name" in str(read(table(["r1", name, *ROW[2:]])).rows[0].fault)


def test_a_line_separator_within_a_field_does_not_end_the_row(read) -> None:
    (entry,) = entries(read(table([*ROW, "a\u2028b\x85c"], header=[*HEADER, "note"])))
    assert entry.note == "a\u2028b\x85c"


def workbook(*rows: list[object]) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_an_excel_workbook_is_read_as_a_person_sees_it(read) -> None:
    sheet = read(workbook(HEADER, [20117008, "c1", "r1.abf", "K5", "in", 22.0], [], ["r2", *ROW[1:5], 22.5]))
    assert [(e.recording, e.temperature_C) for e in entries(sheet)] == [("20117008", 22.0), ("r2", 22.5)]
    assert [row.row for row in sheet.rows] == [2, 4]
    assert sheet.notes == ("read from an Excel workbook",)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read(read) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(101 << 20))
    with pytest.raises(ConfigurationRefused, match="too large when unpacked"):
        read(stream.getvalue())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04 and no more", "damaged ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
        (b"\xff\xfer", "not UTF-16"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_with_the_remedy(read, content: bytes, message: str) -> None:
    with pytest.raises(ConfigurationRefused, match=message) as refused:
        read(content)
    assert "Save it as" in str(refused.value)
