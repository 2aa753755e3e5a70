"""What a recording is, whatever file it came from: sweeps of current, the command, and how the command is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reversal.arrays import SampleArray
from reversal.errors import Refusal


class RecordingRefused(Refusal):
    """A file that cannot be read as a voltage-clamp recording."""


class CommandUnknown(RecordingRefused):
    """The file asks for something of the command waveform that cannot be known."""


DECLARE = "Declare the protocol in config.yaml and name it in the recording sheet"  # remedy for an unknown command


class Evidence(StrEnum):
    """How the command is known, best first."""

    MONITOR = "monitor"  # a recorded voltage channel is the voltage
    VERIFIED = "verified"  # reconstructed from the header and equal to a recorded channel
    RECONSTRUCTED = "reconstructed"  # every header feature in use is understood
    DECLARED = "declared"  # the user's protocol
    UNKNOWN = "unknown"  # something in use is not understood: never measured


class Shape(StrEnum):
    """Form of the command within one epoch."""

    HOLD = "hold"  # before the first and after the last epoch
    STEP = "step"
    RAMP = "ramp"
    PULSES = "pulses"
    TRIANGLE = "triangle"
    COSINE = "cosine"
    BIPHASIC = "biphasic"
    SAMPLES = "samples"  # taken sample by sample from a stimulus file or a recorded channel


@dataclass(frozen=True, slots=True)
class Epoch:
    """A stretch of the command of one sweep: samples ``start <= n < stop``.

    name : the rig's letter ("A" … "J"), or "before"/"after" for the holding stretches
    from_mV : level it starts from (ramp: start; pulses, triangle, cosine, biphasic: level between; else the level)
    level_mV : level of a step, end of a ramp, amplitude level of the others
    period, width : samples, for repeated shapes; else None
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
    """The command of one sweep: epochs in order, without gaps, over all its samples.

    samples_mV : the command sample by sample where a stimulus file or monitor gives it, else None
    """

    epochs: tuple[Epoch, ...]
    samples_mV: SampleArray | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """The command waveform of every sweep, with its evidence.

    because : one sentence that says how it is known
    """

    sweeps: tuple[SweepCommand, ...]
    evidence: Evidence
    because: str


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep as recorded.

    start_s : begin of the sweep after the begin of the recording [s]
    i_pA : shape (samples,) [pA]
    v_mV : recorded voltage, shape (samples,) [mV], or None
    """

    start_s: float
    i_pA: SampleArray
    v_mV: SampleArray | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A recorded channel as the file names it."""

    name: str
    unit: str
    role: str  # current | voltage | other


@dataclass(frozen=True, slots=True)
class Telegraph:
    """What the amplifier told the acquisition program; None where it told nothing.

    cm_pF : capacitance, which is as a rule what the amplifier cancels
    junction_mV : junction potential that the program had taken off the command before it was recorded
    """

    rs_MOhm: float | None = None
    rs_compensation: float | None = None
    cm_pF: float | None = None
    gain: float | None = None
    lowpass_Hz: float | None = None
    junction_mV: float | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A comment the experimenter set while recording, at ``time_s`` after the begin of the recording."""

    time_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Recording:
    """One file's voltage-clamp recording of one cell.

    digitiser_limit_pA : current at which the digitiser saturates (±) [pA], or None
    warnings : sentences on what is odd about the file but does not forbid its use
    header : vendor's header facts worth keeping, name -> printable value
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
