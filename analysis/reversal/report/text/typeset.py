"""Pages and pictures from Typst templates.

A template gets its content as JSON, so that no text of a file or a sheet is read as markup. The fonts are those of
Matplotlib, so that the same content gives the same bytes everywhere. Letters of Chinese, Japanese and Korean are not in
them: they are drawn with fonts of the computer, if it has one of CJK_FONTS, and are boxes otherwise.
"""

from __future__ import annotations

import json
import re
import shutil
import struct
import zlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from reversal.report.text.labels import one_line
from reversal.report.text.pages import TEMPLATES
from reversal.report.text.symbols import runs

if TYPE_CHECKING:
    from typst import Compiler

FONT_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "LastResortHE-Regular.ttf")  # the last one for other letters
NOT_IN_DEJAVU = re.compile(
    "[\u0700-\u07bf\u0800-\u0e7f\u0f00-\u109f\u1100-\u13ff\u16a0-\u1cff\u2e80-\ua4cf\ua500-\ua63f\ua800-\ufaff\uff00-\uffef\U00010000-\U0010ffff]"
)
CJK_FONTS = {  # file and name of the font
    "NotoSansCJK-Regular.ttc": "Noto Sans CJK SC",
    "NotoSansCJKsc-Regular.otf": "Noto Sans CJK SC",
    "DroidSansFallbackFull.ttf": "Droid Sans Fallback",
    "wqy-microhei.ttc": "WenQuanYi Micro Hei",
    "msyh.ttc": "Microsoft YaHei",
    "Hiragino Sans GB.ttc": "Hiragino Sans GB",
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "C:/Windows/Fonts")
BOX = "\u25af"
ASCII = re.compile("[\0-\x7f]+")
DRAWN_TEXT = re.compile("<text.*?</text>")  # a small part of a drawing
PICTURE = "picture.typ"
LONGEST_TEXT = 20_000
LONG_WORD = re.compile(r"(\S{17,})")
METRES_AN_INCH = 0.0254
END_OF_HEADER = 33  # bytes of the signature and the first chunk of every PNG
POINTS_AN_INCH = 72.0

Words = str | list[tuple[str, str]]  # of a template: text, or parts with their kind


def typeset(template: str, **content: str) -> bytes:
    """PDF of a template filled with ``content``.

    It has no tags for screen readers, which would double its size; the HTML page is for them.
    """
    return _compiled(template, content, format="pdf", pdf_tags=False)


def png_of(drawing: str, width_inch: float, dots_per_inch: float) -> bytes:
    """PNG of an ``<svg>`` element with a given width."""
    inputs = {"drawing": drawable(drawing), "width": f"{width_inch * POINTS_AN_INCH:g}"}
    return _with_resolution(_compiled(PICTURE, inputs, format="png", ppi=dots_per_inch), dots_per_inch)


def _with_resolution(png: bytes, dots_per_inch: float) -> bytes:
    """The picture with its resolution, which programs for layout use, as the second chunk of the file."""
    a_metre = round(dots_per_inch / METRES_AN_INCH)
    chunk = b"pHYs" + struct.pack(">IIB", a_metre, a_metre, 1)
    resolution = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:END_OF_HEADER] + resolution + png[END_OF_HEADER:]


def pdf_of(drawing: str, width_pt: float) -> bytes:
    """PDF of an ``<svg>`` element with a given width; its fonts are embedded."""
    return _compiled(PICTURE, {"drawing": drawable(drawing), "width": f"{width_pt:g}"}, format="pdf", pdf_tags=False)


def printable(text: str) -> str:
    """Text as one line of printable characters; marks that change the direction of text are left out."""
    return text if text.isprintable() and len(text) <= LONGEST_TEXT else one_line(text, LONGEST_TEXT)


def breakable(text: str) -> Words:
    """Printable text; with symbols or long words, a list of parts, each with its kind.

    Kinds: ``plain``, ``long`` for a word that may be broken, ``sub`` for a subscript.
    """
    line = printable(text)
    if LONG_WORD.search(line) is None:
        return with_symbols(line)
    parts: list[tuple[str, str]] = []
    for part, lowered in runs(line):
        if lowered:
            parts.append(("sub", part))
        else:
            pieces = enumerate(LONG_WORD.split(part))
            parts += [("long" if place % 2 else "plain", piece) for place, piece in pieces if piece]
    return parts


def with_symbols(line: str) -> Words:
    """A printable line; with symbols, a list of parts with their kind, of which none may be broken."""
    if "_" not in line:
        return line
    return [("sub" if lowered else "plain", part) for part, lowered in runs(line)]


def drawable(drawing: str) -> str:
    """An ``<svg>`` element in which a box replaces each letter that no font has.

    Otherwise the whole text with the letter would be drawn in the font for other letters, which has boxes only.
    """
    return DRAWN_TEXT.sub(lambda text: NOT_IN_DEJAVU.sub(_letter_or_box, text[0]), drawing)


def _letter_or_box(found: re.Match[str]) -> str:
    return found[0] if ord(found[0]) in _letters(cjk_fonts()) else BOX


def letters_without_font(content: str) -> list[str]:
    """Letters of the content of a template that are printed as boxes, sorted."""
    others = set(NOT_IN_DEJAVU.findall(ASCII.sub("", content)))
    return sorted(letter for letter in others if ord(letter) not in _letters(cjk_fonts()))


@cache
def cjk_fonts() -> tuple[Path, ...]:
    """Files of fonts for Chinese, Japanese and Korean on this computer, the best first."""
    files = {path.name: path for folder in FONT_FOLDERS for path in sorted(Path(folder).rglob("*.[ot]t[cf]"))}
    return tuple(files[name] for name in CJK_FONTS if name in files)


@cache
def _letters(fonts: tuple[Path, ...]) -> frozenset[int]:
    """Code points that at least one of the fonts has."""
    if not fonts:
        return frozenset()
    from matplotlib.ft2font import FT2Font

    return frozenset().union(*(FT2Font(str(path)).get_charmap() for path in fonts))


def _compiled(template: str, inputs: dict[str, str], **form: Any) -> bytes:
    cjk = cjk_fonts()
    fonts = ["DejaVu Sans", *(CJK_FONTS[path.name] for path in cjk)]
    made = _compiler(cjk).compile(str(TEMPLATES / template), sys_inputs=inputs | {"fonts": json.dumps(fonts)}, **form)
    assert isinstance(made, bytes)  # a picture has one page
    return made


@cache
def _compiler(cjk: tuple[Path, ...]) -> Compiler:
    """One compiler for all documents of the process, because it keeps the fonts and the parsed templates."""
    from typst import Compiler

    return Compiler(root=str(TEMPLATES), font_paths=[_fonts(cjk).name], ignore_system_fonts=True)


@cache
def _fonts(cjk: tuple[Path, ...]) -> TemporaryDirectory[str]:
    """Folder with the fonts, which exists as long as the process."""
    folder = TemporaryDirectory(prefix="reversal-fonts-")
    for path in map(font_file, FONT_FILES):
        if path.exists():  # Matplotlib has the last one since version 3.11
            shutil.copy(path, folder.name)
    for path in cjk:
        shutil.copy(path, folder.name)
    return folder


def font_file(name: str) -> Path:
    """Place of a font that Matplotlib includes."""
    package = find_spec("matplotlib")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "mpl-data/fonts/ttf" / name
