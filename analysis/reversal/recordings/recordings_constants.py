"""Constants of recordings: what a command, its evidence and a possible recording are.

Facts of a file format (offsets, sizes, codes) are in the module of the format.
"""

from __future__ import annotations

from typing import Annotated

from reversal.constant import DECISION, NUMERICS, RIG, Because

MAX_CURRENT_pA: Annotated[
    float, Because("pA", RIG, "chosen: 100 µA, above any two-electrode clamp of an oocyte; the unit is wrong")
] = 1e8
MAX_PATCH_CURRENT_pA: Annotated[
    float, Because("pA", RIG, "chosen: 100 nA, above any patch-clamp amplifier; larger gives a warning")
] = 1e5
MAX_DIGITISER_RANGE_pA: Annotated[
    float, Because("pA", RIG, "chosen: 1 A, which no amplifier delivers; the unit or the gain is wrong")
] = 1e12
MIN_CURRENT_RANGE_pA: Annotated[
    float, Because("pA", RIG, "chosen: 1 fA, below the noise of any amplifier; a smaller range gives a warning")
] = 1e-3
MAX_COMMAND_mV: Annotated[
    float, Because("mV", RIG, "chosen: no amplifier clamps a membrane to 1 V; the header or the unit is wrong")
] = 1000.0
MIN_RATE_Hz: Annotated[float, Because("Hz", RIG, "chosen: no current is recorded slower; header damaged")] = 1.0
MIN_STEP_RATE_Hz: Annotated[
    float, Because("Hz", DECISION, "chosen: 2 ms a sample; the first milliseconds after a step are not resolved")
] = 500.0
CLIPPED_FRACTION: Annotated[
    float,
    Because(
        "",
        RIG,
        "chosen: the largest code of a converter may be some counts below the nominal limit; 0.1 % is 33 counts of "
        "32768",
    ),
] = 0.999
MAX_INTERVAL_RATIO: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: longest interval between sweeps over the median one, above which a sweep may be missing. "
        "Smaller warns of pauses of the software; from 2 on a missing sweep is not noticed",
    ),
] = 1.5
COMMAND_TOLERANCE_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: half of the usual error of a junction potential; a recorded voltage that differs more from the "
        "command refuses the recording. Smaller refuses offsets of a voltage channel; larger accepts a wrong command",
    ),
] = 0.5
COMMAND_EDGE_SAMPLES: Annotated[
    int, Because("", DECISION, "chosen: samples at each edge of an epoch that a filtered voltage needs for the step")
] = 2
MIN_COPY_SAMPLES: Annotated[
    int, Because("", DECISION, "chosen: a shorter epoch of a recorded copy of the command is not compared")
] = 5
MIN_MEMBRANE_SAMPLES: Annotated[
    int, Because("", DECISION, "chosen: a membrane voltage needs to settle; shorter epochs are not compared")
] = 20
JUMP_SAMPLES: Annotated[
    int, Because("", RIG, "chosen: a filtered step takes a few samples; a jump is the change over so many")
] = 3
MIN_JUMP_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: as MIN_TEST_STEP_mV, the smallest step that tests a membrane. Smaller cuts at noise; larger "
        "misses small steps",
    ),
] = 2.0
MIN_JUMP_NOISE_FACTOR: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: 8 times the median change from sample to sample, 5 standard deviations of it for white noise",
    ),
] = 8.0
MAX_PLATEAU_CHANGE_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: as COMMAND_TOLERANCE_mV; a recorded voltage that changes more in the second half of an epoch "
        "is a ramp or no plateau",
    ),
] = 0.5
PLATEAU_END_DIVISOR: Annotated[
    int,
    Because(
        "",
        DECISION,
        "chosen: the first and the last fifth of the second half of an epoch are compared. Smaller parts are noisier; "
        "larger ones hide a slope",
    ),
] = 5
MAX_EDGES: Annotated[
    int, Because("", DECISION, "chosen: with more jumps a recorded voltage is noise or a train, and is not cut")
] = 40
MIN_EPOCH_SAMPLES: Annotated[
    int, Because("", DECISION, "chosen: as MIN_WINDOW_SAMPLES; nothing is measured in a shorter epoch")
] = 8
MIN_COMMAND_CHANGE_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: a smaller change is of no use for an I–V, and in a recorded voltage it can be noise",
    ),
] = 1.0
DECLARED_RATE_TOLERANCE: Annotated[
    float, Because("", DECISION, "chosen: a time column with few digits agrees with the declared rate within 0.1 %")
] = 1e-3
EVEN_STEP_TOLERANCE: Annotated[
    float, Because("", DECISION, "chosen: a first column that rises in steps equal within 0.1 % is time, not a signal")
] = 1e-3
MIN_ROUNDED_TIMES: Annotated[
    int, Because("", DECISION, "chosen: so many increasing values are a time even if rounded to few digits")
] = 20
MAX_VOLTAGE_DIFFERENCE_mV: Annotated[
    float,
    Because(
        "mV",
        DECISION,
        "chosen: a column of numbers of which nine tenths are this near to the command is a recorded voltage. Smaller "
        "misses a membrane that settles; larger takes a current for a voltage",
    ),
] = 2.0
NEAR_COMMAND_FRACTION: Annotated[
    float,
    Because("", DECISION, "chosen: nine tenths of the samples; a membrane voltage needs the rest to settle"),
] = 0.9
MAX_UNEVENNESS: Annotated[
    float,
    Because(
        "",
        DECISION,
        "derived: rounding to the last digit moves a time from its even place by up to half a unit. A step of rounded "
        "times that all increase is at least one unit, so this is up to half a step; 0.01 more for rounded numbers",
    ),
] = 0.51
SERIES_RATE_TOLERANCE: Annotated[
    float, Because("", NUMERICS, "chosen: rates of two series that are equal but for rounding")
] = 1e-6
GAP_TOLERANCE: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: a sweep that starts within 2 % of a whole number of intervals too late follows deleted sweeps. "
        "Larger takes pauses for deleted sweeps; smaller misses clocks that drift",
    ),
] = 0.02
MAX_REPORTED_RS_MOhm: Annotated[
    float, Because("MΩ", RIG, "chosen: a larger telegraphed value has another unit or is invalid, and is not used")
] = 1000.0
READER_TOLERANCE: Annotated[
    float,
    Because("", NUMERICS, "derived: readers that scale partly in single precision agree to 1e-6 of the largest value"),
] = 1e-6
MIN_INTERVAL_us: Annotated[
    float, Because("µs", RIG, "chosen: 10 MHz, faster than any digitiser of currents; the header is damaged")
] = 0.1
MAX_INTERVAL_us: Annotated[float, Because("µs", RIG, "chosen: 100 s a sample; the header is damaged")] = 1e8
FINGERPRINT_SAMPLES: Annotated[
    int, Because("", DECISION, "chosen: noise makes it impossible that as many samples of two recordings agree")
] = 32
GOLDEN_SECTION: Annotated[
    float, Because("", NUMERICS, "derived: places at its multiples never repeat, whatever the length of a sweep")
] = 0.618034
FINGERPRINT_DIGITS: Annotated[
    int, Because("", NUMERICS, "chosen: digits of a stored current, more than FINGERPRINT_TOLERANCE compares")
] = 7
FINGERPRINT_TOLERANCE: Annotated[
    float, Because("", DECISION, "chosen: of the largest current; an export may keep four digits")
] = 1e-4
RUN_BLOCKS: Annotated[
    int, Because("", DECISION, "chosen: blocks of a sweep that are compared by their medians; a shorter sweep is not")
] = 32
MIN_RUN_DIFFERENCE_mV: Annotated[
    float, Because("mV", DECISION, "chosen: as MIN_FAMILY_SPAN_mV; commands that differ less are one command")
] = 1.0
RUN_NOISE_FACTOR: Annotated[
    float, Because("", DECISION, "chosen: two recorded voltages differ if they differ by 6 times the noise of a block")
] = 6.0
MIN_RUN_RAMP_mV: Annotated[
    float, Because("mV", DECISION, "chosen: a smaller ramp tests the capacitance and does not make another protocol")
] = 20.0
RUN_PAUSE_RATIO: Annotated[
    float,
    Because(
        "",
        DECISION,
        "chosen: an interval of more than 4 times its shorter neighbour is a pause between runs. Smaller divides runs "
        "at pauses of the software; larger merges runs that follow soon",
    ),
] = 4.0
OPPOSITE_DIRECTION: Annotated[
    float, Because("", DECISION, "chosen: cosine between a jump back and the steps before, 120 degrees apart")
] = -0.5
JUMP_BACK_RATIO: Annotated[
    float, Because("", DECISION, "chosen: a jump back is more than 1.5 of the steps before; a single step turns back")
] = 1.5
WHOLE_SAMPLES: Annotated[
    int,
    Because(
        "",
        NUMERICS,
        "chosen: of a longer part of a trace, evenly spaced samples give medians and lines, whose error is then "
        "0.1 % of the noise; a part of this length needs 8 MB",
    ),
] = 1 << 20
STRETCHES: Annotated[
    int, Because("", NUMERICS, "chosen: places of a longer trace at which its noise is measured, 16 384 samples each")
] = 64
