"""Changes of single cells in an Excel workbook (.xlsx). Only the part with the worksheet is written anew.

Everything else in the workbook stays byte for byte: formulas with their last values, formats, charts, other worksheets.
A library that writes whole workbooks would lose some of it.
"""

from __future__ import annotations

import copy
import io
import posixpath
import zipfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from reversal.experiment.closed_model import ConfigurationRefused

RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET_NAME = "recordings"  # else the first worksheet


def changed_workbook(
    path: Path, content: bytes, changes: Mapping[tuple[int, int], str], numbers: Collection[int]
) -> bytes:
    """Content of a workbook with other values in some cells of its recording sheet.

    path : names the workbook in messages
    changes : text by row, from 1, and column, from 0; an empty text clears a cell
    numbers : columns whose values are numbers

    Raises ConfigurationRefused for a cell with a formula or inside of merged cells.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = _part_of_sheet(archive, parser)
        root = etree.fromstring(archive.read(part), parser)
        sheet = _Worksheet(path, root)
        for place, value in changes.items():
            sheet.write(place, value, is_number=place[1] in numbers)
        written = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        return _with_part(archive, part, written)


def _part_of_sheet(archive: zipfile.ZipFile, parser: Any) -> str:
    """Name of the part with the worksheet that is read as the recording sheet."""
    from lxml import etree

    start = etree.fromstring(archive.read("_rels/.rels"), parser)
    book = next(one.get("Target") for one in start.iter(RELATIONS) if one.get("Type").endswith("/officeDocument"))
    book = book.lstrip("/")
    folder, name = posixpath.split(book)
    relations = etree.fromstring(archive.read(f"{folder}/_rels/{name}.rels"), parser)
    targets = {one.get("Id"): one for one in relations.iter(RELATIONS)}
    root = etree.fromstring(archive.read(book), parser)
    sheets = {
        one.get("name"): targets[one.get(f"{{{OFFICE}}}id")] for one in root.iter(f"{{{root.nsmap[root.prefix]}}}sheet")
    }
    worksheets = {name: one.get("Target") for name, one in sheets.items() if one.get("Type").endswith("/worksheet")}
    target = str(worksheets.get(SHEET_NAME) or next(iter(worksheets.values())))
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _with_part(archive: zipfile.ZipFile, part: str, written: bytes) -> bytes:
    """The archive with one part replaced; names, order, dates and compression stay."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for info in archive.infolist():
            target.writestr(copy.copy(info), written if info.filename == part else archive.read(info.filename))
    return made.getvalue()


class _Worksheet:
    """The tree of a worksheet, in which single cells are written."""

    def __init__(self, path: Path, root: Any) -> None:
        self._path, self._root = path, root
        self._space = f"{{{root.nsmap[root.prefix]}}}"
        self._rows = dict(_numbered(root.find(f"{self._space}sheetData")))

    def write(self, place: tuple[int, int], value: str, *, is_number: bool) -> None:
        """Write a text or a number into a cell; its format stays."""
        number, column = place
        self._refuse_merged(number, column + 1)
        cell = self._cell(number, column + 1)
        if cell.find(f"{self._space}f") is not None:
            raise self._refused(
                "the cell has a formula", place, "Write the value into the cell in place of the formula"
            )
        for child in list(cell):
            cell.remove(child)
        for name in ("t", "vm", "cm"):
            cell.attrib.pop(name, None)
        if not value:
            return
        if is_number and _is_number(value):
            self._child(cell, "v").text = value
            return
        cell.set("t", "inlineStr")
        text = self._child(self._child(cell, "is"), "t")
        text.text = value
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def _child(self, parent: Any, name: str) -> Any:
        from lxml import etree

        return etree.SubElement(parent, f"{self._space}{name}")

    def _cell(self, number: int, column: int) -> Any:
        """The cell, which is added if the row does not have it, with the format of its left neighbour."""
        from openpyxl.utils import get_column_letter

        row = self._rows[number]
        cells = list(_numbered(row))
        same = next((cell for at, cell in cells if at == column), None)
        if same is not None:
            return same
        made = self._child(row, "c")
        made.set("r", f"{get_column_letter(column)}{number}")
        before = [cell for at, cell in cells if at < column]
        row.remove(made)
        row.insert(row.index(before[-1]) + 1 if before else 0, made)
        if before and before[-1].get("s"):
            made.set("s", before[-1].get("s"))
        row.attrib.pop("spans", None)
        dimension = self._root.find(f"{self._space}dimension")
        if dimension is not None:  # it would be too small, and is optional
            self._root.remove(dimension)
        return made

    def _refuse_merged(self, number: int, column: int) -> None:
        from openpyxl.utils import range_boundaries

        for merged in self._root.iter(f"{self._space}mergeCell"):
            left, top, right, bottom = range_boundaries(merged.get("ref"))
            if left <= column <= right and top <= number <= bottom and (column, number) != (left, top):
                raise self._refused("the cell is part of merged cells", (number, column - 1), "Separate the cells")

    def _refused(self, what: str, place: tuple[int, int], remedy: str) -> ConfigurationRefused:
        from openpyxl.utils import get_column_letter

        cell = f"cell {get_column_letter(place[1] + 1)}{place[0]}"
        return ConfigurationRefused(f"a value cannot be changed: {what}", file=self._path, place=cell, remedy=remedy)


def _numbered(parent: Any) -> Iterator[tuple[int, Any]]:
    """Rows of a worksheet, or cells of a row, with their number from 1; one without a name follows the one before."""
    from openpyxl.utils import coordinate_to_tuple

    at = 0
    for child in parent:
        if not isinstance(child.tag, str) or not child.tag.endswith(("}row", "}c")):
            continue
        name = child.get("r")
        at = at + 1 if name is None else int(name) if name.isdigit() else coordinate_to_tuple(name)[1]
        yield at, child


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
