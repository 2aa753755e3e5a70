"""The cases of all rooms: the one list that the tests and the page of constants use."""

from __future__ import annotations

from reversal.calibration.constant_cases import (
    clipping_cases,
    current_cases,
    declared_protocol_cases,
    fit_cases,
    iv_cases,
    membrane_cases,
    protocol_cases,
    quality_cases,
    ramp_cases,
    recordings_cases,
    reversal_cases,
    statistics_cases,
    tail_cases,
    tail_shift_cases,
    voltage_cases,
)
from reversal.calibration.constant_cases.case import Case

CASES: tuple[Case, ...] = (
    *statistics_cases.CASES,
    *protocol_cases.CASES,
    *declared_protocol_cases.CASES,
    *membrane_cases.CASES,
    *iv_cases.CASES,
    *tail_cases.CASES,
    *tail_shift_cases.CASES,
    *ramp_cases.CASES,
    *reversal_cases.CASES,
    *quality_cases.CASES,
    *clipping_cases.CASES,
    *voltage_cases.CASES,
    *fit_cases.CASES,
    *current_cases.CASES,
    *recordings_cases.CASES,
)
