"""Pages and pictures from Typst templates.

A template gets its content as JSON, so that no text of a file or a sheet is read as markup. The fonts are those of
Matplotlib, never those of the computer, so that the same content gives the same bytes everywhere.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from reversal.report.text.labels import one_line
from reversal.report.text.pages import TEMPLATES

if TYPE_CHECKING:
    from typst import Compiler

FONT_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "LastResortHE-Regular.ttf")  # the last one for other letters
NOT_IN_DEJAVU = re.compile(
    "[\u0700-\u07bf\u0800-\u0e7f\u0f00-\u109f\u1100-\u13ff\u16a0-\u1cff\u2e80-\ua4cf\ua500-\ua63f\ua800-\ufaff\uff00-\uffef\U00010000-\U0010ffff]"
)
BOX = "\u25af"
PICTURE = "picture.typ"
LONGEST_TEXT = 20_000
LONG_WORD = re.compile(r"(\S{17,})")
POINTS_AN_INCH = 72.0


def typeset(template: str, content: Mapping[str, Any]) -> bytes:
    """PDF of a template filled with ``content``: strings, numbers, lists and mappings.

    It has no tags for screen readers, which would double its size; the HTML page is for them.
    """
    return _compiled(template, {"content": json.dumps(content, ensure_ascii=False)}, format="pdf", pdf_tags=False)


def png_of(drawing: str, width_inch: float, dots_per_inch: float) -> bytes:
    """PNG of an ``<svg>`` element with a given width."""
    inputs = {"drawing": drawable(drawing), "width": f"{width_inch * POINTS_AN_INCH:g}"}
    return _compiled(PICTURE, inputs, format="png", ppi=dots_per_inch)


def printable(text: str) -> str:
    """Text as one line of printable characters; marks that change the direction of text are left out."""
    return text if text.isprintable() and len(text) <= LONGEST_TEXT else one_line(text, LONGEST_TEXT)


def breakable(text: str) -> str | list[str]:
    """Printable text; with long words, a list in which every second part is a long word, which may be broken."""
    line = printable(text)
    return LONG_WORD.split(line) if LONG_WORD.search(line) else line


def drawable(drawing: str) -> str:
    """An ``<svg>`` element in which a box replaces each letter that DejaVu Sans does not have.

    Otherwise the whole text with the letter would be drawn in the font for other letters, which has boxes only.
    """
    return NOT_IN_DEJAVU.sub(BOX, drawing)


def _compiled(template: str, inputs: dict[str, str], **form: Any) -> bytes:
    made = _compiler().compile(str(TEMPLATES / template), sys_inputs=inputs, **form)
    assert isinstance(made, bytes)  # a picture has one page
    return made


@cache
def _compiler() -> Compiler:
    """One compiler for all documents of the process, because it keeps the fonts and the parsed templates."""
    from typst import Compiler

    return Compiler(root=str(TEMPLATES), font_paths=[_fonts().name], ignore_system_fonts=True)


@cache
def _fonts() -> TemporaryDirectory[str]:
    """Folder with the fonts, which exists as long as the process."""
    package = find_spec("matplotlib")
    assert package is not None
    assert package.origin is not None
    folder = TemporaryDirectory(prefix="reversal-fonts-")
    for name in FONT_FILES:
        path = Path(package.origin).parent / "mpl-data/fonts/ttf" / name
        if path.exists():  # Matplotlib has the last one since version 3.11
            shutil.copy(path, folder.name)
    return folder
