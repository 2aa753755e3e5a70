"""Scripts of the page, in one element, with the data that the program computed for them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reversal.atlas.live.grids import simulations
from reversal.atlas.live.rig_template import rig_template

FOLDER = Path(__file__).parent
SCRIPTS = ("formulas.js", "plot.js", "systems.js", "rig.js")


@dataclass(frozen=True, slots=True)
class PageScript:
    """Text of the script element, and its hash for the content security policy of the page."""

    text: str
    hash: str


def page_script(chapters: Mapping[str, Sequence[tuple[str, str]]]) -> PageScript:
    """All scripts and data of the page. The text contains no ``</``, so it cannot end its element.

    chapters : claims of each movable figure, with the name of their chapter; an exercise refers to them
    """
    content = {"simulations": simulations(), "rig": rig_template(), "chapters": chapters}
    data = json.dumps(content, separators=(",", ":"), allow_nan=False)
    parts = [f"const DATA = {data};", *((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)]
    text = '"use strict";\n' + "\n".join(parts).replace("</", "<\\/")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return PageScript(text, f"sha256-{digest}")
