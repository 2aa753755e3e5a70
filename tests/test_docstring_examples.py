"""The examples in the docstrings of the package run and give the values shown."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import reversal

PACKAGE = Path(reversal.__file__).parent
IN_TEST_NOTEBOOK = "reversal.notebook"
MODULES = [
    name
    for path in sorted(PACKAGE.rglob("*.py"))
    if ">>>" in path.read_text(encoding="utf-8")
    and (name := ".".join(["reversal", *path.relative_to(PACKAGE).with_suffix("").parts])) != IN_TEST_NOTEBOOK
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module_give_the_values_shown(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_modules_have_examples() -> None:
    attempted = [doctest.testmod(importlib.import_module(name)).attempted for name in MODULES]
    assert all(attempted)
    assert sum(attempted) >= 55
