"""Cases of protocols: which epoch is measured, which steps test the membrane, which copies are sub-pulses."""

from __future__ import annotations

from functools import partial

import numpy as np

from reversal.arrays import FloatArray
from reversal.calibration.constant_cases.case import Answers, exactly, first, turning
from reversal.calibration.constant_cases.made import flat, recording, sweeps
from reversal.errors import Refusal
from reversal.experiment.measure_settings import Window
from reversal.experiment.step_settings import SheetEntry
from reversal.measure.membrane.passive_properties import passive_properties
from reversal.measure.protocol.conditioning import conditioning
from reversal.measure.protocol.measured_epoch import plan, window_samples
from reversal.measure.protocol.shared_epochs import common_flats, steps_of
from reversal.measure.protocol.sub_pulses import SubPulses, find_sub_pulses, scaled_copies
from reversal.recordings.recording.recording import Epoch, Recording

LEVELS_mV = np.array([-60.0, -30.0, 0.0, 30.0, 60.0])
ENTRY = SheetEntry(recording="r", cell="c", file="r.abf", bath="b", pipette="p", temperature_C=22.0)


def _is_measured(made: Recording) -> bool:
    try:
        plan(made, Window())
    except Refusal:
        return False
    return True


def _family(*levels_mV: float, samples: int = 400) -> Recording:
    return recording([flat(("before", 200, -80.0), ("A", samples, level)) for level in levels_mV])


def narrowest_family() -> Answers:
    """Range of levels from which steps that differ between sweeps are a family."""
    spans = (0.3, 0.45, 0.6, 0.9, 1.1, 1.5, 1.9, 2.1, 3.0)
    return {"span_mV": exactly(first(spans, lambda span: _is_measured(_family(-70.0, -70.0 + span))), 1.1)}


def shortest_ramp() -> Answers:
    """Range from which a ramp is measured."""
    ranges = (10.0, 14.0, 16.0, 20.0, 29.0, 31.0, 40.0, 59.0, 61.0)

    def measured(span: float) -> bool:
        return _is_measured(recording([flat(("A", 2000, -80.0 + span), ramp_from_mV=-80.0)] * 3))

    return {"range_mV": exactly(first(ranges, measured), 31.0)}


def smallest_conditioning_step() -> Answers:
    """Height from which the step before a family makes it a family of tails."""
    heights = (8.0, 9.0, 11.0, 19.0, 21.0, 30.0, 39.0, 41.0)

    def kind(height: float) -> str:
        parts = [("before", 200, -80.0), ("A", 400, -80.0 + height)]
        return plan(recording([flat(*parts, ("B", 400, v)) for v in (-100.0, -60.0)]), Window()).protocol_kind

    return {"height_mV": exactly(first(heights, lambda height: kind(height) == "tail"), 21.0)}


def charge_of_a_conditioning_step() -> Answers:
    """A current of 1000 pA that rises by 1 pA/ms; the charge of the last 100 of 400 ms counts."""
    rows = np.zeros((2, 4600))
    rows[:, 200:4200] = 1000.0 + 0.1 * np.arange(4000)
    made = sweeps([flat(("before", 200, -80.0), ("A", 4000, 20.0), ("B", 400, v)) for v in (-100.0, -60.0)], rows)
    found = conditioning(made, plan(made.recording, Window()))
    return {
        "charge_pC": exactly(found.charge_pC if found else None, 0.1 * (1000.0 + 0.1 * 3499.5)),
        "end_pA": exactly(found.end_pA if found else None, 1000.0 + 0.1 * 3799.5),
        "level_mV": exactly(found.level_mV if found else None, 20.0),
    }


def shortest_window() -> Answers:
    """Shortest step of which a steady state is measured: eight samples after one that is blanked."""
    made = {n: _family(-60.0, -20.0, samples=n) for n in range(3, 40)}

    def fits(n: int) -> bool:
        try:
            return window_samples(plan(made[n], Window()), made[n], Window(), 0.0)[1] > 0
        except Refusal:
            return False

    return {"samples": exactly(first(made, fits), 9.0)}


def shortest_holding() -> Answers:
    """Shortest stretch before the first step whose mean is the holding current."""

    def known(n: int) -> bool:
        family = [flat(("before", n, -80.0), ("A", 400, level)) for level in LEVELS_mV.tolist()]
        return passive_properties(sweeps(family), ENTRY).holding_pA is not None

    return {"samples": exactly(first(range(1, 12), known), 4.0)}


def heights_of_test_steps() -> Answers:
    """Smallest and largest step that tests the membrane."""
    heights = (0.8, 1.2, 1.9, 2.1, 3.9, 4.1, 10.0, 14.0, 16.0, 29.0, 31.0, 45.0, 59.0, 61.0)

    def tested(height: float) -> bool:
        made = recording([flat(("before", 200, -80.0), ("A", 400, -80.0 - height))] * 3)
        return bool(steps_of(made, common_flats(made)))

    accepted = [height for height in heights if tested(height)]
    return {"smallest_mV": exactly(min(accepted), 2.1), "largest_mV": exactly(max(accepted), 29.0)}


def _with_copies(ratio: float, off_mV: float = 0.0, base: int = 100) -> list[tuple[Epoch, ...]]:
    """Pulses to five levels, each followed by two copies; ``off_mV`` is a wrong level of the copies at +60 mV."""
    commands = []
    for level in LEVELS_mV.tolist():
        copy = -90.0 + ratio * (level + 80.0) + (off_mV if level == LEVELS_mV[-1] else 0.0)
        parts = [("before", 200, -80.0), ("A", 300, level), ("B", 100, -80.0), ("C", base, -90.0), ("D", 300, copy)]
        commands.append(flat(*parts, ("E", base, -90.0), ("F", 300, copy), ("after", 100, -80.0)))
    return commands


def _found(commands: list[tuple[Epoch, ...]]) -> SubPulses | None:
    made = recording(commands)
    return find_sub_pulses(made, plan(made, Window(epoch="A")))


def sizes_of_sub_pulses() -> Answers:
    """Smallest and largest copy of a pulse, relative to it, that is a sub-pulse."""
    ratios = (0.009, 0.012, 0.019, 0.021, 0.039, 0.041, 0.25, 0.45, 0.49, 0.9, 0.94, 0.96, 1.8, 1.94)
    accepted = [ratio for ratio in ratios if _found(_with_copies(ratio)) is not None]
    return {"smallest": exactly(min(accepted), 0.021), "largest": exactly(max(accepted), 0.94)}


def a_copy_with_a_wrong_level() -> Answers:
    """Deviation of one level from which a stretch is no copy; a pulse of four other levels leaves 64 % of it."""
    steps = tuple(0.02 * n for n in range(1, 60))
    off_mV = first(steps, lambda off: _found(_with_copies(0.25, off)) is None)
    excursion = LEVELS_mV + 80.0
    left = 1.0 - excursion[-1] ** 2 / float(excursion @ excursion)
    return {"off_mV": exactly(off_mV, next(one for one in steps if one * left >= 0.2))}


def baseline_of_a_copy() -> Answers:
    """Shortest stretch before a copy; its second half is the baseline."""
    return {"samples": exactly(first(range(2, 60, 2), lambda n: _found(_with_copies(0.25, base=n)) is not None), 16.0)}


def drift_of_scaled_copies() -> Answers:
    """Two copies of a quarter: 1.5 (1 + 1/(2 · ¼²)) times the variance of slow drift."""
    found = _found(_with_copies(0.25))
    return {"gain": exactly(found.drift_gain if found else None, 1.5 * 9.0)}


def _finding(commands: list[tuple[Epoch, ...]], leak_pA: FloatArray) -> str | None:
    """Finding about copies whose response is ``leak_pA`` (sweeps, 300)."""
    rows = np.zeros((LEVELS_mV.size, commands[0][-1].stop))
    for epoch in (commands[0][4], commands[0][6]):
        rows[:, epoch.start : epoch.stop] = leak_pA
    made = sweeps(commands, rows)
    measured = plan(made.recording, Window(epoch="A"))
    found = find_sub_pulses(made.recording, measured)
    if found is None:
        return "no copies"
    starts = np.array([epoch.start for epoch in measured.epochs])
    one = scaled_copies(made, measured, found, starts, 300, 0.0).finding
    return None if one is None else one.code.value


def a_leak_that_changes_within_the_copies() -> Answers:
    """Linear change of the leak within a copy that is reported: ⅔ c of it between its thirds, over 1 + ⅚ c."""
    commands, excursion = _with_copies(0.25), 0.25 * (LEVELS_mV + 80.0)
    time = np.linspace(0.0, 1.0, 300)
    changes = tuple(0.01 * n for n in range(1, 60))

    def reported(change: float) -> bool:
        return _finding(commands, excursion[:, None] * (1.0 + change * time)) is not None

    return {"change": exactly(turning(changes, reported), 0.18)}


def noise_of_scaled_copies() -> Answers:
    """Change of a noisy leak within a copy that is reported, and deviation from proportion to the voltage."""
    commands, excursion = _with_copies(0.25), 0.25 * (LEVELS_mV + 80.0)
    noise = 4.0 * np.random.default_rng(5).standard_normal((LEVELS_mV.size, 300))
    late = np.linspace(0.0, 1.0, 300) > 0.5
    bend = (excursion - excursion.mean()) ** 2 / excursion.max()
    changed = partial(_finding, commands)
    changes = tuple(0.02 * 1.1**n for n in range(60))
    return {
        "change": turning(changes, lambda c: changed(excursion[:, None] * (1.0 + c * late) + noise) is not None),
        "bend": turning(changes, lambda c: changed((excursion + c * bend)[:, None] + noise) is not None),
    }


CASES = (
    narrowest_family,
    shortest_ramp,
    smallest_conditioning_step,
    charge_of_a_conditioning_step,
    shortest_window,
    shortest_holding,
    heights_of_test_steps,
    sizes_of_sub_pulses,
    a_copy_with_a_wrong_level,
    baseline_of_a_copy,
    drift_of_scaled_copies,
    a_leak_that_changes_within_the_copies,
    noise_of_scaled_copies,
)
