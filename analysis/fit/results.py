"""What the fits give; the row models are the columns of the cohort tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

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
    n_recordings: int = 0
    ddg_ci_low: Annotated[float | None, Field(description="95 % interval of ddg_kJ_mol")] = None
    ddg_ci_high: float | None = None
    ddg_convention: Annotated[str | None, Field(description="what a positive ddg_kJ_mol means")] = None
    smallest_resolvable: Annotated[
        float | None, Field(description="ratio that this series would tell from 0, on average")
    ] = None
    ratio_at_balance: Annotated[
        float | None, Field(description="lowest reference/ion concentration outside: there both carry the same current")
    ] = None
    chi2: Annotated[float | None, Field(description="weighted sum of squares of the fit")] = None
    degrees_of_freedom: int | None = None
    common_shift_mV: Annotated[
        float | None, Field(description="junction error the fit finds, beside its stated standard deviation")
    ] = None


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
    n_recordings: int = 0
    intercept_mV: Annotated[
        float | None, Field(description="of the line, at 1 mM outside and the mean temperature")
    ] = None
    in_mM_of_line: Annotated[
        float | None, Field(description="inside concentration the line implies; one with any constant offset")
    ] = None
    residual_sd_mV: float | None = None
    curvature_p: Annotated[float | None, Field(description="probability of this much curvature on a straight line")] = (
        None
    )
    tost_low: Annotated[float | None, Field(description="90 % interval of slope_ratio, the one TOST looks at")] = None
    tost_high: float | None = None
    margin: float | None = None


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


class CohortRow(Row):
    """A quantity pooled over the cells of one experiment and condition; the cell is the unit."""

    experiment: str
    condition: str
    quantity: Annotated[str, Field(description="P_X/P_ref, or slope ratio of the Nernst line")]
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    between_cell_sd: Annotated[
        float | None, Field(description="spread between cells; of the natural logarithm for a permeability ratio")
    ]
    n_cells: int
    n_recordings: int
    n_bounded: Annotated[int, Field(description="cells that give a bound only and cannot be averaged")]
    n_excluded: int
    method: str | None
    status: Status
    reason: str | None


@dataclass(frozen=True, slots=True)
class CohortFits:
    """Everything fitted over cells."""

    pooled: tuple[CohortRow, ...]
