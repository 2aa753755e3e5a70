"""The table of ions: the built-in table, and the user's own table added to it.

A table is tab-separated text (UTF-8) with the columns name, z, mobility, lambda_S_cm2_equiv, source, aliases,
mobility_error. The conductivity can be empty. Several aliases are separated by spaces. A mobility that was estimated
has an error: half the range of its possible values. An ion of the user's table replaces the built-in ion
of the same name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from reversal.errors import Refusal, nearest
from reversal.physics.ion import Ion

REFERENCE_IONS = Path(__file__).parents[1] / "reference" / "ions.tsv"
PLAIN_CHARGES = str.maketrans("⁺⁻¹²³⁴−–", "+-1234--")
COLUMNS = ("name", "z", "mobility", "lambda_S_cm2_equiv", "source", "aliases", "mobility_error")
CHARGES = (*range(-8, 0), *range(1, 9))
LAMBDA_K = 73.5  # [S cm²/equiv], the conductivity of K⁺, whose mobility is 1
MOBILITY_TOLERANCE = 0.02  # relative difference of mobility and conductivity in one row; printed tables are rounded


class IonTableRefused(Refusal):
    """A fault of an ion table, or an ion that is not in it."""


class IonTable(Mapping[str, Ion]):
    """Ions by name or alias, upper or lower case, with or without their charge. Iteration gives each name once."""

    def __init__(self, ions: Mapping[str, Ion]) -> None:
        self._ions = dict(ions)
        self._names = {alias.casefold(): ion.name for ion in ions.values() for alias in ion.aliases}
        self._names |= {name.casefold(): name for name in ions}

    def __getitem__(self, name: str) -> Ion:
        if name in self._ions:
            return self._ions[name]
        if name.casefold() in self._names:
            return self._ions[self._names[name.casefold()]]
        for stem, z in _without_charge(name):
            known = stem if stem in self._ions else self._names.get(stem.casefold())
            if known is not None and self._ions[known].z == z:
                return self._ions[known]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ions)

    def __len__(self) -> int:
        return len(self._ions)


def _without_charge(name: str) -> Iterator[tuple[str, int]]:
    """Names and charges that a name with a charge may mean: NO3- is NO₃ with one charge, Ca2+ is Ca with two."""
    plain = name.translate(PLAIN_CHARGES).strip().strip("[]").strip()
    match = re.fullmatch(r"(.+?)\s*\^?\(?([+-]*)(\d?)([+-]*)\)?", plain)
    if match is None or bool(match[2]) == bool(match[4]):
        return
    stem, signs, digit = match[1], match[2] or match[4], match[3]
    if len(set(signs)) != 1:
        return
    sign = 1 if signs[0] == "+" else -1
    if digit and len(signs) == 1:
        yield stem, sign * int(digit)
    if not digit or match[4]:
        yield stem + digit, sign * len(signs)


@cache
def ion_table(user_file: Path | None = None) -> IonTable:
    """Read the built-in ions and, if given, the user's ions.

    Raises IonTableRefused for an invalid row, a missing column or a missing file.

    >>> ion_table()["chloride"].z, ion_table()["Ca2+"].name, ion_table()["NO3-"].name
    (-1, 'Ca', 'NO3')
    """
    ions = _read(REFERENCE_IONS)
    if user_file is not None:
        ions |= _read(user_file)
    _names_are_distinct(ions, user_file or REFERENCE_IONS)
    return IonTable(ions)


def known_ion(name: str, table: Mapping[str, Ion]) -> Ion:
    """Ion of a name or alias. Raises IonTableRefused, with the nearest known name, for an unknown ion."""
    try:
        return table[name]
    except KeyError:
        raise IonTableRefused("the ion is not in the ion table", found=name, remedy=nearest(name, table)) from None


def _read(file: Path) -> dict[str, Ion]:
    if file.exists() and not file.is_file():  # a pipe would be waited for
        raise IonTableRefused("the ion table is not a file", file=file)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, delimiter="\t")
            missing = [column for column in COLUMNS[:5] if column not in (reader.fieldnames or ())]
            if missing:
                raise IonTableRefused(
                    "the ion table lacks columns", file=file, found=missing, expected=", ".join(COLUMNS)
                )
            ions = [_ion(line, file, number) for number, line in enumerate(reader, start=2)]
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise IonTableRefused("the ion table cannot be read", file=file, found=str(fault)) from None
    duplicates = {ion.name for ion in ions if [other.name for other in ions].count(ion.name) > 1}
    if duplicates:
        raise IonTableRefused("the ion table has an ion twice", file=file, found=sorted(duplicates))
    return {ion.name: ion for ion in ions}


def _ion(line: dict[str, str | None], file: Path, number: int) -> Ion:
    text = {column: (line.get(column) or "").strip() for column in COLUMNS}
    place = f"row {number} ({text['name'] or 'no name'})"
    if not text["name"] or not text["source"]:
        raise IonTableRefused(
            "an ion has no name or no source",
            file=file,
            place=place,
            expected="a name, and the source of its values",
        )
    z = _number(text["z"], "z", file, place)
    mobility = _number(text["mobility"], "mobility", file, place)
    if z not in CHARGES:
        raise IonTableRefused(
            "invalid charge number", file=file, place=place, found=text["z"], expected="a whole number, not 0"
        )
    if not 0 < mobility <= 10:
        raise IonTableRefused(
            "invalid mobility",
            file=file,
            place=place,
            found=text["mobility"],
            expected="above 0 and at most 10, relative to K⁺",
        )
    if text["lambda_S_cm2_equiv"]:
        conductivity = _number(text["lambda_S_cm2_equiv"], "lambda_S_cm2_equiv", file, place)
        implied = conductivity / (abs(z) * LAMBDA_K)
        if abs(implied - mobility) > MOBILITY_TOLERANCE * mobility:
            raise IonTableRefused(
                "mobility and conductivity do not agree",
                file=file,
                place=place,
                found=mobility,
                expected=f"λ⁰/(|z|·{LAMBDA_K}) = {implied:.4g}",
            )
    error = _number(text["mobility_error"] or "0", "mobility_error", file, place)
    if not 0 <= error < mobility:
        raise IonTableRefused(
            "invalid error of a mobility",
            file=file,
            place=place,
            found=error,
            expected="0 or above, below the mobility",
        )
    return Ion(text["name"], int(z), mobility, text["source"], tuple(text["aliases"].split()), error)


def _number(text: str, column: str, file: Path, place: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise IonTableRefused(
            f"{column} is not a number", file=file, place=place, found=text, expected="a number"
        ) from None


def _names_are_distinct(ions: Mapping[str, Ion], file: Path) -> None:
    """Refuse a name or alias that two ions share, upper or lower case."""
    owner: dict[str, str] = {}
    for ion in ions.values():
        for name in {ion.name.casefold(), *(alias.casefold() for alias in ion.aliases)}:
            if owner.setdefault(name, ion.name) != ion.name:
                raise IonTableRefused(
                    "two ions share a name or alias",
                    file=file,
                    found=name,
                    expected=f"a name of {owner[name]} or of {ion.name}, not of both",
                )
