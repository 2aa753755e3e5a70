"""Constants of the I–V curve: blank, time course, peaks, tails, ramps."""

from __future__ import annotations

from typing import Annotated

from reversal.constant import DECISION, NUMERICS, PHYSICS, RIG, Because

DEFAULT_BLANK_ms: Annotated[
    float,
    Because(
        "ms",
        RIG,
        "chosen: blanked where clamp or filter is not known. 12 MΩ and 15 pF have a time constant of 0.18 ms; this is "
        "5 time constants of a usual cell",
    ),
] = 1.0
BLANKED_FILTER_PERIODS: Annotated[
    float,
    Because(
        "", PHYSICS, "derived: a four-pole Bessel filter has settled to e^−25 after 4 periods of its corner frequency"
    ),
] = 4.0
BLANKED_CLAMP_TIME_CONSTANTS: Annotated[
    float,
    Because(
        "",
        DECISION,
        "derived: e^−7 = 0.1 % of the charging current remains. Smaller leaves charging current in the window; larger "
        "loses fast currents",
    ),
] = 7.0
TAIL_EDGE_DIVISOR: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: the current at the step depends mainly on the first tenth of the window; slow drift of means that "
        "short is added. A larger divisor widens intervals, a smaller one makes them too narrow. Coverage: "
        "docs/calibration.md, row tail",
    ),
] = 10
MAX_COURSE_SAMPLES: Annotated[
    int, Because("", NUMERICS, "chosen for speed: more samples do not change whether a current rises and falls")
] = 10_000
MAX_COURSES_SAMPLES: Annotated[
    int, Because("", NUMERICS, "chosen for memory: time courses of peaks that are computed together, 67 MB")
] = 1 << 23
MAX_CORRELATED_SWEEPS: Annotated[
    int, Because("", NUMERICS, "chosen for memory: the table of all pairs has 32 MB; above it is not stored")
] = 2000
SWEEPS_AT_ONCE: Annotated[
    int, Because("", NUMERICS, "chosen for memory: rows of the table of all pairs that are computed together")
] = 100
MAX_DRIFT_BLOCKS: Annotated[
    int,
    Because(
        "", NUMERICS, "chosen for speed: windows compared between sweeps; limits the degrees of freedom of slow noise"
    ),
] = 24
KNOWN_ERROR_DOF: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: Student's t is then 2 % above the normal quantile, and an error from a long window "
        "counts as known. Much smaller widens every interval",
    ),
] = 60
MIN_DRIFT_SWEEPS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: a trend is removed, so that 5 sweeps leave 3 degrees of freedom; with fewer, slow noise "
        "counts as 0 and intervals are too narrow where there is drift",
    ),
] = 5
MIN_SHARED_BASELINE_SAMPLES: Annotated[
    int, Because("", DECISION, "chosen: shorter shared stretches before the family cannot show drift between sweeps")
] = 16
END_DIVISOR: Annotated[
    int, Because("", DECISION, "chosen: the last fifth of a window is its end, as the default of window.last_fraction")
] = 5
START_DIVISOR: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: the first 2 % of a window is its start. Larger parts average over the decay; smaller ones are noisy",
    ),
] = 50
UNKNOWN_FILTER_PERIOD_ms: Annotated[
    float,
    Because(
        "ms",
        RIG,
        "chosen: period of a 5 kHz filter, over which peaks are averaged where the file gives no filter. "
        "Larger flattens fast peaks; smaller leaves noise",
    ),
] = 0.2
MAX_SMOOTHED_DIVISOR: Annotated[
    int,
    Because("", DECISION, "chosen: a peak is averaged over at most 1/16 of the window, so that it is not flattened"),
] = 32
MIN_PEAK_OVER_NOISE_EXTREMUM: Annotated[
    float,
    Because("", DECISION, "chosen: the extremum of n noise values is about σ√(2 ln n); a peak must be 1.5 times that"),
] = 1.5
MIN_NOISE_pA: Annotated[float, Because("pA", NUMERICS, "chosen: prevents division by 0 for data without noise")] = 1e-6
MIN_VARIANCE_pA2: Annotated[
    float, Because("pA²", NUMERICS, "chosen: prevents division by 0 for data without noise")
] = 1e-12
COURSE_BINS: Annotated[
    int,
    Because(
        "",
        NUMERICS,
        "chosen: bins of increasing length, which are searched for a rise and fall; fewer bins smooth fast peaks",
    ),
] = 48
MIN_COURSE_LEVELS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: a line of voltage is removed at each time, so that 5 levels leave 3 degrees of freedom; "
        "below it a family is measured at its steady state",
    ),
] = 5
FULL_FAMILY_LEVELS: Annotated[
    int, Because("", DECISION, "chosen: from 10 levels on, three sweeps must share a transient current, below it two")
] = 10
GATED_CURRENT_SD: Annotated[
    float,
    Because(
        "SD",
        DECISION,
        "chosen: p = 2e-9 for a normal deviate. Large, because the largest of 48 bins is tested and a false decision "
        "changes which current is measured",
    ),
] = 6.0
LASTING_FRACTION: Annotated[
    float,
    Because(
        "", DECISION, "chosen: peaks are measured only if more than half of the gated current has decayed at the end"
    ),
] = 0.5
RISING_START_FRACTION: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: above 90 % of the peak at the start, no rise is detected and the peak may be in the blanked time; "
        "then there is a warning",
    ),
] = 0.9
START_BINS: Annotated[
    int, Because("", NUMERICS, "chosen: first bins (single samples) that count as the start of the window")
] = 3
MIN_TRANSIENT_SWEEPS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: a synaptic event is in one sweep, a channel in several neighbouring levels. Fewer: an "
        "event decides how a family is measured; more: currents at few levels are missed",
    ),
] = 3
MIN_TRANSIENT_SIZE_RATIO: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: these sweeps must have at least 30 % of the largest transient current, else it is a single event",
    ),
] = 0.3
MAX_BACKSWING_FRACTION: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: a gated current decays towards its end; ringing of the amplifier passes it by more than "
        "20 % of the peak",
    ),
] = -0.2
REVERSAL_CHANGE_WARNING_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: zeros at start and end of the windows are those of straight lines and differ by a few mV "
        "from interpolation alone",
    ),
] = 5.0
LEVEL_SCALE_mV: Annotated[
    float,
    Because(
        "mV", NUMERICS, "chosen: scales voltages before a QR decomposition; any value of that size gives the same line"
    ),
] = 100.0
SWEEPS_NEAREST_REVERSAL: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: three sweeps on each side of the reversal. More come from where the current is not near 0; "
        "fewer are noisy",
    ),
] = 6
MIN_REVERSAL_SWEEPS: Annotated[
    int, Because("", DECISION, "derived: a ratio and a transient leave 2 of 4 sweeps for the misfit")
] = 4
COURSE_REACH_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "tuned on simulated recordings: sweeps within it determine most of the time course of a peak. Smaller: a "
        "noisier course; larger: a course whose change with voltage is no line. Coverage: docs/calibration.md, rows "
        "peak",
    ),
] = 20.0
MIN_COURSE_FRACTION: Annotated[
    float,
    Because(
        "",
        DECISION,
        "tuned on simulated recordings: the course is used where it is above 70 % of its peak. Smaller: stretches "
        "whose time constants change most with voltage; larger: fewer samples. Coverage: docs/calibration.md, row peak",
    ),
] = 0.7
PEAK_RISE_SE: Annotated[
    float,
    Because(
        "SE",
        DECISION,
        "chosen: noise alone rises so far with p = 0.1 %; a rise that is not detected only adds a warning",
    ),
] = 3.0
RAMP_POINT_WIDTH_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: as SHORTEST_LENGTH_mV, so that a parabola within a point follows the sharpest bend that "
        "the smooth curve follows. Coverage: docs/calibration.md, rows ramp",
    ),
] = 6.0
MIN_RAMP_POINTS: Annotated[int, Because("", DECISION, "derived: local polynomial and Boltzmann fit need 6 points")] = 6
MIN_RAMP_POINT_SAMPLES: Annotated[
    int, Because("", DECISION, "chosen: a parabola through fewer samples is noisy, and its noise cannot be measured")
] = 16
FEW_SWEEPS_DOF: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: fewest degrees of freedom of ramps of few sweeps, t = 2.57; less would make their interval "
        "several times as wide as that of known noise. Coverage: docs/calibration.md, rows of ramps",
    ),
] = 5
POINTS_PER_RAMP_ORDER: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: points of one or two ramps per order of the polynomial about which noise is measured. More takes the "
        "bend of a rectifier for slow noise, and its interval is three times as wide with 4; with fewer, too few "
        "degrees of freedom remain for the noise. Coverage: docs/calibration.md, row one sweep of a ramp",
    ),
] = 2
MIN_SCATTER_SWEEPS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: a standard deviation between sweeps with 2 degrees of freedom; that of two sweeps is "
        "often far too small",
    ),
] = 3
NOISE_NEIGHBOURS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: noise is pooled over about ± 24 mV, where open probability changes little; fewer points "
        "make the errors noisy",
    ),
] = 4
NOISE_PARTS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: parts of a point of one or two ramps, which show whether the noise is slow. One leaves that open and "
        "doubles the interval; five have nearly the error of all samples. Coverage: docs/calibration.md, row one sweep "
        "of a ramp",
    ),
] = 5
RAMP_ONSET_POINTS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: points whose slope gives the response of the membrane at the start of a ramp, a small correction",
    ),
] = 4
CORRELATION_TAPER_REACH: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: the correlation between points is tapered to half where it first reaches 0, which keeps its matrix "
        "nearly positive definite. A stronger taper makes errors of ramps too small",
    ),
] = 2.0
RAMP_BASELINE_MAX_ms: Annotated[
    float,
    Because(
        "ms",
        DECISION,
        "chosen: longest flat stretch before a ramp that is extrapolated; longer adds slow drift, shorter adds noise",
    ),
] = 50.0
RAMP_ONSET_DIVISOR: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: a parabola through the first eighth of the ramp is extrapolated to its start. In a "
        "larger part gating bends it; a smaller one is noisy",
    ),
] = 8
MIN_RAMP_ONSET_SAMPLES: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: with fewer samples the extrapolation has no useful error; then the membrane test alone is used",
    ),
] = 16
RAMP_START_TOLERANCE_mV: Annotated[
    float, Because("mV", NUMERICS, "chosen: levels read from a file agree to rounding, and a real step is larger")
] = 0.01
STRAY_CAPACITANCE_SD_pF: Annotated[
    float,
    Because(
        "pF",
        RIG,
        "chosen: uncompensated capacitance of the pipette, which charges on a ramp and is too fast for "
        "the membrane test. The calibration does not simulate it. Smaller: too narrow on rigs with stray "
        "capacitance; larger: the membrane test counts less",
    ),
] = 0.3
TAIL_BINS: Annotated[
    int,
    Because(
        "",
        NUMERICS,
        "chosen for speed: the length of bins increases from one sample, so that fast and slow "
        "relaxations are resolved",
    ),
] = 120
TAU_GRID_SIZE: Annotated[
    int,
    Because(
        "",
        NUMERICS,
        "chosen: neighbours differ by 16 to 23 %, and a derivative covers the values between them. Fewer bias the "
        "extrapolation",
    ),
] = 36
PAIR_TAU_STEP: Annotated[
    int,
    Because(
        "",
        NUMERICS,
        "chosen for speed: pairs are taken from every third time constant. Larger biases double exponentials",
    ),
] = 3
FINE_PAIR_TAU_STEP: Annotated[
    int,
    Because(
        "",
        NUMERICS,
        "chosen for speed: where a second relaxation is clear, pairs are taken from every second time constant, and "
        "derivatives cover the values between them. Larger biases double exponentials",
    ),
] = 2
FINE_PAIR_PARAMETERS: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: parameters that noise alone can use in each tail: amplitude and time constant of a second relaxation, "
        "and the choice between the pairs. Smaller: every tail is extrapolated with a second relaxation, and intervals "
        "are wider; larger: second relaxations are missed, and intervals are too narrow",
    ),
] = 4.0
TRANSIENT_TAU_GRID_SIZE: Annotated[
    int,
    Because(
        "",
        NUMERICS,
        "chosen for speed: time constants of a residual capacitive transient. Fewer leave part of it to "
        "be extrapolated",
    ),
] = 8
MAX_TAIL_PARAMETERS: Annotated[
    int,
    Because(
        "",
        NUMERICS,
        "derived: level, two relaxations and their derivatives; or a relaxation with its derivative and a transient",
    ),
] = 5
LOG_TAU_CHANGE_PER_mV: Annotated[
    float,
    Because(
        "1/mV",
        PHYSICS,
        "derived: F/RT = 0.039/mV. Rates of a gate of one charge change e-fold in 25 mV; as a standard "
        "deviation it allows gates of more charges",
    ),
] = 0.04
MIN_LOG_TAU_CHANGE: Annotated[
    float,
    Because(
        "",
        NUMERICS,
        "chosen: smallest standard deviation of the change between levels. Neighbours on the grid differ "
        "by 0.15 to 0.21, pairs by 0.43 to 0.63",
    ),
] = 0.3
MODEL_FORM_CHANGE_PROBABILITY: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: probability that the next level needs another number of exponentials. Larger makes less use of the "
        "neighbours near E_rev; smaller forbids real changes",
    ),
] = 0.05
MIN_LIKELIHOOD: Annotated[float, Because("", NUMERICS, "chosen: prevents division by 0 in the forward pass")] = 1e-30
PARAMETER_PENALTY: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: half of AIC's 1 per parameter, because averaging over time constants already penalises "
        "them. Smaller extrapolates noise; larger misses second relaxations. Coverage: "
        "docs/calibration.md, row tail",
    ),
] = 0.5
SLOWEST_TRANSIENT_BLANKS: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: the blank is 7 time constants of the clamp, so that a relaxation slower than 4 blanks is "
        "gating. Larger refuses to extrapolate real tails; smaller extrapolates a transient",
    ),
] = 4.0
TAIL_END_DIVISOR: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: the last eighth of the window is the end of a tail. A larger part may still relax; a "
        "smaller one is noisier",
    ),
] = 8
TAIL_DRIFT_GAIN_WEIGHT: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: slow drift is passed on by a factor between 1 and √(Σw₊² + Σw₋²); the mean of the two. "
        "Coverage: docs/calibration.md, row tail",
    ),
] = 0.5
TRANSIENT_MIDDLE_BLANKS: Annotated[
    int, Because("", DECISION, "chosen: 35 time constants of the clamp after the step, no fast transient is left")
] = 5
TRANSIENT_END_BLANKS: Annotated[
    int, Because("", DECISION, "chosen: end of the later stretch; a shorter window gives no answer")
] = 8
MIN_END_BLANKS: Annotated[
    int, Because("", DECISION, "chosen: the end of the window is at least as long as the later stretch")
] = 3
EARLY_LATE_VARIANCE_RATIO: Annotated[
    float, Because("", PHYSICS, "derived: variance of a mean over one blank less one over three blanks, 1 + 1/3")
] = 4.0 / 3.0
NOISE_POLYNOMIAL_ORDER: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: a cubic fits the slow part of a tail, and its residual is noise. Lower: relaxation counts as noise; "
        "higher: slow noise is removed",
    ),
] = 3
NOISE_END_DIVISOR: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: noise of tails comes from the second half of their windows, when fast relaxations are over",
    ),
] = 2
MIN_CORRELATION_INFLATION: Annotated[
    float,
    Because("", NUMERICS, "chosen: prevents a noise of 0 from a strongly negative autocorrelation (hum, ringing)"),
] = 1e-3
FASTEST_TAIL_BLANKS: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: a relaxation with τ of half a blank has decayed to 13 % before the window. Smaller: unstable "
        "extrapolation; larger: fast tails are measured too small",
    ),
] = 0.5
MIN_TAIL_TAU_SAMPLES: Annotated[
    float, Because("", DECISION, "chosen: faster relaxations are not resolved by the samples")
] = 2.0
SLOWEST_TAIL_WINDOWS: Annotated[
    float, Because("", DECISION, "chosen: slower relaxations are straight lines in the window")
] = 2.0
FASTEST_TRANSIENT_BLANKS: Annotated[
    float, Because("", DECISION, "chosen: faster transients have vanished before the window")
] = 0.4
MIN_TRANSIENT_TAU_SAMPLES: Annotated[
    float, Because("", NUMERICS, "chosen: faster transients are not resolved by the samples")
] = 0.5
SLOWEST_TRANSIENT_FRACTION: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: transients up to 3 blanks (0.75 × SLOWEST_TRANSIENT_BLANKS). Larger takes real tails for transients",
    ),
] = 0.75
MAX_LEVELS: Annotated[
    int,
    Because(
        "",
        NUMERICS,
        "chosen: time and memory of the smooth curve grow with the square and more of the levels. Of more levels, "
        "neighbours within this part of the tested range (0.3 mV of 150 mV) are averaged; no curve bends within it",
    ),
] = 500
MIN_RELATIVE_SE: Annotated[float, Because("", NUMERICS, "chosen: prevents an error of 0 for data without noise")] = 1e-9
BLOCKER_VOLTAGE_TOLERANCE_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: R_s shifts single sweeps of a level by some tenths of a mV; within this the current with "
        "blocker counts as known. Smaller drops points at the ends of the I–V; larger keeps points "
        "without a known blocked current",
    ),
] = 0.5
TAIL_STRETCHES: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: stretches of a tail, each longer than the one before by the same factor. Fewer detect less of the "
        "shift; more are noisy",
    ),
] = 8
MIN_STRETCHES: Annotated[
    int, Because("", NUMERICS, "derived: the shift is the slope of a line through the stretches")
] = 2
MIN_STRETCH_SIZE: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: in a stretch with less than 15 % of the first current on one side of the reversal, the current "
        "depends so much on voltage that the ratio is no parabola",
    ),
] = 0.15
MIN_SHIFT_LEVELS: Annotated[
    int,
    Because("", DECISION, "derived: a ratio with level, slope and curvature, and a shift, leave 1 of 5 for the misfit"),
] = 5
RATIO_ORDERS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: the ratio of two stretches is exp of a parabola, with level, slope and curvature. A straight line "
        "gives false shifts with steps of 20 mV",
    ),
] = 3
SHIFT_REACH_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: over 30 mV the ratio of two stretches is a smooth curve. Farther levels bend it and give false "
        "shifts; fewer levels are noisy",
    ),
] = 30.0
SHIFT_SCALE_mV: Annotated[float, Because("mV", NUMERICS, "chosen: unit of voltage in the ratio, some steps wide")] = (
    20.0
)
SHIFT_POLE_mV: Annotated[
    float,
    Because("mV", NUMERICS, "chosen: nearer to the zero, current / driving force is that of the neighbouring levels"),
] = 4.0
MAX_SHIFT_SE_mV: Annotated[
    float, Because("mV", DECISION, "chosen: the zero of a stretch with a larger error adds nothing to the trend")
] = 4.0
LASTING_NOISE_TREND_ORDER: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: drift, and the effect of the steps on the current at the end of the sweeps, are a parabola over the "
        "sweeps; a higher order removes the noise",
    ),
] = 2
MIN_LASTING_NOISE_DOF: Annotated[
    int, Because("", DECISION, "chosen: with fewer degrees of freedom, the covariance is mostly chance")
] = 4
