"""The closed list of codes; their definitions are in the other files of this folder."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Name of a finding, as tables, configuration and pages write it."""

    # the recording as a whole
    SHEET_FAULT = "sheet_fault"
    NOT_READ = "not_read"
    PROGRAM_ERROR = "program_error"
    RECORDING_ABSENT = "recording_absent"
    FILE_LOST = "file_lost"
    NOT_MEASURABLE = "not_measurable"
    TWO_CURRENTS = "two_currents"
    EXCLUDED = "excluded"
    # what is declared about a recording
    CONCENTRATION_IMPLAUSIBLE = "concentration_implausible"
    CONCENTRATIONS_APART = "concentrations_apart"
    NERNST_IMPLAUSIBLE = "nernst_implausible"
    PORE_POTENTIAL = "pore_potential"
    SOLUTIONS_SWAPPED = "solutions_swapped"
    SHEET_VALUE_IMPLAUSIBLE = "sheet_value_implausible"
    VALUES_GUESSED = "values_guessed"
    RECORDING_REPEATED = "recording_repeated"
    RECORDING_CONTRADICTED = "recording_contradicted"
    SWEEPS_REPEATED = "sweeps_repeated"
    RECORDING_IN_TWO_CELLS = "recording_in_two_cells"
    # checks of a recording: each has a number and a limit
    SERIES_RESISTANCE = "series_resistance"
    SERIES_RESISTANCE_DRIFT = "series_resistance_drift"
    SERIES_RESISTANCE_MISMATCH = "series_resistance_mismatch"
    CAPACITANCE_MISMATCH = "capacitance_mismatch"
    SECOND_COMPARTMENT = "second_compartment"
    SERIES_OVER_INPUT = "series_over_input"
    INPUT_RESISTANCE = "input_resistance"
    HOLDING_CURRENT = "holding_current"
    VOLTAGE_ERROR = "voltage_error"
    CLAMP_SPEED = "clamp_speed"
    TAIL_EXTRAPOLATION = "tail_extrapolation"
    TAIL_COMPLETENESS = "tail_completeness"
    TAIL_NOT_SEEN = "tail_not_seen"
    TAIL_LEAK = "tail_leak"
    PEAK_BACKGROUND = "peak_background"
    TAIL_SHIFT = "tail_shift"
    TAIL_SIGN = "tail_sign"
    HOLDING_DRIFT = "holding_drift"
    JUMP = "jump"
    WASH_IN = "wash_in"
    REPEATS_DISAGREE = "repeats_disagree"
    SETTLING = "settling"
    HYSTERESIS = "hysteresis"
    HUM = "hum"
    SATURATION = "saturation"
    # checks of a recording against the others of its cell
    SERIES_RESISTANCE_OVER_CELL = "series_resistance_over_cell"
    RETURN_TO_BATH = "return_to_bath"
    RUN_DOWN = "run_down"
    TREND_WITHOUT_RETURN = "trend_without_return"
    DECLARED_BATH = "declared_bath"
    SHIFT_BEYOND_IONS = "shift_beyond_ions"
    CELL_BEYOND_IONS = "cell_beyond_ions"
    LEAK_BEYOND_CURRENT = "leak_beyond_current"
    TAIL_ACCUMULATION = "tail_accumulation"
    TAIL_AGAINST_STEADY = "tail_against_steady"
    # how the file and the I–V were read
    PROTOCOL_TIMES = "protocol_times"
    PROTOCOL_LEVELS = "protocol_levels"
    PROTOCOL_LEVELS_UNSEEN = "protocol_levels_unseen"
    PROTOCOL_UNSEEN = "protocol_unseen"
    SWEEPS_LEFT_OUT = "sweeps_left_out"
    SWEEPS_CHOSEN = "sweeps_chosen"
    JUNCTION_ONLINE = "junction_online"
    GROUND_UNDECLARED = "ground_undeclared"
    ZEROING_BATH_UNDECLARED = "zeroing_bath_undeclared"
    CYTOSOL_IN_PIPETTE = "cytosol_in_pipette"
    INACTIVATION = "inactivation"
    KIND_DIFFERS = "kind_differs"
    PEAK_NOT_DETECTED = "peak_not_detected"
    PEAK_IN_BLANK = "peak_in_blank"
    TRANSIENT_CANCELLED = "transient_cancelled"
    RAMP_CAPACITANCE_MISMATCH = "ramp_capacitance_mismatch"
    RAMP_CAPACITANCE_UNKNOWN = "ramp_capacitance_unknown"
    RAMP_CAPACITANCE_ASSUMED = "ramp_capacitance_assumed"
    TAIL_CHARGE = "tail_charge"
    # leak subtraction
    SUB_PULSES_MISSING = "sub_pulses_missing"
    SUB_PULSE_TIME_COURSE = "sub_pulse_time_course"
    SUB_PULSE_PROPORTION = "sub_pulse_proportion"
    LEAK_WINDOW_POINTS = "leak_window_points"
    LEAK_WINDOW_CURVED = "leak_window_curved"
    LEAK_WINDOW_FLAT = "leak_window_flat"
    SUBTRACTED = "subtracted"
    POINTS_ENTERED = "points_entered"
    POINT_ERRORS_ESTIMATED = "point_errors_estimated"
    REVERSAL_ENTERED = "reversal_entered"
    REVERSAL_WITHOUT_ERROR = "reversal_without_error"
    BLOCKED_RECORDING_MISSING = "blocked_recording_missing"
    BLOCKED_RECORDINGS_DISAGREE = "blocked_recordings_disagree"
    BLOCKED_VOLTAGES_MISSING = "blocked_voltages_missing"
    LEAK_UNKNOWN_AT_VOLTAGE = "leak_unknown_at_voltage"
    # the reversal potential of one recording
    VOLTAGES_TOO_FEW = "voltages_too_few"
    CURRENT_NOT_DETECTED = "current_not_detected"
    REVERSAL_OUT_OF_RANGE = "reversal_out_of_range"
    REVERSAL_EXTRAPOLATED = "reversal_extrapolated"
    REVERSAL_NOT_BOUNDED = "reversal_not_bounded"
    SEVERAL_REVERSALS = "several_reversals"
    FURTHER_SIGN_CHANGE = "further_sign_change"
    CURVE_WITHOUT_ZERO = "curve_without_zero"
    CURRENT_FALLS = "current_falls"
    INTERVAL_OPEN = "interval_open"
    PEAK_NOISE = "peak_noise"
    INTERVAL_UNBOUNDED = "interval_unbounded"
    CHANNEL_REVERSAL_RANGE = "channel_reversal_range"
    CHANNEL_REVERSAL_OPEN = "channel_reversal_open"
    LEAK_ERROR_OPEN = "leak_error_open"
    LEAK_ERROR_NOT_LINEAR = "leak_error_not_linear"
    OHMIC_CURRENT = "ohmic_current"
    LEAK_RANGE_WIDE = "leak_range_wide"
    LEAK_RANGE_OPEN = "leak_range_open"
    LEAK_SOURCES_DISAGREE = "leak_sources_disagree"
    ESTIMATOR_DISAGREES = "estimator_disagrees"
    NERNST_UNDEFINED = "nernst_undefined"
    REVERSAL_BEYOND_IONS = "reversal_beyond_ions"
    # fits to the reversal potentials of one cell
    RECORDINGS_FLAGGED = "recordings_flagged"
    RECORDINGS_LEFT_OUT = "recordings_left_out"
    NO_REVERSALS = "no_reversals"
    ION_ABSENT = "ion_absent"
    REFERENCE_ABSENT = "reference_absent"
    SOLUTIONS_TOO_FEW = "solutions_too_few"
    FORMULA_REFUSED = "formula_refused"
    RATIO_UNRESOLVED = "ratio_unresolved"
    ONE_BATH = "one_bath"
    EXCESS_SCATTER = "excess_scatter"
    COMMON_SHIFT = "common_shift"
    UPPER_BOUND_ONLY = "upper_bound_only"
    LOWER_BOUND_ONLY = "lower_bound_only"
    OFFSET_INSEPARABLE = "offset_inseparable"
    ACTIVITY_UNCERTAIN = "activity_uncertain"
    BATH_WITHOUT_BALANCE = "bath_without_balance"
    BATH_RATIO_BOUNDED = "bath_ratio_bounded"
    ION_ABSENT_OUTSIDE = "ion_absent_outside"
    ION_ABSENT_INSIDE = "ion_absent_inside"
    ION_IN_NO_BATH = "ion_in_no_bath"
    ONE_CONCENTRATION = "one_concentration"
    SAME_CONCENTRATION_DIFFERS = "same_concentration_differs"
    TWO_BATHS = "two_baths"
    SLOPE_UNDECIDED = "slope_undecided"
    ONE_DEGREE_OF_FREEDOM = "one_degree_of_freedom"
    LINE_CURVED = "line_curved"
    LINE_CURVED_BY_GHK = "line_curved_by_ghk"
    ROBUST_WEIGHTS = "robust_weights"
    # fits to the currents of one cell
    CURRENTS_TOO_FEW = "currents_too_few"
    CURRENTS_DO_NOT_RISE = "currents_do_not_rise"
    CURRENTS_MISFIT = "currents_misfit"
    CURRENTS_INSENSITIVE = "currents_insensitive"
    CURRENTS_INDISTINGUISHABLE = "currents_indistinguishable"
    CURRENTS_FROM_ONE_BATH = "currents_from_one_bath"
    CURRENTS_PARAMETER_UNKNOWN = "currents_parameter_unknown"
    CURRENTS_WITHOUT_INTERVAL = "currents_without_interval"
    CURRENTS_DISAGREE = "currents_disagree"
    LEAK_DOMINATES_RATIO = "leak_dominates_ratio"
    LEAK_DOMINATES_SLOPE = "leak_dominates_slope"
    # one condition against another in a cell
    CONDITION_WITHOUT_RATIO = "condition_without_ratio"
    CONDITIONS_UNRESOLVED = "conditions_unresolved"
    CONDITIONS_BOUND_ONLY = "conditions_bound_only"
    # over cells
    LEAK_UNKNOWN = "leak_unknown"
    CELLS_TOO_FEW = "cells_too_few"
    MIXED_MODEL_CELLS = "mixed_model_cells"
    MIXED_MODEL_UNSOLVED = "mixed_model_unsolved"
    CELLS_WITHOUT_VALUE = "cells_without_value"
    CELLS_FLAGGED = "cells_flagged"
    CELLS_INCOMPLETE = "cells_incomplete"
    CELLS_BOUND_ONLY = "cells_bound_only"
    CELLS_REPEATED = "cells_repeated"
    CELLS_NEAR_EDGE = "cells_near_edge"
    CELLS_WITH_OPPOSITE_BOUNDS = "cells_with_opposite_bounds"
    CELLS_WITH_BOUND_BUT_NO_VALUE = "cells_with_bound_but_no_value"
    CELLS_WITHOUT_SPREAD = "cells_without_spread"
    CELLS_IN_ONE_GROUP = "cells_in_one_group"
    CELLS_UNPAIRED = "cells_unpaired"
    GROUPS_WITHOUT_SPREAD = "groups_without_spread"


CHECKS_OF_RECORDING = (
    Code.SERIES_RESISTANCE,
    Code.SERIES_RESISTANCE_DRIFT,
    Code.SERIES_RESISTANCE_MISMATCH,
    Code.CAPACITANCE_MISMATCH,
    Code.SECOND_COMPARTMENT,
    Code.SERIES_OVER_INPUT,
    Code.INPUT_RESISTANCE,
    Code.HOLDING_CURRENT,
    Code.VOLTAGE_ERROR,
    Code.CLAMP_SPEED,
    Code.TAIL_EXTRAPOLATION,
    Code.TAIL_COMPLETENESS,
    Code.TAIL_NOT_SEEN,
    Code.TAIL_LEAK,
    Code.PEAK_BACKGROUND,
    Code.TAIL_SHIFT,
    Code.TAIL_SIGN,
    Code.HOLDING_DRIFT,
    Code.JUMP,
    Code.WASH_IN,
    Code.REPEATS_DISAGREE,
    Code.SETTLING,
    Code.HYSTERESIS,
    Code.HUM,
    Code.SATURATION,
)
CHECKS_OF_CELL = (
    Code.SERIES_RESISTANCE_OVER_CELL,
    Code.RETURN_TO_BATH,
    Code.RUN_DOWN,
    Code.TREND_WITHOUT_RETURN,
    Code.DECLARED_BATH,
    Code.SHIFT_BEYOND_IONS,
    Code.CELL_BEYOND_IONS,
    Code.LEAK_BEYOND_CURRENT,
    Code.TAIL_ACCUMULATION,
    Code.TAIL_AGAINST_STEADY,
)
CHECKS = (*CHECKS_OF_RECORDING, *CHECKS_OF_CELL)
