"""Refits of simulated repetitions of a cell: how its ratios would scatter if the fit were the truth."""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.permeability.ghk_model import minimise
from reversal.fit.permeability.ratios import VoltageFit


def bootstrap_log_ratios(fit: VoltageFit, count: int, seed: int) -> FloatArray:
    """(count, ions) log ratios, and the offset where it is free, refitted to reversals drawn from the fit.

    Errors are drawn with the covariance of the fit, the junction error shared as in the cell.
    """
    rng = np.random.default_rng(seed)
    root = np.linalg.inv(fit.model.whiten)
    expected = fit.model.predict_mV(fit.best.theta)[0]
    drawn = expected + rng.standard_normal((count, expected.size)) @ root.T
    return minimise(fit.model, drawn, np.broadcast_to(fit.best.theta, (count, fit.model.size))).theta
