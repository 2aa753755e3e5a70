"""Solutions: recipes in mM that are electroneutral, or give the ion that balances the charge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from reversal.errors import nearest
from reversal.experiment.closed_model import ClosedModel, ConfigurationRefused
from reversal.physics.ion import Ion
from reversal.physics.ranges import CONCENTRATION_OR_0

Concentration = Annotated[float, Field(ge=0, le=CONCENTRATION_OR_0.high)]


class Solution(ClosedModel):
    """A bath or pipette solution. The names of ions are those of the ion table."""

    ions_mM: dict[str, Concentration] = Field(min_length=1, description="total concentration of each ion [mM]")
    free_mM: dict[str, Concentration] = Field({}, description="free concentration of an ion that a chelator binds [mM]")
    uncharged_mM: float = Field(
        0.0, ge=0, le=10_000, description="sugar and other uncharged solutes; only for the check of the total [mM]"
    )
    pH: float | None = Field(None, ge=0, le=14, description="for documentation only")
    closed_by: str | None = Field(
        None, description="the ion whose concentration is computed so that the charges balance"
    )
    note: str = Field("", description="free text")

    def total_mM(self, ion: str) -> float:
        """Total concentration of an ion [mM]; 0 if it is not in the recipe."""
        return self.ions_mM.get(ion, 0.0)

    @property
    def solutes_mM(self) -> float:
        """Total concentration of ions and uncharged solutes [mM]."""
        return sum(self.ions_mM.values()) + self.uncharged_mM

    def free(self, ion: str) -> float:
        """Concentration that is available to a channel [mM]: the free one if declared, else the total."""
        return self.free_mM.get(ion, self.total_mM(ion))

    def without_remarks(self) -> Solution:
        """The solution without pH and note, which change no number."""
        return self.model_copy(update={"pH": None, "note": ""})


def balanced(name: str, solution: Solution, table: Mapping[str, Ion], tolerance_mM: float) -> Solution:
    """Return the solution made electroneutral by its closing ion, or unchanged if it already is.

    Raises ConfigurationRefused for an unknown ion and for a net charge above the tolerance.
    """
    for ion in [*solution.ions_mM, *solution.free_mM, *([solution.closed_by] if solution.closed_by else [])]:
        check_ion(ion, table, None, f"solution {name!r}")
    for ion, free in solution.free_mM.items():
        if free > solution.total_mM(ion):
            raise ConfigurationRefused(
                f"in solution {name!r} the free concentration of {ion} is above the total",
                found=free,
                expected=f"at most {solution.total_mM(ion)} mM",
            )
    excess = sum(table[ion].z * amount for ion, amount in solution.ions_mM.items())
    if solution.closed_by:
        return _closed(name, solution, solution.closed_by, excess, table)
    if abs(excess) > tolerance_mM:
        raise ConfigurationRefused(
            f"solution {name!r} is not electroneutral",
            found=f"net charge {excess:+.4g} mM",
            expected=f"0 ± {tolerance_mM:g} mM",
            remedy="Correct a concentration, add the missing ion, or give the ion that balances the charge, for "
            "example closed_by: Cl",
        )
    return solution


def check_ion(name: str, table: Mapping[str, Ion], file: object, place: str) -> None:
    """Refuse an ion that is not in the ion table."""
    if name not in table:
        raise ConfigurationRefused("unknown ion", file=file, place=place, found=name, remedy=nearest(name, table))


def _closed(name: str, solution: Solution, ion: str, excess: float, table: Mapping[str, Ion]) -> Solution:
    amount = solution.total_mM(ion) - excess / table[ion].z
    if amount < 0:
        raise ConfigurationRefused(
            f"{ion} cannot balance the charge of solution {name!r}",
            found=f"{amount:.4g} mM of {ion} would be required",
            remedy="Give an ion of the opposite charge",
        )
    return solution.model_copy(update={"ions_mM": {**solution.ions_mM, ion: amount}})
