"""Sources of R_s, C_m and R_m: the sheet before the telegraph before the membrane test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reversal.experiment.step_settings import SheetEntry
from reversal.measure.membrane.clamp import Capacitance
from reversal.measure.membrane.membrane_test import MembraneTest, Ranged
from reversal.measure.membrane.passive_properties import Passive, clamp_of, passive_properties
from reversal.measure.protocol.sweeps import Sweeps
from reversal.recordings.recording.recording import Telegraph
from tests.measure.made_recordings import recording, steps
from tests.measure.membrane.charging_currents import PER_MS, charging

BEFORE, LENGTH, AFTER, LATER = 400, 600, 600, 100

CELL = (10.0, 30.0, 400.0)  # R_s left by compensation, C_m, R_m


def passive(telegraph: Telegraph | None = None, **declared: Any) -> Passive:
    """Passive properties of a recording with a membrane test of −10 mV and a holding current of −25 pA."""
    total = BEFORE + LENGTH + AFTER + LATER
    t = np.arange(total) - BEFORE - 0.4
    one = -25.0 - 10.0 * (charging(t, *CELL) - charging(t - LENGTH, *CELL))
    rows = one + 0.1 * np.random.default_rng(2).standard_normal((5, total))
    commands = [
        steps((-80.0, BEFORE), (-90.0, LENGTH), (-80.0, AFTER), (v, LATER)) for v in (-40.0, -20.0, 0.0, 20.0, 40.0)
    ]
    made = recording(rows, commands, 1000.0 * PER_MS, telegraph or Telegraph(lowpass_Hz=4000.0))
    entry = SheetEntry(
        recording="r", cell="c", file="f.abf", bath="b", pipette="p", temperature_C=22.0, **declared
    )  # fmt: skip
    return passive_properties(Sweeps.of(made), entry)


def telegraphed(**values: float) -> Telegraph:
    return Telegraph(lowpass_Hz=4000.0, **values)


def test_a_membrane_test_gives_all_properties() -> None:
    found = passive()
    assert found.rs is not None
    assert found.test is not None
    assert found.test.rs_MOhm is not None
    assert found.test.cm_pF is not None
    assert found.tested == Capacitance(found.test.cm_pF.value, found.test.cm_pF.se)
    assert (found.rs.rs_MOhm, found.rs.residual_MOhm, found.rs.source) == (
        pytest.approx(10.0, rel=0.01),
        pytest.approx(10.0, rel=0.01),
        "membrane test",
    )
    assert found.rs.sd_MOhm == found.test.rs_MOhm.se
    assert found.cm_pF == pytest.approx(30.0, rel=0.01)
    assert found.rm_MOhm == pytest.approx(400.0, rel=0.01)
    assert found.holding_pA == pytest.approx(-25.0, abs=0.05)
    assert found.reported_pF is None
    assert found.clamp_ms == pytest.approx(0.3, rel=0.01)


def test_compensation_raises_r_s_above_its_residual() -> None:
    for found in (passive(rs_compensation=0.6), passive(telegraphed(rs_compensation=0.6))):
        assert found.rs is not None
        assert (found.rs.rs_MOhm, found.rs.residual_MOhm) == pytest.approx((25.0, 10.0), rel=0.01)
    full = passive(rs_compensation=1.0)
    assert full.rs is not None
    assert (full.rs.rs_MOhm, full.rs.residual_MOhm) == pytest.approx((10.0, 10.0), rel=0.01)


def test_the_sheet_comes_before_the_telegraph_and_both_before_the_test() -> None:
    sheet = passive(
        telegraphed(rs_MOhm=12.0, rs_compensation=0.5, cm_pF=32.0), rs_MOhm=16.0, rs_compensation=0.75, cm_pF=36.0
    )
    assert sheet.rs is not None
    assert (sheet.rs.rs_MOhm, sheet.rs.residual_MOhm, sheet.rs.source) == (16.0, 4.0, "sheet")
    assert sheet.rs.sd_MOhm == pytest.approx(0.4)
    assert (sheet.cm_pF, sheet.reported_pF) == (36.0, 36.0)
    assert sheet.clamp_ms == pytest.approx(4.0 * 36.0 * 1e-3)
    telegraph = passive(telegraphed(rs_MOhm=12.0, rs_compensation=0.5, cm_pF=32.0))
    assert telegraph.rs is not None
    assert (telegraph.rs.rs_MOhm, telegraph.rs.residual_MOhm, telegraph.rs.source) == (12.0, 6.0, "telegraph")
    assert telegraph.rs.sd_MOhm == pytest.approx(0.6)
    assert telegraph.cm_pF == 32.0
    mixed = passive(telegraphed(rs_MOhm=12.0, rs_compensation=0.5), rs_compensation=0.75)
    assert mixed.rs is not None
    assert mixed.rs.residual_MOhm == 3.0


@pytest.mark.parametrize(("reported_pF", "cancelled"), [(39.0, False), (41.0, True)])
def test_less_than_three_quarters_of_the_reported_capacitance_is_a_cancelled_transient(
    reported_pF: float, cancelled: bool
) -> None:
    found = passive(telegraphed(cm_pF=reported_pF))
    assert found.cm_pF == reported_pF
    assert (found.rs is None) is cancelled
    assert found.tested is not None
    assert found.tested.pF == pytest.approx(30.0, rel=0.01)
    assert found.rm_MOhm == pytest.approx(400.0, rel=0.01)
    clamp = clamp_of(found, 4000.0)
    assert clamp.charging == found.tested
    assert (clamp.cm_pF, clamp.lowpass_Hz) == (reported_pF, 4000.0)
    assert (clamp.residual_MOhm, clamp.tau_ms) == (
        (None, None) if cancelled else (found.rs.residual_MOhm, found.clamp_ms)
    )  # type: ignore[union-attr]


def test_without_r_s_the_clamp_has_the_time_constant_of_the_test() -> None:
    test = MembraneTest(None, Ranged(30.0, 0.5), None, tau_ms=0.4)
    assert Passive(None, 30.0, None, None, test).clamp_ms == 0.4
    assert Passive(None, 30.0, None, None, None).clamp_ms is None


@pytest.mark.parametrize(("before", "known"), [(3, False), (4, True)])
def test_a_holding_current_is_a_mean_of_four_samples(before: int, known: bool) -> None:
    rows = np.full((5, before + 300), 7.0)
    commands = [steps((-80.0, before), (v, 300)) for v in (-20.0, 0.0, 20.0, 40.0, 60.0)]
    entry = SheetEntry(recording="r", cell="c", file="f.abf", bath="b", pipette="p", temperature_C=22.0)
    found = passive_properties(Sweeps.of(recording(rows, commands)), entry)
    assert found.holding_pA == (7.0 if known else None)
