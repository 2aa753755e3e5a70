"""Solutions: recipes in mM that must be electroneutral or say which ion closes the balance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from reversal.errors import nearest
from reversal.experiment.closed_model import Closed, ConfigurationRefused
from reversal.physics.ion import Ion

Concentration = Annotated[float, Field(ge=0, le=10_000)]


class Solution(Closed):
    """A bath or pipette solution; names of ions are those of the ion table."""

    ions_mM: dict[str, Concentration] = Field(min_length=1, description="total concentration of each ion [mM]")
    free_mM: dict[str, Concentration] = Field({}, description="free concentration where a chelator binds the ion [mM]")
    pH: float | None = Field(None, ge=0, le=14, description="for the record")
    closed_by: str | None = Field(None, description="the ion whose amount closes the charge balance")
    note: str = Field("", description="for the record")

    def total_mM(self, ion: str) -> float:
        """Total concentration [mM]; 0 for an ion that the recipe does not name."""
        return self.ions_mM.get(ion, 0.0)

    def free(self, ion: str) -> float:
        """Concentration that a channel sees [mM]: the free one where declared, else the total."""
        return self.free_mM.get(ion, self.total_mM(ion))

    def without_remarks(self) -> Solution:
        """The solution without what only people read."""
        return self.model_copy(update={"pH": None, "note": ""})


def balanced(name: str, solution: Solution, table: Mapping[str, Ion], tolerance_mM: float) -> Solution:
    """Return the solution electroneutral, with the names of the ion table.

    Raises ConfigurationRefused for an ion the table does not know and for a charge that nothing closes.
    """
    for ion in [*solution.ions_mM, *solution.free_mM, *([solution.closed_by] if solution.closed_by else [])]:
        check_ion(ion, table, None, f"solution {name!r}")
    for ion, free in solution.free_mM.items():
        if free > solution.total_mM(ion):
            raise ConfigurationRefused(
                f"solution {name!r} has more free than total {ion}",
                found=free,
                expected=f"at most {solution.total_mM(ion)} mM",
            )
    excess = sum(table[ion].z * amount for ion, amount in solution.ions_mM.items())
    if solution.closed_by:
        return _closed(name, solution, solution.closed_by, excess, table)
    if abs(excess) > tolerance_mM:
        raise ConfigurationRefused(
            f"solution {name!r} is not electroneutral",
            found=f"{excess:+.4g} mM of charge",
            expected=f"0 within {tolerance_mM:g} mM",
            remedy="Correct an amount, add the missing ion, or name the ion that closes the balance: closed_by: Cl",
        )
    return solution


def check_ion(name: str, table: Mapping[str, Ion], file: object, place: str) -> None:
    """Refuse an ion that the table does not have under just this name: two names for one ion would not be added up."""
    if name not in table:
        remedy = nearest(name, table)
        raise ConfigurationRefused("unknown ion", file=file, place=place, found=name, remedy=remedy)
    if table[name].name != name:
        remedy = f"Write {table[name].name!r}"
        raise ConfigurationRefused("an ion goes by another name", file=file, place=place, found=name, remedy=remedy)


def _closed(name: str, solution: Solution, ion: str, excess: float, table: Mapping[str, Ion]) -> Solution:
    amount = solution.total_mM(ion) - excess / table[ion].z
    if amount < 0:
        raise ConfigurationRefused(
            f"solution {name!r} cannot be closed by {ion}",
            found=f"{amount:.4g} mM of {ion} would be needed",
            remedy="Name an ion of the opposite charge",
        )
    return solution.model_copy(update={"ions_mM": {**solution.ions_mM, ion: amount}})
