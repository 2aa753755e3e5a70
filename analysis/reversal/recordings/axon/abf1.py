"""ABF version 1 (Clampex 6 to 9, and what newer programs save as ABF 1.8): one header of fixed places.

Little-endian; 2048 bytes up to version 1.5, 6144 from 1.6 on, then blocks of 512 bytes. All of the stimulus of two
analog outputs is in the extended part (from byte 2048), so a file with a short header carries no command at all.
Seen: 1.2.9.9 converted by other programs (no stimulus), 1.6, 1.65, 1.84. Never seen: split clocks, more than 2 outputs
with a waveform, stimulus data kept inside the file.
"""

from __future__ import annotations

from reversal.recordings.axon.header import (
    EPISODIC,
    MOST_SWEEPS,
    AxonEpoch,
    AxonHeader,
    AxonInput,
    AxonOutput,
    AxonSweep,
    Fields,
    UserList,
    began,
    counted,
    largest_value,
    listed_sweeps,
)
from reversal.recordings.recording import RecordingRefused, Tag

BLOCK = 512
LONG_HEADER = 6144
AXON_FILE = 1  # nFileType; others were converted from programs before the format
EPOCHS_PER_OUTPUT = 10
OUTPUTS, OUTPUTS_WITH_WAVEFORM = 4, 2
FIRST_VERSION_WITH_LONG_HEADER = 1.55


def read_version_1(fields: Fields) -> AxonHeader:
    """Read a version 1 header."""
    number = fields.one("f", 4)
    if not 1 <= number < 2:
        raise RecordingRefused("this is no ABF version 1 file", file=fields.file, found=number, expected="1.0 to 1.99")
    channels = counted(fields.one("h", 120), 16, "channels", fields.file)
    is_long = number > FIRST_VERSION_WITH_LONG_HEADER and fields.one("i", 40) * BLOCK >= LONG_HEADER
    has_protocol = is_long and fields.one("h", 36) == AXON_FILE
    inputs = _inputs(fields, channels, extended=has_protocol)
    interval = fields.one("f", 122)
    _must_have_one_clock(fields, interval)
    unit_us = fields.one("f", 130)
    data_count = counted(fields.one("i", 10), 1 << 31, "samples", fields.file)
    return AxonHeader(
        version=_version(number),
        mode=fields.one("h", 8),
        experiment_type=fields.one("h", 260),
        integers=fields.one("h", 100) == 0,
        data_start=fields.one("i", 40) * BLOCK + fields.one("h", 14) * 2,
        data_count=data_count,
        sample_interval_us=interval * max(channels, 1),
        samples_per_sweep=fields.one("i", 138) // max(channels, 1),
        episodes=fields.one("i", 16),
        first_episode=fields.one("h", 162),
        sweeps_per_run=fields.one("i", 146),
        start_to_start_s=fields.one("f", 178),
        sweeps=_sweeps(fields, data_count, interval, unit_us),
        inputs=inputs,
        outputs=tuple(_output(fields, n) for n in range(OUTPUTS)) if has_protocol else (),
        active_output=fields.one("h", 1440),
        alternating=has_protocol and fields.one("h", 5876) != 0,
        has_protocol=has_protocol,
        averaged=fields.one("h", 158) != 0 and fields.one("i", 190) > 1,
        tags=_tags(fields, unit_us or interval),
        started=began(fields.one("i", 20), fields.one("i", 24) * 1000.0 + max(fields.one("h", 366), 0)),
        creator=fields.text(294, 16),
        protocol_path=fields.text(4898, 256) if has_protocol else "",
        comment=fields.text(310, 56),
    )


def _must_have_one_clock(fields: Fields, interval_us: float) -> None:
    second = fields.one("f", 126)
    if fields.one("i", 194) > 0 and second not in (0.0, interval_us):
        raise RecordingRefused(
            "the sampling rate changes within a sweep",
            file=fields.file,
            found=f"intervals of {interval_us:g} and {second:g} µs",
            expected="one rate",
            remedy="Save the file with one rate in the rig's own program",
        )


def _version(number: float) -> tuple[int, int, int, int]:
    digits = f"{number:.3f}".replace(".", "")
    major, minor, fix, build = (int(digit) for digit in digits)
    return (major, minor, fix, build)


def _inputs(fields: Fields, channels: int, *, extended: bool) -> tuple[AxonInput, ...]:
    sequence = [n for n in fields.many("16h", 410) if n >= 0][:channels]
    if len(sequence) < channels or len(set(sequence)) < channels or max(sequence, default=0) > 15:
        sequence = list(range(channels))  # converted files repeat one number
    return tuple(_input(fields, n, extended=extended) for n in sequence)


def _input(fields: Fields, n: int, *, extended: bool) -> AxonInput:
    telegraphed = extended and fields.one("h", 4512 + 2 * n) == 1
    gain = fields.one("f", 922 + 4 * n) * fields.one("f", 1050 + 4 * n) * fields.one("f", 730 + 4 * n)
    if telegraphed:
        gain *= fields.one("f", 4576 + 4 * n)
    return AxonInput(
        number=n,
        name=fields.text(442 + 10 * n, 10),
        unit=fields.text(602 + 8 * n, 8),
        limit=largest_value(fields.one("f", 244), gain),
        telegraphed=telegraphed,
        telegraph_mode=fields.one("h", 4768 + 2 * n) if extended else 0,
        telegraph_gain=fields.one("f", 4576 + 4 * n) if extended else 0.0,
        telegraph_filter_Hz=fields.one("f", 4640 + 4 * n) if extended else 0.0,
        telegraph_cm_pF=fields.one("f", 4704 + 4 * n) if extended else 0.0,
        telegraph_rs_MOhm=0.0,
    )


def _output(fields: Fields, n: int) -> AxonOutput:
    common = {
        "number": n,
        "name": fields.text(1306 + 10 * n, 10),
        "unit": fields.text(1346 + 8 * n, 8),
        "holding": fields.one("f", 1394 + 4 * n),
    }
    if n >= OUTPUTS_WITH_WAVEFORM:
        return AxonOutput(**common, waveform_enabled=False, waveform_source=0, stays_at_last_level=False, epochs=())
    return AxonOutput(
        **common,
        waveform_enabled=fields.one("h", 2296 + 2 * n) != 0,
        waveform_source=fields.one("h", 2300 + 2 * n),
        stays_at_last_level=fields.one("h", 2304 + 2 * n) != 0,
        epochs=tuple(_epoch(fields, n, k) for k in range(EPOCHS_PER_OUTPUT)),
        user_list=_user_list(fields, n),
        conditioning=fields.one("h", 3260 + 2 * n) != 0,
        post_train_ms=fields.one("f", 3304 + 4 * n),
        post_train_level=fields.one("f", 3312 + 4 * n),
        leak_subtraction=fields.one("h", 4456 + 2 * n),
        leak_pulses=fields.one("h", 1938),
        stimulus_path=fields.text(2736 + 256 * n, 256),
        stimulus_scale=fields.one("f", 2708 + 4 * n),
        stimulus_offset=fields.one("f", 2716 + 4 * n),
        stimulus_sweep=fields.one("i", 2724 + 4 * n),
        stimulus_channel=fields.one("h", 2732 + 2 * n),
    )


def _epoch(fields: Fields, output: int, k: int) -> AxonEpoch:
    n = output * EPOCHS_PER_OUTPUT + k
    return AxonEpoch(
        number=k,
        kind=fields.one("h", 2308 + 2 * n),
        level=fields.one("f", 2348 + 4 * n),
        level_step=fields.one("f", 2428 + 4 * n),
        duration=fields.one("i", 2508 + 4 * n),
        duration_step=fields.one("i", 2588 + 4 * n),
        period=fields.one("i", 2136 + 4 * n),
        width=fields.one("i", 2216 + 4 * n),
    )


def _user_list(fields: Fields, n: int) -> UserList | None:
    if fields.one("h", 3360 + 2 * n) == 0:
        return None
    return UserList(
        parameter=fields.one("h", 3368 + 2 * n),
        values=fields.text(3376 + 256 * n, 256),
        repeat=fields.one("h", 4400 + 2 * n) != 0,
    )


def _sweeps(fields: Fields, data_count: int, interval_us: float, unit_us: float) -> tuple[AxonSweep, ...]:
    count = counted(fields.one("i", 96), MOST_SWEEPS, "sweeps", fields.file)
    place = fields.one("i", 92) * BLOCK
    mode = fields.one("h", 8)
    if count and place > 0:
        return listed_sweeps(fields.many(f"{2 * count}i", place), interval_us, unit_us, mode)
    each = fields.one("i", 138)
    if mode != EPISODIC or each <= 0:
        return (AxonSweep(0, data_count, 0.0),)
    whole = counted(data_count // each, MOST_SWEEPS, "sweeps", fields.file)
    apart = max(fields.one("f", 178), each * interval_us * 1e-6)
    return tuple(AxonSweep(n * each, each, n * apart) for n in range(whole))


def _tags(fields: Fields, unit_us: float) -> tuple[Tag, ...]:
    count = counted(fields.one("i", 48), 100_000, "tags", fields.file)
    place = fields.one("i", 44) * BLOCK
    if place <= 0:
        return ()
    return tuple(
        Tag(fields.one("i", place + 64 * n) * unit_us * 1e-6, fields.text(place + 64 * n + 4, 56)) for n in range(count)
    )
