"""Quality of a recording: one function, one number, one sentence; limits come from the configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reversal.experiment.measure_settings import Quality

UNSURE = 0.3  # relative error from which a membrane test speaks against no other value
CLEAR = 4.0  # standard errors
SEEN = 3.0  # standard errors from which two reversals differ


@dataclass(frozen=True, slots=True)
class RecordingQuality:
    """The numbers that the checks look at; None where not known.

    tail_left : tail current as a part of what the current before the step or other tails imply, where it is farthest
    telegraphed_MOhm, tested_MOhm, tested_se_MOhm : residual R_s by telegraph or sheet, by membrane test, and its error
    told_pF, tested_pF, tested_se_pF : C_m by telegraph or sheet, by membrane test, and its error
    taus_ms, slower_part : time constants of the transient, and the part of its charge with the slower of two
    rs_drift : relative change of R_s through the recording
    settled_ms, clamp_ms : begin of the window after the edge, and the time constant of the clamp
    farthest : where E_rev may lie if the largest possible leak is one, in words
    relaxing_mV : reversal of what relaxes in tails; relaxing_apart_mV, relaxing_se_mV : from E_rev, and the error
    drift_mV : of the holding current, as a shift of E_rev; jump_mV : of holding current and I–V, likewise
    wash_in_mV : change of E_rev over the repeats of a ramp or family
    settling_mV : how far E_rev still has to go from the middle of the windows
    hysteresis_mV : half the distance of E_rev between a ramp's two ways
    """

    series_resistance_MOhm: float | None = None
    residual_MOhm: float | None = None
    telegraphed_MOhm: float | None = None
    tested_MOhm: float | None = None
    tested_se_MOhm: float | None = None
    told_pF: float | None = None
    tested_pF: float | None = None
    tested_se_pF: float | None = None
    taus_ms: tuple[float, ...] = ()
    slower_part: float | None = None
    rs_drift: float | None = None
    input_resistance_MOhm: float | None = None
    holding_pA: float | None = None
    voltage_error_mV: float | None = None
    settled_ms: float | None = None
    clamp_ms: float | None = None
    leak_fraction: float | None = None
    relaxing_mV: float | None = None
    relaxing_apart_mV: float | None = None
    relaxing_se_mV: float | None = None
    farthest: str = ""
    drift_mV: float | None = None
    jump_mV: float | None = None
    wash_in_mV: float | None = None
    settling_mV: float | None = None
    hysteresis_mV: float | None = None
    hum_pA: float | None = None
    hum_Hz: float | None = None
    saturated_samples: int | None = None
    led_back: float | None = None
    tail_left: float | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check says: its name, the number, its limit, whether that is beyond, and then a sentence."""

    name: str
    number: float
    limit: float
    beyond: bool
    sentence: str


def series_resistance(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """I × R_s moves the membrane away from the command."""
    rs, limit = quality.series_resistance_MOhm, limits.series_resistance_MOhm
    if rs is None:
        return None
    return Checked("series_resistance", rs, limit, rs > limit, f"R_s {rs:.1f} MΩ is above {limit:.1f} MΩ")


def series_resistance_drift(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """A changing R_s makes a family out of unequal sweeps."""
    drift, limit = quality.rs_drift, limits.series_resistance_drift
    if drift is None:
        return None
    sentence = f"R_s changes by {100 * drift:+.0f} % through the recording, more than {100 * limit:.0f} %"
    return Checked("series_resistance_drift", drift, limit, abs(drift) > limit, sentence)


def series_resistance_agrees(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """The membrane test and the amplifier speak of the same resistance, or one of them is wrong."""
    told, tested, se = quality.telegraphed_MOhm, quality.tested_MOhm, quality.tested_se_MOhm
    if told is None or tested is None or se is None or se > UNSURE * max(tested, told):
        return None
    apart = abs(tested - told)
    limit = max(limits.series_resistance_apart * told, CLEAR * se, 0.1 * limits.series_resistance_MOhm)
    sentence = f"the membrane test shows {tested:.1f} MΩ left of R_s where {told:.1f} MΩ is declared or telegraphed"
    return Checked("series_resistance_agrees", apart, limit, apart > limit, sentence)


def capacitance_agrees(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """Another capacitance than was told is another cell's, or membrane that nobody counted."""
    told, tested, se = quality.told_pF, quality.tested_pF, quality.tested_se_pF
    if told is None or tested is None or se is None:
        return None
    apart, limit = tested / told - 1.0, max(limits.capacitance_apart, CLEAR * se / told)
    sentence = f"the membrane test shows {tested:.1f} pF where {told:.1f} pF is declared or telegraphed"
    return Checked("capacitance_agrees", apart, limit, abs(apart) > limit, sentence)


def one_compartment(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """What lies behind a resistance of the cell's own follows a step late, and its current is not at the command."""
    part, limit = quality.slower_part, limits.second_compartment
    if part is None:
        return None
    fast, slow = quality.taus_ms
    sentence = (
        f"the membrane charges with two time constants, {100 * (1 - part):.0f} % with {fast:.2f} ms and "
        f"{100 * part:.0f} % with {slow:.2f} ms: R_s and C_m are not those of a single compartment"
    )
    smaller = min(part, 1.0 - part)
    return Checked("one_compartment", smaller, limit, smaller > limit, sentence)


def series_over_input(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """The membrane gets only R_m/(R_s + R_m) of a step."""
    residual, rm, limit = quality.residual_MOhm, quality.input_resistance_MOhm, limits.series_over_input
    if residual is None or rm is None:
        return None
    part = residual / rm
    sentence = f"residual R_s is {100 * part:.0f} % of the input resistance, above {100 * limit:.0f} %"
    return Checked("series_over_input", part, limit, part > limit, sentence)


def input_resistance(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """A leaky seal carries its own current and reversal into every number."""
    rm, limit = quality.input_resistance_MOhm, limits.input_resistance_MOhm
    if rm is None:
        return None
    return Checked("input_resistance", rm, limit, rm < limit, f"input resistance {rm:.1f} MΩ is below {limit:.1f} MΩ")


def holding(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """A large holding current tells of a leak or of a lost cell."""
    current, limit = quality.holding_pA, limits.holding_pA
    if current is None:
        return None
    sentence = f"holding current {current:.0f} pA is beyond ±{limit:.0f} pA"
    return Checked("holding", current, limit, abs(current) > limit, sentence)


def voltage_error(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """A large correction of the voltage axis is only as good as R_s."""
    error, limit = quality.voltage_error_mV, limits.voltage_error_mV
    if error is None:
        return None
    sentence = f"R_s moves the membrane by {error:.1f} mV near E_rev, above {limit:.1f}"
    return Checked("voltage_error", error, limit, error > limit, sentence)


def clamp_speed(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """A window that begins before the clamp has settled reads charging current."""
    settled, clamp = quality.settled_ms, quality.clamp_ms
    if settled is None or clamp is None:
        return None
    limit = limits.clamp_constants * clamp
    sentence = f"the window begins {settled:.2f} ms after the step, the clamp settles with {clamp:.2f} ms"
    return Checked("clamp_speed", settled, limit, settled < limit, sentence)


def led_back(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """A tail that is over before the transient is read from what is left of it."""
    part, limit = quality.led_back, limits.extrapolated_tail
    if part is None:
        return None
    sentence = (
        f"{100 * part:.0f} % of the tail currents is extrapolated back through the transient, above {100 * limit:.0f} %"
    )
    return Checked("led_back", part, limit, part > limit, sentence)


def tail_left(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """Gates do not move in an instant: what is missing of a tail was over before it could be seen."""
    part, limit = quality.tail_left, limits.tail_completeness
    if part is None:
        return None
    sentence = (
        f"a far tail is {100 * part:.0f} % of what the current before it or the other tails imply in a constant "
        "field: part of it was too fast to be seen, or the channel rectifies"
    )
    return Checked("tail_left", part, limit, part < limit, sentence)


def leak_fraction(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """A current that could all be leak has the leak's reversal potential."""
    fraction, limit = quality.leak_fraction, limits.leak_fraction
    if fraction is None:
        return None
    sentence = (
        f"up to {100 * fraction:.0f} % of the slope at E_rev may be leak: E_rev of the channel {quality.farthest}"
    )
    return Checked("leak_fraction", fraction, limit, fraction > limit, sentence)


def tail_leak(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """A tail's instantaneous current holds the leak; what relaxes of it does not."""
    apart, se = quality.relaxing_apart_mV, quality.relaxing_se_mV
    if apart is None or se is None:
        return None
    limit = max(limits.tail_leak_mV, SEEN * se)
    sentence = (
        f"what relaxes of the tails reverses at {quality.relaxing_mV:.1f} mV, {apart:+.1f} mV from the whole current: "
        "there is leak in it"
    )
    return Checked("tail_leak", apart, limit, abs(apart) > limit, sentence)


def drift(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """E_rev that moves while it is measured: the bath is not washed in, or the cell changes."""
    moved, limit = quality.drift_mV, limits.drift_mV
    if moved is None:
        return None
    sentence = f"the current at holding drifts through the recording as if E_rev moved by {moved:+.1f} mV"
    return Checked("drift", moved, limit, abs(moved) > limit, sentence)


def jump(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """A seal that gives way in the middle of a family makes one I–V out of two membranes."""
    moved, limit = quality.jump_mV, limits.drift_mV
    if moved is None:
        return None
    sentence = f"holding current and I–V jump from one sweep to the next, as if E_rev moved by {moved:+.1f} mV"
    return Checked("jump", moved, limit, abs(moved) > limit, sentence)


def wash_in(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """E_rev that moves from repeat to repeat belongs to no one solution."""
    moved, limit = quality.wash_in_mV, limits.drift_mV
    if moved is None:
        return None
    sentence = f"E_rev moves by {moved:+.1f} mV from the first repeat to the last: was the bath washed in?"
    return Checked("wash_in", moved, limit, abs(moved) > limit, sentence)


def settling(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """A current that still changes in its window is not the steady one."""
    moved, limit = quality.settling_mV, limits.drift_mV
    if moved is None:
        return None
    sentence = f"the current is not steady: E_rev has some {moved:+.1f} mV still to go"
    return Checked("settling", moved, limit, abs(moved) > limit, sentence)


def hysteresis(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """Gates that a ramp is too fast for give each way its own reversal."""
    half, limit = quality.hysteresis_mV, limits.drift_mV
    if half is None:
        return None
    apart = 2.0 * half
    sentence = f"gates lag behind the ramp: E_rev on the way forth is {apart:+.1f} mV from that on the way back"
    return Checked("hysteresis", apart, limit, abs(apart) > limit, sentence)


def hum(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """Mains pick-up is no noise that averages out."""
    amplitude, limit = quality.hum_pA, limits.hum_pA
    if amplitude is None:
        return None
    sentence = f"{quality.hum_Hz:.0f} Hz hum of {amplitude:.1f} pA, above {limit:.1f} pA"
    return Checked("hum", amplitude, limit, amplitude > limit, sentence)


def saturation(quality: RecordingQuality, limits: Quality) -> Checked | None:
    """A clipped current is not the current."""
    count, limit = quality.saturated_samples, limits.saturated_samples
    if count is None:
        return None
    sentence = f"{count} samples of the windows are at the digitiser's limit"
    return Checked("saturation", float(count), float(limit), count > limit, sentence)


CHECKS: tuple[Callable[[RecordingQuality, Quality], Checked | None], ...] = (
    series_resistance,
    series_resistance_drift,
    series_resistance_agrees,
    capacitance_agrees,
    one_compartment,
    series_over_input,
    input_resistance,
    holding,
    voltage_error,
    clamp_speed,
    led_back,
    tail_left,
    leak_fraction,
    tail_leak,
    drift,
    jump,
    wash_in,
    settling,
    hysteresis,
    hum,
    saturation,
)


def checked(quality: RecordingQuality, limits: Quality) -> tuple[Checked, ...]:
    """Answers of all checks whose number is known."""
    return tuple(found for check in CHECKS if (found := check(quality, limits)) is not None)
