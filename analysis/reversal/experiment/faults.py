"""Validation errors of pydantic as messages for users: place, value, what was expected, nearest name."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from enum import Enum

from pydantic import BaseModel, ValidationError

from reversal.errors import nearest, shown
from reversal.experiment.closed_model import ConfigurationRefused


def refusals(error: ValidationError, model: type[BaseModel], file: object) -> list[ConfigurationRefused]:
    """Translate each validation error of a model into a refusal with its place in the file."""
    return [_refusal(fault, model, file) for fault in error.errors(include_url=False)]


def all_in_one(faults: Iterable[ConfigurationRefused]) -> ConfigurationRefused:
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
        remedy = nearest(str(fault["input"]), choices, most=len(choices))
        return ConfigurationRefused("invalid value", file=file, place=place, found=fault["input"], remedy=remedy)
    expected = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return ConfigurationRefused(
        "invalid value", file=file, place=place or None, found=fault["input"], expected=expected
    )


def value_faults(error: ValidationError) -> str:
    """One sentence that lists every invalid value of a row."""
    sentences = []
    for fault in error.errors(include_url=False):
        name = str(fault["loc"][0]) if fault["loc"] else "row"
        expected = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        sentences.append(f"{name} is {shown(fault['input'])}, expected {expected}{_hint(name, fault['input'])}")
    return "; ".join(sentences)


def _hint(name: str, value: object) -> str:
    text = str(value)
    if "," in text and text.replace(",", "", 1).strip("+-").isdigit():
        return " (write a decimal point, not a comma)"
    if name == "rs_compensation" and text.strip("% ").replace(".", "", 1).isdigit():
        return " (a fraction: write 80 % as 0.8)"
    if name == "temperature_C" and text.replace(".", "", 1).isdigit() and 250 < float(text) < 340:
        return f" (in °C: {text} K is {float(text) - 273.15:.2f} °C)"
    return ""


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
