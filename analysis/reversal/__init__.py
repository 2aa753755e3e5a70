"""Reversal: voltage-clamp recordings to reversal potentials, permeability ratios and a Nernst verdict.

For notebooks: ``reversal.read``, ``measure``, ``project``, ``results``, ``iv_figure`` and ``series_figure``. They are
functions of :mod:`reversal.notebook`, which is imported when one of them is first used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reversal.notebook import iv_figure, measure, project, read, results, series_figure

__version__ = "0.1.0"
__all__ = ["iv_figure", "measure", "project", "read", "results", "series_figure"]


def __getattr__(name: str) -> Any:
    """A function for notebooks."""
    if name == "measure":
        return import_module("reversal.measure")
    if name in __all__:
        return getattr(import_module("reversal.notebook"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _MeasurePackage(ModuleType):
    """The package ``reversal.measure``, which can also be called: its name is that of the function for notebooks."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return import_module("reversal.notebook").measure(*arguments, **options)


class _ReversalPackage(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        if name == "measure" and isinstance(value, ModuleType):  # the import system sets it
            value.__class__ = _MeasurePackage
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _ReversalPackage
