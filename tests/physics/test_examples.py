"""Every example of a docstring runs and gives what it says."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import analysis.physics

MODULES = [module.name for module in pkgutil.iter_modules(analysis.physics.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    result = doctest.testmod(importlib.import_module(f"analysis.physics.{name}"))
    assert result.failed == 0


def test_there_are_examples():
    tried = [doctest.testmod(importlib.import_module(f"analysis.physics.{name}")).attempted for name in MODULES]
    assert sum(tried) >= 15
