"""Results of measurement as the rows of the tables people read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analysis.experiment.settings import Declared
from analysis.measure.recording import Measured
from analysis.measure.results import Finding, IVPoint, RecordingRow, ReversalRow, Status
from analysis.recordings.store import Ingested


def recording_row(
    declared: Declared, outcome: Ingested | None, measured: Measured | None, status: Status, reason: str | None
) -> RecordingRow:
    """Say what a recording is and what became of it."""
    recording = outcome.recording if outcome is not None else None
    passive = measured.passive if measured is not None else None
    return RecordingRow(
        experiment=declared.experiment,
        cell=declared.cell,
        recording=declared.recording,
        file=declared.file,
        sha256=recording.sha256 if recording else None,
        format=recording.format if recording else None,
        sweeps=len(recording.sweeps) if recording else None,
        sample_rate_Hz=recording.sample_rate_Hz if recording else None,
        protocol_kind=measured.plan.protocol_kind if measured else None,
        command_evidence=recording.command.evidence.value if recording else None,
        rs_MOhm=passive.rs.rs_MOhm if passive and passive.rs else None,
        cm_pF=passive.cm_pF if passive else None,
        rm_MOhm=passive.rm_MOhm if passive else None,
        holding_pA=passive.holding_pA if passive else None,
        status=status,
        reason=reason,
    )


def iv_rows(measured: Measured) -> Iterator[IVPoint]:
    """Points of a recording's I-V."""
    curve = measured.curve
    for n in range(curve.v_command_mV.size):
        yield IVPoint(
            **_names(measured),
            sweep=int(curve.sweep[n]),
            v_command_mV=float(curve.v_command_mV[n]),
            v_membrane_mV=float(measured.v_membrane_mV[n]),
            i_pA=float(curve.i_pA[n]),
            se_pA=float(curve.se_pA[n]),
            n_effective=curve.n_effective,
            kind=curve.kind.value,
            window_start_ms=float(curve.window_ms[n, 0]),
            window_stop_ms=float(curve.window_ms[n, 1]),
        )


def reversal_row(measured: Measured) -> ReversalRow:
    """The reversal potential of a recording beside its Nernst potential."""
    entry, reversal, prediction = measured.entry, measured.reversal, measured.prediction
    estimate = reversal.estimate
    e_rev = estimate.e_mV if estimate else None
    nernst = prediction.e_nernst_mV
    doubts = [reversal.reason] if reversal.reason else []
    doubts += [found.sentence for found in measured.findings]
    return ReversalRow(
        **_names(measured),
        bath=entry.bath,
        pipette=entry.pipette,
        temperature_C=entry.temperature_C,
        ion=prediction.ion,
        out_mM=prediction.out_mM,
        in_mM=prediction.in_mM,
        ljp_mV=measured.offset.total_mV,
        e_rev_mV=e_rev,
        ci_low_mV=estimate.low_mV if estimate else None,
        ci_high_mV=estimate.high_mV if estimate else None,
        method=estimate.method if estimate else None,
        crossing=reversal.crossing,
        e_nernst_mV=nernst,
        deviation_mV=e_rev - nernst if e_rev is not None and nernst is not None else None,
        status=Status.FLAGGED if doubts else Status.OK,
        reason="; ".join(doubts) or None,
        se_mV=estimate.se_mV if estimate else None,
        shared_sd_mV=measured.offset.sd_mV,
        e_rev_uncorrected_mV=measured.uncorrected.estimate.e_mV if measured.uncorrected.estimate else None,
        extrapolated_mV=reversal.extrapolated_mV,
        bound=reversal.bound.side if reversal.bound else None,
        bound_mV=reversal.bound.v_mV if reversal.bound else None,
    )


def finding_rows(measured: Measured) -> Iterator[Finding]:
    """What the quality checks found on a recording."""
    entry = measured.entry
    for found in measured.findings:
        yield Finding(
            experiment=entry.experiment,
            cell=entry.cell,
            recording=entry.recording,
            name=found.name,
            number=found.number,
            limit=found.limit,
            sentence=found.sentence,
        )


def _names(measured: Measured) -> dict[str, Any]:
    entry = measured.entry
    return {
        "experiment": entry.experiment,
        "cell": entry.cell,
        "recording": entry.recording,
        "condition": entry.condition,
    }
