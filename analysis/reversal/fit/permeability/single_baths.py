"""Permeability ratio from each bath alone (bi-ionic and substitution experiments), to check that it is constant."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from reversal.errors import DomainError
from reversal.fit.bath_series import BathSeries
from reversal.fit.fit_constants import LOG_RATIO_EDGE
from reversal.physics.ghk_constant_field import ghk_current
from reversal.physics.nernst import nernst_mV
from reversal.physics.substitution import conductance_ratio, substitution_ratio
from reversal.statistics.statistics_constants import TWO_SIDED_95
from reversal.tables.bath_ratios_table import BathRatioRow
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding, reason_of
from reversal.tables.permeabilities_table import PermeabilityRow


def values_within_bound(row: PermeabilityRow) -> tuple[float, float] | None:
    """Both ends of a ratio that the joint fit only bounds; None if it has a value.

    Between these ends, the ratios of several ions may compensate one another, so that their best values mean nothing.
    """
    if row.p_ratio is not None or row.bound is None:
        return None
    low = 0.0 if row.ci_low is None else row.ci_low
    return low, float(np.exp(LOG_RATIO_EDGE)) if row.ci_high is None else row.ci_high


def bath_ratio_rows(
    series: BathSeries, ion: str, ratios: Mapping[str, float], bounded: Mapping[str, tuple[float, float]]
) -> list[BathRatioRow]:
    """Ratio of ``ion`` from each recording alone; the other permeant ions have their ``ratios`` from the joint fit.

    bounded : both ends of the ratios of ions of which the joint fit has bounds only. Such an ion has an interval alone,
        and the intervals of the other ions contain what both of its ends give
    """
    reference_row = _reference_row(series, ion)
    return [_row(series, k, ion, ratios, bounded, reference_row) for k in range(len(series.rows))]


def _row(
    series: BathSeries,
    k: int,
    ion: str,
    ratios: Mapping[str, float],
    bounded: Mapping[str, tuple[float, float]],
    base: int | None,
) -> BathRatioRow:
    """Ratio from recording k; ``base`` is the recording in the reference bath, None if there is none."""
    half_width_mV = TWO_SIDED_95 * float(np.sqrt(series.covariance()[k, k]))
    e_mV = float(series.e_mV[k])
    others = {name: values for name, values in bounded.items() if name != ion}
    assumed = [{**ratios, **dict(zip(others, values, strict=True))} for values in product(*others.values())]
    ends = [
        balancing_ratio(series, k, ion, values, e)
        for values in assumed
        for e in (e_mV - half_width_mV, e_mV + half_width_mV)
    ]
    best = balancing_ratio(series, k, ion, ratios, e_mV)
    found = [end for end in ends if end is not None]
    shift = _shift(series, k, ion, base)
    return BathRatioRow(
        experiment=series.experiment,
        cell=series.cell,
        condition=series.condition,
        recording=series.rows[k].recording,
        bath=_name(series, k),
        ion=ion,
        reference=series.choices.reference,
        p_ratio=None if ion in bounded else best,
        ci_low=min(found) if len(found) == len(ends) else None,
        ci_high=max(found) if found else None,
        conductance_ratio=_conductances(series, k, ion),
        reason=_reason(ion, best, ion in bounded),
        **shift,
    )


def _name(series: BathSeries, k: int) -> str:
    """Name of the solutions of recording k."""
    return series.solution_names[int(series.solution[k])]


def _reason(ion: str, best: float | None, bounded: bool) -> str | None:
    """Why a bath gives no value; None if it does."""
    if bounded:
        return reason_of([finding(Code.BATH_RATIO_BOUNDED, place=ion)])
    return reason_of([finding(Code.BATH_WITHOUT_BALANCE, place=ion)]) if best is None else None


def balancing_ratio(series: BathSeries, k: int, ion: str, ratios: Mapping[str, float], e_mV: float) -> float | None:
    """Ratio at which the total GHK current of recording k is zero at ``e_mV`` [mV]; None if there is no such ratio > 0.

    The total current is linear in each permeability, so the solution is unique for any valence.
    """
    p = [1.0 if name == series.choices.reference else ratios.get(name, 0.0) for name in series.ions]
    unit = ghk_current(e_mV, 1.0, series.out_mM[k], series.in_mM[k], series.z, float(series.temperature_C[k]))
    column = series.ions.index(ion)
    others = float(sum(p[j] * unit[j] for j in range(len(p)) if j != column))
    if unit[column] == 0:
        return None
    ratio = -others / float(unit[column])
    return ratio if ratio > 0 else None


def _reference_row(series: BathSeries, ion: str) -> int | None:
    """Index of the recording with the most reference ion and no ``ion`` outside; None if there is none."""
    outside, _, _ = series.of(series.choices.reference)
    other, _, _ = series.of(ion)
    pure = np.flatnonzero((outside > 0) & (other == 0))
    return int(pure[np.argmax(outside[pure])]) if pure.size else None


def _shift(series: BathSeries, k: int, ion: str, base: int | None) -> dict[str, str | float]:
    """Shift of E_rev from the reference bath and the ratio from that shift, with its 95 % interval.

    Only for two monovalent ions of equal charge, each alone in its bath, with the same pipette solution. The shared
    junction error cancels in the shift. Empty otherwise.
    """
    reference_out, _, z_reference = series.of(series.choices.reference)
    outside, _, z = series.of(ion)
    if base is None or base == k or outside[k] <= 0 or reference_out[k] > 0 or z != z_reference or abs(z) != 1:
        return {}
    if any(getattr(series.rows[base], side) != getattr(series.rows[k], side) for side in ("pipette", "intracellular")):
        return {}
    shift = float(series.e_mV[k] - series.e_mV[base])
    sd = float(np.hypot(series.own_sd_mV[k], series.own_sd_mV[base]))
    celsius = float(series.temperature_C[k])
    best, low, high = (
        float(substitution_ratio(z * (shift + d), reference_out[base], outside[k], celsius))
        for d in (0.0, -z * TWO_SIDED_95 * sd, z * TWO_SIDED_95 * sd)
    )
    return {
        "reference_bath": _name(series, base),
        "shift_mV": shift,
        "shift_p_ratio": best,
        "shift_ci_low": low,
        "shift_ci_high": high,
    }


def _conductances(series: BathSeries, k: int, ion: str) -> float | None:
    """Chord-conductance ratio g_X/g_ref; None unless E_rev is between the Nernst potentials of both ions."""
    try:
        e_x, e_reference = (
            float(nernst_mV(out[k], inside[k], z, float(series.temperature_C[k])))
            for out, inside, z in (series.of(ion), series.of(series.choices.reference))
        )
    except DomainError:
        return None
    e_mV = float(series.e_mV[k])
    if not min(e_x, e_reference) < e_mV < max(e_x, e_reference):
        return None
    return float(conductance_ratio(e_mV, e_x, e_reference))
