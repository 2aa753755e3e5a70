"""Reversal: voltage-clamp recordings to reversal potentials, permeability ratios and a Nernst verdict.

In a notebook: ``reversal.read(path)``, ``reversal.analyse(recording, …)``, ``reversal.results(folder)``.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_IN_NOTEBOOK = ("analyse", "read", "results")  # loaded when they are used: the command must start fast


def __getattr__(name: str) -> Any:
    if name in _IN_NOTEBOOK:
        return getattr(import_module("reversal.notebook"), name)
    raise AttributeError(f"module 'reversal' has no attribute {name!r}")
