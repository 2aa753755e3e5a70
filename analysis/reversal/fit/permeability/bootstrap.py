"""Parametric bootstrap: the fit repeated on simulated reversal potentials of the same cell."""

from __future__ import annotations

import numpy as np

from reversal.arrays import FloatArray
from reversal.fit.permeability.ghk_model import minimise
from reversal.fit.permeability.ratios import VoltageFit


def bootstrap_log_ratios(fit: VoltageFit, count: int, seed: int) -> FloatArray:
    """Log ratios refitted to ``count`` sets of reversal potentials that are simulated from the fit.

    Errors have the covariance of the fit, including the shared junction error.

    Returns (count, k): the log ratio of each free ion, and the offset [mV] last if it is free.
    """
    rng = np.random.default_rng(seed)
    root = np.linalg.inv(fit.model.whiten)
    expected = fit.model.predict_mV(fit.best.theta)[0]
    drawn = expected + rng.standard_normal((count, expected.size)) @ root.T
    return minimise(fit.model, drawn, np.broadcast_to(fit.best.theta, (count, fit.model.size))).theta
