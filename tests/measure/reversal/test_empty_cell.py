"""A cell without its channel: only leak flows, and no reversal potential of a channel may be read from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reversal.calibration.case_rig import amplifier_of, cell_of, declared, protocol_of
from reversal.calibration.drawn_cases import LEAKS, Case
from reversal.calibration.measured_cases import telegraphed
from reversal.calibration.simulated_recording import conditions_in
from reversal.measure.assessment import Assessed, assessed
from reversal.measure.measure_recording import measure_recording
from reversal.measure.table_rows import reversal_row
from reversal.measure.voltage.junction_correction import seal_reversal_mV
from reversal.simulate.rig import record_repeats
from reversal.tables.findings.code import Code
from reversal.tables.reversals_table import Current, why_unusable
from reversal.tables.status import Status

KINDS = {
    "steady": "background_potassium",
    "one-way ramp": "background_potassium",
    "tail": "slow_delayed_rectifier",
    "peak": "transient_sodium",
}
SEAL_GOhm = 1.0


def empty(case: Case, kind: str, e_error_mV: float, stated_GOhm: float | None) -> Assessed:
    """A recording of a seal of 1 GΩ alone, whose leak reverses this far from the expected potential."""
    made = replace(case, kind=kind, channel=KINDS[kind], scale=1e-6, noise_pA=3.0)
    entry, settings = declared(made, LEAKS.get(kind))
    e_leak_mV = seal_reversal_mV(entry, settings) + e_error_mV
    leaky = replace(made, leak_nS=1.0 / SEAL_GOhm, e_leak_mV=e_leak_mV)
    rig = cell_of(leaky), amplifier_of(leaky), conditions_in(made.bath), protocol_of(leaky)
    (recorded,) = record_repeats(*rig, [7])
    entry = entry.model_copy(update={"seal_GOhm": stated_GOhm})
    return assessed(measure_recording(entry, telegraphed(leaky, recorded), settings), (), ())


@pytest.mark.parametrize("stated_GOhm", [0.7, 1.4])
@pytest.mark.parametrize("e_error_mV", [-15.0, 8.0])
@pytest.mark.parametrize("kind", KINDS)
def test_with_its_seal_an_empty_cell_gives_no_value_that_fits_use(
    case: Case, kind: str, e_error_mV: float, stated_GOhm: float
) -> None:
    row = reversal_row(empty(case, kind, e_error_mV, stated_GOhm))
    assert row.status is not Status.OK
    assert why_unusable(row) is not None


@pytest.mark.parametrize("e_error_mV", [-15.0, 8.0])
@pytest.mark.parametrize("kind", KINDS)
def test_without_its_seal_an_empty_cell_gives_the_whole_current_and_an_open_range(
    case: Case, kind: str, e_error_mV: float
) -> None:
    found = empty(case, kind, e_error_mV, None)
    row = reversal_row(found)
    assert (row.e_rev_of, row.status) == (Current.WHOLE, Status.FLAGGED)
    assert Code.CHANNEL_REVERSAL_OPEN in {each.code for each in found.findings}
    assert None in (row.channel_low_mV, row.channel_high_mV)
