"""A recording in the same form for all file formats: sweeps of current, the command, and its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reversal.arrays import SampleArray
from reversal.errors import Refusal
from reversal.recordings.recording.stored_samples import Samples


class RecordingRefused(Refusal):
    """A file that cannot be read as a voltage-clamp recording."""


class CommandUnknown(RecordingRefused):
    """A file whose command cannot be determined."""


PROTOCOL_REMEDY = "Declare the protocol in config.yaml and name it in the recording sheet"  # for an unknown command


class Evidence(StrEnum):
    """How the command is known, best first."""

    MONITOR = "monitor"  # the command is a recorded voltage channel
    VERIFIED = "verified"  # reconstructed, and equal to a recorded voltage
    RECONSTRUCTED = "reconstructed"  # from the file; the rule of every feature in use is known
    DECLARED = "declared"  # from a protocol of the user
    UNKNOWN = "unknown"  # a feature in use is not understood; never measured


class Shape(StrEnum):
    """Form of the command within one epoch."""

    HOLD = "hold"  # before the first and after the last epoch
    STEP = "step"
    RAMP = "ramp"
    PULSES = "pulses"
    TRIANGLE = "triangle"
    COSINE = "cosine"
    BIPHASIC = "biphasic"
    SAMPLES = "samples"  # defined by the samples of a stimulus file or of a recorded channel


@dataclass(frozen=True, slots=True)
class Epoch:
    """A part of the command of one sweep: samples ``start <= n < stop``.

    name : letter of the epoch ("A" … "J"), or "before" and "after" for the time at holding
    from_mV : start of a ramp; level between the pulses of a train; else the level
    level_mV : level of a step; end of a ramp; peak of a train
    period, width : of the pulses of a train [samples], else None
    """

    name: str
    shape: Shape
    start: int
    stop: int
    from_mV: float
    level_mV: float
    period: int | None = None
    width: int | None = None


@dataclass(frozen=True, slots=True)
class SweepCommand:
    """The command of one sweep: epochs in order, without gaps, over all samples.

    samples : samples of the command from a stimulus file or a recorded voltage, shape (samples,) [mV], else None
    """

    epochs: tuple[Epoch, ...]
    samples: Samples | None = None

    @property
    def samples_mV(self) -> SampleArray | None:
        """Samples of the command as an array, shape (samples,) [mV], or None."""
        return None if self.samples is None else self.samples[:]


@dataclass(frozen=True, slots=True)
class Command:
    """The command of every sweep, with its evidence.

    basis : how the command is known, in words
    """

    sweeps: tuple[SweepCommand, ...]
    evidence: Evidence
    basis: str


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep.

    start_s : start of the sweep after the start of the recording [s]
    current : current of the cell, shape (samples,) [pA]
    voltage : recorded voltage, shape (samples,) [mV], or None
    """

    start_s: float
    current: Samples
    voltage: Samples | None = None

    @property
    def i_pA(self) -> SampleArray:
        """Current of the whole sweep as an array, shape (samples,) [pA]."""
        return self.current[:]

    @property
    def v_mV(self) -> SampleArray | None:
        """Recorded voltage of the whole sweep as an array, shape (samples,) [mV]."""
        return None if self.voltage is None else self.voltage[:]


@dataclass(frozen=True, slots=True)
class MarkedSweep:
    """A sweep that is left out because of a mark in the file, such as "rejected"."""

    number: int
    mark: str


@dataclass(frozen=True, slots=True)
class SweepSelection:
    """Which sweeps of the file are used. Sweeps have the numbers that ``reversal inspect`` prints, from 0.

    in_file : number of sweeps of this cell in the file
    numbers : the sweeps that are used, in order
    marked : chosen sweeps that are left out because of their marks
    """

    in_file: int
    numbers: tuple[int, ...]
    marked: tuple[MarkedSweep, ...] = ()

    @property
    def chosen(self) -> tuple[int, ...]:
        """Sweeps that the sheet chooses, marked or not, in order."""
        return tuple(sorted((*self.numbers, *(sweep.number for sweep in self.marked))))


@dataclass(frozen=True, slots=True)
class Channel:
    """A recorded channel with the name and unit in the file."""

    name: str
    unit: str
    role: str  # current | voltage | other


@dataclass(frozen=True, slots=True)
class Telegraph:
    """Values that the amplifier telegraphed to the acquisition software; None if not telegraphed.

    rs_MOhm, rs_compensation : series resistance before compensation, and the compensated fraction (0 to 1)
    cm_pF : capacitance, usually the value of the capacitance cancellation
    junction_mV : junction potential that the acquisition software already corrected
    """

    rs_MOhm: float | None = None
    rs_compensation: float | None = None
    cm_pF: float | None = None
    gain: float | None = None
    lowpass_Hz: float | None = None
    junction_mV: float | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A comment that was written during the recording, at ``time_s`` after its start."""

    time_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Recording:
    """One voltage-clamp recording of one cell.

    digitiser_limit_pA : absolute current at which the digitiser saturates [pA], or None
    warnings : problems of the file that do not prevent its use
    header : facts of the vendor's header that reports show, by name
    selection : which sweeps of the file these are; None for all of them
    """

    file: str
    sha256: str
    format: str
    sample_rate_Hz: float
    sweeps: tuple[Sweep, ...]
    command: Command
    current_channel: Channel
    channels: tuple[Channel, ...]
    telegraph: Telegraph = Telegraph()
    tags: tuple[Tag, ...] = ()
    started: str | None = None  # ISO 8601 local time, or None
    digitiser_limit_pA: float | None = None
    warnings: tuple[str, ...] = ()
    header: Mapping[str, str] = field(default_factory=dict)
    selection: SweepSelection | None = None

    def number_of(self, n: int) -> int:
        """Number in the file of the n-th sweep."""
        return n if self.selection is None else self.selection.numbers[n]

    @property
    def marked_sweeps(self) -> tuple[MarkedSweep, ...]:
        """Sweeps that are left out because of their marks in the file."""
        return () if self.selection is None else self.selection.marked
