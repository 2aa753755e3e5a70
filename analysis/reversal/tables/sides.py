"""Names of the two sides of the membrane, in the words of its recording configuration.

In a bilayer the sides are the chambers cis and trans: the chamber with the ground counts as outside, the other one as
inside. Everywhere else they are outside and inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

Chamber = Literal["cis", "trans"]


class Pair(NamedTuple):
    """Solutions on both sides, by name, and which of them is the bath; neither is for a cell-attached patch."""

    bath: str
    outside: str
    inside: str


@dataclass(frozen=True, slots=True)
class Sides:
    """Names for sentences, tables and figures.

    outside, inside : the sides;  out_column, in_column : the same in names of columns
    bath, baths : the solution that is changed, one and several;  out_symbol, in_symbol : concentration of an ion {}
    out_where, in_where : the sides as places
    """

    outside: str = "outside"
    inside: str = "inside"
    out_column: str = "out"
    in_column: str = "in"
    bath: str = "bath"
    baths: str = "baths"
    out_symbol: str = "[{}]ₒ"
    in_symbol: str = "[{}]ᵢ"
    out_where: str = "outside"
    in_where: str = "inside"

    def names_of(self, pairs: Iterable[Pair]) -> Mapping[Pair, str]:
        """Name of each pair of solutions: the bath, with the solution of the other side where this differs.

        >>> tuple(MEMBRANE.names_of([Pair("K5", "K5", "KCl"), Pair("K5", "K5", "NaCl")]).values())
        ('K5, KCl inside', 'K5, NaCl inside')
        >>> tuple(MEMBRANE.names_of([Pair("K140", "pipette", "K140"), Pair("K70", "pipette", "K70")]).values())
        ('K140', 'K70')
        >>> tuple(CHAMBERS["trans"].names_of([Pair("KCl50", "KCl50", cis) for cis in ("KCl500", "KCl9")]).values())
        ('KCl500 cis', 'KCl9 cis')
        """
        known = list(dict.fromkeys(pairs))
        outside, inside = len({pair.outside for pair in known}) > 1, len({pair.inside for pair in known}) > 1
        return {pair: self._name(pair, outside, inside) for pair in known}

    def _name(self, pair: Pair, several_outside: bool, several_inside: bool) -> str:
        if self is MEMBRANE:
            first = pair.bath if pair.bath in (pair.outside, pair.inside) else pair.outside
            several_outside, several_inside = (
                several_outside and pair.outside != first,
                several_inside and pair.inside != first,
            )
            parts = [first]
        else:
            parts, several_outside = [], several_outside or not several_inside
        parts += [f"{pair.outside} {self.outside}"] * several_outside + [
            f"{pair.inside} {self.inside}"
        ] * several_inside
        return ", ".join(parts)


def _chambers(ground: Chamber, other: Chamber) -> Sides:
    return Sides(
        outside=ground,
        inside=other,
        out_column=ground,
        in_column=other,
        bath="solution",
        baths="solutions",
        out_symbol=f"{ground} [{{}}]",
        in_symbol=f"{other} [{{}}]",
        out_where=f"in the {ground} chamber",
        in_where=f"in the {other} chamber",
    )


MEMBRANE = Sides()
CHAMBERS: Mapping[str, Sides] = MappingProxyType({"trans": _chambers("trans", "cis"), "cis": _chambers("cis", "trans")})


def sides_of(ground: str | None) -> Sides:
    """Names of the sides, by the chamber with the ground; None if there are no chambers."""
    return MEMBRANE if ground is None else CHAMBERS[ground]


class InSolutions(Protocol):
    """A row of a table about one pair of solutions."""

    @property
    def experiment(self) -> str: ...

    @property
    def solutions(self) -> Pair: ...

    @property
    def sides(self) -> Sides: ...


def common_sides(rows: Iterable[InSolutions]) -> Sides:
    """Names of the sides if all rows have the same; else those of a membrane."""
    found = {row.sides for row in rows}
    return found.pop() if len(found) == 1 else MEMBRANE


def solution_names(rows: Sequence[InSolutions]) -> Mapping[Pair, str]:
    """Name of the pair of solutions of each row; what differs between pairs is judged within each experiment."""
    names: dict[Pair, str] = {}
    for experiment, sides in dict.fromkeys((row.experiment, row.sides) for row in rows):
        names |= sides.names_of(row.solutions for row in rows if (row.experiment, row.sides) == (experiment, sides))
    return names


Levels = Iterable[tuple[float | None, float | None]]
"""Concentrations of the series ion outside and inside, of each recording [mM]."""


def is_against_inside(levels_mM: Levels) -> bool:
    """Whether a series is drawn against the concentration inside: it has more values inside than outside."""
    outside, inside = _values(levels_mM)
    return inside > outside > 0


def both_change(levels_mM: Levels) -> bool:
    """Whether a series has several concentrations on both sides."""
    return min(_values(levels_mM)) > 1


def _values(levels_mM: Levels) -> tuple[int, int]:
    """Number of different concentrations outside and inside; None and 0 are not counted."""
    pairs = list(levels_mM)
    outside, inside = ({pair[side] for pair in pairs if pair[side]} for side in (0, 1))
    return len(outside), len(inside)
