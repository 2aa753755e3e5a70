"""Constants of the reversal potential: sign changes, estimators, leak, error budget."""

from __future__ import annotations

from typing import Annotated

from reversal.constant import DECISION, NUMERICS, PHYSICS, Because

FALSE_SIGN_CHANGE_PROBABILITY: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: noise makes a further sign change among so many points less than once in a hundred (Bonferroni)",
    ),
] = 0.01
SIGN_SE: Annotated[
    float,
    Because(
        "SE",
        DECISION,
        "chosen: near the two-sided 95 % point. Smaller gives false sign changes; larger widens the "
        "bracket and loses crossings of small currents",
    ),
] = 2.0
MIN_REVERSAL_POINTS: Annotated[
    int, Because("", DECISION, "derived: a sign change needs 2 voltages, any test of it a third")
] = 3
MIN_SMOOTH_POINTS: Annotated[
    int,
    Because("", DECISION, "chosen: line and error scale need 3 points. Coverage: docs/calibration.md, row steps 20 mV"),
] = 4
MAX_REDUCED_CHI2: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: a model of the whole I–V is compared only if it fits. Larger gives false disagreements; smaller none",
    ),
] = 2.0
MIN_ESTIMATOR_DISAGREEMENT_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: usual standard deviation of a junction potential; smaller differences change no conclusion",
    ),
] = 1.0
EXTRAPOLATION_POINTS: Annotated[
    int, Because("", DECISION, "chosen: a line through the three nearest points; the value is listed and not used")
] = 3
MAX_EXTRAPOLATION_FRACTION: Annotated[
    float, Because("", DECISION, "chosen: no extrapolated value farther than half the tested range outside it")
] = 0.5
SMOOTH_REACH_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "tuned on simulated recordings: points within it enter the smooth curve. Larger: far, large "
        "currents hide how sharply the curve bends at the crossing (bias); smaller: too few points. "
        "Coverage: docs/calibration.md, rows steps",
    ),
] = 40.0
MIN_NEAR_POINTS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: families with steps of 20 mV keep enough points. Coverage: docs/calibration.md, row steps 20 mV",
    ),
] = 8
SHORTEST_LENGTH_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: RT/4F = 6.4 mV at 23 °C, the e-fold of a gate of four charges, although the length of a Matérn "
        "process is no e-fold. Curves that bend more sharply cannot be measured by the method. Smaller widens every "
        "interval",
    ),
] = 6.0
LONGEST_LENGTH_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: within 80 mV a curve of this length is a line or a parabola; longer ones would add the same curves "
        "again",
    ),
] = 150.0
MIN_LENGTH_PER_STEP: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: a curve that bends faster than the points are apart is not tested by them. Smaller: very "
        "wide intervals of coarse families; larger: bends between points are ignored. Coverage: "
        "docs/calibration.md, rows steps",
    ),
] = 0.6
LENGTH_GRID_SIZE: Annotated[int, Because("", NUMERICS, "chosen for speed: lengths differ by a factor of 1.7")] = 7
MIN_AMPLITUDE: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: smallest deviation from a straight line, relative to the largest current: below the noise",
    ),
] = 3e-4
MAX_AMPLITUDE: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: largest deviation from a straight line, three times the largest current. Smaller forces "
        "curves straight (bias)",
    ),
] = 3.0
AMPLITUDE_GRID_SIZE: Annotated[
    int,
    Because("", NUMERICS, "chosen for speed: amplitudes differ by a factor of 4.6, with a flat prior on the logarithm"),
] = 7
ERROR_SCALE_GRID: Annotated[
    tuple[float, ...],
    Because(
        "",
        DECISION,
        "chosen: factors by which the errors of the points may be wrong. A narrower grid trusts the "
        "errors; a wider one needs more points",
    ),
] = (0.6, 1.0, 1.6)
ERROR_SCALE_PRIOR: Annotated[
    tuple[float, ...],
    Because(
        "",
        DECISION,
        "tuned on simulated recordings, without another reason; narrows intervals by a few per cent "
        "against equal weight on both sides. Coverage: docs/calibration.md, row all",
    ),
] = (0.3, 0.5, 0.2)
NEGLIGIBLE_MODEL_WEIGHT: Annotated[
    float, Because("", NUMERICS, "chosen: models below a thousandth of the best likelihood are left out")
] = 1e-3
SMOOTH_GRID_POINTS: Annotated[
    int, Because("", NUMERICS, "chosen: voltages of one zoom; zooming goes on until the interval is several steps wide")
] = 81
MAX_ZOOMS: Annotated[int, Because("", NUMERICS, "chosen: normally two are enough")] = 6
ZOOM_OUT_FACTOR: Annotated[
    float, Because("", NUMERICS, "chosen: next reach if the interval does not end inside the grid")
] = 2.5
MIN_INTERVAL_FRACTION: Annotated[
    float, Because("", NUMERICS, "chosen: an interval narrower than 12 steps of the grid is computed on a finer grid")
] = 0.15
ZOOM_IN_WIDTHS: Annotated[
    float, Because("", NUMERICS, "chosen: the finer grid reaches 4 half widths of the interval")
] = 4.0
MAX_ZOOM_IN: Annotated[float, Because("", NUMERICS, "chosen: the finer grid is at most 50-fold finer")] = 0.02
FINE_OUTERMOST_STEP_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: up to steps of 6 mV, the smooth curve alone holds its coverage also if E_rev is in the outermost "
        "step. Smaller widens families that need it not; larger leaves bends unseen. Coverage: docs/calibration.md, "
        "steps through a rectifier",
    ),
] = 6.0
FINE_INNER_STEP_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: with a step on either side of that of E_rev, the smooth curve alone holds its coverage up to steps "
        "of 24 mV",
    ),
] = 24.0
ALL_ADMISSIBLE_STEP_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "tuned on simulated rectifiers with steps of 15 to 40 mV: excess of a step over a fine one at which all of the "
        "admissible range is in the 95 % interval. Coverage: docs/calibration.md, steps through a rectifier",
    ),
] = 36.0
STEEPEST_CONDUCTANCE_mV: Annotated[
    float,
    Because(
        "mV",
        PHYSICS,
        "derived: RT/4F = 6.4 mV at 23 °C is the e-fold of a gate of four charges; bounds the change of conductance "
        "if the reversal is in the outermost step",
    ),
] = 6.4
ADMISSIBLE_GRID_POINTS: Annotated[int, Because("", NUMERICS, "chosen: steps of 30 mV are searched every 0.1 mV")] = 300
LOCAL_POLYNOMIAL_POINTS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: a cubic has 2 degrees of freedom. More bring bends of the far I–V into the fit. "
        "docs/calibration.md, estimators",
    ),
] = 6
MAX_POLYNOMIAL_ORDER: Annotated[
    int, Because("", DECISION, "chosen: six points carry at most a cubic; a higher order follows noise")
] = 3
MIN_POLYNOMIAL_DOF: Annotated[
    int, Because("", DECISION, "chosen: with fewer, a fit of a higher order cannot be judged")
] = 2
POLYNOMIAL_MISFIT_SD: Annotated[
    float,
    Because(
        "SD",
        DECISION,
        "chosen: the next order is tried for a χ² more than 1.3 SD above its mean, 10 % of true lines. Smaller widens "
        "the interval; larger treats a bend as a line (bias)",
    ),
] = 1.3
MODEL_ZERO_GRID_POINTS: Annotated[
    int,
    Because("", NUMERICS, "chosen: voltages at which the zero of a model is searched, with interpolation between them"),
] = 240
HALF_ACTIVATION_GRID_SIZE: Annotated[
    int, Because("", NUMERICS, "chosen: starts of the half-activation; a descent refines the best")
] = 25
BOLTZMANN_SLOPE_STARTS_mV: Annotated[
    tuple[float, ...], Because("mV", NUMERICS, "derived: RT/zF of gates of 0.6 to 4 charges, both signs; starts only")
] = (-40.0, -25.0, -15.0, -10.0, -6.0, 6.0, 10.0, 15.0, 25.0, 40.0)
HALF_ACTIVATION_MARGIN_mV: Annotated[
    float, Because("mV", NUMERICS, "chosen: starts of the half-activation reach 20 mV outside the tested range")
] = 20.0
MAX_BOLTZMANN_STEPS: Annotated[
    int, Because("", NUMERICS, "chosen: limits the cost; a fit that has not converged is only compared")
] = 12
BOLTZMANN_EASING: Annotated[
    float, Because("", NUMERICS, "chosen: factor by which the damping falls after a good step")
] = 5.0
BOLTZMANN_TOLERANCE: Annotated[
    float, Because("", NUMERICS, "derived: a change of χ² of 1e-4 is a change of 0.01 SE")
] = 1e-4
MAX_GHK_CONDITION: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: above, the I–V does not determine the permeabilities, and the constant-field model is left out",
    ),
] = 1e6
NEGATIVE_PERMEABILITY_SE: Annotated[
    float,
    Because(
        "SE",
        DECISION,
        "chosen: near the one-sided 97.7 % point; a permeability that far below 0 shows that the model does not hold",
    ),
] = 2.0
MIN_BOLTZMANN_POINTS: Annotated[
    int, Because("", DECISION, "derived: 4 parameters leave 2 degrees of freedom for a misfit")
] = 6
MAX_BOLTZMANN_CONDITION: Annotated[
    float,
    Because(
        "", NUMERICS, "derived: a normal matrix of a condition of 1e7 squared can still be inverted in double precision"
    ),
] = 1e14
MIN_LEAK_POINTS: Annotated[
    int, Because("", DECISION, "derived: a line with free level and slope leaves 1 degree of freedom")
] = 3
MIN_SHARED_VOLTAGES: Annotated[
    int, Because("", DECISION, "derived: the smooth curve needs 4 points (MIN_SMOOTH_POINTS)")
] = 4
BLOCKER_EXTRAPOLATION_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: R_s shifts the voltages of two recordings with one command by up to about 1 mV. Larger "
        "extrapolates the blocked I–V; 0 loses the outermost points. Coverage: docs/calibration.md, row "
        "difference",
    ),
] = 1.0
MIN_RUNS_TEST_POINTS: Annotated[
    int, Because("", DECISION, "chosen: the number of runs of fewer points is far from normal")
] = 8
LEAK_NOISE_FRACTION: Annotated[
    float,
    Because(
        "",
        NUMERICS,
        "chosen: fraction of a point's variance that is kept so that the covariance stays regular, 0.1 % of an SE",
    ),
] = 1e-6
ONE_SIDED_99: Annotated[
    float,
    Because(
        "SD", DECISION, "chosen: norm.ppf(0.99); each of the two tests of a linear leak rejects a true line in 1 %"
    ),
] = 2.33
MIN_SE_pA: Annotated[float, Because("pA", NUMERICS, "chosen: prevents division by an error of 0")] = 1e-9
UNIFORM_VARIANCE_DIVISOR: Annotated[
    float,
    Because(
        "",
        PHYSICS,
        "derived: a value that is uniform over ± Δ has a variance of Δ²/3; Δ is the whole drift, because "
        "the crossing may be recorded in any sweep",
    ),
] = 3.0
PEAK_ERROR_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: about the error of most junction potentials; a larger error of peaks gets a note on "
        "the sweeps that would reach this one",
    ),
] = 2.0
SENSITIVITY_LEAK_nS: Annotated[
    float, Because("nS", DECISION, "chosen: a round number, the leak of a seal of 10 GΩ; only its unit enters")
] = 0.1
LEAK_DISAGREEMENT_SE: Annotated[
    float, Because("SE", DECISION, "chosen: normal errors exceed three standard errors with p = 0.3 %")
] = 3.0
MIN_LEAK_LINEARITY: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: conductance left to the channel at one end of the leak's interval, over that at the other end. "
        "Below two thirds, the linear effect of the leak in a fit is wrong by more than a fifth",
    ),
] = 2 / 3
MIN_NONLINEAR_SHIFT_mV: Annotated[
    float,
    Because("mV", DECISION, "chosen: the error of a junction potential is of this size; smaller shifts do not matter"),
] = 1.0
