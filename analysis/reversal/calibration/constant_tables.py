"""The tables of constants of all rooms, and their constants with reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import get_type_hints

from reversal.constant import Because, ConstantKind
from reversal.fit import fit_constants
from reversal.measure.iv import iv_constants
from reversal.measure.membrane import membrane_constants
from reversal.measure.protocol import protocol_constants
from reversal.measure.quality import quality_constants
from reversal.measure.reversal import reversal_constants
from reversal.measure.voltage import voltage_constants
from reversal.recordings import recordings_constants
from reversal.statistics import statistics_constants

TABLES: tuple[ModuleType, ...] = (
    fit_constants,
    iv_constants,
    membrane_constants,
    protocol_constants,
    quality_constants,
    reversal_constants,
    voltage_constants,
    statistics_constants,
    recordings_constants,
)
"""Every module of constants."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant as the tables of constants list it."""

    module: str
    name: str
    value: object
    because: Because


def constants_of(table: ModuleType) -> Iterator[Constant]:
    """The constants of one table; raises TypeError for one without a reason."""
    hints = get_type_hints(table, include_extras=True)
    for name, value in vars(table).items():
        if not name[0].isupper() or not isinstance(value, int | float | tuple) or isinstance(value, ConstantKind):
            continue
        notes = [note for note in getattr(hints.get(name), "__metadata__", ()) if isinstance(note, Because)]
        if not notes:
            raise TypeError(f"{table.__name__}.{name} has no reason")
        yield Constant(table.__name__, name, value, notes[0])
