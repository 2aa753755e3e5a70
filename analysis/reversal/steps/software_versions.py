"""Versions of the program and of the libraries its numbers depend on."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

VERSIONS_OF = ("reversal", "numpy", "scipy", "pyabf", "neo", "h5py", "matplotlib", "snakemake")


@cache
def versions() -> dict[str, str]:
    """Versions of the program and of the libraries its numbers depend on; asked for once a process."""
    return {name: version(name) for name in VERSIONS_OF}
