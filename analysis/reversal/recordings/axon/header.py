"""The content of an Axon Binary Format header, in one form for versions 1 and 2.

Values keep the vendor's meaning: levels are in the unit of the output, durations in samples per channel. The byte
layouts are in :mod:`abf1` and :mod:`abf2`; :mod:`epoch_table` computes the command from the header.
"""

from __future__ import annotations

from dataclasses import dataclass

from reversal.recordings.recording.recording import Tag

# nOperationMode
VARIABLE_LENGTH = 1
GAP_FREE = 3
EPISODIC = 5  # sweeps of fixed length, one command waveform per sweep
MODES = {1: "events, variable length", 2: "events, fixed length", 3: "gap free", 4: "high-speed scope", 5: "episodic"}

EPOCH_TABLE, STIMULUS_FILE = 1, 2  # nWaveformSource
CLAMP_MODES = {1: "current clamp", 2: "current clamp without current (I=0)"}  # nTelegraphMode; 0 is voltage clamp


@dataclass(frozen=True, slots=True)
class AxonEpoch:
    """One column of an epoch table. Increments are per sweep; period and width are in samples per channel."""

    number: int
    kind: int
    level: float
    level_step: float
    duration: int
    duration_step: int
    period: int
    width: int


@dataclass(frozen=True, slots=True)
class UserList:
    """A list of values that replaces one parameter of the epoch table, one value per sweep."""

    parameter: int
    values: str
    repeat: bool


@dataclass(frozen=True, slots=True)
class AxonOutput:
    """One analog output (DAC) and the command programmed on it.

    conditioning : a conditioning train precedes each sweep; post_train_ms and post_train_level describe its end
    leak_subtraction, leak_pulses : type of P/N leak subtraction (0: none) and number of its sub-pulses
    stimulus_* : stimulus file with its scale, offset, sweep and channel, used if waveform_source is STIMULUS_FILE
    """

    number: int
    name: str
    unit: str
    holding: float
    waveform_enabled: bool
    waveform_source: int
    stays_at_last_level: bool
    epochs: tuple[AxonEpoch, ...]
    user_list: UserList | None = None
    conditioning: bool = False
    post_train_ms: float = 0.0
    post_train_level: float = 0.0
    leak_subtraction: int = 0
    leak_pulses: int = 0
    stimulus_path: str = ""
    stimulus_scale: float = 1.0
    stimulus_offset: float = 0.0
    stimulus_sweep: int = 0
    stimulus_channel: int = 0


@dataclass(frozen=True, slots=True)
class AxonInput:
    """One sampled input (ADC).

    limit : largest value that the digitiser can record, in ``unit``, or None if the gain is invalid
    """

    number: int
    name: str
    unit: str
    limit: float | None
    telegraphed: bool
    telegraph_mode: int
    telegraph_gain: float
    telegraph_filter_Hz: float
    telegraph_cm_pF: float
    telegraph_rs_MOhm: float


@dataclass(frozen=True, slots=True)
class AxonSweep:
    """First sample and number of samples of a sweep, over all channels, and its start [s]."""

    first: int
    count: int
    start_s: float


@dataclass(frozen=True, slots=True)
class AxonHeader:
    """An ABF header of either version.

    integers : samples are 16-bit integers, else 32-bit floats
    data_start, data_count : first byte of the samples, and their number over all channels
    samples_per_sweep : samples per channel of a sweep, as programmed
    episodes : number of sweeps as counted by the header; 0 for a continuous recording
    active_output : number of the output that also drives the digital pattern
    alternating : outputs 0 and 1 play in alternate sweeps
    """

    version: tuple[int, int, int, int]
    mode: int
    integers: bool
    data_start: int
    data_count: int
    sample_interval_us: float
    samples_per_sweep: int
    first_episode: int
    sweeps_per_run: int
    episodes: int
    start_to_start_s: float
    sweeps: tuple[AxonSweep, ...]
    inputs: tuple[AxonInput, ...]
    outputs: tuple[AxonOutput, ...]
    active_output: int
    alternating: bool
    has_protocol: bool
    averaged: bool
    tags: tuple[Tag, ...]
    started: str | None
    creator: str
    protocol_path: str
    comment: str

    @property
    def version_text(self) -> str:
        """Version with dots, such as 2.9.0.0."""
        return ".".join(str(part) for part in self.version)
