"""Constants of the statistics: levels of intervals, medians of distributions, and how fits are iterated."""

from __future__ import annotations

from typing import Annotated

from reversal.constant import DECISION, NUMERICS, PHYSICS, Because

CONFIDENCE_LEVEL: Annotated[
    float, Because("", DECISION, "chosen: the usual 95 %, for every interval that the project reports")
] = 0.95
LOWER_PROBABILITY: Annotated[
    float, Because("", DECISION, "derived: (1 − CONFIDENCE_LEVEL) / 2, the probability below the lower end")
] = 0.025
UPPER_PROBABILITY: Annotated[
    float, Because("", DECISION, "derived: (1 + CONFIDENCE_LEVEL) / 2, the probability below the upper end")
] = 0.975
EQUIVALENCE_LEVEL: Annotated[
    float,
    Because(
        "",
        DECISION,
        "two one-sided tests at 5 % use the 90 % interval (Schuirmann, J. Pharmacokin. Biopharm. 15:657, 1987)",
    ),
] = 0.90
TWO_SIDED_95: Annotated[
    float, Because("SE", PHYSICS, "derived: norm.ppf(0.975), half width of a 95 % interval in standard errors")
] = 1.9599639845400536
TWO_SIDED_95_ROUNDED: Annotated[
    float,
    Because(
        "SE", PHYSICS, "derived: norm.ppf(0.975) to two decimals; converts errors of a recording into limits and back"
    ),
] = 1.96
TWO_SIDED_95_SIX_DECIMALS: Annotated[
    float,
    Because("SE", PHYSICS, "derived: norm.ppf(0.975) to six decimals, for Student's t and lines through two baths"),
] = 1.959964
TWO_SIDED_90_SIX_DECIMALS: Annotated[
    float, Because("SE", PHYSICS, "derived: norm.ppf(0.95) to six decimals, for lines through two baths")
] = 1.644854
KNOWN_ERROR_SERIES_DOF: Annotated[
    int, Because("", NUMERICS, "used for infinitely many degrees of freedom: Student's t is then normal to 1e-6")
] = 10**6
DETECTION_SE: Annotated[
    float,
    Because(
        "SE",
        DECISION,
        "chosen: a normal error is larger with p = 6e-5, so that about 25 checks of a recording give a "
        "false warning in "
        "fewer than 1 recording in 500. With 2 degrees of freedom it is exceeded in 6 %",
    ),
] = 4.0
DISAGREEMENT_SE: Annotated[
    float,
    Because(
        "SE",
        DECISION,
        "chosen: two estimates of one quantity with normal errors differ by more with p = 6e-5",
    ),
] = 4.0
CHANGE_SE: Annotated[
    float,
    Because(
        "SE",
        DECISION,
        "chosen: p = 0.3 % for normal errors; below DISAGREEMENT_SE because a limit in mV or per cent applies as well",
    ),
] = 3.0
MEDIAN_ABSOLUTE_NORMAL: Annotated[
    float, Because("", PHYSICS, "derived: median of the absolute value of a standard normal deviate, norm.ppf(0.75)")
] = 0.6745
MEDIAN_SQUARED_NORMAL: Annotated[
    float, Because("", PHYSICS, "derived: median of the square of a standard normal deviate, chi2.ppf(0.5, 1)")
] = 0.4549
BISQUARE_CUTOFF_SD: Annotated[
    float,
    Because(
        "SD",
        DECISION,
        "Tukey's bisquare is 95 % efficient for normal errors (Holland & Welsch, Commun. Stat. A 6:813, 1977)",
    ),
] = 4.685
BISQUARE_ROUNDS: Annotated[int, Because("", NUMERICS, "chosen: the weights settle within a few rounds")] = 8
FIVE_POINT_SUM: Annotated[
    float, Because("", PHYSICS, "derived: normalises the parabola through five points (Savitzky & Golay, 1964)")
] = 35.0
FIVE_POINT_RESIDUAL: Annotated[
    tuple[float, ...],
    Because(
        "",
        PHYSICS,
        "derived: weights of a value less the parabola through five neighbours, times FIVE_POINT_SUM "
        "(Savitzky & Golay, Anal. Chem. 36:1627, 1964)",
    ),
] = (3.0, -12.0, 18.0, -12.0, 3.0)
MAX_AUTOCORRELATION_SWEEPS: Annotated[
    int,
    Because("", NUMERICS, "chosen for speed: the autocorrelation of 8 to 15 sweeps is pooled; more hardly change it"),
] = 8
MAX_BENDING_CORRECTION: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: limits the correction for a fitted level and slope, which raises a variance at most 5-fold in short "
        "windows. Nearer to 1, errors increase without limit; smaller, slow noise is underestimated",
    ),
] = 0.8
WILD_SWEEP_VARIANCE_RATIO: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: a sweep of more than 4 times the median variance does not enter the common noise. Smaller leaves out "
        "good sweeps and makes errors too small",
    ),
] = 4.0
NEGLIGIBLE_LIKELIHOOD_RATIO: Annotated[
    float, Because("", NUMERICS, "likelihood ratios below are rounding of χ²: there is no improvement")
] = 1e-6
MAX_EDGE_DISTANCE_SE: Annotated[
    float,
    Because("SE", NUMERICS, "derived: more than 1.96 SE from the edge the critical value is that of χ²; 3 is larger"),
] = 3.0
EDGE_DISTANCE_GRID_SIZE: Annotated[
    int, Because("", NUMERICS, "chosen: critical values are tabulated in steps of 0.01 SE")
] = 301
CRITICAL_VALUE_BRACKET: Annotated[
    float, Because("", NUMERICS, "chosen: the bisection starts just below the critical value on the edge")
] = 0.999
MAX_DESCENT_STEPS: Annotated[
    int, Because("", NUMERICS, "chosen: limits the cost of a descent, which normally stops by its tolerance")
] = 60
DESCENT_EASING: Annotated[float, Because("", NUMERICS, "damping falls 10-fold after a good step (Marquardt, 1963)")] = (
    10.0
)
MIN_DAMPING: Annotated[float, Because("", NUMERICS, "chosen: smaller damping no longer changes a step")] = 1e-12
START_DAMPING: Annotated[float, Because("", NUMERICS, "chosen: usual start of Levenberg–Marquardt")] = 1e-3
MAX_DAMPING: Annotated[float, Because("", NUMERICS, "chosen: steps damped more do not move the parameters")] = 1e9
DESCENT_TOLERANCE: Annotated[float, Because("", NUMERICS, "derived: a change of χ² of 1e-9 is a change of 3e-5 SE")] = (
    1e-9
)
MAX_REML_STEPS: Annotated[
    int, Because("", NUMERICS, "chosen: limits the bisection, which stops by its tolerance of 1e-9")
] = 200
FACTOR_GRID_SIZE: Annotated[
    int, Because("", NUMERICS, "chosen: the minimum over the common size of two means is bracketed to 1 in 600")
] = 601
FACTOR_GRID_ROUNDS: Annotated[
    int, Because("", NUMERICS, "chosen: each round refines the minimum 300 times, to 1e-7 of its range")
] = 3
FACTOR_REACH_SE: Annotated[
    float, Because("SE", NUMERICS, "chosen: at this distance from a mean its likelihood is negligible")
] = 12.0
MAX_LOG_FACTOR: Annotated[
    float, Because("", NUMERICS, "derived: e^30 = 1e13, a factor beyond any of two permeability ratios")
] = 30.0
MAX_EXPONENT: Annotated[
    float, Because("", NUMERICS, "derived: e^60 = 1e26; above it a gate is 0 or 1 in double precision")
] = 60.0
RANDOM_LINE_STARTS: Annotated[
    tuple[float, ...],
    Because("", NUMERICS, "chosen: a tenth, a third and all of the spread of the groups' own lines"),
] = (0.1, 0.3, 1.0)
SIMPLEX_STEP_TOLERANCE: Annotated[
    float, Because("", NUMERICS, "chosen: the standard error of a mean slope is then right to 1e-6")
] = 1e-6
SIMPLEX_DEVIANCE_TOLERANCE: Annotated[
    float, Because("", NUMERICS, "derived: a change of the deviance of 1e-9 is a change of 3e-5 SE")
] = 1e-9
MAX_SIMPLEX_STEPS: Annotated[
    int,
    Because(
        "", NUMERICS, "chosen: about 130 steps are usual; a search that needs more follows a valley without a minimum"
    ),
] = 2000
MIN_RESIDUAL_VARIANCE: Annotated[
    float,
    Because(
        "",
        NUMERICS,
        "chosen: as a fraction of the variance about the common line; below it rounding decides the standard error of "
        "a mean slope",
    ),
] = 1e-7
MAX_QUANTISED_VALUES: Annotated[
    int,
    Because(
        "",
        NUMERICS,
        "derived: a 16-bit converter has 65,536 counts; samples with more values were computed and not only rounded",
    ),
] = 65_536
MAX_ROUNDING_OF_STEP: Annotated[
    float,
    Because(
        "",
        NUMERICS,
        "chosen: single-precision samples of up to 10,000 counts are multiples of a count to 1 part in 1000; values "
        "without a step are within that of a whole number in 1 of 500 gaps",
    ),
] = 1e-3
QUANTISATION_HARMONICS: Annotated[
    int, Because("", NUMERICS, "chosen: the sum of 200 terms is 1/12 to 0.3 %, and is only that large without noise")
] = 200
QUANTISATION_NOISE_GRID_SIZE: Annotated[
    int, Because("", NUMERICS, "chosen: noise from 0 to 1 count in steps of 0.0025 counts")
] = 401
MIN_CORRELATION_EIGENVALUE: Annotated[
    float, Because("", NUMERICS, "chosen: a direction with less noise would dominate the smooth curve")
] = 1e-3
CORRELATION_TIME_GRID_SIZE: Annotated[
    int, Because("", NUMERICS, "chosen: for 30 values, neighbouring correlation times differ by a factor of 1.8")
] = 4
CORRELATED_FRACTIONS: Annotated[
    tuple[float, ...],
    Because(
        "",
        NUMERICS,
        "chosen: fractions of the variance that is correlated, from a third on. Without 0.99, slow noise in parts of "
        "the points of a ramp is found with half of its variance",
    ),
] = (0.3, 0.6, 0.8, 0.95, 0.99)
CORRELATION_TIMES_IN_RECORD: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: noise with a correlation time above a fifth of a record is an offset of the record, which it does not "
        "show. Smaller: intervals of single ramps are several times too wide; larger: slow noise is missed. Coverage: "
        "docs/calibration.md, row one sweep of a ramp up and down",
    ),
] = 5.0
MIN_PERIODS: Annotated[
    float, Because("", NUMERICS, "chosen: the response of a parabola is 1 to 1e-6 there; smaller values lose digits")
] = 1e-2
PARABOLA_CENTRE_WEIGHTS: Annotated[
    tuple[float, float],
    Because(
        "",
        PHYSICS,
        "derived: weights 9/4 − 15 t² of the samples in the value at the centre of a parabola, |t| ≤ ½ (Savitzky & "
        "Golay, 1964)",
    ),
] = (2.25, 15.0)
SOLUTION_SD: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: relative standard deviation of a concentration in a solution made with a balance and a volumetric "
        "flask, no declaration of the error being known. Two solutions move a Nernst potential of a monovalent ion by "
        "0.36 mV. It widens the drawn bands and the limit of the shift of E_rev between baths, and no interval of a "
        "result",
    ),
] = 0.01
