"""What the fits give; the row models are the columns of the cohort tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from analysis.measure.results import Status
from analysis.tables import Row


class Bound(StrEnum):
    """What an interval says."""

    TWO_SIDED = "two-sided"
    UPPER = "upper"
    LOWER = "lower"


class Verdict(StrEnum):
    """Does the membrane follow Nernst?"""

    EQUIVALENT = "equivalent"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


class PermeabilityRow(Row):
    """P of one ion against the reference ion, of one cell in one condition."""

    experiment: str
    cell: str
    condition: str
    ion: str
    reference: str
    p_ratio: float | None
    ci_low: float | None
    ci_high: float | None
    bound: Bound | None
    ddg_kJ_mol: float | None
    n_baths: int
    method: str | None
    status: Status
    reason: str | None


class NernstRow(Row):
    """The line of E_rev against (RT/F) ln a_out of one cell in one condition."""

    experiment: str
    cell: str
    condition: str
    ion: str
    n_baths: int
    slope_mV_per_decade: float | None
    ci_low: float | None
    ci_high: float | None
    expected_mV_per_decade: float | None
    slope_ratio: float | None
    ratio_ci_low: float | None
    ratio_ci_high: float | None
    verdict: Verdict | None
    status: Status
    reason: str | None


class Curve(Row):
    """A line to draw over the E_rev points of a cell: nernst or ghk."""

    experiment: str
    cell: str
    condition: str
    kind: Literal["nernst", "ghk"]
    out_mM: tuple[float, ...]
    e_mV: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CellFits:
    """Everything fitted to the reversal potentials of a cell."""

    permeabilities: tuple[PermeabilityRow, ...]
    nernst: tuple[NernstRow, ...]
    curves: tuple[Curve, ...]
