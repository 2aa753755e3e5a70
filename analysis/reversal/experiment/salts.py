"""Salts by their formula or name as the ions they dissolve into: KCl, MgCl2, K2SO4, Ca(NO3)2, K-gluconate, TEA-Cl.

Hydrates (CaCl2·2H2O) are read without their water. Acids, bases and buffers are refused here: how much of them is
charged depends on the pH.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from reversal.errors import nearest
from reversal.experiment.buffers import BUFFERS
from reversal.experiment.closed_model import ConfigurationRefused
from reversal.physics.ion import Ion

WATER = re.compile(r"[\s·.*•x-]*\d*\s*H2O$")
BETWEEN = "-–_ "
ACID_OR_BASE = {"H", "OH"}
BY_pH = {part for one in BUFFERS.values() for part in (one.acid, one.base, one.with_magnesium) if part is not None}
COMMON = ("KCl", "NaCl", "CaCl2", "MgCl2", "K-gluconate", "NaHCO3", "CsCl", "TEA-Cl")


def salt_ions(salt: str, table: Mapping[str, Ion], place: str) -> dict[str, int]:
    """Ions of one formula unit, with their numbers.

    Raises ConfigurationRefused for a formula that cannot be read, that is not neutral, or that depends on the pH.
    """
    found = {tuple(sorted(ions.items())) for ions in _readings(WATER.sub("", salt.strip()), table)}
    if len(found) != 1:
        raise ConfigurationRefused(
            "the salt is not known" if not found else "the salt can be read in two ways",
            place=place,
            found=salt,
            expected=f"a formula or name of ions of the ion table, such as {', '.join(COMMON)}",
            remedy=nearest(salt, COMMON) if not found else "Write a hyphen between cation and anion",
        )
    ions = dict(next(iter(found)))
    _refuse_what_depends_on_pH(salt, ions, place)
    return ions


def is_salt(name: str, table: Mapping[str, Ion]) -> bool:
    """Whether a name is a salt of known ions."""
    return any(_readings(WATER.sub("", name.strip()), table))


def _readings(formula: str, table: Mapping[str, Ion]) -> Iterator[dict[str, int]]:
    """Every way to read a formula as a cation and an anion whose charges balance."""
    for cut in range(1, len(formula)):
        for cation, n in _counted(formula[:cut], table, 1):
            for anion, m in _counted(formula[cut:], table, -1):
                is_joined = formula[cut - 1] not in BETWEEN and formula[cut] not in BETWEEN
                numbers = _balanced(n, m, table[cation].z, -table[anion].z, is_joined)
                if numbers is not None:
                    yield {cation: numbers[0], anion: numbers[1]}


def _counted(text: str, table: Mapping[str, Ion], sign: int) -> Iterator[tuple[str, int | None]]:
    """Ion of this sign and its number in a part of a formula; None if no number is written."""
    plain = text.strip(BETWEEN)
    match = re.fullmatch(r"(.+?)(\d{0,3})", plain)
    if match is None:
        return
    for name, number in {(plain, ""), (match[1], match[2])}:
        bare = name[1:-1] if name.startswith("(") and name.endswith(")") else name
        if bare and bare[-1] not in "+-" and bare in table and table[bare].z * sign > 0:
            yield table[bare].name, int(number) if number else None


def _balanced(n: int | None, m: int | None, z: int, negative: int, is_joined: bool) -> tuple[int, int] | None:
    """Numbers of cation and anion; a name such as `Mg gluconate` needs none, a formula such as MgCl2 does."""
    if n is None and m is None and not is_joined:
        shared = math.lcm(z, negative)
        return shared // z, shared // negative
    numbers = n or 1, m or 1
    return numbers if numbers[0] * z == numbers[1] * negative else None


def _refuse_what_depends_on_pH(salt: str, ions: Mapping[str, int], place: str) -> None:
    if ACID_OR_BASE & set(ions):
        ion = next(name for name in ions if name not in ACID_OR_BASE) if len(ions) > 1 else "Na"
        raise ConfigurationRefused(
            "an acid or a base is not a salt: its H⁺ or OH⁻ reacts with the buffer",
            place=place,
            found=salt,
            remedy=f"If it adjusts the pH, write closed_by: {ion}",
        )
    if BY_pH & set(ions):
        raise ConfigurationRefused(
            "how much of a buffer or nucleotide is charged depends on the pH",
            place=place,
            found=salt,
            remedy="Write it under buffers_mM, pH, its counter-ion under ions_mM, and the ion of the acid or base that "
            "adjusts the pH as closed_by",
        )
