"""Validation errors of pydantic as messages for users: place, value, what was expected, nearest name."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterable
from enum import Enum

from pydantic import BaseModel, ValidationError

from reversal.errors import Refusal, nearest, shown
from reversal.experiment.closed_model import ConfigurationRefused
from reversal.tables.findings.code import CHECKS, Code
from reversal.tables.findings.finding import DEFINITIONS

INVALID = "invalid value"
OTHER_FINDINGS = frozenset(Code) - frozenset(CHECKS)
NOT_A_NUMBER = ", unable to parse string as a number"
NUMBER_AND_UNIT = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*([^\d\s].*)?")
ROOM_TEMPERATURE = ("rt", "r.t.", "room", "room temp", "room temperature", "ambient", "raumtemperatur")


def refusals(error: ValidationError, model: type[BaseModel], file: object) -> list[ConfigurationRefused]:
    """Translate the validation errors of a model into refusals with their places in the file.

    Values of one mapping that are invalid for the same reason are one refusal.
    """
    found: dict[tuple[object, ...], list[ConfigurationRefused]] = {}
    for fault in error.errors(include_url=False):
        one = _refusal(fault, model, file)
        found.setdefault((fault["loc"][:-1], one.what, one.expected, fault["type"]), []).append(one)
    return [one for same in found.values() for one in _together(same)]


def _together(same: list[ConfigurationRefused]) -> list[ConfigurationRefused]:
    first = same[0]
    if len(same) == 1 or first.what != INVALID:
        return same
    places, values = ", ".join(str(one.place) for one in same), ", ".join(str(one.found) for one in same)
    joined = ConfigurationRefused(
        "invalid values", file=first.file, place=places, found=values, expected=first.expected, remedy=first.remedy
    )
    return [joined]


def all_in_one(faults: Iterable[Refusal]) -> ConfigurationRefused:
    """Join refusals into one, a line each, so that the user can correct all of them at once."""
    return ConfigurationRefused("\n".join(str(fault) for fault in faults).removesuffix("."))


def _refusal(fault: typing.Any, model: type[BaseModel], file: object) -> ConfigurationRefused:
    place = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        *parents, key = fault["loc"]
        known = _names_at(model, parents)
        return ConfigurationRefused("unknown key", file=file, place=place, found=key, remedy=nearest(str(key), known))
    if fault["type"] == "missing":
        return ConfigurationRefused(
            "a required value is missing", file=file, place=place, remedy=f"Add {fault['loc'][-1]!r}"
        )
    if choices := _choices_at(model, fault["loc"]):
        if str(fault["input"]) in OTHER_FINDINGS and set(choices) == set(CHECKS):
            return _no_check(Code(fault["input"]), file, place)
        remedy = nearest(str(fault["input"]), choices, most=len(choices))
        return ConfigurationRefused(INVALID, file=file, place=place, found=fault["input"], remedy=remedy)
    expected = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    expected = expected.removesuffix(NOT_A_NUMBER)
    return ConfigurationRefused(
        INVALID,
        file=file,
        place=place or None,
        found=fault["input"],
        expected=expected,
        remedy=_number_alone(place, fault["input"]),
    )


def _no_check(code: Code, file: object, place: str) -> ConfigurationRefused:
    """Refusal of a finding in the list of the checks that leave recordings out: what to do instead."""
    of_finding, of_row = DEFINITIONS[code].remedy, "To leave out a recording, write the reason in its column exclude"
    return ConfigurationRefused(
        "only a check of recordings leaves them out, and this finding is none",
        file=file,
        place=place,
        found=code.value,
        remedy=of_row if "{" in of_finding else f"{of_finding} {of_row}".strip(),
    )


def _number_alone(place: str, value: object) -> str | None:
    """What to write instead of a number with a unit or a decimal comma, and of a large number of mM."""
    if "_mM" in place and isinstance(value, int | float) and value > 0:
        return "Write concentrations in mM"
    number = NUMBER_AND_UNIT.fullmatch(str(value).strip()) if isinstance(value, str) else None
    if number is None:
        return None
    unit = f"; {place} is in {'mM' if '_mM' in place else 'the unit of its name'}" if number[2] else ""
    return f"Write the number alone, with a decimal point: {number[1].replace(',', '.')}{unit}"


def value_faults(error: ValidationError) -> list[tuple[str, str]]:
    """Column and sentence of each invalid value of a row."""
    found = []
    for fault in error.errors(include_url=False):
        name = str(fault["loc"][0]) if fault["loc"] else "row"
        expected = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        expected = expected.removesuffix(NOT_A_NUMBER)
        found.append((name, f"{name} is {shown(fault['input'])}, expected {expected}{_hint(name, fault['input'])}"))
    return found


def _hint(name: str, value: object) -> str:
    """What to write instead; empty if that is not known."""
    text = str(value).strip()
    number = NUMBER_AND_UNIT.fullmatch(text)
    if name == "temperature_C" and text.casefold() in ROOM_TEMPERATURE:
        return " (room temperature differs from day to day: write the measured temperature of the bath)"
    if number is None:
        return ""
    plain, unit = number[1].replace(",", "."), (number[2] or "").strip()
    if name == "temperature_C" and (unit in ("K", "kelvin") or 250 < float(plain) < 340):
        return f" (in °C: {plain} K is {float(plain) - 273.15:.2f} °C)"
    if name == "rs_compensation" and unit in ("", "%"):
        return f" (a fraction: write 80 % as 0.8, and {plain} % as {float(plain) / 100:g})"
    if unit:
        return f" (write the number without its unit: {plain}; the unit is in the name of the column)"
    return " (write a decimal point, not a comma)" if "," in text else ""


def _names_at(model: type[BaseModel], path: Iterable[object]) -> list[str]:
    """Valid keys at ``path`` inside a model; empty if every key is valid there."""
    here = _type_at(model, path)
    return [field.alias or name for name, field in here.model_fields.items()] if _is_model(here) else []  # type: ignore[attr-defined]


def _choices_at(model: type[BaseModel], path: Iterable[object]) -> list[str]:
    """The texts of which the value at ``path`` must be one; empty if it is not chosen from a list."""
    return _choices_of(_type_at(model, path))


def _choices_of(kind: object) -> list[str]:
    """The texts that a type allows; empty if it also allows others. A value that may be missing still has its texts."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(choice.value) for choice in kind]
    if typing.get_origin(kind) is typing.Literal:
        return [str(choice) for choice in typing.get_args(kind)]
    if not _is_union(kind):
        return []
    found = [_choices_of(branch) for branch in typing.get_args(kind) if branch is not type(None)]
    return [choice for choices in found for choice in choices] if all(found) else []


def _is_union(kind: object) -> bool:
    return isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union


def _type_at(model: type[BaseModel], path: Iterable[object]) -> object:
    here: object = model
    for part in path:
        here = _member_type(here, part)
    return here


def _member_type(here: object, part: object) -> object:
    """Type of the member ``part`` of a type; ``part`` can also be the name of a branch of a union."""
    if _is_model(here):
        for name, field in here.model_fields.items():  # type: ignore[attr-defined]
            if part in (name, field.alias):
                return field.annotation
        return here
    if _is_union(here):
        branches = [branch for branch in typing.get_args(here) if branch is not type(None)]
        named = [branch for branch in branches if getattr(branch, "__name__", None) == part]
        if named:
            return named[0]
        models = [branch for branch in branches if _is_model(branch)]
        return _member_type(models[0], part) if models else None
    if typing.get_origin(here) in (dict, list):
        return typing.get_args(here)[-1]
    return here


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
