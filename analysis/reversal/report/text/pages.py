"""HTML pages from templates: text is escaped, no external resources, undefined names are errors.

Marks that change the direction of text act only inside the text that contains them.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from reversal.report.text.atlas_links import linked, section_behind
from reversal.report.text.labels import status_class
from reversal.report.text.symbols import as_html, spoken
from reversal.tables.whole_file import whole_file

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parents[1] / "templates"
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
ISOLATE_MARK = re.compile("[\u2066-\u2069]")
DIRECTION_MARK = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure on a page: SVG element, caption, width class, its files, and its place, to which links lead.

    files : format, address, and name to save it as
    """

    drawing: str
    caption: str
    kind: str = "wide"
    files: tuple[tuple[str, str, str], ...] = ()
    place: str = ""


def rendered(template: str, folders: tuple[Path, ...] = (TEMPLATES,), **names: Any) -> str:
    """Template filled with ``names``; it is taken from the first of ``folders`` that contains it."""
    return _environment(folders).get_template(template).render(**names)


def write_page(path: Path, text: str) -> None:
    """Write a page, complete or not at all."""
    with whole_file(path) as target:
        target.write_text(text, encoding="utf-8")


def isolated(value: Any) -> Any:
    """Text whose direction marks do not reach the text after it (Unicode UAX 9); other values unchanged."""
    if isinstance(value, str) and not hasattr(value, "__html__") and DIRECTION_MARK.search(value):
        return f"{ISOLATE}{ISOLATE_MARK.sub('', value)}{END_OF_ISOLATE}"
    return value


@cache
def script_text(name: str) -> Markup:
    """A script of the templates. Scripts contain nothing from a file or a sheet."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


@cache
def script_source(name: str) -> Markup:
    """Hash of a script for the policy of its page: no other script can run, whatever a file or a sheet contains."""
    digest = b64encode(sha256(script_text(name).encode()).digest()).decode()
    return Markup(f"'sha256-{digest}'")


def symbols_isolated(text: str) -> Markup:
    """Escaped text with the subscripts of its symbols; its direction marks act only inside of it."""
    return as_html(isolated(text))


def prose(text: str) -> Markup:
    """Escaped text with its symbols; names of settings between backticks are code."""
    parts = (
        Markup("<code>{}</code>").format(part) if n % 2 else symbols_isolated(part)
        for n, part in enumerate(text.split("`"))
    )
    return Markup("").join(parts)


def explained(quantity: str, atlas: str, shown: str | None = None) -> Markup:
    """Name of a quantity, or other text shown for it, as a link to its section of the atlas if there is one."""
    return linked(symbols_isolated(quantity if shown is None else shown), section_behind(quantity), atlas)


@cache
def _environment(folders: tuple[Path, ...]) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        finalize=isolated,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["status_class"] = status_class
    environment.filters["symbols"] = symbols_isolated
    environment.filters["prose"] = prose
    environment.filters["spoken"] = spoken
    environment.filters["explained"] = explained
    environment.globals.update(script_text=script_text, script_source=script_source)
    return environment
