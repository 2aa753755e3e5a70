"""The header of ABF version 1: Clampex 6 to 9, and newer programs that save as ABF 1.8.

One header with every field at a fixed byte offset, little-endian. It has 2048 bytes up to version 1.5 and 6144 bytes
from version 1.6. Then follow, each on a block of 512 bytes: the samples (16-bit integers or 32-bit floats, channels
interleaved), the table of sweeps (start and length of each), and tags of 64 bytes.
The stimulus of two analog outputs, ten epochs each, is in the extended part of the header (from byte 2048). A file with
a short header therefore contains no command.
Tested on real files of versions 1.2.9.9 (converted by other programs, without stimulus), 1.6, 1.65 and 1.84. Never
tested: two sampling rates within a sweep (refused), stimulus data stored inside the file.
"""

from __future__ import annotations

from reversal.recordings.axon.header import (
    EPISODIC,
    AxonEpoch,
    AxonHeader,
    AxonInput,
    AxonOutput,
    AxonSweep,
    UserList,
)
from reversal.recordings.axon.header_fields import (
    BLOCK_BYTES,
    MAX_SWEEPS,
    MAX_TAGS,
    HeaderFields,
    checked_count,
    input_limit,
    start_time,
    sweeps_of_table,
)
from reversal.recordings.recording.recording import RecordingRefused, Tag

LONG_HEADER_BYTES = 6144
AXON_FILE = 1  # nFileType; other types are converted files
MAX_INPUTS = 16
MAX_SAMPLES = 1 << 31
EPOCHS_PER_OUTPUT = 10
OUTPUTS, OUTPUTS_WITH_WAVEFORM = 4, 2
FIRST_VERSION_WITH_LONG_HEADER = 1.55


def read_version_1(fields: HeaderFields) -> AxonHeader:
    """Header of a version 1 file. Raises RecordingRefused."""
    number = fields.one("f", 4)
    if not 1 <= number < 2:
        raise RecordingRefused(
            "the version in the ABF header is invalid", file=fields.file, found=number, expected="1.0 to 1.99"
        )
    channels = checked_count(fields.one("h", 120), MAX_INPUTS, "channels", fields.file)
    is_long = number > FIRST_VERSION_WITH_LONG_HEADER and fields.one("i", 40) * BLOCK_BYTES >= LONG_HEADER_BYTES
    has_protocol = is_long and fields.one("h", 36) == AXON_FILE
    inputs = _inputs(fields, channels, extended=has_protocol)
    interval = fields.one("f", 122)
    _refuse_second_rate(fields, interval)
    unit_us = fields.one("f", 130)
    data_count = checked_count(fields.one("i", 10), MAX_SAMPLES, "samples", fields.file)
    return AxonHeader(
        version=_version(number),
        mode=fields.one("h", 8),
        integers=fields.one("h", 100) == 0,
        data_start=fields.one("i", 40) * BLOCK_BYTES + fields.one("h", 14) * 2,
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
        started=start_time(fields.one("i", 20), fields.one("i", 24) * 1000.0 + max(fields.one("h", 366), 0)),
        creator=fields.text(294, 16),
        protocol_path=fields.text(4898, 256) if has_protocol else "",
        comment=fields.text(310, 56),
    )


def _refuse_second_rate(fields: HeaderFields, interval_us: float) -> None:
    second = fields.one("f", 126)
    if fields.one("i", 194) > 0 and second not in (0.0, interval_us):
        raise RecordingRefused(
            "the sampling rate changes within a sweep",
            file=fields.file,
            found=f"intervals of {interval_us:g} and {second:g} µs",
            expected="one rate",
            remedy="Save the file with one rate in the acquisition software",
        )


def _version(number: float) -> tuple[int, int, int, int]:
    digits = f"{number:.3f}".replace(".", "")
    major, minor, fix, build = (int(digit) for digit in digits)
    return (major, minor, fix, build)


def _inputs(fields: HeaderFields, channels: int, *, extended: bool) -> tuple[AxonInput, ...]:
    sequence = [n for n in fields.many("16h", 410) if n >= 0][:channels]
    if len(sequence) < channels or len(set(sequence)) < channels or max(sequence, default=0) >= MAX_INPUTS:
        sequence = list(range(channels))  # converted files repeat one channel number
    return tuple(_input(fields, n, extended=extended) for n in sequence)


def _input(fields: HeaderFields, n: int, *, extended: bool) -> AxonInput:
    telegraphed = extended and fields.one("h", 4512 + 2 * n) == 1
    gain = fields.one("f", 922 + 4 * n) * fields.one("f", 1050 + 4 * n) * fields.one("f", 730 + 4 * n)
    if telegraphed:
        gain *= fields.one("f", 4576 + 4 * n)
    return AxonInput(
        number=n,
        name=fields.text(442 + 10 * n, 10),
        unit=fields.text(602 + 8 * n, 8),
        limit=input_limit(fields.one("f", 244), gain),
        telegraphed=telegraphed,
        telegraph_mode=fields.one("h", 4768 + 2 * n) if extended else 0,
        telegraph_gain=fields.one("f", 4576 + 4 * n) if extended else 0.0,
        telegraph_filter_Hz=fields.one("f", 4640 + 4 * n) if extended else 0.0,
        telegraph_cm_pF=fields.one("f", 4704 + 4 * n) if extended else 0.0,
        telegraph_rs_MOhm=0.0,
    )


def _output(fields: HeaderFields, n: int) -> AxonOutput:
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


def _epoch(fields: HeaderFields, output: int, k: int) -> AxonEpoch:
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


def _user_list(fields: HeaderFields, n: int) -> UserList | None:
    if fields.one("h", 3360 + 2 * n) == 0:
        return None
    return UserList(
        parameter=fields.one("h", 3368 + 2 * n),
        values=fields.text(3376 + 256 * n, 256),
        repeat=fields.one("h", 4400 + 2 * n) != 0,
    )


def _sweeps(fields: HeaderFields, data_count: int, interval_us: float, unit_us: float) -> tuple[AxonSweep, ...]:
    count = checked_count(fields.one("i", 96), MAX_SWEEPS, "sweeps", fields.file)
    offset = fields.one("i", 92) * BLOCK_BYTES
    mode = fields.one("h", 8)
    if count and offset > 0:
        return sweeps_of_table(fields.many(f"{2 * count}i", offset), interval_us, unit_us, mode)
    length = fields.one("i", 138)
    if mode != EPISODIC or length <= 0:
        return (AxonSweep(0, data_count, 0.0),)
    whole = checked_count(data_count // length, MAX_SWEEPS, "sweeps", fields.file)
    start_to_start_s = max(fields.one("f", 178), length * interval_us * 1e-6)
    return tuple(AxonSweep(n * length, length, n * start_to_start_s) for n in range(whole))


def _tags(fields: HeaderFields, unit_us: float) -> tuple[Tag, ...]:
    count = checked_count(fields.one("i", 48), MAX_TAGS, "tags", fields.file)
    offset = fields.one("i", 44) * BLOCK_BYTES
    if offset <= 0:
        return ()
    return tuple(
        Tag(fields.one("i", offset + 64 * n) * unit_us * 1e-6, fields.text(offset + 64 * n + 4, 56))
        for n in range(count)
    )
