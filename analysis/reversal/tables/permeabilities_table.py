"""Table ``permeabilities``: permeability ratios of each cell in each condition."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from reversal.tables.columns import (
    AssumedSeal,
    BathCount,
    Cell,
    Condition,
    Experiment,
    FlaggedCount,
    Ion,
    LeftOutCount,
    Number,
    RatioHigh,
    RatioLow,
    Reason,
    RecordingCount,
    Reference,
    StatusColumn,
)
from reversal.tables.files import Row
from reversal.tables.reversals_table import Current


class Bound(StrEnum):
    """Ends of an interval that are known."""

    TWO_SIDED = "two-sided"
    UPPER = "upper"
    LOWER = "lower"


class PermeabilityRow(Row):
    """P of one ion relative to the reference ion, of one cell in one condition."""

    experiment: Experiment
    cell: Cell
    condition: Condition
    ion: Ion
    reference: Reference
    p_ratio: Annotated[Number, Field(description="permeability ratio; empty where only a bound is known")]
    ci_low: RatioLow
    ci_high: RatioHigh
    bound: Annotated[Bound | None, Field(description="two-sided, upper or lower: which ends of the interval are known")]
    ddg_kJ_mol: Annotated[Number, Field(description="selectivity free energy of the ratio [kJ/mol]")]
    n_baths: BathCount
    method: Annotated[str | None, Field(description="how the ratio was fitted; empty if it was not")]
    status: StatusColumn
    reason: Reason
    n_recordings: RecordingCount = 0
    n_left_out: LeftOutCount = 0
    n_flagged: FlaggedCount = 0
    ddg_ci_low: Annotated[Number, Field(description="lower end of the 95 % interval of ddg_kJ_mol [kJ/mol]")] = None
    ddg_ci_high: Annotated[Number, Field(description="upper end of the 95 % interval of ddg_kJ_mol [kJ/mol]")] = None
    ddg_convention: Annotated[str | None, Field(description="meaning of a positive ddg_kJ_mol")] = None
    smallest_resolvable: Annotated[
        Number, Field(description="smallest ratio that this series distinguishes from 0 on average")
    ] = None
    ratio_at_balance: Annotated[
        Number,
        Field(description="lowest reference/ion concentration ratio outside: there both ions carry equal current"),
    ] = None
    free_p_ratio: Annotated[
        Number,
        Field(
            description="best value if the ratio could be negative, from a parabola through the profile likelihood; of "
            "the inverse ratio where only a lower bound is known. Means over cells use it near 0"
        ),
    ] = None
    free_se: Annotated[Number, Field(description="standard error of free_p_ratio")] = None
    chi2: Annotated[Number, Field(description="weighted sum of squares of the fit")] = None
    degrees_of_freedom: Annotated[int | None, Field(description="degrees of freedom of the fit")] = None
    common_shift_mV: Annotated[
        Number, Field(description="shift that the fit attributes to the shared junction error [mV]")
    ] = None
    constancy_p: Annotated[
        Number, Field(description="probability of this much scatter between baths if one ratio describes all")
    ] = None
    scale: Annotated[
        str | None, Field(description="scale of the fit: concentrations, or activities and their convention")
    ] = None
    other_scale: Annotated[str | None, Field(description="scale of other_scale_p_ratio")] = None
    other_scale_p_ratio: Annotated[Number, Field(description="the ratio on the other scale")] = None
    p_of: Annotated[
        Current | None, Field(description="whether the ratio is that of the whole current or of the channel")
    ] = None
    leak_low: Annotated[
        Number, Field(description="lowest ratio for any leak up to that of the assumed seal, if the leak is not known")
    ] = None
    leak_high: Annotated[
        Number, Field(description="highest ratio for any leak up to that of the assumed seal, if the leak is not known")
    ] = None
    assumed_seal_GOhm: AssumedSeal = None
