"""Deviations of the baths of a cell from Nernst and from its GHK fit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.bath_series import BathSeries
from reversal.fit.nernst.line import BathMeans, bath_means
from reversal.fit.permeability.ratios import VoltageFit
from reversal.physics.nernst import thermal_voltage_mV
from reversal.statistics.chi_square import upper_tail
from reversal.statistics.whitening import whitening
from reversal.tables.line_points_table import LinePointRow


@dataclass(frozen=True, slots=True)
class BathDeviations:
    """Deviations of n baths, in the order of the Nernst line.

    names : of the baths;  e_rev_mV, e_nernst_mV : (n,) scaled to the mean temperature [mV]
    parallel_mV : (n,) from the closest line parallel to Nernst [mV];  parallel_p : probability of these
    from_ghk_mV : (n,) from the GHK fit [mV]; None without a fit
    ghk_mV : (n,) from the GHK fit and a common shift, which the junction may cause [mV]; None without a fit
    own_sd_mV : (n,) errors of the baths [mV];  shared_sd_mV : mean error that they share [mV]
    nernst_known : whether the ion is inside, so that the Nernst potentials are known and not only their differences
    """

    names: tuple[str, ...]
    e_rev_mV: FloatArray
    e_nernst_mV: FloatArray
    parallel_mV: FloatArray
    parallel_p: float | None
    from_ghk_mV: FloatArray | None
    ghk_mV: FloatArray | None
    own_sd_mV: FloatArray
    shared_sd_mV: float
    nernst_known: bool

    @property
    def range_mV(self) -> float:
        """Range of the Nernst potentials [mV]."""
        return float(np.ptp(self.e_nernst_mV))


def deviations(series: BathSeries, fit: VoltageFit | None) -> BathDeviations | None:
    """Deviations of the baths of a series; None without a bath that contains the ion."""
    alone = replace(series, shared_sd_mV=np.zeros_like(series.shared_sd_mV))
    points = bath_means(alone)
    if not points.solution:
        return None
    e_nernst_mV = nernst_of(points, series)
    away_mV = points.e_mV - e_nernst_mV
    parallel_mV, p = _without_common_shift(away_mV, points.covariance)
    _, inside, _ = series.of(series.choices.ion)
    from_ghk_mV = None if fit is None else _from_ghk(alone, fit)
    return BathDeviations(
        names=tuple(series.solution_names[number] for number in points.solution),
        e_rev_mV=points.e_mV,
        e_nernst_mV=e_nernst_mV,
        parallel_mV=parallel_mV,
        parallel_p=p,
        from_ghk_mV=from_ghk_mV,
        ghk_mV=None if from_ghk_mV is None else _without_common_shift(from_ghk_mV, points.covariance)[0],
        own_sd_mV=np.sqrt(np.diag(points.covariance)),
        shared_sd_mV=float(np.mean(series.shared_sd_mV)),
        nernst_known=bool(np.any(inside > 0)),
    )


def line_points(series: BathSeries, found: BathDeviations | None) -> list[LinePointRow]:
    """Rows of the points of the line, for the slope and the answer over all cells."""
    if found is None:
        return []
    ghk_mV = [None] * len(found.names) if found.ghk_mV is None else found.ghk_mV.tolist()
    shift_mV = None if found.from_ghk_mV is None else float(found.from_ghk_mV.mean())
    values = zip(found.names, found.e_nernst_mV.tolist(), found.e_rev_mV.tolist(), ghk_mV, strict=True)
    return [
        LinePointRow(
            experiment=series.experiment,
            cell=series.cell,
            condition=series.condition,
            bath=bath,
            e_nernst_mV=e_nernst_mV,
            e_rev_mV=e_rev_mV,
            ghk_away_mV=away_mV,
            ghk_shift_mV=shift_mV,
        )
        for bath, e_nernst_mV, e_rev_mV, away_mV in values
    ]


def nernst_of(points: BathMeans, series: BathSeries) -> FloatArray:
    """(n,) Nernst potentials of the points of a line [mV]; for 1 mM inside where no solution inside has the ion."""
    *_, z = series.of(series.choices.ion)
    of_inside_mV = float(thermal_voltage_mV(points.temperature_C)) / z * np.log(points.inside_mM)
    return np.asarray(points.x_mV - of_inside_mV)


def _without_common_shift(away_mV: FloatArray, covariance: FloatArray) -> tuple[FloatArray, float | None]:
    """Deviations from their weighted mean [mV], and the probability of their size; None with one bath."""
    white = whitening(covariance)
    common = white @ np.ones(away_mV.size)
    mean = float(common @ (white @ away_mV) / (common @ common))
    rest = white @ (away_mV - mean)
    p = upper_tail(float(rest @ rest), away_mV.size - 1) if away_mV.size > 1 else None
    return away_mV - mean, p


def _from_ghk(series: BathSeries, fit: VoltageFit) -> FloatArray:
    """(n,) deviations of the baths from the fit [mV]."""
    expected_mV = fit.model.predict_mV(fit.best.theta)[0]
    return bath_means(replace(series, e_mV=series.e_mV - expected_mV)).e_mV
