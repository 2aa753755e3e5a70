"""Each check of a recording passes at its limit and fails just above or below it."""

from __future__ import annotations

import pytest

from reversal.experiment.measure_settings import Quality
from reversal.measure.quality.mains_hum import Hum
from reversal.measure.quality.recording_checks import recording_checks
from reversal.measure.reversal.background import Background
from reversal.tables.findings.code import Code
from tests.measure.quality.test_recording_checks import changed

AT_LIMIT: dict[str, tuple[Code, dict[str, object], dict[str, object]]] = {
    "series resistance": (Code.SERIES_RESISTANCE, {"series_resistance_MOhm": 20.0}, {"series_resistance_MOhm": 20.01}),
    "drift of R_s": (Code.SERIES_RESISTANCE_DRIFT, {"rs_drift": -0.2}, {"rs_drift": -0.201}),
    "R_s by both, half of the reported": (
        Code.SERIES_RESISTANCE_MISMATCH,
        {"reported_residual_MOhm": 10.0, "tested_MOhm": 5.0},
        {"reported_residual_MOhm": 10.0, "tested_MOhm": 4.99},
    ),
    "R_s by both, four errors": (
        Code.SERIES_RESISTANCE_MISMATCH,
        {"tested_MOhm": 6.0, "tested_se_MOhm": 1.65},
        {"tested_MOhm": 6.01, "tested_se_MOhm": 1.64},
    ),
    "R_s by both, a tenth of the limit": (
        Code.SERIES_RESISTANCE_MISMATCH,
        {"tested_MOhm": 4.0, "tested_se_MOhm": 0.1},
        {"tested_MOhm": 4.01, "tested_se_MOhm": 0.1},
    ),
    "C_m by both, 30 %": (Code.CAPACITANCE_MISMATCH, {"tested_pF": 25.99}, {"tested_pF": 26.01}),
    "C_m by both, four errors": (
        Code.CAPACITANCE_MISMATCH,
        {"tested_pF": 10.01, "tested_se_pF": 2.5},
        {"tested_pF": 9.99, "tested_se_pF": 2.5},
    ),
    "charge of the slower compartment": (Code.SECOND_COMPARTMENT, {"slow_fraction": 0.2}, {"slow_fraction": 0.201}),
    "charge of the faster compartment": (Code.SECOND_COMPARTMENT, {"slow_fraction": 0.801}, {"slow_fraction": 0.799}),
    "residual over input resistance": (Code.SERIES_OVER_INPUT, {"residual_MOhm": 30.0}, {"residual_MOhm": 30.1}),
    "input resistance": (
        Code.INPUT_RESISTANCE,
        {"input_resistance_MOhm": 10.0, "residual_MOhm": 0.5},
        {"input_resistance_MOhm": 9.99, "residual_MOhm": 0.5},
    ),
    "holding current": (Code.HOLDING_CURRENT, {"holding_pA": 2000.0}, {"holding_pA": 2000.1}),
    "voltage error": (Code.VOLTAGE_ERROR, {"voltage_error_mV": 5.0}, {"voltage_error_mV": 5.01}),
    "clamp": (Code.CLAMP_SPEED, {"window_delay_ms": 0.31}, {"window_delay_ms": 0.29}),
    "extrapolated tail": (Code.TAIL_EXTRAPOLATION, {"extrapolated_fraction": 0.3}, {"extrapolated_fraction": 0.301}),
    "complete tail": (Code.TAIL_COMPLETENESS, {"tail_completeness": 0.75}, {"tail_completeness": 0.749}),
    "leak in tails, 3 mV": (
        Code.TAIL_LEAK,
        {"tail_background": Background(-68.0, 3.0, 0.4)},
        {"tail_background": Background(-68.0, 3.01, 0.4)},
    ),
    "leak in tails, three errors": (
        Code.TAIL_LEAK,
        {"tail_background": Background(-77.0, -6.0, 2.0)},
        {"tail_background": Background(-77.0, -6.01, 2.0)},
    ),
    "background of peaks, 3 mV": (
        Code.PEAK_BACKGROUND,
        {"peak_background": Background(-74.0, -3.0, 0.4)},
        {"peak_background": Background(-74.0, -3.01, 0.4)},
    ),
    "background of peaks, three errors": (
        Code.PEAK_BACKGROUND,
        {"peak_background": Background(-65.0, 6.0, 2.0)},
        {"peak_background": Background(-65.0, 6.01, 2.0)},
    ),
    "holding drift": (Code.HOLDING_DRIFT, {"holding_drift_mV": 2.0}, {"holding_drift_mV": 2.01}),
    "jump": (Code.JUMP, {"jump_mV": -2.0}, {"jump_mV": -2.01}),
    "wash-in": (Code.WASH_IN, {"wash_in_mV": 2.0}, {"wash_in_mV": 2.01}),
    "settling": (Code.SETTLING, {"settling_mV": 2.0}, {"settling_mV": 2.01}),
    "hysteresis": (Code.HYSTERESIS, {"hysteresis_mV": -2.0}, {"hysteresis_mV": -2.01}),
    "hum": (Code.HUM, {"hum": Hum(50.0, 9.0, 2.0)}, {"hum": Hum(50.0, 9.0, 2.01)}),
    "clipped samples": (Code.SATURATION, {"saturated_samples": 0}, {"saturated_samples": 1}),
}


def failed(numbers: dict[str, object]) -> set[Code]:
    return {check.finding.code for check in recording_checks(changed(**numbers), Quality()) if not check.passed}


@pytest.mark.parametrize("name", AT_LIMIT)
def test_a_number_at_its_limit_passes_and_the_next_one_fails(name: str) -> None:
    code, good, bad = AT_LIMIT[name]
    assert failed(good) == set()
    assert failed(bad) == {code}


def test_a_membrane_test_that_is_known_to_less_than_30_percent_is_not_compared() -> None:
    """Of the larger of both resistances."""
    for tested, reported, se, known in ((2.0, 10.0, 2.99, True), (2.0, 10.0, 3.01, False), (10.0, 2.0, 2.99, True)):
        quality = changed(tested_MOhm=tested, reported_residual_MOhm=reported, tested_se_MOhm=se)
        codes = {check.finding.code for check in recording_checks(quality, Quality())}
        assert (Code.SERIES_RESISTANCE_MISMATCH in codes) is known


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("series_resistance_MOhm", Code.SERIES_RESISTANCE),
        ("rs_drift", Code.SERIES_RESISTANCE_DRIFT),
        ("tested_MOhm", Code.SERIES_RESISTANCE_MISMATCH),
        ("reported_residual_MOhm", Code.SERIES_RESISTANCE_MISMATCH),
        ("tested_se_MOhm", Code.SERIES_RESISTANCE_MISMATCH),
        ("reported_pF", Code.CAPACITANCE_MISMATCH),
        ("tested_pF", Code.CAPACITANCE_MISMATCH),
        ("tested_se_pF", Code.CAPACITANCE_MISMATCH),
        ("slow_fraction", Code.SECOND_COMPARTMENT),
        ("residual_MOhm", Code.SERIES_OVER_INPUT),
        ("holding_pA", Code.HOLDING_CURRENT),
        ("voltage_error_mV", Code.VOLTAGE_ERROR),
        ("clamp_ms", Code.CLAMP_SPEED),
        ("window_delay_ms", Code.CLAMP_SPEED),
        ("extrapolated_fraction", Code.TAIL_EXTRAPOLATION),
        ("tail_completeness", Code.TAIL_COMPLETENESS),
        ("tail_background", Code.TAIL_LEAK),
        ("peak_background", Code.PEAK_BACKGROUND),
        ("jump_mV", Code.JUMP),
        ("hum", Code.HUM),
        ("saturated_samples", Code.SATURATION),
    ],
)
def test_a_check_without_one_of_its_numbers_is_not_made(name: str, code: Code) -> None:
    every = {check.finding.code for check in recording_checks(changed(), Quality())}
    found = {check.finding.code for check in recording_checks(changed(**{name: None}), Quality())}
    assert every - found == {code}


def test_findings_state_what_was_compared() -> None:
    by = {check.finding.code: check.finding for check in recording_checks(changed(), Quality())}
    assert by[Code.SERIES_RESISTANCE_MISMATCH].values == {"tested": 2.2, "reported": 2.0}
    assert by[Code.CAPACITANCE_MISMATCH].values == {"tested": 21.0, "reported": 20.0}
    compartment = by[Code.SECOND_COMPARTMENT].values
    assert compartment == {"fast_percent": 90.0, "fast_ms": 0.05, "slow_percent": pytest.approx(10.0), "slow_ms": 0.3}
    assert by[Code.HUM].values == {"frequency_Hz": 50.0, "amplitude_pA": 0.5}
    assert by[Code.TAIL_LEAK].values == by[Code.PEAK_BACKGROUND].values == {"decaying_mV": -70.0, "where": "at"}
