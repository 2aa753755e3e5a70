"""The recording configuration of a row: which solutions are inside and outside the membrane.

| configuration | outside | inside | voltage and current of the file |
|---|---|---|---|
| whole_cell, outside_out | bath | pipette | as the membrane's |
| perforated | bath | column `inside` | as the membrane's |
| inside_out | pipette | bath | inverted |
| cell_attached | pipette | column `inside` | inverted, from the resting potential |
| two_electrode | bath | column `inside` | as the membrane's; no liquid junction, no R_s in the voltage |
| bilayer | chamber with the ground | other chamber | as the membrane's; an electrode in each chamber |

Source of the junction terms of each patch configuration: Barry & Lynch, J. Membrane Biol. 121:101 (1991).
"""

from __future__ import annotations

from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.configuration import Experiment
from reversal.experiment.preparations import Clamped
from reversal.experiment.step_settings import SheetEntry

RESTING = ("resting_mV", "resting_sd_mV")
CHAMBERS = ("cis", "trans")


def with_sides(entry: SheetEntry, experiment: Experiment) -> SheetEntry:
    """The row with the solutions on both sides of the membrane; raises ConfigurationRefused if the row contradicts."""
    clamped = experiment.configuration
    _check_columns(entry, clamped)
    if clamped is Clamped.BILAYER:
        return _of_bilayer(entry, experiment)
    _require(entry, "bath", clamped)
    if clamped is Clamped.TWO_ELECTRODE:
        _require(entry, "inside", clamped)
        return entry.model_copy(update={"pipette": entry.pipette or entry.inside})
    _require(entry, "pipette", clamped)
    if clamped.needs_inside:
        _require(entry, "inside", clamped)
    inside = entry.bath if clamped is Clamped.INSIDE_OUT else entry.inside
    entry = entry.model_copy(update={"inside": inside})
    return entry.model_copy(update={"outside": entry.pipette}) if clamped.is_inverted else entry


def _of_bilayer(entry: SheetEntry, experiment: Experiment) -> SheetEntry:
    """The chamber with the ground is the bath and outside; the potential of the other one is commanded."""
    for name in CHAMBERS:
        _require(entry, name, Clamped.BILAYER)
    commanded, ground = (entry.cis, entry.trans) if experiment.ground == "trans" else (entry.trans, entry.cis)
    return entry.model_copy(update={"bath": ground, "pipette": commanded, "ground": experiment.ground})


def _check_columns(entry: SheetEntry, clamped: Clamped) -> None:
    """Refuse a column that has no meaning in the configuration, and a cytosol in a cell that the pipette fills."""
    if clamped is not Clamped.BILAYER:
        _refuse(entry, CHAMBERS, clamped, "Set `configuration: bilayer` in the experiment, or leave it empty")
    else:
        remedy = "Name the solutions of the chambers in the columns 'cis' and 'trans'"
        _refuse(entry, ("bath", "pipette", "inside"), clamped, remedy)
        _refuse(entry, ("zeroing_bath",), clamped, "Leave it empty: the electrodes were zeroed in one solution")
    if clamped is Clamped.CELL_ATTACHED:
        for name in RESTING:
            _require(entry, name, clamped)
    else:
        _refuse(entry, RESTING, clamped, "Set `configuration: cell_attached` in the experiment, or leave it empty")
    if not clamped.has_pipette:
        _refuse(entry, ("seal_GOhm", "ljp_mV"), clamped, "Leave it empty: there is no patch pipette")
    filled = {Clamped.WHOLE_CELL: entry.pipette, Clamped.OUTSIDE_OUT: entry.pipette, Clamped.INSIDE_OUT: entry.bath}
    if clamped in filled and entry.inside not in (None, filled[clamped]):
        by = "bath" if clamped is Clamped.INSIDE_OUT else "pipette"
        raise ConfigurationRefused(
            f"inside differs from {by}, but in the {clamped.value.replace('_', '-')} configuration the {by} solution "
            f"{'is inside' if by == 'bath' else 'fills the cell'}",
            found=f"{entry.inside} inside, {filled[clamped]} in the {by}",
            remedy="Set `configuration` in the experiment, for example perforated, or leave inside empty",
        )


def _require(entry: SheetEntry, name: str, clamped: Clamped) -> None:
    if getattr(entry, name) not in (None, ""):
        return
    if clamped in (Clamped.WHOLE_CELL, Clamped.OUTSIDE_OUT):
        raise ConfigurationRefused(f"{name} is missing", remedy=f"Add the {name}")
    raise ConfigurationRefused(
        f"{name} is empty",
        expected=f"a value, because the experiment has `configuration: {clamped.value}`",
        remedy=f"Add the column '{name}'",
    )


def _refuse(entry: SheetEntry, names: tuple[str, ...], clamped: Clamped, remedy: str) -> None:
    for name in names:
        if getattr(entry, name) not in (None, ""):
            raise ConfigurationRefused(
                f"{name} has no meaning in the configuration {clamped.value}", found=getattr(entry, name), remedy=remedy
            )
