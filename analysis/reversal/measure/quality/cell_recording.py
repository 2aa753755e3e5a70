"""What is compared between the recordings of a cell."""

from __future__ import annotations

from dataclasses import dataclass

from reversal.arrays import FloatArray
from reversal.measure.iv.iv_curve import IVCurve
from reversal.measure.iv.points import Points
from reversal.measure.iv.tail_reversal_shift import ReversalShift
from reversal.measure.membrane.passive_properties import Passive
from reversal.measure.quality.check import Check
from reversal.measure.quality.quality_constants import SAME_TEMPERATURE_C
from reversal.measure.reversal.error_budget import Budget
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.ohmic_leak import Displacement, OhmicLeak
from reversal.measure.voltage.nernst_prediction import IonRange, Prediction
from reversal.tables.iv_table import IVKind


@dataclass(frozen=True, slots=True)
class CellRecording:
    """Numbers that are compared between the recordings of a cell.

    inside : solution in the cell, usually that of the pipette
    curve, v_membrane_mV : the I–V and its corrected voltages, (points,)
    estimate : reversal potential, None without one
    points : the I–V that the reversal potential is read from
    tails_without_reversal : whether the decaying part of its tails does not reverse where the whole current does
    budget : errors of the reversal potential, None without one
    ions : Nernst potentials of all ions, None if not known
    leak : leak of known conductance that was subtracted from the points, None without one
    leak_errors : effect of its errors on the reversal potential
    chosen_step_ms : start and end of its steps, if the currents decided between steady state and peak; else None
    subtracted : whether it is subtracted from others
    """

    recording: str
    bath: str
    inside: str
    condition: str
    temperature_C: float
    passive: Passive
    curve: IVCurve
    v_membrane_mV: FloatArray
    points: Points
    estimate: Estimate | None
    prediction: Prediction
    tails_without_reversal: bool = False
    budget: Budget | None = None
    ions: IonRange | None = None
    leak: OhmicLeak | None = None
    leak_errors: Displacement | None = None
    chosen_step_ms: tuple[int, int] | None = None
    subtracted: bool = False

    @property
    def is_tail(self) -> bool:
        """Whether its currents are tails."""
        return self.curve.kind is IVKind.TAIL

    @property
    def tail_shift(self) -> ReversalShift | None:
        """Shift of the reversal of its tails while they decay."""
        return self.curve.tail_decay.shift if self.curve.tail_decay is not None else None

    def is_comparable(self, other: CellRecording) -> bool:
        """Whether two recordings differ in the bath at most: solution inside, condition and temperature agree."""
        same = (self.inside, self.condition) == (other.inside, other.condition)
        return same and self.has_temperature_of(other)

    def has_temperature_of(self, other: CellRecording) -> bool:
        """Whether the temperatures agree."""
        return abs(self.temperature_C - other.temperature_C) <= SAME_TEMPERATURE_C

    def solutions_beside(self, other: CellRecording) -> str:
        """Name of the bath, with the solution inside where the other recording has another one."""
        return self.bath if self.inside == other.inside else f"{self.bath} with {self.inside} inside"


RecordingCheck = tuple[str, Check]
