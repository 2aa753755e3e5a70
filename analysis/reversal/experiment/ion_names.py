"""Ions as people write them (K+, Ca²⁺, potassium) with their names of the ion table, so that amounts are added up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reversal.experiment.closed_model import ConfigurationRefused
from reversal.physics.ion import Ion

ONE_ION = ("ion", "reference")
SEVERAL_IONS = ("permeant", "divalents")
BY_ION = ("ions_mM", "free_mM")


def named(ion: Any, table: Mapping[str, Ion]) -> Any:
    """The name of the table for a name or alias of an ion; anything else is returned as it is."""
    return table[ion].name if isinstance(ion, str) and ion in table else ion


def with_named_ions(document: Mapping[str, Any], table: Mapping[str, Ion]) -> dict[str, Any]:
    """A configuration, not yet checked, with the ions of its experiments by their names of the table."""
    experiments = document.get("experiments")
    if not isinstance(experiments, Mapping):
        return dict(document)
    return {**document, "experiments": {name: _experiment(one, table) for name, one in experiments.items()}}


def _experiment(declared: Any, table: Mapping[str, Ion]) -> Any:
    if not isinstance(declared, Mapping):
        return declared
    found = {key: named(value, table) if key in ONE_ION else value for key, value in declared.items()}
    for key in SEVERAL_IONS:
        if isinstance(found.get(key), list):
            found[key] = [named(ion, table) for ion in found[key]]
    return found


def by_ion(amounts: Mapping[str, Any], table: Mapping[str, Ion], place: str) -> dict[str, Any]:
    """Amounts by the names of the table. Raises ConfigurationRefused if one ion has two names."""
    found: dict[str, Any] = {}
    written: dict[str, str] = {}
    for ion, amount in amounts.items():
        name = named(ion, table)
        if name in found:
            raise ConfigurationRefused(
                "an ion is given twice",
                place=place,
                found=f"{written[name]} and {ion}",
                remedy=f"Add the concentrations up under {name!r}",
            )
        found[name], written[name] = amount, ion
    return found
