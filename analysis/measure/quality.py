"""Quality of a recording: one function, one sentence; limits come from the configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analysis.experiment.measuring import Quality


@dataclass(frozen=True, slots=True)
class RecordingQuality:
    """The numbers that the checks look at; None where not known.

    tail_left : tail current as a part of what the current before the step implies, where it is farthest
    telegraphed_MOhm, tested_MOhm, tested_se_MOhm : residual R_s by telegraph or sheet, by membrane test, and its error
    taus_ms, slower_part : time constants of the transient, and the part of its charge with the slower of two
    rs_drift : relative change of R_s through the recording
    settled_ms, clamp_ms : begin of the window after the edge, and the time constant of the clamp
    farthest : where E_rev may lie if the largest possible leak is one, in words
    drift_mV : of the holding current, as a shift of E_rev; wash_in_mV : of E_rev over the repeats of a ramp or family
    settling_mV : change of E_rev through the windows; hysteresis_mV : half its distance between a ramp's two ways
    """

    series_resistance_MOhm: float | None = None
    residual_MOhm: float | None = None
    telegraphed_MOhm: float | None = None
    tested_MOhm: float | None = None
    tested_se_MOhm: float | None = None
    taus_ms: tuple[float, ...] = ()
    slower_part: float | None = None
    rs_drift: float | None = None
    input_resistance_MOhm: float | None = None
    holding_pA: float | None = None
    voltage_error_mV: float | None = None
    settled_ms: float | None = None
    clamp_ms: float | None = None
    leak_fraction: float | None = None
    farthest: str = ""
    drift_mV: float | None = None
    wash_in_mV: float | None = None
    settling_mV: float | None = None
    hysteresis_mV: float | None = None
    hum_pA: float | None = None
    hum_Hz: float | None = None
    saturated_samples: int = 0
    led_back: float = 0.0
    tail_left: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What one check found: its name, the number, its limit and a sentence."""

    name: str
    number: float
    limit: float
    sentence: str


def series_resistance(quality: RecordingQuality, limits: Quality) -> Found | None:
    """I × R_s moves the membrane away from the command."""
    rs, limit = quality.series_resistance_MOhm, limits.series_resistance_MOhm
    if rs is None or rs <= limit:
        return None
    return Found("series_resistance", rs, limit, f"R_s {rs:.1f} MΩ is above {limit:.1f} MΩ")


def series_resistance_drift(quality: RecordingQuality, limits: Quality) -> Found | None:
    """A changing R_s makes a family out of unequal sweeps."""
    drift, limit = quality.rs_drift, limits.series_resistance_drift
    if drift is None or abs(drift) <= limit:
        return None
    sentence = f"R_s changes by {100 * drift:+.0f} % through the recording, more than {100 * limit:.0f} %"
    return Found("series_resistance_drift", drift, limit, sentence)


def series_resistance_agrees(quality: RecordingQuality, limits: Quality) -> Found | None:
    """The membrane test and the amplifier speak of the same resistance, or one of them is wrong."""
    told, tested, se = quality.telegraphed_MOhm, quality.tested_MOhm, quality.tested_se_MOhm
    if told is None or tested is None or se is None or se > 0.3 * max(tested, told):
        return None
    apart, limit = (
        abs(tested - told),
        max(limits.series_resistance_apart * told, 4.0 * se, 0.1 * limits.series_resistance_MOhm),
    )
    if apart <= limit:
        return None
    sentence = f"the membrane test shows {tested:.1f} MΩ left of R_s where {told:.1f} MΩ is declared or telegraphed"
    return Found("series_resistance_agrees", apart, limit, sentence)


def one_compartment(quality: RecordingQuality, limits: Quality) -> Found | None:
    """What lies behind a resistance of the cell's own follows a step late, and its current is not at the command."""
    part, limit = quality.slower_part, limits.second_compartment
    if part is None or min(part, 1.0 - part) <= limit:
        return None
    fast, slow = quality.taus_ms
    sentence = (
        f"the membrane charges with two time constants, {100 * (1 - part):.0f} % with {fast:.2f} ms and "
        f"{100 * part:.0f} % with {slow:.2f} ms: R_s and C_m are not those of a single compartment"
    )
    return Found("one_compartment", min(part, 1.0 - part), limit, sentence)


def series_over_input(quality: RecordingQuality, limits: Quality) -> Found | None:
    """The membrane gets only R_m/(R_s + R_m) of a step."""
    residual, rm, limit = quality.residual_MOhm, quality.input_resistance_MOhm, limits.series_over_input
    if residual is None or rm is None or residual <= limit * rm:
        return None
    sentence = f"residual R_s is {100 * residual / rm:.0f} % of the input resistance, above {100 * limit:.0f} %"
    return Found("series_over_input", residual / rm, limit, sentence)


def input_resistance(quality: RecordingQuality, limits: Quality) -> Found | None:
    """A leaky seal carries its own current and reversal into every number."""
    rm, limit = quality.input_resistance_MOhm, limits.input_resistance_MOhm
    if rm is None or rm >= limit:
        return None
    return Found("input_resistance", rm, limit, f"input resistance {rm:.1f} MΩ is below {limit:.1f} MΩ")


def holding(quality: RecordingQuality, limits: Quality) -> Found | None:
    """A large holding current tells of a leak or of a lost cell."""
    current, limit = quality.holding_pA, limits.holding_pA
    if current is None or abs(current) <= limit:
        return None
    return Found("holding", current, limit, f"holding current {current:.0f} pA is beyond ±{limit:.0f} pA")


def voltage_error(quality: RecordingQuality, limits: Quality) -> Found | None:
    """A large correction of the voltage axis is only as good as R_s."""
    error, limit = quality.voltage_error_mV, limits.voltage_error_mV
    if error is None or error <= limit:
        return None
    return Found(
        "voltage_error", error, limit, f"R_s moves the membrane by {error:.1f} mV near E_rev, above {limit:.1f}"
    )


def clamp_speed(quality: RecordingQuality, limits: Quality) -> Found | None:
    """A window that begins before the clamp has settled reads charging current."""
    settled, clamp = quality.settled_ms, quality.clamp_ms
    if settled is None or clamp is None or settled >= limits.clamp_constants * clamp:
        return None
    sentence = f"the window begins {settled:.2f} ms after the step, the clamp settles with {clamp:.2f} ms"
    return Found("clamp_speed", settled, limits.clamp_constants * clamp, sentence)


def led_back(quality: RecordingQuality, limits: Quality) -> Found | None:
    """A tail that is over before the transient is read from what is left of it."""
    part, limit = quality.led_back, limits.extrapolated_tail
    if part <= limit:
        return None
    sentence = (
        f"{100 * part:.0f} % of the tail currents is extrapolated back through the transient, above {100 * limit:.0f} %"
    )
    return Found("led_back", part, limit, sentence)


def tail_left(quality: RecordingQuality, limits: Quality) -> Found | None:
    """Gates do not move in an instant: what is missing of a tail was over before it could be seen."""
    part, limit = quality.tail_left, limits.tail_left
    if part is None or part >= limit:
        return None
    sentence = (
        f"the farthest tail is {100 * part:.0f} % of what the current before it implies in a constant field: "
        "part of it was too fast to be seen, or the channel rectifies"
    )
    return Found("tail_left", part, limit, sentence)


def leak_fraction(quality: RecordingQuality, limits: Quality) -> Found | None:
    """A current that could all be leak has the leak's reversal potential."""
    fraction, limit = quality.leak_fraction, limits.leak_fraction
    if fraction is None or fraction <= limit:
        return None
    sentence = (
        f"up to {100 * fraction:.0f} % of the slope at E_rev may be leak: E_rev of the channel {quality.farthest}"
    )
    return Found("leak_fraction", fraction, limit, sentence)


def drift(quality: RecordingQuality, limits: Quality) -> Found | None:
    """E_rev that moves while it is measured: the bath is not washed in, or the cell changes."""
    moved, limit = quality.drift_mV, limits.drift_mV
    if moved is None or abs(moved) <= limit:
        return None
    sentence = f"the current at holding drifts through the recording as if E_rev moved by {moved:+.1f} mV"
    return Found("drift", moved, limit, sentence)


def wash_in(quality: RecordingQuality, limits: Quality) -> Found | None:
    """E_rev that moves from repeat to repeat belongs to no one solution."""
    moved, limit = quality.wash_in_mV, limits.drift_mV
    if moved is None or abs(moved) <= limit:
        return None
    sentence = f"E_rev moves by {moved:+.1f} mV from the first repeat to the last: was the bath washed in?"
    return Found("wash_in", moved, limit, sentence)


def settling(quality: RecordingQuality, limits: Quality) -> Found | None:
    """A current that still changes in its window is not the steady one."""
    moved, limit = quality.settling_mV, limits.drift_mV
    if moved is None or abs(moved) <= limit:
        return None
    sentence = f"the current is not steady: from begin to end of the window E_rev moves by {moved:+.1f} mV"
    return Found("settling", moved, limit, sentence)


def hysteresis(quality: RecordingQuality, limits: Quality) -> Found | None:
    """Gates that a ramp is too fast for give each way its own reversal."""
    half, limit = quality.hysteresis_mV, limits.drift_mV
    if half is None or 2.0 * abs(half) <= limit:
        return None
    sentence = f"gates lag behind the ramp: E_rev on the way forth is {2.0 * half:+.1f} mV from that on the way back"
    return Found("hysteresis", 2.0 * half, limit, sentence)


def hum(quality: RecordingQuality, limits: Quality) -> Found | None:
    """Mains pick-up is no noise that averages out."""
    amplitude, limit = quality.hum_pA, limits.hum_pA
    if amplitude is None or amplitude <= limit:
        return None
    return Found("hum", amplitude, limit, f"{quality.hum_Hz:.0f} Hz hum of {amplitude:.1f} pA, above {limit:.1f} pA")


def saturation(quality: RecordingQuality, limits: Quality) -> Found | None:
    """A clipped current is not the current."""
    count, limit = quality.saturated_samples, limits.saturated_samples
    if count <= limit:
        return None
    return Found(
        "saturation", float(count), float(limit), f"{count} samples of the windows are at the digitiser's limit"
    )


CHECKS: tuple[Callable[[RecordingQuality, Quality], Found | None], ...] = (
    series_resistance,
    series_resistance_drift,
    series_resistance_agrees,
    one_compartment,
    series_over_input,
    input_resistance,
    holding,
    voltage_error,
    clamp_speed,
    led_back,
    tail_left,
    leak_fraction,
    drift,
    wash_in,
    settling,
    hysteresis,
    hum,
    saturation,
)


def checked(quality: RecordingQuality, limits: Quality) -> tuple[Found, ...]:
    """Answers of all checks that found something."""
    return tuple(found for check in CHECKS if (found := check(quality, limits)) is not None)
