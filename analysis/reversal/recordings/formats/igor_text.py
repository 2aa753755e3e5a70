"""Waves of an Igor text file (".itx"), as WaveMetrics describes it in the manual of Igor Pro.

The first line is ``IGOR``. A block ``WAVES/D/N=(3000,9) name``, ``BEGIN``, rows of numbers, ``END`` has one wave for
each name, in columns, or the rows and columns of one matrix. Lines that start with ``X`` are commands of Igor; of them
``SetScale x`` (step and unit of the first dimension) and ``SetScale d`` or ``y`` (unit of the samples) are used.
``SetScale/P`` has the first value and the step, ``SetScale/I`` the first and the last, without a flag the first and
the one after the last. Tested on files in this layout that were written for the tests. Refused: complex waves, waves of
three dimensions. Waves of text are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from reversal.recordings.formats.igor_wave import Wave
from reversal.recordings.recording.recording import RecordingRefused

SIGNATURES = (b"IGOR\r", b"IGOR\n")
BLOCK = re.compile(r"WAVES(?P<flags>(?:\s*/\s*[A-Z]+(?:=\([\d,\s]*\))?)*)[\s,]+(?P<names>[^\s,].*)", re.IGNORECASE)
SHAPE = re.compile(r"/\s*N\s*=\s*\(([\d,\s]*)\)", re.IGNORECASE)
SCALE = re.compile(
    r'SetScale\s*(?:/\s*(?P<flag>[PI])\s*)?\s*(?P<axis>[xyd])\s+(?P<first>[^,]+),(?P<second>[^,]+),\s*"(?P<unit>[^"]*)"\s*,'
    r"(?P<names>[^;]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Block:
    names: list[str]
    flags: str
    rows: list[str]


def waves_of_text(content: bytes, path: Path) -> list[Wave]:
    """Waves of numbers in a text file. Raises RecordingRefused."""
    lines = content.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    waves: dict[str, Wave] = {}
    for block in _blocks(lines, path):
        waves.update(_waves(block, path))
    for line in lines:
        if line.lstrip()[:1] in ("X", "x"):
            for scale in SCALE.finditer(line):
                waves.update(_scaled(scale, waves, path))
    return list(waves.values())


def _blocks(lines: list[str], path: Path) -> Iterator[_Block]:
    """Blocks of the file. Raises RecordingRefused for one without its end."""
    block: _Block | None = None
    is_open = False
    for line in lines:
        words = line.strip()
        if block is None and (found := BLOCK.fullmatch(words)):
            names = [name.strip("'") for name in re.findall(r"'[^']*'|[^\s,]+", found["names"])]
            block = _Block(names, found["flags"] or "", [])
        elif block is not None and words.upper() == "BEGIN":
            is_open = True
        elif block is not None and words.upper() == "END":
            yield block
            block, is_open = None, False
        elif block is not None and is_open and words:
            block.rows.append(words)
    if block is not None:
        raise RecordingRefused(
            "the Igor text ends within a wave",
            file=path,
            place=block.names[0],
            expected="a line END after its numbers",
            remedy="The file is cut off: copy it again",
        )


def _waves(block: _Block, path: Path) -> dict[str, Wave]:
    letters = {flag.upper() for flag in re.findall(r"/\s*([A-Za-z]+)", block.flags)}
    if "T" in letters:
        return {}
    if "C" in letters:
        raise _refused("a wave is complex", block, path)
    table = _numbers(block, path)
    shape = SHAPE.search(block.flags)
    sizes = [int(size) for size in re.findall(r"\d{1,9}", shape[1])] if shape else []
    if len(sizes) > 2:
        raise _refused("a wave has three dimensions or more", block, path)
    if len(sizes) == 2:
        if len(block.names) != 1 or table.shape != tuple(sizes):
            raise _refused("a matrix has another number of rows or columns than its header states", block, path)
        return {block.names[0].lower(): Wave("", block.names[0], tuple(table.T), True, "", 1.0, "")}
    if table.shape[1] != len(block.names) or (sizes and len(table) != sizes[0]):
        raise _refused("a block has another number of waves or rows than its header states", block, path)
    waves = zip(block.names, table.T, strict=True)
    return {name.lower(): Wave("", name, (column,), False, "", 1.0, "") for name, column in waves}


def _numbers(block: _Block, path: Path) -> np.ndarray:
    """Numbers of a block, shape (rows, columns)."""
    try:
        rows = [[float(word) for word in row.replace(",", " ").split()] for row in block.rows]
    except ValueError:
        raise _refused("a wave has a row that is not of numbers", block, path) from None
    if not rows or not rows[0] or len({len(row) for row in rows}) != 1:
        raise _refused("a wave has no numbers, or rows of different lengths", block, path)
    return np.array(rows)


def _scaled(scale: re.Match[str], waves: dict[str, Wave], path: Path) -> dict[str, Wave]:
    """The waves that a command names, with the step or the unit that it sets."""
    names = [name.strip().strip("'").lower() for name in scale["names"].split(",")]
    named = {name: waves[name] for name in names if name in waves}
    if scale["axis"].lower() != "x":
        return {name: replace(wave, unit=scale["unit"]) for name, wave in named.items()}
    try:
        first, second = float(scale["first"]), float(scale["second"])
    except ValueError:
        raise RecordingRefused("a scale of the Igor text has no numbers", file=path, found=scale[0]) from None
    flag = (scale["flag"] or "").upper()
    return {
        name: replace(wave, step=_step(flag, first, second, wave.columns[0].size), step_unit=scale["unit"])
        for name, wave in named.items()
    }


def _step(flag: str, first: float, second: float, samples: int) -> float:
    if flag == "P":
        return second
    return (second - first) / max(samples - 1 if flag == "I" else samples, 1)


def _refused(what: str, block: _Block, path: Path) -> RecordingRefused:
    return RecordingRefused(
        what, file=path, place=block.names[0], remedy="Save the waves in Igor as a packed experiment (.pxp)"
    )
