"""Tables of cross-checks: other estimators, error budget, leak, clamp, alternative models, single baths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from reversal.report.text.labels import ratio_name
from reversal.report.text.rounding import UNKNOWN, fixed, interval_ratio, ratio, significant
from reversal.report.text.tabulated import Table, TableEntry, known_columns, number, state, table_of, with_leak, words
from reversal.tables.comparisons_table import ComparisonRow
from reversal.tables.estimates_table import EstimateRow, Estimator
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.results import CellFits, CellMeasures
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.sides import Sides, common_sides, solution_names


def crosschecks(measures: CellMeasures, fits: CellFits) -> Iterator[Table]:
    """Every table that has values for a cell."""
    sides = common_sides(measures.reversals)
    tables = (
        _other_estimators(measures),
        _error_budget(measures.reversals),
        _membrane(measures.recordings),
        _models(fits, sides),
        _influence(fits, sides),
        _single_baths(fits, sides),
        _from_currents(fits),
        _paired(fits),
    )
    filled = (known_columns(table) for table in tables)
    yield from (table for table in filled if len(table.head) > 1)


def comparisons_table(rows: Sequence[ComparisonRow]) -> Table:
    """Comparisons of permeability ratios between groups of cells."""
    table = table_of(
        "Comparisons of groups of cells (p with Holm correction for all comparisons)",
        rows,
        ("ratio", lambda r: words(ratio_name(r.ion, r.reference))),
        ("group", lambda r: words(f"{r.experiment}: {r.condition}")),
        ("compared with", lambda r: words(f"{r.against_experiment}: {r.against_condition}")),
        ("design", lambda r: words(r.design)),
        ("factor", lambda r: number(ratio(r.factor, r.ci_low, r.ci_high))),
        ("95 % interval", lambda r: number(interval_ratio(r.factor, r.ci_low, r.ci_high))),
        ("is of", lambda r: words(r.factor_of)),
        ("with any leak", lambda r: words(with_leak(r))),
        ("p", lambda r: number(_p(r.p_holm))),
        ("cells", lambda r: number(f"{r.n_cells} and {r.n_cells_against}")),
        ("status", lambda r: state(r.status, r.reason)),
    )
    return known_columns(table)


def _other_estimators(measures: CellMeasures) -> Table:
    """The reported value of each recording, and one column for each other estimator."""
    by_recording: dict[str, list[EstimateRow]] = {}
    for row in measures.estimates:
        by_recording.setdefault(row.recording, []).append(row)

    def by(estimator: Estimator) -> Callable[[ReversalRow], TableEntry]:
        def entry(reversal: ReversalRow) -> TableEntry:
            rows = by_recording.get(reversal.recording, [])
            return words(next((_estimated(row) for row in rows if row.estimator is estimator), None))

        return entry

    sides, names = common_sides(measures.reversals), solution_names(measures.reversals)
    return table_of(
        "E_rev of the same I–V by other estimators (mV, 95 % intervals from noise and fit; ≈: fits and agrees, ≠: fits "
        "and disagrees, no sign: not compared)",
        [row for row in measures.reversals if row.e_rev_mV is not None],
        ("recording", lambda r: words(r.recording)),
        (sides.bath, lambda r: words(names[r.solutions])),
        ("reported", lambda r: _mV(r.e_rev_mV)),
        ("straight line", by(Estimator.STRAIGHT_LINE)),
        ("local polynomial", by(Estimator.LOCAL_POLYNOMIAL)),
        ("gate × driving force", by(Estimator.BOLTZMANN)),
        ("GHK currents", by(Estimator.GHK_CURRENT)),
        ("other zero crossings (mV)", lambda r: words(r.other_crossings_mV)),
        ("uncorrected", lambda r: _mV(r.e_rev_uncorrected_mV)),
    )


def _estimated(row: EstimateRow) -> str:
    sign = {True: "≈ ", False: "≠ ", None: ""}[row.agrees]
    return f"{sign}{fixed(row.e_mV, 1)} ({fixed(row.ci_low_mV, 1)} to {fixed(row.ci_high_mV, 1)})"


def _error_budget(rows: Sequence[ReversalRow]) -> Table:
    return table_of(
        "Error budget of E_rev (standard deviations, mV) and effect of leak",
        [row for row in rows if row.e_rev_mV is not None],
        ("recording", lambda r: words(r.recording)),
        ("I–V, R_s and drift", lambda r: _fine_mV(r.se_mV)),
        ("coarse steps only", lambda r: _fine_mV(r.steps_sd_mV)),
        ("R_s only", lambda r: _fine_mV(r.series_sd_mV)),
        ("drift only", lambda r: _fine_mV(r.drift_sd_mV)),
        ("shared: junction", lambda r: _fine_mV(r.junction_sd_mV)),
        ("E_Nernst: temperature", lambda r: _fine_mV(r.temperature_sd_mV)),
        ("leak subtracted (nS)", lambda r: number(significant(r.leak_nS, 2))),
        ("E_rev before leak subtraction", lambda r: _mV(r.with_leak_mV)),
        ("shift by leak subtraction", lambda r: _fine_mV(r.leak_shift_mV)),
        ("shared: leak", lambda r: _fine_mV(r.leak_sd_mV)),
        ("shift to the decaying part", lambda r: _fine_mV(r.background_shift_mV)),
        ("source of the leak", lambda r: words(r.leak_source)),
        ("shift by 0.1 nS of leak at 0 mV", lambda r: _fine_mV(r.leak_sensitivity_mV)),
        ("E_rev of the channel with the assumed seal", lambda r: words(_channel(r))),
    )


def _channel(row: ReversalRow) -> str:
    """Range of the channel's E_rev if the leak is not known."""
    if row.assumed_leak_nS is None:
        return ""
    return f"{fixed(row.channel_low_mV, 1)} to {fixed(row.channel_high_mV, 1)}"


def _membrane(rows: Sequence[RecordingRow]) -> Table:
    table = table_of(
        "Series resistance, capacitance and clamp",
        rows,
        ("recording", lambda r: words(r.recording)),
        ("R_s used (MΩ)", lambda r: number(significant(r.rs_MOhm))),
        ("source of R_s", lambda r: words(r.rs_source)),
        ("R_s after compensation (MΩ)", lambda r: number(significant(r.rs_residual_MOhm))),
        ("R_s by membrane test (MΩ)", lambda r: number(_with_error(r.rs_test_MOhm, r.rs_test_se_MOhm))),
        ("C_m used (pF)", lambda r: number(significant(r.cm_pF))),
        ("C_m by membrane test (pF)", lambda r: number(_with_error(r.cm_test_pF, r.cm_test_se_pF))),
        ("R_m (MΩ)", lambda r: number(_with_error(r.rm_MOhm, r.rm_se_MOhm))),
        ("clamp τ (ms)", lambda r: number(significant(r.clamp_ms, 2))),
    )
    known = [row for row in table.body if any(entry.text != UNKNOWN for entry in row[1:])]
    return Table(table.caption, table.head, tuple(known))


def _models(fits: CellFits, sides: Sides) -> Table:
    return table_of(
        "Alternative models of the reversal potentials",
        fits.models,
        ("condition", lambda r: words(r.condition)),
        ("model", lambda r: words(r.model)),
        ("free parameters", lambda r: words(r.free)),
        ("χ²", lambda r: number(significant(r.chi2, 3))),
        ("recordings", lambda r: number(str(r.n_recordings))),
        ("ΔAICc", lambda r: number(fixed(r.delta_aicc, 1))),
        ("compared with", lambda r: words(r.against)),
        ("p", lambda r: number(_p(r.p_value))),
        (f"leave-one-{sides.bath}-out error (rms, mV)", lambda r: _fine_mV(r.loo_rms_mV)),
        ("remark", lambda r: words(r.reason)),
    )


def _influence(fits: CellFits, sides: Sides) -> Table:
    return table_of(
        f"Influence of each {sides.bath} on the result",
        fits.influence,
        ("condition", lambda r: words(r.condition)),
        (f"{sides.bath} left out", lambda r: words(r.bath)),
        (f"predicted from the other {sides.baths} (mV)", lambda r: _mV(r.predicted_mV)),
        ("observed − predicted (mV)", lambda r: _fine_mV(r.error_mV)),
        (f"ratio without the {sides.bath}", lambda r: number(significant(r.p_ratio_without))),
        (f"slope / Nernst slope without the {sides.bath}", lambda r: number(significant(r.slope_ratio_without))),
    )


def _single_baths(fits: CellFits, sides: Sides) -> Table:
    return table_of(
        f"Permeability ratio from each {sides.bath} alone",
        fits.bath_ratios,
        ("recording", lambda r: words(r.recording)),
        (sides.bath, lambda r: words(r.bath)),
        ("ratio", lambda r: words(ratio_name(r.ion, r.reference))),
        ("estimate", lambda r: number(ratio(r.p_ratio, r.ci_low, r.ci_high))),
        ("95 % interval", lambda r: number(interval_ratio(r.p_ratio, r.ci_low, r.ci_high))),
        (f"reference {sides.bath}", lambda r: words(r.reference_bath)),
        ("shift (mV)", lambda r: _mV(r.shift_mV)),
        ("ratio from the shift", lambda r: number(ratio(r.shift_p_ratio, r.shift_ci_low, r.shift_ci_high))),
        ("95 % interval", lambda r: number(interval_ratio(r.shift_p_ratio, r.shift_ci_low, r.shift_ci_high))),
        ("conductance ratio", lambda r: number(significant(r.conductance_ratio, 2))),
        ("remark", lambda r: words(r.reason)),
    )


def _from_currents(fits: CellFits) -> Table:
    return table_of(
        "Permeability ratio from the currents of all recordings, compared with the one from the reversal potentials",
        fits.current_ratios,
        ("condition", lambda r: words(r.condition)),
        ("ratio", lambda r: words(ratio_name(r.ion, r.reference))),
        ("from currents", lambda r: number(ratio(r.p_ratio, r.ci_low, r.ci_high))),
        ("95 % interval", lambda r: number(interval_ratio(r.p_ratio, r.ci_low, r.ci_high))),
        ("from reversals", lambda r: number(significant(r.voltage_p_ratio))),
        ("agree", lambda r: words(None if r.agrees is None else ("yes" if r.agrees else "no"))),
        ("V½ of the gate (mV)", lambda r: _mV(r.v_half_mV)),
        ("leak (nS)", lambda r: number(significant(r.leak_nS, 2))),
        ("points", lambda r: number(str(r.n_points))),
        ("rms (pA)", lambda r: number(significant(r.rms_pA, 2))),
        ("status", lambda r: state(r.status, r.reason)),
    )


def _paired(fits: CellFits) -> Table:
    return table_of(
        "Comparison of conditions within the cell",
        fits.condition_pairs,
        ("condition", lambda r: words(r.condition)),
        ("compared with", lambda r: words(r.against)),
        ("ratio", lambda r: words(ratio_name(r.ion, r.reference))),
        ("factor", lambda r: number(ratio(r.ratio_of_ratios, r.ci_low, r.ci_high))),
        ("95 % interval", lambda r: number(interval_ratio(r.ratio_of_ratios, r.ci_low, r.ci_high))),
        ("is of", lambda r: words(r.change_of)),
        ("with any leak", lambda r: words(with_leak(r))),
        ("baths", lambda r: number(str(r.n_baths))),
        ("status", lambda r: state(r.status, r.reason)),
    )


def _mV(value: float | None) -> TableEntry:
    return number(fixed(value, 1))


def _fine_mV(value: float | None) -> TableEntry:
    return number(fixed(value, 2))


def _with_error(value: float | None, se: float | None) -> str:
    return significant(value) if value is None or se is None else f"{significant(value)} ± {significant(se, 2)}"


def _p(value: float | None) -> str:
    if value is None:
        return UNKNOWN
    return "< 0.001" if value < 0.001 else significant(value, 2)
