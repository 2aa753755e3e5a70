"""Constants of the fits to the reversal potentials, to the currents, and over cells."""

from __future__ import annotations

from typing import Annotated

from reversal.constant import DECISION, NUMERICS, PHYSICS, Because

MIN_POOLED_CELLS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "derived: at least two cells are needed to estimate a spread, with 1 degree of freedom; their interval covers "
        "94 to 95 % (docs/calibration/fit.md, pooled log ratio)",
    ),
] = 2
MIN_SPREAD_CELLS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: two pairs leave 1 degree of freedom (t = 12.7), too few for a decision, and the random intercepts and "
        "slopes of two cells are not identified",
    ),
] = 3
MIN_LOG_RATIO_SE: Annotated[
    float, Because("", NUMERICS, "chosen: a cell whose interval has no width does not take all the weight")
] = 1e-6
EQUAL_WEIGHT_SE: Annotated[
    float,
    Because(
        "",
        NUMERICS,
        "derived: equal errors mean equal weights; any value far below the spread between cells gives them",
    ),
] = 1e-9
MIN_SLOPE_BATHS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "derived: a line through two baths has no scatter; from three on its slope enters the mean over cells",
    ),
] = 3
MIN_LINE_BATHS: Annotated[int, Because("", DECISION, "derived: a line needs two concentrations")] = 2
MIN_INFLUENCE_BATHS: Annotated[int, Because("", DECISION, "derived: a line without one bath needs two others")] = 3
MIN_CURVATURE_BATHS: Annotated[
    int, Because("", DECISION, "derived: a parabola through four baths leaves one degree of freedom")
] = 4
MIN_CURVATURE_LEVELS: Annotated[int, Because("", DECISION, "derived: a parabola needs three concentrations")] = 3
SAME_CONCENTRATION_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: Nernst potentials that differ by less are one concentration (2 % for a monovalent ion), as activity "
        "coefficients differ between baths; a slope over so small a step is all error. Larger joins real steps",
    ),
] = 0.5
MIN_SAME_CONCENTRATION_SHIFT_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: usual standard deviation of a junction correction; a smaller difference between baths that share the "
        "series ion may be an error of their junctions",
    ),
] = 1.0
MIN_ROBUST_BATHS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "derived: the median of pairwise lines has a breakdown point of 29 %, so that it withstands one "
        "wrong bath in five",
    ),
] = 5
CURVATURE_PROBABILITY: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: the usual 5 %; 1 straight line in 20 is called curved. Smaller misses a second permeant ion",
    ),
] = 0.05
MIN_SLOPE_RATIO: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: below half of the Nernst slope another ion carries most of the current, and the inside "
        "concentration that the line implies has no meaning",
    ),
] = 0.5
MIN_LINE_ROBUST_SPREAD: Annotated[
    float,
    Because(
        "SD",
        NUMERICS,
        "chosen: prevents division by 0 for a perfect line. Robust weights of ratios start from 1 "
        "(MIN_ROBUST_SPREAD_SD); a line also rejects baths within their stated errors",
    ),
] = 1e-6
MIN_LINE_ROOT_WEIGHT: Annotated[float, Because("", NUMERICS, "chosen: the weight of a rejected bath is 1e-4")] = 1e-2
MIN_ROBUST_SPREAD_SD: Annotated[
    float, Because("SD", DECISION, "chosen: stated errors are the minimum; a bath within its error is not rejected")
] = 1.0
MIN_ROOT_WEIGHT: Annotated[float, Because("", NUMERICS, "chosen: the weight of a rejected recording is 1e-6")] = 1e-3
MIN_ROBUST_EXCESS_ROWS: Annotated[
    int, Because("", DECISION, "chosen: robust weights need at least 3 reversal potentials more than parameters")
] = 2
SCATTER_PROBABILITY: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: baths that scatter more than their errors allow with p < 10 % give the scale themselves. At a smaller "
        "value, understated errors are not detected; larger widens more intervals of cells whose errors are right. "
        "Coverage: docs/calibration/fit.md, true errors larger than stated",
    ),
] = 0.10
REJECTED_MODEL_PROBABILITY: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: the answer rejects Nernst or GHK if deviations this large have p < 1 %, so that one true answer of a "
        "hundred is lost. Smaller hides a bath that lies off both; larger says of more good cells that they follow "
        "neither",
    ),
] = 0.01
MIN_SENSITIVITY_SE: Annotated[
    float,
    Because(
        "SE",
        DECISION,
        "chosen: a ratio whose change by a factor e moves the reversal potentials less takes no degree of "
        "freedom from the scatter. Coverage: docs/calibration/fit.md, ratios 0 and 0.0001",
    ),
] = 0.5
COMMON_SHIFT_SD: Annotated[
    float,
    Because(
        "SD",
        DECISION,
        "chosen: a common shift is larger with p = 0.3 %. Its prior makes the fitted shift smaller than the true shift",
    ),
] = 3.0
RESOLVABLE_SE: Annotated[
    float,
    Because(
        "SE", DECISION, "chosen: near the two-sided 95 % point; enters the reported smallest resolvable ratio only"
    ),
] = 2.0
MIN_RESOLVABLE_RATIO: Annotated[
    float, Because("", NUMERICS, "chosen: start of the search for the smallest resolvable ratio")
] = 1e-7
MAX_RESOLVABLE_RATIO: Annotated[
    float, Because("", NUMERICS, "chosen: end of the search for the smallest resolvable ratio")
] = 1e3
RESOLVABLE_GRID_SIZE: Annotated[
    int, Because("", NUMERICS, "chosen: steps of a factor 1.28; the answer is rounded up to the next")
] = 93
EDGE_MARGIN_LOG_RATIO: Annotated[
    float,
    Because("", DECISION, "chosen: a best value within a factor e of the edge means 0 or infinity and is not printed"),
] = 1.0
LOG_RATIO_EDGE: Annotated[
    float,
    Because(
        "",
        PHYSICS,
        "derived: ln 1e9. A ratio of 1e-9 moves a reversal potential by 1.5e-6 mV for 145 against 2.5 mM: it means 0",
    ),
] = 20.72326583694641
LOG_RATIO_DIFFERENCE: Annotated[
    float,
    Because(
        "", NUMERICS, "derived: step of derivatives by differences, between truncation (1e-8) and rounding (1e-12)"
    ),
] = 1e-4
VOLTAGE_KEPT_STARTS: Annotated[
    int, Because("", NUMERICS, "chosen for speed: best starts of the grid that are refined")
] = 4
STARTS_PER_RATIO: Annotated[
    tuple[int, ...],
    Because("", NUMERICS, "chosen for speed: points of the grid of starts per axis for 0, 1, 2 and 3 free ratios"),
] = (1, 41, 15, 7)
STARTS_PER_RATIO_OF_MANY: Annotated[
    int, Because("", NUMERICS, "chosen for speed: points of the grid of starts per axis for 4 and more free ratios")
] = 3
MIN_START_RATIO: Annotated[
    float,
    Because(
        "", NUMERICS, "chosen: smaller ratios change no reversal potential of a usual series; a descent may go there"
    ),
] = 1e-5
MAX_START_RATIO: Annotated[
    float,
    Because(
        "", NUMERICS, "chosen: larger ratios change no reversal potential of a usual series; a descent may go there"
    ),
] = 1e5
MAX_PARAMETER_STEP: Annotated[
    float, Because("", NUMERICS, "chosen: a step changes a ratio at most 150-fold, or an offset by 5 mV")
] = 5.0
NEAR_EDGE_LIKELIHOOD_RATIO: Annotated[
    float,
    Because(
        "",
        NUMERICS,
        "derived: an edge has an effect within 1.96 SE of a limit, which is 1.96 SE from the best value; above (2 × "
        "1.96)² = 15.4 it has none. 25 leaves a margin if a scale widens the interval",
    ),
] = 25.0
PROFILE_ROUNDS: Annotated[
    int,
    Because(
        "", NUMERICS, "derived: each round divides the bracket by 33; 5 rounds of ln 1e9 leave 5e-7 of a log ratio"
    ),
] = 5
PROFILE_GRID_SIZE: Annotated[
    int,
    Because(
        "",
        NUMERICS,
        "chosen: values per round, computed together; the first round is denser near the best value to find the first "
        "crossing",
    ),
] = 34
LOG_RATIO_TOLERANCE: Annotated[
    float, Because("", NUMERICS, "derived: a limit to 1e-6 of itself is more than a table prints")
] = 1e-6
EXCLUDED_BATH_SD_mV: Annotated[
    float,
    Because(
        "mV",
        NUMERICS,
        "chosen: such an error removes a bath from a fit without changing its shape; larger loses digits "
        "in the Cholesky factor",
    ),
] = 1e6
FREE_ESTIMATE_GRID_SIZE: Annotated[
    int, Because("", NUMERICS, "chosen: a parabola has three coefficients; five points average its misfit")
] = 5
MIN_RESOLVED_SE: Annotated[
    float,
    Because(
        "SE",
        DECISION,
        "chosen: a ratio of fewer standard errors has asymmetric limits on a log scale, on which a mean would give "
        "high values more weight. Such cells are averaged on a scale that includes 0. Coverage: tests of pooled ratios",
    ),
] = 4.0
MIN_CURRENT_BATHS: Annotated[
    int, Because("", DECISION, "derived: at least two baths are needed to separate permeability ratios from the gate")
] = 2
MIN_POINTS_PER_BATH: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: gate, leak and permeabilities have up to 7 parameters over all baths; fewer points in a "
        "bath show no curvature",
    ),
] = 5
MIN_JACKKNIFE_BATHS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "derived: the spread between the fits without each bath needs 2 degrees of freedom. Coverage: "
        "docs/calibration/fit.md, From the currents",
    ),
] = 3
HALF_ACTIVATION_STARTS_mV: Annotated[
    tuple[float, ...], Because("mV", NUMERICS, "chosen: starts of the half-activation; the best are refined")
] = (-60.0, -30.0, 0.0)
GATE_SLOPE_STARTS_mV: Annotated[
    tuple[float, ...],
    Because("mV", NUMERICS, "chosen: starts for gates that open on depolarisation and on hyperpolarisation"),
] = (10.0, -10.0)
LOG_RATIO_STARTS: Annotated[
    tuple[float, ...], Because("", NUMERICS, "chosen: starts of the ratios, 0.0009, 0.05 and 1")
] = (-7.0, -3.0, 0.0)
CURRENT_KEPT_STARTS: Annotated[int, Because("", NUMERICS, "chosen for speed: best starts that are refined")] = 3
STEEPEST_GATE_mV: Annotated[
    float,
    Because(
        "mV", PHYSICS, "derived: RT/zF of 25 charges, steeper than any gate; a bound that a fit does not normally reach"
    ),
] = 1.0
FLATTEST_GATE_mV: Annotated[
    float,
    Because(
        "mV",
        PHYSICS,
        "derived: RT/zF of 0.4 charges; flatter gates cannot be distinguished from rectification over 150 mV",
    ),
] = 60.0
MAX_HALF_ACTIVATION_mV: Annotated[
    float,
    Because(
        "mV",
        PHYSICS,
        "chosen: no half-activation is outside this range in a membrane that is tested from −150 to +100 mV",
    ),
] = 200.0
FITTED_LEAK_REVERSAL_mV: Annotated[
    float,
    Because(
        "mV",
        NUMERICS,
        "chosen: fitted leaks reverse within ± this. It is far outside all potentials, so that a leak can also be a "
        "constant current, such as an offset of the amplifier: 100 mV change it by a tenth",
    ),
] = 1000.0
MAX_LEAK_REVERSAL_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: no leak reverses outside this range; the leak of such a fit is too small to have a reversal potential",
    ),
] = 200.0
LOG_RATIO_PRIOR_WEIGHT: Annotated[
    float,
    Because(
        "",
        NUMERICS,
        "chosen with LOG_RATIO_PRIOR_SD: a weak prior that keeps log ratios finite that the currents do not determine",
    ),
] = 1e-6
LOG_RATIO_PRIOR_SD: Annotated[
    float, Because("", NUMERICS, "chosen: only LOG_RATIO_PRIOR_WEIGHT / 6 matters; the tests pass without the prior")
] = 6.0
MAX_LOG_RATIO: Annotated[
    float, Because("", NUMERICS, "chosen: e^20 = 5e8; above it a ratio is 0 or infinite for any current")
] = 20.0
MAX_LOG_RATIO_STEP: Annotated[float, Because("", NUMERICS, "chosen: a step changes a ratio at most 20-fold")] = 3.0
CURRENT_MIN_DAMPING: Annotated[
    float, Because("", NUMERICS, "chosen: smaller damping no longer changes a step of the fit to currents")
] = 1e-9
CURRENT_ABSOLUTE_COST: Annotated[
    float, Because("", NUMERICS, "chosen: the fit to currents stops at a cost below this, which counts as 0")
] = 1e-12
MIN_BETTER_COST: Annotated[
    float,
    Because(
        "",
        NUMERICS,
        "derived: two descents into one minimum differ in their cost by less than this (DESCENT_TOLERANCE is 1e-9); "
        "another minimum differs by more",
    ),
] = 1e-6
MIN_BATH_SIZE_RATIO: Annotated[
    float,
    Because(
        "", DECISION, "chosen: a bath with less than a thousandth of the largest current gets no more weight than that"
    ),
] = 1e-3
MAX_CURRENT_MISFIT: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: residuals above 5 % of the size of the currents show a wrong model (rectification, run-down), whose "
        "ratio has no meaning. At a larger value, a wrong model can withdraw ratios",
    ),
] = 0.05
MAX_IDENTIFIED_LOG_RATIO: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: ln 1100. A larger log ratio, or a wider interval, shows that the currents do not depend on the ratio. "
        "Larger prints numbers without meaning; smaller withholds small but real ratios",
    ),
] = 7.0
VOLTAGE_BLOCKS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: blocks of neighbouring voltages, each left out in turn, because a wrong gate model errs alike at "
        "neighbours. Fewer have a wide quantile of Student's t; more understate the error of such a model",
    ),
] = 8
MIN_INDEPENDENT_EFFECT: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: if the other parameters imitate all but a thousandth of the effect of a ratio on the currents, the "
        "rest is smaller than the error of a recipe (about 1 %), and the ratio is not determined. Series of K and Na "
        "have 0.009 to 1, also without a bath; with Cl free, and K + Na and Cl constant, it is below 1e-7. At a "
        "smaller value, 0.1 mM less chloride in one bath gives a wrong ratio; larger withholds ratios that the "
        "currents determine",
    ),
] = 1e-3
MIN_INDEPENDENT_SHIFT: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: the usual error of a recipe, 1 %. If other ratios compensate more of the effect of a bounded ratio on "
        "the reversal potentials, its value in means over cells is not determined. Series with 10 mM chloride inside "
        "have 0.07 to 1, with K + Na and Cl constant it is below 1e-9, and 0.007 if one bath has 1 mM less chloride",
    ),
] = 0.01
MIN_LEAK_FRACTION: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: a leak of a tenth of the conductance explains that currents and reversal potentials "
        "disagree; a smaller one shifts E_rev too little",
    ),
] = 0.1
DRAWN_LINE_POINTS: Annotated[int, Because("", NUMERICS, "chosen: enough points for a smooth line in a figure")] = 61
DRAWN_RANGE_FACTOR: Annotated[
    float, Because("", NUMERICS, "chosen: lines in figures extend to 1.5 times the range of the baths")
] = 1.5
DRAWN_LARGEST_mV: Annotated[
    float,
    Because(
        "mV",
        NUMERICS,
        "chosen: no cell is clamped beyond it; the line of a ratio that is only bounded, without the other ion on one "
        "side, goes to infinity there and is not drawn",
    ),
] = 200.0
PROFILE_POINTS: Annotated[
    int, Because("", NUMERICS, "chosen: values of a drawn profile of a ratio; enough for a smooth line in a figure")
] = 41
PROFILE_EDGE: Annotated[
    float,
    Because("", NUMERICS, "chosen: a drawn profile extends beyond its interval by this share of the log width"),
] = 0.35
PROFILE_REACH: Annotated[
    float,
    Because("", NUMERICS, "chosen: a drawn profile of a bound extends to the bound times or over this factor"),
] = 1000.0
BAND_DIRECTIONS: Annotated[
    int,
    Because(
        "",
        NUMERICS,
        "chosen: concentrations at which the ratios that move a drawn line most are searched; the rest of the band "
        "follows from them",
    ),
] = 7
