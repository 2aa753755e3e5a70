"""Names of solutions and sides in each recording configuration."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from reversal.tables.sides import (
    CHAMBERS,
    MEMBRANE,
    Pair,
    Sides,
    both_change,
    common_sides,
    is_against_inside,
    solution_names,
)


@pytest.mark.parametrize(
    ("pairs", "names"),
    [
        ([("K5", "K5", "KCl"), ("K20", "K20", "KCl")], ["K5", "K20"]),  # whole-cell
        ([("K5", "K5", "KCl"), ("K5", "K5", "NaCl")], ["K5, KCl inside", "K5, NaCl inside"]),  # two pipettes
        ([("K140", "pip", "K140"), ("K70", "pip", "K70")], ["K140", "K70"]),  # inside-out
        ([("K140", "a", "K140"), ("K140", "b", "K140")], ["K140, a outside", "K140, b outside"]),
        ([("KCl", "K5", "cell"), ("KCl", "K20", "cell")], ["K5", "K20"]),  # cell-attached: the pipette is outside
        ([("K5", "K5", "cell"), ("K20", "K20", "cell")], ["K5", "K20"]),  # perforated, two electrodes
    ],
)
def test_names_of_solutions(pairs: list[tuple[str, str, str]], names: list[str]) -> None:
    known = [Pair(*pair) for pair in pairs]
    assert [MEMBRANE.names_of(known)[pair] for pair in known] == names


@pytest.mark.parametrize(
    ("ground", "pairs", "names"),
    [
        ("trans", [("A", "B"), ("A", "C")], ["B cis", "C cis"]),
        ("cis", [("A", "B"), ("A", "C")], ["B trans", "C trans"]),
        ("trans", [("A", "C"), ("B", "C")], ["A trans", "B trans"]),
        ("trans", [("A", "A"), ("A", "B"), ("B", "A")], ["A trans, A cis", "A trans, B cis", "B trans, A cis"]),
        ("trans", [("A", "B")], ["A trans"]),
    ],
)
def test_names_of_chambers(ground: str, pairs: list[tuple[str, str]], names: list[str]) -> None:
    known = [Pair(outside, outside, inside) for outside, inside in pairs]
    assert [CHAMBERS[ground].names_of(known)[pair] for pair in known] == names


@dataclass(frozen=True)
class Of:
    experiment: str
    solutions: Pair
    sides: Sides


def test_solutions_are_named_within_their_experiment() -> None:
    whole = [Of("whole", Pair(name, name, "KCl"), MEMBRANE) for name in ("K5", "K20")]
    bilayer = [Of("bilayer", Pair("A", "A", name), CHAMBERS["trans"]) for name in ("B", "C")]
    assert [*solution_names([*whole, *bilayer]).values()] == ["K5", "K20", "B cis", "C cis"]
    assert (common_sides(bilayer), common_sides([*whole, *bilayer])) == (CHAMBERS["trans"], MEMBRANE)


@pytest.mark.parametrize(
    ("levels_mM", "inside", "both"),
    [
        ([(5.0, 140.0), (20.0, 140.0)], False, False),
        ([(5.0, 140.0), (5.0, 70.0)], True, False),
        ([(5.0, 140.0), (20.0, 70.0)], False, True),
        ([(5.0, 140.0), (5.0, 70.0), (20.0, 35.0)], True, True),
        ([(0.0, 140.0), (None, 70.0)], False, False),  # without the ion outside there is no Nernst potential
        ([(5.0, None)], False, False),
        ([], False, False),
    ],
)
def test_side_of_a_series(levels_mM: list[tuple[float | None, float | None]], inside: bool, both: bool) -> None:
    assert (is_against_inside(levels_mM), both_change(levels_mM)) == (inside, both)
