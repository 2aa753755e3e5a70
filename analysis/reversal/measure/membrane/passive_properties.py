"""Passive properties of a recording, each from its best source: sheet, telegraph or membrane test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reversal.experiment.step_settings import SheetEntry
from reversal.measure.membrane.clamp import Capacitance, Clamp, SeriesResistance
from reversal.measure.membrane.membrane_constants import CANCELLED_CAPACITANCE_FRACTION, REPORTED_VALUE_RELATIVE_SD
from reversal.measure.membrane.membrane_test import MembraneTest, membrane_test, without_transient
from reversal.measure.protocol.protocol_constants import MIN_MEAN_SAMPLES
from reversal.measure.protocol.sweeps import Sweeps
from reversal.recordings.recording.recording import Recording
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding


@dataclass(frozen=True, slots=True)
class Passive:
    """Passive properties of a recording; None where not known.

    rs : series resistance before and after compensation
    cm_pF : membrane capacitance; reported_pF : the one of sheet or telegraph; rm_MOhm : input resistance
    holding_pA : current at holding
    test : the membrane test, to compare with sheet and telegraph
    tested : capacitance that charges in the trace: that of the membrane, or the residual after cancellation
    """

    rs: SeriesResistance | None
    cm_pF: float | None
    rm_MOhm: float | None
    holding_pA: float | None
    test: MembraneTest | None
    tested: Capacitance | None = None
    reported_pF: float | None = None

    @property
    def clamp_ms(self) -> float | None:
        """Time constant of the clamp."""
        if self.rs is not None and self.cm_pF is not None:
            return self.rs.residual_MOhm * self.cm_pF * 1e-3
        return self.test.tau_ms if self.test is not None else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Note that the transient is too small to test R_s and C_m with."""
        if self.tested is None or not _is_cancelled(self.tested, self.reported_pF):
            return ()
        return (finding(Code.TRANSIENT_CANCELLED, self.tested.pF, reported_pF=self.reported_pF or 0.0),)

    @property
    def rs_drift(self) -> float | None:
        """Change of R_s during the recording relative to R_s before compensation, which does not follow the change."""
        change = self.test.rs_drift_MOhm() if self.test is not None else None
        return None if change is None or self.rs is None else change / self.rs.rs_MOhm


def passive_properties(sweeps: Sweeps, entry: SheetEntry) -> Passive:
    """Take each property from its best source."""
    test, recording = membrane_test(sweeps), sweeps.recording
    tested = Capacitance(test.cm_pF.value, test.cm_pF.se) if test is not None and test.cm_pF is not None else None
    reported_pF = entry.cm_pF if entry.cm_pF is not None else recording.telegraph.cm_pF
    if test is not None and tested is not None and _is_cancelled(tested, reported_pF):
        test = without_transient(test)
    cm = reported_pF
    if cm is None and test is not None and test.cm_pF is not None:
        cm = test.cm_pF.value
    rm = test.rm_MOhm.value if test is not None and test.rm_MOhm is not None else None
    return Passive(_series(recording, entry, test), cm, rm, _holding_pA(sweeps), test, tested, reported_pF)


def _is_cancelled(tested: Capacitance, reported_pF: float | None) -> bool:
    """Whether the transient is much smaller than that of the reported C_m."""
    return reported_pF is not None and tested.pF < CANCELLED_CAPACITANCE_FRACTION * reported_pF


def clamp_of(passive: Passive, lowpass_Hz: float | None) -> Clamp:
    """Clamp of a recording; lowpass_Hz : corner frequency of its filter, None if not known."""
    residual = passive.rs.residual_MOhm if passive.rs else None
    return Clamp(passive.clamp_ms, lowpass_Hz, residual, passive.cm_pF, passive.tested)


def _series(recording: Recording, entry: SheetEntry, test: MembraneTest | None) -> SeriesResistance | None:
    """R_s before and after compensation; the membrane test measures the residual."""
    telegraph = recording.telegraph
    compensation = entry.rs_compensation if entry.rs_compensation is not None else telegraph.rs_compensation
    residual_fraction = 1.0 - (compensation or 0.0)
    if entry.rs_MOhm is not None:
        return reported_series(entry, compensation)
    if telegraph.rs_MOhm is not None:
        return _reported(telegraph.rs_MOhm, residual_fraction, "telegraph")
    if test is not None and test.rs_MOhm is not None:
        residual = test.rs_MOhm
        whole = residual.value / residual_fraction if residual_fraction > 0 else residual.value
        return SeriesResistance(whole, residual.value, residual.se, "membrane test")
    return None


def reported_series(entry: SheetEntry, compensation: float | None = None) -> SeriesResistance | None:
    """R_s of the sheet; None without one.

    compensation : fraction that is compensated; None for that of the sheet
    """
    if entry.rs_MOhm is None:
        return None
    fraction = entry.rs_compensation if compensation is None else compensation
    return _reported(entry.rs_MOhm, 1.0 - (fraction or 0.0), "sheet")


def _reported(rs_MOhm: float, residual_fraction: float, source: Literal["sheet", "telegraph"]) -> SeriesResistance:
    """R_s that was given without an error."""
    residual_MOhm = rs_MOhm * residual_fraction
    return SeriesResistance(rs_MOhm, residual_MOhm, REPORTED_VALUE_RELATIVE_SD * residual_MOhm, source)


def _holding_pA(sweeps: Sweeps) -> float | None:
    """Mean current before the first change of the command."""
    flats = sweeps.flats
    if not flats or flats[0].stop - flats[0].start < MIN_MEAN_SAMPLES:
        return None
    return float(sweeps.means(flats[0].start, flats[0].stop).mean())
