"""Every finding about a measured recording: of how it was read, of its checks, and of its reversal potential."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from reversal.measure.measure_recording import Measured
from reversal.measure.quality.check import Check
from reversal.measure.reversal.error_budget import Budget
from reversal.measure.reversal.estimate import Estimate
from reversal.measure.reversal.leak import Subtracted
from reversal.measure.reversal.ohmic_current import ohmic_current
from reversal.measure.reversal.ohmic_leak import ChannelRange, OhmicLeak
from reversal.measure.reversal.reversal_constants import LEAK_DISAGREEMENT_SE, MIN_LEAK_LINEARITY, PEAK_ERROR_mV
from reversal.measure.reversal.reversal_potential import Reversal
from reversal.measure.voltage.nernst_prediction import IonRange
from reversal.measure.voltage.voltage_constants import MAX_BEYOND_IONS_mV
from reversal.statistics.statistics_constants import TWO_SIDED_95_ROUNDED
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, excluding, finding
from reversal.tables.iv_table import IVKind
from reversal.tables.reversals_table import Crossing, LeakSource
from reversal.tables.status import Severity

OF_ANOTHER_TIME = (Code.INACTIVATION, Code.KIND_DIFFERS)
SHIFTED_TAILS = (Code.TAIL_SHIFT, Code.TAIL_SIGN, Code.TAIL_ACCUMULATION)


@dataclass(frozen=True, slots=True)
class Assessed:
    """A measured recording and its findings.

    subtracted : whether it is subtracted from other recordings and has no reversal potential of its own
    checks : its own and those against the other recordings of its cell
    of_recording : findings about the recording; of_reversal : further ones about its reversal potential
    """

    measured: Measured
    checks: tuple[Check, ...]
    of_recording: tuple[Finding, ...]
    of_reversal: tuple[Finding, ...]
    subtracted: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that decides the status of the recording, in every table."""
        return (*self.of_reversal, *self.of_recording)

    @property
    def exclusions(self) -> tuple[Finding, ...]:
        """Findings that leave the recording out of the fits."""
        return tuple(found for found in self.of_recording if found.severity is Severity.EXCLUSION)

    @property
    def open_error(self) -> bool:
        """Whether leak, another current or accumulated ions may move E_rev by an unknown amount on one side."""
        errors, background = self.measured.result.leak_errors, self.measured.result.background
        is_open = (errors is not None and errors.is_open) or (background is not None and background.is_bound)
        return is_open or _tails_shift(self.measured, self.of_recording)


# these check the channel, which a subtracted recording does not contain
OF_THE_CHANNEL = (Code.TAIL_LEAK, Code.PEAK_BACKGROUND, Code.TAIL_COMPLETENESS, Code.TAIL_NOT_SEEN)


def assessed(
    measured: Measured,
    of_cell: Iterable[Check],
    excluded: Iterable[str],
    of_file: Iterable[Finding] = (),
    *,
    subtracted: bool = False,
) -> Assessed:
    """Gather the findings about a recording.

    of_cell : checks against the other recordings of the cell
    excluded : codes of the checks that leave a recording out of the fits
    of_file : findings about its file
    subtracted : whether the recording is subtracted from others
    """
    checks, codes = (*measured.checks, *of_cell), tuple(excluded)
    if subtracted:
        checks = tuple(check for check in checks if check.finding.code not in OF_THE_CHANNEL)
    of_recording = (
        *of_file,
        *([finding(Code.SUBTRACTED)] if subtracted else []),
        *measured.notes,
        *_cytosol_findings(measured),
        *(excluding(found, codes) for check in checks for found in check.findings),
    )
    if _tails_shift(measured, of_recording):  # the interval is open, and not extended by a limit
        of_recording = tuple(found for found in of_recording if found.code is not Code.TAIL_CHARGE)
    if subtracted:
        return Assessed(measured, checks, of_recording, (), subtracted=True)
    measured = _without_bound(measured, of_recording)
    of_reversal = (
        *measured.reversal.findings,
        *measured.used.findings,
        *leak_findings(measured),
        *_noise_of_peaks(measured),
        *_nernst_findings(measured),
        *beyond_ions(measured.reversal.estimate, measured.budget, measured.ions_mV),
    )
    further = tuple(found for found in of_reversal if found not in of_recording)
    return Assessed(_with_open_interval(measured, of_recording), checks, of_recording, further)


def _without_bound(measured: Measured, findings: Iterable[Finding]) -> Measured:
    """The recording without a bound of E_rev, if its current is not known to be that of the channel."""
    reversal = measured.reversal
    if reversal.bound is None or not any(found.code in OF_ANOTHER_TIME for found in findings):
        return measured
    direction = "outward" if reversal.bound.side == "below" else "inward"
    none = Reversal(None, Crossing.NONE, findings=(finding(Code.REVERSAL_NOT_BOUNDED, direction=direction),))
    return replace(measured, result=replace(measured.result, reversal=none))


def _with_open_interval(measured: Measured, findings: Iterable[Finding]) -> Measured:
    """The recording with its interval open away from the conditioning step, if its tails show a shift of E_rev.

    A current towards the equilibrium of its ion reduces the gradient of the ion. Outward current makes E_rev more
    positive, inward current more negative, by an amount that is not known.
    """
    budget, charge_pC = measured.budget, measured.iv.curve.conditioning_pC
    if budget is None or charge_pC is None or not _tails_shift(measured, findings):
        return measured
    opened = replace(budget, low_mV=None) if charge_pC > 0 else replace(budget, high_mV=None)
    return replace(measured, budget=opened)


def _tails_shift(measured: Measured, findings: Iterable[Finding]) -> bool:
    """Whether tails show a shift of their E_rev by accumulated ions."""
    is_tail = measured.iv.curve.conditioning_pC is not None
    return is_tail and any(found.code in SHIFTED_TAILS for found in findings)


# a perforated patch has two solutions inside; "cytochalasin" and "cytokine" do not indicate one
CYTOSOL = re.compile(r"cyto(?!ch|k)|axoplasm|sarcoplasm|perforat|gramicidin|amphotericin|nystatin", re.IGNORECASE)
PERFORATED = re.compile(r"perforat|amphotericin|nystatin", re.IGNORECASE)


def _cytosol_findings(measured: Measured) -> list[Finding]:
    """Finding: the junction was computed for a solution whose name indicates the cytosol, not the pipette."""
    entry, offset = measured.entry, measured.offset
    if offset.measured or offset.zeroing_mV == 0 or entry.intracellular != entry.pipette:
        return []
    named = [*([entry.pipette] if CYTOSOL.search(entry.pipette) else [])]
    named += [name for name in (entry.condition, entry.experiment) if PERFORATED.search(name)]
    return [finding(Code.CYTOSOL_IN_PIPETTE, place=named[0], pipette=entry.pipette)] if named else []


def _nernst_findings(measured: Measured) -> list[Finding]:
    """Solutions without the ion, where there is no Nernst potential."""
    prediction, entry = measured.prediction, measured.entry
    if prediction.e_nernst_mV is not None:
        return []
    amounts = ((entry.extracellular, prediction.out_mM), (entry.intracellular, prediction.in_mM))
    return [finding(Code.NERNST_UNDEFINED, place=name, ion=prediction.ion) for name, mM in amounts if mM <= 0]


def _noise_of_peaks(measured: Measured) -> list[Finding]:
    is_peak = measured.iv.curve.kind is IVKind.PEAK
    return peak_noise(measured.budget.points_mV) if is_peak and measured.budget is not None else []


def peak_noise(points_mV: float) -> list[Finding]:
    """Note on the sweeps that peaks need, if their noise leaves a large error.

    points_mV : standard error of E_rev by the noise of the points
    """
    error_mV = TWO_SIDED_95_ROUNDED * points_mV
    ratio = error_mV / PEAK_ERROR_mV
    return [finding(Code.PEAK_NOISE, error_mV, sweeps=ratio**2, share=100.0 / ratio)] if ratio > 1.0 else []


def beyond_ions(estimate: Estimate | None, budget: Budget | None, ions: IonRange | None) -> list[Finding]:
    """Finding: no passive current reverses at E_rev, which is below or above the Nernst potentials of all ions."""
    if estimate is None or budget is None or ions is None:
        return []
    low_mV, high_mV = ions.low.e_mV - MAX_BEYOND_IONS_mV, ions.high.e_mV + MAX_BEYOND_IONS_mV
    if budget.high_mV is not None and budget.high_mV < low_mV:
        side, nearest = "below", ions.low
    elif budget.low_mV is not None and budget.low_mV > high_mV:
        side, nearest = "above", ions.high
    else:
        return []
    return [finding(Code.REVERSAL_BEYOND_IONS, estimate.e_mV, nearest.e_mV, place=nearest.ion, side=side)]


def leak_findings(measured: Measured) -> list[Finding]:
    """Findings about an unknown leak, and about sources of the leak that contradict each other."""
    estimate, result, used = measured.reversal.estimate, measured.result, measured.used
    if estimate is None:
        return []
    found = []
    if result.channel is not None:
        found.append(_unbounded(result.channel, estimate.e_mV, measured.budget))
    errors = result.leak_errors
    if errors is not None and errors.is_open:
        side = "below" if errors.down_mV is None else "above"
        found.append(finding(Code.LEAK_ERROR_OPEN, used.g_nS, side=side))
    elif errors is not None and not errors.is_linear:
        found.append(finding(Code.LEAK_ERROR_NOT_LINEAR, errors.linearity, MIN_LEAK_LINEARITY))
    return [*found, *_like_leak(measured, estimate.e_mV), *contradiction(used, measured.seal)]


def _like_leak(measured: Measured, e_rev_mV: float) -> list[Finding]:
    """Finding: what is left without the leak of the seal may be leak, too; tails and peaks are gated."""
    known = measured.used.known
    if (
        known is None
        or known.source is not LeakSource.SEAL
        or measured.iv.curve.kind not in (IVKind.STEADY, IVKind.RAMP)
    ):
        return []
    found = ohmic_current(measured.used.points, known, e_rev_mV, measured.entry.temperature_C)
    if found is None:
        return []
    severity = Severity.NOTE if found.at_leak else Severity.WARNING
    return [finding(Code.OHMIC_CURRENT, found.g_nS, severity=severity)]


def _unbounded(channel: ChannelRange, e_rev_mV: float, budget: Budget | None) -> Finding:
    """Range of the channel's E_rev for an unknown leak; only a note if it is within the interval."""
    assumed_GOhm = 1.0 / channel.g_nS
    low, high = channel.low_mV, channel.high_mV
    if low is None or high is None:
        side = "below" if low is None else "above"
        return finding(Code.CHANNEL_REVERSAL_OPEN, e_rev_mV, assumed_GOhm, side=side)
    farther = max((low, high), key=lambda end: abs(end - e_rev_mV))
    contains = budget is not None and budget.without_unseen(e_rev_mV).contains(low, high)
    severity = Severity.NOTE if contains else Severity.WARNING
    away_mV, code = farther - e_rev_mV, Code.CHANNEL_REVERSAL_RANGE
    return finding(code, away_mV, assumed_GOhm, severity=severity, low_mV=low, high_mV=high)


def contradiction(used: Subtracted, seal: OhmicLeak | None) -> list[Finding]:
    """Finding if the seal of the sheet contradicts the leak that another method subtracted."""
    if seal is None or used.g_nS is None or used.source is None or used.source is LeakSource.SEAL:
        return []
    limit_nS = LEAK_DISAGREEMENT_SE * seal.g_sd_nS
    if abs(used.g_nS - seal.g_nS) <= limit_nS:
        return []
    return [finding(Code.LEAK_SOURCES_DISAGREE, used.g_nS, limit_nS, place=used.source, seal_nS=seal.g_nS)]
