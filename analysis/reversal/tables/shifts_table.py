"""Table ``shifts``: the difference between two groups of cells in E_rev and in the Nernst slope."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from reversal.tables.columns import Condition, Experiment, Ion, Number, Reason, StatusColumn
from reversal.tables.files import Row


class Shifted(StrEnum):
    """What is compared between the groups."""

    E_REV = "E_rev"
    SLOPE_RATIO = "slope ratio"


class Design(StrEnum):
    """Which cells are compared."""

    PAIRED = "paired"
    UNPAIRED = "unpaired"
    NONE = "no test"


class ShiftRow(Row):
    """The difference between two groups, first minus other; the cell is the unit."""

    experiment: Experiment
    condition: Condition
    against_experiment: Annotated[str, Field(description="experiment of the other group")]
    against_condition: Annotated[str, Field(description="condition of the other group")]
    quantity: Annotated[Shifted, Field(description="E_rev or slope ratio")]
    ion: Ion
    bath: Annotated[
        str | None,
        Field(
            description="bath in which E_rev is compared; empty for the mean over the baths that both groups have, and "
            "for a slope"
        ),
    ]
    difference: Annotated[Number, Field(description="difference of the means; in mV for E_rev")]
    ci_low: Annotated[Number, Field(description="lower end of the 95 % interval of the difference")]
    ci_high: Annotated[Number, Field(description="upper end of the 95 % interval of the difference")]
    p_value: Annotated[Number, Field(description="probability of such a difference if there is none, two-sided")]
    p_holm: Annotated[
        Number,
        Field(
            description="p_value corrected (Holm) for all comparisons of its kind in the cohort: mean shifts, shifts "
            "in single baths, slopes"
        ),
    ]
    n_tests: Annotated[int, Field(description="number of comparisons for which p_holm is corrected")]
    design: Annotated[
        Design,
        Field(
            description="paired: the cells that are in both groups; unpaired: different cells; no test: neither is "
            "possible"
        ),
    ]
    n_cells: Annotated[int, Field(description="cells of the first group in the test")]
    n_cells_against: Annotated[int, Field(description="cells of the other group in the test")]
    cells: Annotated[
        str | None,
        Field(description="difference of each cell of a paired test; JSON, by cell; in mV for E_rev"),
    ] = None
    sentence: Annotated[str, Field(description="the result in words")]
    status: StatusColumn
    reason: Reason
