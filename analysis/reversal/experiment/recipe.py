"""A recipe as it is written: ions, salts, buffers and uncharged solutes; and the solution that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from reversal.experiment.buffers import buffer_named, free_magnesium_mM
from reversal.experiment.closed_model import ClosedModel, ConfigurationRefused
from reversal.experiment.ion_names import BY_ION, by_ion, named
from reversal.experiment.salts import is_salt, salt_ions
from reversal.experiment.solutions import Concentration, Solution, check_ion
from reversal.physics.ion import Ion


class Recipe(ClosedModel):
    """A bath or pipette solution."""

    ions_mM: dict[str, Concentration] = Field({}, description="total concentration of each ion [mM]")
    salts_mM: dict[str, Concentration] = Field(
        {}, description="salts by formula or name: {KCl: 140, MgCl2: 1, K-gluconate: 120} [mM]"
    )
    buffers_mM: dict[str, Concentration] = Field(
        {},
        description="buffers and the like as weighed in, without their counter-ions: HEPES, MES, MOPS, PIPES, TES, "
        "Tris, EGTA, ATP, GTP, phosphocreatine; needs `pH`, and as `closed_by` the ion of the acid or base that "
        "adjusts it; with Mg and a nucleotide also `free_mM` of Mg [mM]",
    )
    free_mM: dict[str, Concentration] = Field({}, description="free concentration of an ion that a chelator binds [mM]")
    uncharged_mM: float | dict[str, Concentration] = Field(
        0.0, description="sugar and other uncharged solutes, the sum or by name; only for the check of the total [mM]"
    )
    pH: float | None = Field(None, ge=0, le=14, description="pH; needed for buffers")
    closed_by: str | None = Field(
        None, description="the ion whose concentration is computed so that the charges balance"
    )
    note: str = Field("", description="free text")

    def solution(self, name: str, table: Mapping[str, Ion]) -> Solution:
        """The solution with the concentrations of its ions. Raises ConfigurationRefused."""
        place = f"solution {name!r}"
        if not (self.ions_mM or self.salts_mM or self.buffers_mM):
            raise ConfigurationRefused("the recipe has no ions", place=place, remedy="Add ions_mM or salts_mM")
        ions = dict(self.ions_mM)
        for salt, amount in self.salts_mM.items():
            for ion, number in salt_ions(salt, table, f"{place}, salts_mM").items():
                ions[ion] = ions.get(ion, 0.0) + number * amount
        uncharged = sum(self.uncharged_mM.values()) if isinstance(self.uncharged_mM, dict) else self.uncharged_mM
        uncharged += self._add_buffers(ions, table, place)
        return Solution(
            ions_mM=ions,
            free_mM=self.free_mM,
            uncharged_mM=uncharged,
            pH=self.pH,
            closed_by=self.closed_by,
            note=self.note,
        )

    def _add_buffers(self, ions: dict[str, float], table: Mapping[str, Ion], place: str) -> float:
        """Add the charged parts of the buffers; their uncharged part [mM]."""
        uncharged = 0.0
        buffers = [(buffer_named(name, f"{place}, buffers_mM"), amount) for name, amount in self.buffers_mM.items()]
        if buffers and self.pH is None:
            name = next(iter(self.buffers_mM))
            raise ConfigurationRefused("a buffer needs the pH", place=place, found=name, remedy="Add pH")
        self._check_free(ions, place)
        bound = self._bind_magnesium(ions, sum(amount for one, amount in buffers if one.with_magnesium), place)
        for buffer, amount in buffers:
            if "EGTA2" in (buffer.acid, buffer.base):
                self._bind_calcium(ions, amount, place)
            parts = {ion: fraction * amount for ion, fraction in buffer.parts(self.pH or 0.0).items()}
            if buffer.with_magnesium is not None:
                parts = {ion: (1 - bound) * mM for ion, mM in parts.items()} | {buffer.with_magnesium: bound * amount}
            for ion, mM in parts.items():
                if ion is None:
                    uncharged += mM
                elif mM > 0:
                    check_ion(ion, table, None, place)
                    ions[ion] = ions.get(ion, 0.0) + mM
        return uncharged

    def _check_free(self, ions: Mapping[str, float], place: str) -> None:
        """Refuse a free concentration above the total, before what is bound is computed from the two."""
        for ion, free in self.free_mM.items():
            if free > ions.get(ion, 0.0):
                raise ConfigurationRefused(
                    f"the free concentration of {ion} is above the total",
                    place=place,
                    found=free,
                    expected=f"at most {ions.get(ion, 0.0):g} mM",
                )

    def _bind_magnesium(self, ions: dict[str, float], nucleotides_mM: float, place: str) -> float:
        """Leave the free Mg²⁺ only; the part of ATP and GTP that has bound the rest, and moves as MgATP²⁻."""
        total = ions.get("Mg", 0.0)
        if total == 0.0 or nucleotides_mM == 0.0:
            return 0.0
        free = self.free_mM.get("Mg")
        if free is None or total - free > nucleotides_mM:
            about = free_magnesium_mM(total, nucleotides_mM, self.pH or 0.0)
            raise ConfigurationRefused(
                "the free Mg²⁺ of a solution with ATP or GTP is not known"
                if free is None
                else "ATP and GTP cannot bind so much Mg²⁺",
                place=place,
                found=f"{total:g} mM Mg, {nucleotides_mM:g} mM ATP and GTP",
                remedy=f"Compute the free Mg²⁺ for your solution, and write it as free_mM: {{Mg: …}}. By the constants "
                f"of Golding et al. (1995), which hold within a factor of 2, it is {about:.2g} mM",
            )
        ions["Mg"] = free
        return (total - free) / nucleotides_mM

    def _bind_calcium(self, ions: dict[str, float], chelator_mM: float, place: str) -> None:
        """Leave the free Ca²⁺ only: Ca²⁺ that EGTA binds moves as EGTA²⁻, whose charge the complex has."""
        total = ions.get("Ca", 0.0)
        if total == 0.0:
            return
        free = self.free_mM.get("Ca")
        if free is None or total - free > chelator_mM:
            raise ConfigurationRefused(
                "the free Ca²⁺ of a solution with EGTA is not known"
                if free is None
                else "EGTA cannot bind so much Ca²⁺",
                place=place,
                found=f"{total:g} mM Ca, {chelator_mM:g} mM EGTA",
                remedy="Compute the free Ca²⁺ for your pH and temperature, and write it as free_mM: {Ca: …}",
            )
        ions["Ca"] = free


def with_named_parts(recipe: Any, table: Mapping[str, Ion], name: str) -> Any:
    """A recipe, not yet checked, with the names of the ion table, and with salts among the ions as salts."""
    if not isinstance(recipe, Mapping):
        return recipe
    found = dict(recipe)
    ions, salts = found.get("ions_mM"), found.get("salts_mM", {})
    if isinstance(ions, Mapping) and isinstance(salts, Mapping):
        among = {ion: amount for ion, amount in ions.items() if ion not in table and is_salt(ion, table)}
        if among and not set(among) & set(salts):
            found["ions_mM"] = {ion: amount for ion, amount in ions.items() if ion not in among}
            found["salts_mM"] = {**salts, **among}
    for key in BY_ION:
        if isinstance(found.get(key), Mapping):
            found[key] = by_ion(found[key], table, f"solution {name!r}, {key}")
    if "closed_by" in found:
        found["closed_by"] = named(found["closed_by"], table)
    return found
