"""The recording sheet: a faulty row is kept with line, value and remedy; an unusable sheet is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.project import Project
from reversal.experiment.recording_sheet import read_sheet

Load = Callable[..., Project]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bath": "K50"}, r"row 3 .*bath 'K50' is not in .*Nearest: 'K5'"),
        ({"temperature_C": ""}, r"row 3 .*temperature_C is missing.*Write the measured temperature"),
        ({"temperature_C": "22,5"}, r"row 3 .*'22,5'.*decimal point"),
        (
            {"temperature_C": "295"},
            r"row 3 .*temperature_C is '295'.*less than or equal to 60 \(in °C: 295 K is 21.85 °C\)",
        ),
        ({"rs_compensation": "80"}, r"row 3 .*'80'.*write 80 % as 0.8"),
        ({"file": "r2.abf"}, r"row 3 .*the file is missing\. Nearest: 'r1.abf'"),
        ({"file": "../raw/r1.abf"}, r"row 3 .*must be inside raw_dir"),
        ({"recording": "r 2"}, r"row 3 .*recording is not a valid name.*'r 2'"),
        ({"recording": "r1"}, r"recording 'r1' is in rows 2, 3"),
        ({"cell": "C1"}, r"rows 2, 3: cell names differ only in upper and lower case: C1, c1"),
    ],
)
def test_the_fault_of_a_row_has_its_line_and_remedy(load: Load, change: dict[str, str], message: str) -> None:
    faults = "\n".join(load({}, {"file": "r1.abf", **change}, {"cell": "c3", "file": "r1.abf"}).faults)
    assert re.search(message, faults), faults


def test_an_unknown_column_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    sheet = tmp_path / "recordings.csv"
    sheet.write_text("recording,cell,file,bath,pipette,temprature_C\nr1,c1,r1.abf,K5,in,22\n", encoding="utf-8")
    with pytest.raises(ConfigurationRefused, match=r"row 1: .*unknown column.*temprature_C.*Nearest: 'temperature_C'"):
        read_sheet(sheet)


def test_csv_with_quotes_and_byte_order_mark_is_read(tmp_path: Path) -> None:
    sheet = tmp_path / "recordings.csv"
    text = '\ufeffrecording,cell,file,bath,pipette,temperature_C\nr1,c1,"a, ""b"".abf",K5,in,22\n'
    sheet.write_text(text, encoding="utf-8")
    (row,) = read_sheet(sheet).rows
    assert row.entry is not None
    assert row.entry.file == 'a, "b".abf'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"recording;cell;file\n", "a required column is missing"),
        ("recording\tcell\nµ\t1\n".encode("latin-1"), r"row 2: .*not UTF-8"),
        (b"recording\tcell\tfile\tbath\tpipette\ttemperature_C\n", "no recordings"),
        (b"recording\tcell\tcell\tfile\tbath\tpipette\ttemperature_C\n", "twice"),
    ],
)
def test_an_unusable_sheet_is_refused_with_the_reason(tmp_path: Path, content: bytes, message: str) -> None:
    sheet = tmp_path / "recordings.tsv"
    sheet.write_bytes(content)
    with pytest.raises(ConfigurationRefused, match=message):
        read_sheet(sheet)
