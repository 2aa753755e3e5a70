"""Table ``group_reversals``: the reversal potential in each bath, over the cells of an experiment and condition."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reversal.tables.columns import Bath, Condition, Experiment, Ion, Number, Reason, StatusColumn
from reversal.tables.files import Row
from reversal.tables.reversals_table import Current
from reversal.tables.sides import Chamber, Pair, Sides, sides_of


class GroupReversalRow(Row):
    """Mean reversal potential of a group of cells in one bath; the cell is the unit."""

    experiment: Experiment
    condition: Condition
    bath: Bath
    inside: Annotated[str, Field(description="solution inside, as named in solutions.yaml")]
    ion: Ion
    out_mM: Annotated[Number, Field(description="free concentration of the ion outside [mM]")]
    in_mM: Annotated[Number, Field(description="free concentration of the ion inside [mM]")]
    temperature_C: Annotated[
        Number, Field(description="mean temperature, to which the potentials are scaled (E_rev ∝ T) [°C]")
    ]
    e_rev_mV: Annotated[Number, Field(description="mean of the cells [mV]")]
    ci_low_mV: Annotated[
        Number,
        Field(description="lower end of its 95 % interval, from the spread of the cells and shared_sd_mV [mV]"),
    ]
    ci_high_mV: Annotated[
        Number,
        Field(description="upper end of its 95 % interval, from the spread of the cells and shared_sd_mV [mV]"),
    ]
    between_cell_sd_mV: Annotated[Number, Field(description="standard deviation of the cells [mV]")]
    shared_sd_mV: Annotated[
        Number,
        Field(
            description="junction and thermometer error, which all cells share, so that their spread does not show "
            "it [mV]"
        ),
    ]
    e_nernst_mV: Annotated[Number, Field(description="mean Nernst potential of the ion [mV]")]
    deviation_mV: Annotated[Number, Field(description="e_rev_mV minus e_nernst_mV [mV]")]
    n_cells: Annotated[int, Field(description="number of cells")]
    n_recordings: Annotated[int, Field(description="number of recordings; those of one cell are averaged")]
    n_left_out: Annotated[int, Field(description="recordings of the group in this bath that are not used")]
    e_rev_of: Annotated[
        Current | None,
        Field(description="whether the mean is that of the channel; whole current if this applies to one of the cells"),
    ]
    channel_low_mV: Annotated[
        Number, Field(description="mean of the lowest E_rev of the channels for an unknown leak; empty if open [mV]")
    ]
    channel_high_mV: Annotated[
        Number, Field(description="mean of the highest E_rev of the channels for an unknown leak; empty if open [mV]")
    ]
    cells_mV: Annotated[
        str | None, Field(description="potential of each cell, scaled to temperature_C; JSON, by cell [mV]")
    ] = None
    outside: Annotated[str | None, Field(description="solution outside; empty if it is the bath")] = None
    ground: Annotated[
        Chamber | None, Field(description="chamber of a bilayer with the ground, which counts as outside and as bath")
    ] = None
    status: StatusColumn
    reason: Reason

    @property
    def solutions(self) -> Pair:
        """Solutions on both sides, by name."""
        return Pair(self.bath, self.outside or self.bath, self.inside)

    @property
    def sides(self) -> Sides:
        """Names of the two sides of the membrane."""
        return sides_of(self.ground)
