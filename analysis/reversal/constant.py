"""Constants with unit, kind and reason: each room keeps those that decide an answer in one table, ``*_constants.py``.

A constant is a plain number with an annotation::

    MIN_RAMP_mV: Annotated[float, Because("mV", DECISION, "…")] = 30.0

so that code uses the number and the docs read the reason.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType
from typing import get_type_hints

import reversal


class ConstantKind(StrEnum):
    """Where the value of a constant comes from."""

    PHYSICS = "physics"  # a law or a property of matter
    RIG = "rig"  # a property of amplifiers, filters and digitisers
    NUMERICS = "numerics"  # a tolerance or a grid; the answer does not depend on it
    DECISION = "decision"  # chosen; the answer depends on it


PHYSICS, RIG, NUMERICS, DECISION = ConstantKind


@dataclass(frozen=True, slots=True)
class Because:
    """Unit, kind and reason of a constant.

    unit : empty for counts and fractions; SE for standard errors
    reason : source, derivation, or what the value was chosen by
    """

    unit: str
    kind: ConstantKind
    reason: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant as the tables of constants list it."""

    module: str
    name: str
    value: object
    because: Because


def constant_tables() -> Iterator[ModuleType]:
    """Every module of constants in the package, in the order of its name."""
    for found in pkgutil.walk_packages(reversal.__path__, "reversal."):
        if found.name.endswith("_constants"):
            yield importlib.import_module(found.name)


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
