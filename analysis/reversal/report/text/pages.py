"""HTML pages from templates: text is escaped, no external resources, undefined names are errors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reversal.tables.whole_file import whole_file

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parents[1] / "templates"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure on a page: SVG element, caption, width class, and links to its files by format."""

    drawing: str
    caption: str
    kind: str = "wide"
    files: tuple[tuple[str, str], ...] = ()


def rendered(template: str, folders: tuple[Path, ...] = (TEMPLATES,), **names: Any) -> str:
    """Template filled with ``names``; it is taken from the first of ``folders`` that contains it."""
    return _environment(folders).get_template(template).render(**names)


def write_page(path: Path, text: str) -> None:
    """Write a page, complete or not at all."""
    with whole_file(path) as target:
        target.write_text(text, encoding="utf-8")


@cache
def _environment(folders: tuple[Path, ...]) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
