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
from reversal.simulate.bath import SERIES, RigSolution
from reversal.simulate.rig import record_repeats
from reversal.tables.findings.code import Code
from reversal.tables.reversals_table import Current, why_unusable
from reversal.tables.status import Severity, Status

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


@pytest.mark.parametrize(("declared_bath", "flagged"), [(SERIES[0], False), (SERIES[2], True)])
def test_a_value_below_the_nernst_potentials_of_all_ions_is_flagged(
    case: Case, declared_bath: RigSolution, flagged: bool
) -> None:
    """Recorded in 2.5 mM K⁺, near −90 mV; E_K is −66 mV in the bath of 10 mM."""
    made = replace(case, kind="steady", channel="background_potassium", bath=SERIES[0])
    entry, settings = declared(replace(made, bath=declared_bath))
    (recorded,) = record_repeats(cell_of(made), amplifier_of(made), conditions_in(made.bath), protocol_of(made), [7])
    found = assessed(measure_recording(entry, telegraphed(made, recorded), settings), (), ())
    (beyond,) = [each for each in found.findings if each.code is Code.REVERSAL_BEYOND_IONS] or [None]
    assert (beyond is not None) is flagged
    if beyond is not None:
        assert beyond.place == "K"
        assert beyond.severity is Severity.WARNING
        assert (beyond.number or 0.0) + 10.0 < (beyond.limit or 0.0)
