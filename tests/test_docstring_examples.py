"""The examples in the docstrings of the formulas run and give the values shown."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import reversal.atlas
import reversal.atlas.systems
import reversal.physics
import reversal.statistics

MODULES = [
    module.name
    for package in (reversal.physics, reversal.statistics, reversal.atlas, reversal.atlas.systems)
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module_give_the_values_shown(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_modules_have_examples() -> None:
    attempted = [doctest.testmod(importlib.import_module(name)).attempted for name in MODULES]
    assert sum(attempted) >= 15
