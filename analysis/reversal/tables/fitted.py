"""What the fits give; the row models are the columns of the cohort tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from reversal.tables.files import Row
from reversal.tables.measured import Status


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
    n_left_out: Annotated[int, Field(description="recordings of the cell and condition that are not used")] = 0
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
    constancy_p: Annotated[
        float | None, Field(description="probability of this much scatter between baths if one ratio holds in all")
    ] = None
    scale: Annotated[
        str | None, Field(description="what entered: concentrations, or activities and their convention")
    ] = None
    other_scale: str | None = None
    other_scale_p_ratio: Annotated[float | None, Field(description="the ratio on the other scale")] = None


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
    n_left_out: Annotated[int, Field(description="recordings of the cell and condition that are not used")] = 0
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


class ModelRow(Row):
    """One explanation of a cell's reversals, beside the others."""

    experiment: str
    cell: str
    condition: str
    model: Annotated[str, Field(description="nernst, ghk, ghk+offset or ghk+Cl")]
    free: Annotated[str, Field(description="what is fitted, separated by spaces")]
    n_parameters: int
    n_recordings: int
    chi2: float | None
    aicc: Annotated[float | None, Field(description="empty where the recordings are too few for it")] = None
    delta_aicc: Annotated[float | None, Field(description="above the best model of the cell")] = None
    against: Annotated[str | None, Field(description="the simpler model it is tested against")] = None
    p_value: Annotated[float | None, Field(description="likelihood ratio; at a boundary by the mixture")] = None
    loo_rms_mV: Annotated[float | None, Field(description="error of predicting each bath from the others")] = None
    reason: str | None = None


class InfluenceRow(Row):
    """What one bath does to the answers of its cell."""

    experiment: str
    cell: str
    condition: str
    bath: str
    predicted_mV: Annotated[float | None, Field(description="its reversal as the other baths predict it")]
    error_mV: Annotated[float | None, Field(description="observed minus predicted")]
    p_ratio_without: Annotated[float | None, Field(description="ratio of the first ion with the bath left out")]
    slope_ratio_without: float | None


class BathRatioRow(Row):
    """P of one ion from one bath alone, and from its shift against the reference bath; chord conductance beside it."""

    experiment: str
    cell: str
    condition: str
    recording: str
    bath: str
    ion: str
    reference: str
    p_ratio: Annotated[float | None, Field(description="that balances the currents in this bath")]
    ci_low: float | None
    ci_high: float | None
    reference_bath: str | None = None
    shift_mV: Annotated[float | None, Field(description="E_rev here minus in the reference bath")] = None
    shift_p_ratio: Annotated[float | None, Field(description="from the shift alone; the junction's offset cancels")] = (
        None
    )
    shift_ci_low: float | None = None
    shift_ci_high: float | None = None
    conductance_ratio: Annotated[float | None, Field(description="g_X/g_ref, chord; not a permeability ratio")] = None
    reason: str | None = None


class PairedRow(Row):
    """Ratio of one ion's permeability ratio between two conditions of the same cell."""

    experiment: str
    cell: str
    condition: str
    against: str
    ion: str
    reference: str
    ratio_of_ratios: float | None
    ci_low: float | None
    ci_high: float | None
    bound: Bound | None
    n_baths: int
    status: Status
    reason: str | None


class CurrentRow(Row):
    """P of one ion against the reference from the currents of all baths, beside the one from the reversals."""

    experiment: str
    cell: str
    condition: str
    ion: str
    reference: str
    p_ratio: float | None
    ci_low: float | None
    ci_high: float | None
    p_reference_um3_per_s: Annotated[float | None, Field(description="permeability times area of the reference ion")]
    v_half_mV: float | None
    gate_slope_mV: float | None
    gate_floor: Annotated[float | None, Field(description="open probability that no voltage closes")]
    leak_nS: float | None
    e_leak_mV: float | None
    leak_share: Annotated[
        float | None, Field(description="of the slope of the I-V over its range, median of the baths")
    ]
    n_points: int
    rms_pA: float | None
    voltage_p_ratio: Annotated[float | None, Field(description="the ratio from the reversals")]
    agrees: Annotated[bool | None, Field(description="whether the two intervals overlap")]
    status: Status
    reason: str | None


@dataclass(frozen=True, slots=True)
class CellFits:
    """Everything fitted to the reversal potentials of a cell."""

    permeabilities: tuple[PermeabilityRow, ...]
    nernst: tuple[NernstRow, ...]
    curves: tuple[Curve, ...]
    models: tuple[ModelRow, ...] = ()
    influence: tuple[InfluenceRow, ...] = ()
    bath_ratios: tuple[BathRatioRow, ...] = ()
    paired: tuple[PairedRow, ...] = ()
    currents: tuple[CurrentRow, ...] = ()


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
    n_excluded: Annotated[int, Field(description="recordings of these cells that are not used")]
    method: str | None
    status: Status
    reason: str | None


class ComparisonRow(Row):
    """Two groups of cells compared in one permeability ratio; the cell is the unit."""

    ion: str
    reference: str
    experiment: str
    condition: str
    against_experiment: str
    against_condition: str
    design: Annotated[Literal["paired", "unpaired"], Field(description="paired: the same cells in both groups")]
    factor: Annotated[float | None, Field(description="geometric mean of the first group over the second")]
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    p_holm: Annotated[float | None, Field(description="corrected for all comparisons of the cohort, Holm")]
    n_cells: int
    n_cells_against: int
    method: str | None
    status: Status
    reason: str | None


@dataclass(frozen=True, slots=True)
class CohortFits:
    """Everything fitted over cells."""

    pooled: tuple[CohortRow, ...]
    comparisons: tuple[ComparisonRow, ...] = ()
