"""The rule that joins the verdict on the Nernst line and the GHK fit to one answer.

A model is rejected if its deviations are improbable (p < 1 %) and one bath deviates by more than the declared margin
allows. The margin is a slope; a line with that slope deviates by margin × half the range of the Nernst potentials at
its ends. Nernst is also rejected by a slope whose interval excludes 1. Then, in this order:

1. Nernst not rejected by the slope or a bath, but all baths lie from it by a shift that is certain and larger than the
   margin allows, and the GHK fit, with a ratio that differs from 0, predicts this shift: follows GHK. So it is where
   the ion is changed inside and a second ion outside stays, which moves all potentials by the same amount;
2. slope equivalent and Nernst not rejected: follows Nernst; with such a shift that GHK does not predict: parallel to
   Nernst;
3. Nernst rejected, GHK tested and not rejected, and a ratio that differs from 0: follows GHK;
4. both rejected: neither;
5. Nernst rejected and GHK not testable: differs from Nernst;
6. else undecided.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reversal.fit.fit_constants import REJECTED_MODEL_PROBABILITY
from reversal.tables.answers_table import Answer
from reversal.tables.nernst_table import Verdict


@dataclass(frozen=True, slots=True)
class Misfit:
    """How well a model describes the baths.

    p : probability of such deviations if it is right;  bath, away_mV : the bath that deviates most, and by how much
    """

    p: float
    bath: str
    away_mV: float


@dataclass(frozen=True, slots=True)
class Shift:
    """Mean distance of E_rev from the Nernst potentials with its 95 % limits [mV]."""

    mV: float
    low_mV: float
    high_mV: float

    @property
    def is_certain(self) -> bool:
        """Whether 0 is outside the interval."""
        return self.low_mV > 0 or self.high_mV < 0


class Untested(StrEnum):
    """Why a GHK fit cannot be tested."""

    NO_FIT = "no other permeant ion has a ratio"
    TOO_FEW_BATHS = "the solutions are too few to test GHK"
    TOO_FEW_CELLS = "the cells are too few to test GHK"


@dataclass(frozen=True, slots=True)
class AnswerEvidence:
    """What is known about the reversal potentials of a cell, or of all cells.

    verdict : on the slope;  slope_ratio, tost_low, tost_high, margin : of the test of equivalence
    allowed_mV : deviation that the margin allows;  shift : None if the Nernst potentials are not known
    nernst : deviations from a line parallel to Nernst, None if not tested
    ghk : deviations from the GHK fit, or why it is not tested;  ghk_shift : mean distance of E_rev from this fit
    has_ratio : whether a ratio of the GHK fit has two limits; without one, GHK predicts the same as Nernst
    """

    verdict: Verdict
    slope_ratio: float
    tost_low: float | None
    tost_high: float | None
    margin: float
    allowed_mV: float
    shift: Shift | None
    nernst: Misfit | None
    ghk: Misfit | Untested
    has_ratio: bool = True
    ghk_shift: Shift | None = None

    @property
    def nernst_rejected(self) -> bool:
        """Whether slope or deviations contradict Nernst."""
        return self.verdict is Verdict.DIFFERENT or self._rejects(self.nernst)

    @property
    def ghk_rejected(self) -> bool:
        """Whether the deviations contradict the GHK fit."""
        return isinstance(self.ghk, Misfit) and self._rejects(self.ghk)

    @property
    def is_shifted(self) -> bool:
        """Whether all baths together lie farther from Nernst than the margin allows."""
        return self._is_large(self.shift)

    @property
    def ghk_predicts_shift(self) -> bool:
        """Whether a shift from Nernst is all that contradicts it, and GHK explains it."""
        ghk_fits = isinstance(self.ghk, Misfit) and self.ghk.p >= REJECTED_MODEL_PROBABILITY and self.has_ratio
        explained = self.ghk_shift is not None and not self._is_large(self.ghk_shift)
        return self.is_shifted and not self.nernst_rejected and ghk_fits and explained

    def _is_large(self, shift: Shift | None) -> bool:
        return shift is not None and shift.is_certain and abs(shift.mV) > self.allowed_mV

    def _rejects(self, misfit: Misfit | None) -> bool:
        return misfit is not None and misfit.p < REJECTED_MODEL_PROBABILITY and abs(misfit.away_mV) > self.allowed_mV


def answer_of(evidence: AnswerEvidence) -> Answer:
    """The answer; see the module."""
    if evidence.ghk_predicts_shift:
        return Answer.GHK
    if evidence.verdict is Verdict.EQUIVALENT and not evidence.nernst_rejected:
        return Answer.SHIFTED if evidence.is_shifted else Answer.NERNST
    if not evidence.nernst_rejected:
        return Answer.UNDECIDED
    if isinstance(evidence.ghk, Untested):
        return Answer.DIFFERS
    if evidence.ghk_rejected:
        return Answer.NEITHER
    return Answer.GHK if evidence.has_ratio else Answer.UNDECIDED


def why_undecided(evidence: AnswerEvidence) -> str:
    """What is missing for an answer."""
    low, high = 1 - evidence.margin, 1 + evidence.margin
    nernst = "a line parallel to Nernst" if evidence.is_shifted else "Nernst"
    both = isinstance(evidence.ghk, Misfit) and not evidence.ghk_rejected
    describe = f"{nernst} and GHK describe" if both else f"{nernst} describes"
    if evidence.nernst_rejected:
        return "the slope differs from that of Nernst, and no permeability ratio that differs from 0 explains it"
    if evidence.tost_low is None:
        return f"the solutions or cells are too few for an interval of the slope; {describe} the points"
    if low < evidence.tost_low and evidence.tost_high is not None and evidence.tost_high < high:
        return f"two points leave no scatter about the line that could confirm this interval; {describe} the points"
    return f"the 90 % interval is not within {low:.2f} to {high:.2f}, and {describe} the points"
