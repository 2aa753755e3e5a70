"""Constants of the membrane test and of the clamp."""

from __future__ import annotations

from typing import Annotated

from reversal.constant import DECISION, NUMERICS, PHYSICS, RIG, Because

BESSEL_DELAY_PERIODS: Annotated[
    float,
    Because(
        "",
        PHYSICS,
        "derived: mean of the impulse response of a four-pole Bessel filter, in periods of its −3 dB "
        "frequency (Thomson, IEEE Trans. Inf. Theory 5:148, 1959)",
    ),
] = 0.336
CHARGING_TAU_GRID_SIZE: Annotated[
    int, Because("", NUMERICS, "chosen: starts of the descent with one compartment; the descent refines them")
] = 36
CHARGING_PAIR_TAU_GRID_SIZE: Annotated[
    int, Because("", NUMERICS, "chosen: starts with two compartments; the cost increases with the square")
] = 12
UNBINNED_SAMPLES: Annotated[
    int,
    Because(
        "",
        NUMERICS,
        "chosen: samples after a step that are not binned and in which the misfit is measured. Coverage: "
        "docs/calibration/membrane.md",
    ),
] = 16
BIN_TIME_OVER_WIDTH: Annotated[
    int,
    Because(
        "",
        NUMERICS,
        "chosen: a late bin is 1/8 of its time after the step, short against any time constant still visible there",
    ),
] = 8
QUIET_BINS: Annotated[
    int, Because("", NUMERICS, "chosen: bins of the level before the step, of which only the mean matters")
] = 8
NORMAL_EQUATION_RIDGE: Annotated[
    float,
    Because(
        "",
        NUMERICS,
        "derived: relative to a unit diagonal, above rounding (2e-16) and far below the information of any sample",
    ),
] = 1e-12
MAX_CHARGING_ITERATIONS: Annotated[
    int,
    Because("", NUMERICS, "chosen: limits the cost of the descent, which normally stops by CHARGING_STEP_TOLERANCE"),
] = 8
CHARGING_STEP_TOLERANCE: Annotated[
    float,
    Because(
        "", NUMERICS, "derived: one linear step follows, whose error is the square of the last relative step, 0.1 %"
    ),
] = 0.03
MAX_TAU_STEP_FACTOR: Annotated[
    float, Because("", NUMERICS, "chosen: a step of the descent at most halves or doubles a time constant")
] = 2.0
MIN_FITTED_TAU_SAMPLES: Annotated[
    float,
    Because(
        "",
        NUMERICS,
        "chosen: a twentieth of a sample cannot be distinguished from a pulse; keeps τ positive during the descent",
    ),
] = 0.05
PRIOR_LIMIT_SD: Annotated[
    float,
    Because(
        "SD",
        NUMERICS,
        "chosen: filter period and lag stay within 3 SD of their prior during the descent; the prior itself decides",
    ),
] = 3.0
FASTEST_TAU_PERIODS: Annotated[
    float,
    Because(
        "",
        NUMERICS,
        "chosen: about half the width of the filter's response to a pulse; faster transients are fitted as a pulse",
    ),
] = 0.15
FASTEST_TAU_SKIPPED_FRACTION: Annotated[
    float,
    Because(
        "", NUMERICS, "chosen: with samples left out, a τ shorter than half of them has decayed before the fit starts"
    ),
] = 0.5
SLOWEST_TAU_DIVISOR: Annotated[
    float,
    Because(
        "", NUMERICS, "chosen: slowest start, of which e^−3 = 5 % is left at the end of the step; the descent may go on"
    ),
] = 3.0
FILTER_PULSE_PERIODS: Annotated[
    float,
    Because(
        "",
        PHYSICS,
        "derived: the impulse response of a four-pole Bessel filter peaks at 0.303 periods; it scales the "
        "stop of the descent",
    ),
] = 0.3
FILTER_PULSE_END_PERIODS: Annotated[
    float,
    Because(
        "", PHYSICS, "derived: after 1.2 periods the impulse response of a four-pole Bessel filter is 0.2 % of its peak"
    ),
] = 1.2
FILTER_RESPONSE_PERIODS: Annotated[
    float,
    Because("", PHYSICS, "derived: after 4 periods the slowest pole of a four-pole Bessel filter has decayed to e^−25"),
] = 4.0
FILTER_MODEL_MISFIT_FRACTION: Annotated[
    float,
    Because(
        "",
        RIG,
        "chosen: deviation of real filters from a Bessel filter, as a fraction of the height of the "
        "transient. Not measured on amplifiers, but tuned so that simulated cells are covered "
        "(docs/calibration/membrane.md, rows filter and sampling). Smaller makes intervals of R_s too "
        "narrow",
    ),
] = 0.004
WELL_SAMPLED_PERIOD: Annotated[
    float,
    Because(
        "",
        RIG,
        "chosen: samples in a period of the filter below which its deviation from the model increases, with the square "
        "of the ratio",
    ),
] = 5.0
PULSE_MISFIT_FACTOR: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: if the transient cannot be distinguished from the filter's response to a pulse, the deviation of the "
        "filter counts 3 times. Coverage: docs/calibration/membrane.md, row clamp / filter time constant below 0.3",
    ),
] = 3.0
INDEPENDENT_SAMPLES_PER_PERIOD: Annotated[
    float,
    Because(
        "", PHYSICS, "derived: noise filtered at f has about 2 independent values in a period 1/f (sampling theorem)"
    ),
] = 2.0
AICC_PARAMETER_COST: Annotated[
    float, Because("", PHYSICS, "derived: 2 for each of the two further parameters, charge and time constant (Akaike)")
] = 4.0
AICC_SMALL_SAMPLE: Annotated[
    float,
    Because(
        "",
        NUMERICS,
        "approximate: small-sample term of ΔAICc for 4 and 6 parameters, 40/n; the exact one is 44/n to first order",
    ),
] = 10.0
SECOND_COMPARTMENT_TRIAL_RATIO: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: two compartments are fitted only if one leaves more than 1.3 times the expected sum of "
        "squares. docs/calibration/membrane.md counts false and missed second compartments",
    ),
] = 1.3
SECOND_COMPARTMENT_DELTA_AICC: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: two compartments must lower AICc by more. docs/calibration/membrane.md counts false and "
        "missed second compartments",
    ),
] = 4.0
SECOND_COMPARTMENT_FAST_RATIO: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: a second compartment makes the fit of one slower, never faster; 1.5 leaves room for the "
        "coarse grid. Below 1 excludes the true pair; much larger admits pairs whose fast part is gating",
    ),
] = 1.5
MAX_SLOW_TAU_FRACTION: Annotated[
    float, Because("", DECISION, "chosen: a time constant longer than half the step cannot be separated from the level")
] = 0.5
MIN_TAU_RATIO: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: two exponentials nearer than this cannot be distinguished here, and their amplitudes increase with "
        "opposite signs. Smaller: unstable pairs; larger: real second relaxations are missed",
    ),
] = 2.5
UNKNOWN_DELAY_SD_ms: Annotated[
    float,
    Because(
        "ms",
        RIG,
        "chosen: standard deviation of the delay of an unknown clamp or filter, 0.07 mV of E_rev at 0.36 "
        "mV/ms. Smaller: too narrow on slow rigs; larger: wide intervals of fast ramps",
    ),
] = 0.2
REPORTED_VALUE_RELATIVE_SD: Annotated[
    float,
    Because(
        "",
        RIG,
        "chosen: accuracy of R_s and C_m that the user or the amplifier reports. The calibration draws "
        "R_s with the same 10 %, so that it tests how the error is propagated and not its size",
    ),
] = 0.1
STEP_LAG_SAMPLES: Annotated[
    float,
    Because(
        "",
        RIG,
        "chosen: a step starts between two samples; a uniform delay has a mean of 0.5. docs/calibration/membrane.md "
        "draws 0 to 1 sample",
    ),
] = 0.4
STEP_LAG_SD_SAMPLES: Annotated[
    float, Because("", RIG, "derived: a delay that is uniform over one sample has a standard deviation of 1/√12 = 0.29")
] = 0.3
AMPLIFIER_LAG_SD_ms: Annotated[
    float,
    Because(
        "ms",
        RIG,
        "chosen: further delay in amplifiers. docs/calibration/membrane.md draws the same 5 µs, so that "
        "it tests how the error is propagated and not its size",
    ),
] = 0.005
FILTER_FREQUENCY_RELATIVE_SD: Annotated[
    float,
    Because(
        "",
        RIG,
        "chosen: tolerance of a filter's frequency. docs/calibration/membrane.md draws the same 3 %, so "
        "that it tests how the error is propagated and not its size",
    ),
] = 0.03
UNKNOWN_FILTER_PERIOD_SAMPLES: Annotated[
    float,
    Because(
        "",
        RIG,
        "chosen: assumes that the recording was sampled at 5 times the frequency of its filter. Coverage: "
        "docs/calibration/membrane.md, row filter not stated",
    ),
] = 5.0
UNKNOWN_FILTER_LAG_SAMPLES: Annotated[
    float,
    Because(
        "",
        RIG,
        "chosen: lag of the step and delay of the assumed filter (1.7 samples), rounded up. Far off: "
        "biased R_s where the filter is not known",
    ),
] = 3.0
UNKNOWN_FILTER_LAG_SD_SAMPLES: Annotated[
    float, Because("", RIG, "chosen: as uncertain as the lag itself. Smaller: intervals too narrow; larger: no value")
] = 3.0
UNKNOWN_FILTER_SKIPPED_SAMPLES: Annotated[
    int,
    Because(
        "",
        RIG,
        "chosen: 3 periods of the assumed filter are left out after each step. Fewer: the unknown filter affects the "
        "fitted samples; more: the transient has decayed",
    ),
] = 16
NYQUIST_FRACTION: Annotated[
    float,
    Because(
        "",
        PHYSICS,
        "derived: a filter above half the sampling rate did not shape the samples (sampling theorem); it "
        "counts as not known",
    ),
] = 0.5
TYPICAL_SERIES_RESISTANCE_MOhm: Annotated[
    float,
    Because("MΩ", RIG, "chosen: added to the error of R_m if R_s is not known; relevant only below about 200 MΩ"),
] = 10.0
TEST_STEP_MAX_ms: Annotated[
    float,
    Because("ms", DECISION, "chosen: 8 times the slowest charging shows the steady level; longer only adds drift"),
] = 40.0
MIN_TEST_STEP_SAMPLES: Annotated[
    int, Because("", DECISION, "chosen: fewer samples than UNBINNED_SAMPLES hold no transient and no level")
] = 16
TEST_STEP_FILTER_PERIODS: Annotated[
    float, Because("", DECISION, "chosen: a step shorter than the response of the filter shows no transient")
] = 2.0
TEST_STEP_SKIPPED_RATIO: Annotated[
    int, Because("", DECISION, "chosen: a step must be four times as long as what is left out after it")
] = 4
SLOWEST_CHARGING_ms: Annotated[
    float,
    Because(
        "ms",
        PHYSICS,
        "derived: residual R_s · C_m of 30 MΩ and 100 pF is 3 ms; a slower relaxation is gating. Larger takes gates "
        "for capacitance; smaller excludes large cells with a high access resistance",
    ),
] = 5.0
MAX_SERIES_RESISTANCE_MOhm: Annotated[
    float,
    Because(
        "MΩ",
        RIG,
        "chosen: a larger residual R_s comes from a partly cancelled transient. Perforated patches above it get no R_s",
    ),
] = 100.0
MAX_TRANSIENT_MISFIT: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: a transient of which the model leaves more than 20 % (rms) is no charging current, for "
        "example ringing",
    ),
] = 0.2
MIN_FILTER_PERIOD_SAMPLES: Annotated[
    float,
    Because(
        "",
        RIG,
        "chosen: with fewer samples in a period of the filter, the charge of a fast transient is not "
        "preserved and C_m is reported only with R_s. Smaller: biased C_m; larger: C_m withheld where it "
        "is known",
    ),
] = 4.0
MAX_SWEEP_WEIGHT: Annotated[
    float, Because("", DECISION, "chosen: if one sweep has more of the weight, leaving it out does not give the error")
] = 0.8
RS_DRIFT_LEVEL: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: a trend of R_s counts at p < 0.1 % by Student's t. docs/calibration/membrane.md counts "
        "found and false drifts",
    ),
] = 0.999
MIN_TREND_SWEEPS: Annotated[int, Because("", DECISION, "derived: level and slope leave 2 degrees of freedom")] = 4
MIN_MEMBRANE_STEP_FRACTION: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: if the membrane receives less than half of the step (R_s > R_m), R_s and R_m are not "
        "separated reliably",
    ),
] = 0.5
INPUT_RESISTANCE_END_DIVISOR: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: the last quarter of the step, when the transient has decayed. Larger parts hold the "
        "transient; smaller ones are noisier",
    ),
] = 4
BASELINE_END_DIVISOR: Annotated[
    int,
    Because("", DECISION, "chosen: the second half of the level before a step, when earlier transients have decayed"),
] = 2
CANCELLED_CAPACITANCE_FRACTION: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: a transient with less of the reported C_m is that of a partly cancelled one. Therefore a C_m that is "
        "more than 25 % too small never gives the finding CAPACITANCE_MISMATCH",
    ),
] = 0.75
