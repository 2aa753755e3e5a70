"""Constants of the quality checks; limits that users may change are in the configuration."""

from __future__ import annotations

from typing import Annotated

from reversal.constant import DECISION, NUMERICS, PHYSICS, RIG, Because

COMPENSATION_TOLERANCE: Annotated[
    float,
    Because("", RIG, "chosen: compensation is set and read in per cent; a smaller difference is the same setting"),
] = 0.01
SAME_TEMPERATURE_C: Annotated[
    float,
    Because(
        "°C",
        DECISION,
        "chosen: 1 °C changes a conductance of Q10 up to 3 by 12 % and E_rev by 0.3 mV, well below quality.run_down "
        "and quality.return_mV. Larger takes warming for run-down; smaller leaves repeats uncompared whose thermometer "
        "reads a little differently",
    ),
] = 1.0
MIN_REVERSAL_SHIFT_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: usual standard deviation of a junction potential; an E_rev that moves less in the direction opposite "
        "to the declared change is not evidence of a wrong solution",
    ),
] = 1.0
OUTWARD_CURRENT_SE: Annotated[
    float,
    Because(
        "SE",
        DECISION,
        "derived: a current of 8 SE is known to 12.5 %, and the ratio of two to 18 %, below half of "
        "quality.run_down (40 %)",
    ),
] = 8.0
MIN_DRIVING_FORCE_mV: Annotated[
    float,
    Because(
        "mV",
        PHYSICS,
        "chosen: just below RT/F (25.5 mV). With less driving force, 1 mV of E_rev changes the expected "
        "current by more than 5 %",
    ),
] = 20.0
COMMAND_DECIMALS: Annotated[
    int, Because("", NUMERICS, "chosen: commands of two recordings that differ by less than 0.01 mV are one level")
] = 2
MAX_TEST_RELATIVE_SE: Annotated[
    float,
    Because("", DECISION, "chosen: a membrane test with a larger relative error is not compared with reported values"),
] = 0.3
RS_DISAGREEMENT_FLOOR_FRACTION: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: differences of R_s below a tenth of quality.series_resistance_MOhm shift no membrane "
        "potential by much. Smaller: warnings about well-compensated cells; larger: real differences pass",
    ),
] = 0.1
MAINS_FREQUENCIES_Hz: Annotated[
    tuple[float, ...],
    Because("Hz", RIG, "the two frequencies of public mains; harmonics and the 16.7 Hz of railways are not tested"),
] = (50.0, 60.0)
MAX_HUM_SAMPLES: Annotated[int, Because("", NUMERICS, "chosen for speed: 1.6 s at 20 kHz resolve 50 and 60 Hz")] = 32768
MIN_NOISE_SWEEPS: Annotated[
    int,
    Because("", NUMERICS, "chosen for memory: of a very large recording, 8 sweeps at least give the noise of ramps"),
] = 8
MAX_DISTINCT_CURRENTS: Annotated[
    int,
    Because("", NUMERICS, "chosen for memory: a converter of 16 bits has fewer; more give no better step of it"),
] = 1 << 20
MAX_HUM_SWEEPS: Annotated[
    int, Because("", NUMERICS, "chosen for memory: hum is in every sweep, and 32 to 63 of them show it")
] = 32
MIN_HUM_SWEEPS: Annotated[
    int, Because("", DECISION, "derived: a line over the sweeps leaves one difference between 3 of them")
] = 3
NEAREST_HUM_SWEEPS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: in steps of 10 mV, those within 40 mV of E_rev, where a line describes what gates leave. More takes "
        "gates for hum; fewer misses hum in noise",
    ),
] = 8
HUM_SIDES: Annotated[
    tuple[float, ...],
    Because(
        "",
        DECISION,
        "derived: noise is measured 2 and 3 resolution widths above a mains frequency, where a rectangular window has "
        "zeros. Nearer ones hold the hum itself",
    ),
] = (2.0, 3.0)
HUM_TREND_RATES: Annotated[
    tuple[float, ...],
    Because(
        "",
        DECISION,
        "chosen: rates per stretch of four exponentials, which with a line describe a relaxation of any time constant "
        "so that less than 3 % of it is left as hum. Fewer leave more; more describe the hum itself",
    ),
] = (72.0, 24.0, 8.0, 2.7)
HUM_LEFT_BY_TREND: Annotated[
    float,
    Because(
        "",
        DECISION,
        "derived: what HUM_TREND_RATES leave of relaxations with time constants from 0.2 ms. Smaller takes gates for "
        "hum; larger misses hum next to them",
    ),
] = 0.03
HUM_OVER_NOISE: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: power over that at neighbouring frequencies, where 1/f noise has a third of its power. Smaller takes "
        "slow noise for hum; larger misses hum whose phase differs between the sweeps",
    ),
] = 10.0
FALSE_HUM_PROBABILITY: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: noise alone stands out at one of two mains frequencies in fewer than 1 of 100 recordings. Smaller "
        "leaves hum out of the interval; larger widens more intervals of good recordings",
    ),
] = 0.003
MIN_HOLDING_SAMPLES: Annotated[
    int, Because("", DECISION, "chosen: as MIN_WINDOW_SAMPLES, for the stretch before the first step")
] = 8
JUMP_REACH_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: jumps farther from E_rev hardly change it. Smaller misses jumps that tilt the curve; "
        "larger warns of jumps without effect",
    ),
] = 60.0
MIN_JUMP_SWEEPS: Annotated[
    int, Because("", DECISION, "chosen: 5 differences, of which one is the jump, are the fewest with a typical size")
] = 6
MAX_RELAXATION_RATIO: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: ratio of two successive changes, above which the rest of the geometric series is a guess. Nearer to "
        "1: impossible changes; smaller: slow relaxations appear nearly complete",
    ),
] = 0.9
MIN_SETTLING_POINTS: Annotated[
    int, Because("", DECISION, "derived: a line through two points on each side of E_rev")
] = 4
HALF_WINDOW: Annotated[
    float, Because("", PHYSICS, "derived: half of the change within a window comes after its middle")
] = 0.5
LINE_VARIANCE_DIVISOR: Annotated[
    float,
    Because(
        "",
        PHYSICS,
        "approximate: variance of a line through 4 points near their middle, 1/4 in the middle and at most about 1/2",
    ),
] = 2.0
REPEAT_REACH_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: points within 15 mV show the shift of E_rev between repeats. More adds run-down of the "
        "conductance; fewer is noisier",
    ),
] = 15.0
REPEAT_WEIGHT_REACH: Annotated[
    float, Because("", DECISION, "chosen: weights fall to one half at the reach. Equal weights let far points decide")
] = 2.0
MIN_REPEAT_WEIGHT: Annotated[float, Because("", NUMERICS, "chosen: has an effect only for a single distant point")] = (
    0.1
)
MIN_REPEAT_POINTS: Annotated[int, Because("", DECISION, "derived: a line through two points on each side of E_rev")] = 4
SLOW_NOISE_ALLOWANCE: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: factor on the variance at the start of the sweeps, which is too short to show all slow noise. With 12 "
        "repeats with noise of 40 ms correlation time are reported in fewer than 1 of 100 recordings; smaller warns of "
        "noise",
    ),
] = 12.0
FALSE_DISAGREEMENT_PROBABILITY: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: repeats with normal errors differ by more once in a thousand recordings; larger warns of noise, "
        "smaller hides differences of repeats with much noise",
    ),
] = 1e-3
MIN_GROUP_GAP_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "derived: if half of a conductance of 10 nS that reverses at −85 mV runs down next to a leak of 1 nS at 0 mV, "
        "E_rev shifts by 6.5 mV. Two groups of repeats that are farther apart do not record one current. Smaller "
        "refuses recordings whose current runs down; larger averages two currents, with a warning only",
    ),
] = 10.0
GROUP_GAP_RATIO: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: the repeats of a gradual change are spaced evenly, and the widest gap is at most about as wide as the "
        "rest; twice is a step. Smaller refuses a wash-in; larger misses a response that declines in its repeats",
    ),
] = 2.0
EXPECTED_TAIL_LOWER_LIMIT_SE: Annotated[
    float,
    Because(
        "SE",
        DECISION,
        "chosen: near the one-sided 97.7 % point; the expected tail counts at its lower limit, so that "
        "noise makes no tail look small",
    ),
] = 2.0
MAX_TAIL_RELATIVE_ERROR: Annotated[
    float,
    Because(
        "", DECISION, "chosen: a tail with a larger error cannot be compared with quality.tail_completeness (0.75)"
    ),
] = 0.25
MOSTLY_DECAYING_FRACTION: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: if more than half of the most distant tail decays in its window, it did not decay before it could be "
        "measured",
    ),
] = 0.5
MEMBRANE_F_PER_m2: Annotated[
    float, Because("F/m²", PHYSICS, "1 µF/cm², the usual specific capacitance of cell membranes")
] = 0.01
MAX_UNSEEN_SHIFT_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: a smaller shift by accumulated ions is within the error of most junction potentials; a larger one "
        "that is not excluded extends the interval",
    ),
] = 1.0
FLAT_TOP_STEPS: Annotated[
    float, Because("", RIG, "chosen: the digitiser adds a step or two of noise to a clipped current")
] = 2.0
MIN_FLAT_TOP_STEPS: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: a largest current of fewer steps of the digitiser is within the noise, and its value repeats often",
    ),
] = 50.0
MIN_FLAT_TOP_SAMPLES: Annotated[
    int, Because("", DECISION, "chosen: a shorter run at the largest value of a recording occurs in noise")
] = 5
FLAT_TOP_CHANCE: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: expected number of runs by chance in a recording, so that few recordings in a million are flagged",
    ),
] = 1e-6
MIN_RECTIFICATION: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: inward over outward current, each per GHK driving force; an open channel has 1, K_ir 3 to 20",
    ),
] = 2.0
