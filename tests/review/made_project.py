"""A project of one cell in two baths, with the sheet as a laboratory may have written it."""

from __future__ import annotations

from pathlib import Path

import yaml

from reversal.simulate.rig import record
from reversal.simulate.synthetic_night import PIPETTE, SERIES, planned_night
from reversal.simulate.write_abf2 import write_abf2

CELL, BATHS = "cell01", ("K5", "K20")
HOSTILE = """<script>alert("x")</script>'µ 好"""
HEADER = ("recording", "cell", "file", "bath", "pipette", "temperature_C", "note", "Operator")


def make_project(folder: Path) -> Path:
    """Write the project; the path of its configuration."""
    for planned in planned_night():
        around = planned.conditions
        if planned.cell.name == CELL and around.bath.name in BATHS:
            path = folder / "raw" / f"{around.bath.name}.abf"
            path.parent.mkdir(parents=True, exist_ok=True)
            made = record(planned.cell, planned.amplifier, around, planned.protocol, planned.seed)
            write_abf2(path, planned.protocol, made.counts, planned.amplifier, planned.notes)
    write_recordings(folder)
    recipes = {one.name: {"ions_mM": dict(one.ions_mM), "note": one.note} for one in (*SERIES, PIPETTE)}
    (folder / "solutions.yaml").write_text(yaml.safe_dump(recipes), encoding="utf-8")
    paths = {"raw_dir": "raw", "recordings": "recordings.csv", "solutions": "solutions.yaml"}
    paths |= {"results_dir": "results", "reports_dir": "reports"}
    config = folder / "config.yaml"
    declared = {name: str(folder / path) for name, path in paths.items()}
    config.write_text(yaml.safe_dump({**declared, "title": HOSTILE}, allow_unicode=True), encoding="utf-8")
    return config


def write_recordings(folder: Path, separator: str = "\t", encoding: str = "utf-8", decimal: str = ".") -> None:
    """Write the sheet; the note of the second row is hostile."""
    notes = ('"say ""no"""', HOSTILE.replace('"', ""))
    rows = [
        (f"r_{bath}", CELL, f"{bath}.abf", bath, PIPETTE.name, f"22{decimal}5", note, "KL")
        for bath, note in zip(BATHS, notes, strict=True)
    ]
    text = "".join(separator.join(line) + "\r\n" for line in (HEADER, *rows))
    (folder / "recordings.csv").write_bytes(text.encode(encoding))
