"""Constants of the protocol: what counts as a family, a ramp, a test step or a sub-pulse."""

from __future__ import annotations

from typing import Annotated

from reversal.constant import DECISION, NUMERICS, PHYSICS, RIG, Because

MIN_MEAN_SAMPLES: Annotated[
    int,
    Because(
        "",
        DECISION,
        "derived: mean and slope are fitted to a window, which leaves 2 degrees of freedom for the error of the mean",
    ),
] = 4
MIN_WINDOW_SAMPLES: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: fewer samples give no useful autocorrelation. Fewer give errors without meaning; more "
        "refuse short steps",
    ),
] = 8
MIN_FAMILY_SPAN_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: levels that differ less from sweep to sweep are one level (rounding, calibration of the "
        "command). Larger misses fine families; smaller takes rounding for a family",
    ),
] = 1.0
MIN_RAMP_mV: Annotated[
    float,
    Because("mV", DECISION, "chosen: a shorter ramp has fewer than 6 points of 6 mV; such ramps test the capacitance"),
] = 30.0
MIN_CONDITIONING_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: a smaller prepulse opens or closes few gates, so that the family after it is no family of tails",
    ),
] = 20.0
MIN_TEST_STEP_mV: Annotated[
    float,
    Because("mV", DECISION, "chosen: smaller steps have a charge within the noise, and may be rounding of the command"),
] = 2.0
MAX_TEST_STEP_mV: Annotated[float, Because("mV", DECISION, "chosen: larger steps open channels")] = 30.0
LEVEL_DECIMALS: Annotated[
    int,
    Because(
        "", NUMERICS, "derived: command levels that differ by less than 1 µV are one level; a file rounds more coarsely"
    ),
] = 3
SUBPULSE_LEVEL_TOLERANCE_mV: Annotated[
    float,
    Because(
        "mV",
        RIG,
        "chosen: converter and protocol editor round levels to 0.05 to 0.1 mV, which the ratio of a "
        "sub-pulse multiplies. Smaller misses true copies; larger takes unrelated steps for copies",
    ),
] = 0.2
MIN_SUBPULSE_RATIO: Annotated[
    float, Because("", DECISION, "chosen: P/N with N up to 50; smaller copies multiply their noise more than 50-fold")
] = 0.02
MAX_SUBPULSE_RATIO: Annotated[
    float,
    Because("", DECISION, "chosen: a copy of nearly full size is a repeat of the pulse, which contains the channel"),
] = 0.95
SUBPULSE_RATIO_TOLERANCE: Annotated[
    float,
    Because(
        "",
        NUMERICS,
        "chosen: copies whose ratios differ by less than 1 % are one set. Smaller splits a set by "
        "rounding; larger mixes sets",
    ),
] = 0.01
MIN_BASELINE_SAMPLES: Annotated[
    int, Because("", DECISION, "chosen: as MIN_WINDOW_SAMPLES, for the baseline before a sub-pulse")
] = 8
DRIFT_GAIN: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: slow drift counts between once (it is in the baseline, too) and twice (independent in "
        "window and baseline); the mean of the two. Coverage: docs/calibration.md, row P/N",
    ),
] = 1.5
SUBPULSE_END_DIVISOR: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: the first and the last third of the response are compared. Smaller parts are noisier; "
        "larger ones hide a change",
    ),
] = 3
MIN_LEAK_DEVIATION: Annotated[
    float,
    Because("", DECISION, "chosen: a deviation from a constant conductance below 10 % of the leak is not reported"),
] = 0.1
CONDITIONING_END_DIVISOR: Annotated[
    int, Because("", DECISION, "chosen: the last tenth of the conditioning step is its end")
] = 10
ACCUMULATION_ms: Annotated[
    float,
    Because(
        "ms",
        PHYSICS,
        "chosen: narrow spaces exchange with time constants of some 10 to 100 ms (Frankenhaeuser & Hodgkin 1956: 30 to "
        "100 ms), so that charge moved earlier has left them",
    ),
] = 100.0
MAX_CONVERTER_SWEEPS: Annotated[
    int, Because("", NUMERICS, "chosen for speed: the count of the converter is read from 8 to 15 sweeps")
] = 8
MAX_PART_SAMPLES: Annotated[
    int, Because("", NUMERICS, "chosen for memory: samples that are worked on together, 17 MB")
] = 1 << 21
MAX_WINDOW_SAMPLES: Annotated[
    int,
    Because("", NUMERICS, "chosen for memory: of a longer window (52 s at 20 kHz), neighbouring samples are averaged"),
] = 1 << 20
JUMP_ms: Annotated[
    float,
    Because(
        "ms",
        RIG,
        "chosen: the rise of a capacitive transient through a filter of 1 kHz or more. Shorter loses filtered "
        "transients; longer takes fast channel currents for jumps",
    ),
] = 0.5
MIN_JUMP_SD: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: a jump that contradicts a protocol is 10 times the noise; half of it, in half of the sweeps, confirms "
        "one. The largest of a million samples of noise is 5 times",
    ),
] = 10.0
SMALL_JUMP_FRACTION: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: a step is missed if the current changes at it by less than a fifth of the jump elsewhere, and before "
        "an abrupt jump it changes no more. Larger takes artefacts and opening channels for steps; smaller misses "
        "moved steps in noise",
    ),
] = 0.2
MAX_TIME_SHIFT_ms: Annotated[
    float,
    Because(
        "ms",
        RIG,
        "chosen: a jump this near to a declared step is at its time; acquisition delays and filters are shorter. "
        "Fast channels may open for twice as long",
    ),
] = 1.0
MIN_STEP_CORRELATION: Annotated[
    float,
    Because("", DECISION, "chosen: the sizes of jumps follow the sizes of steps; those of artefacts and spikes do not"),
] = 0.9
NEAREST_LEVELS: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: near the step without a jump, jumps of rectifying channels are proportional to steps, too. Fewer are "
        "noisier; more are bent",
    ),
] = 5
MAX_LEVEL_SHIFT_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: more than half of the smallest usual distance of levels, 5 mV. Smaller flags bent jumps; larger "
        "misses levels that are shifted",
    ),
] = 3.0
