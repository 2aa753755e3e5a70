"""Whether an I–V can be measured in a recording: all that a run does before it needs the solutions."""

from __future__ import annotations

from reversal.errors import bugs_as_refusals
from reversal.experiment.measure_settings import Window
from reversal.experiment.step_settings import SheetEntry
from reversal.measure.iv.measured_iv import measure_iv
from reversal.measure.membrane.passive_properties import Passive, clamp_of, passive_properties
from reversal.measure.protocol.measured_epoch import plan
from reversal.measure.protocol.sweeps import Sweeps
from reversal.measure.voltage.junction_correction import Offset
from reversal.recordings.recording.recording import Recording

NO_OFFSET = Offset(zeroing_mV=0.0, reference_mV=0.0, sd_mV=0.0)  # it shifts the I–V and refuses nothing


def tried(recording: Recording, window: Window, entry: SheetEntry) -> Passive:
    """Measure the I–V as a run does, and return R_s, C_m and R_m. Raises Refusal if it cannot be measured."""
    with bugs_as_refusals():
        protocol = plan(recording, window)
        sweeps = Sweeps.of(recording)
        passive = passive_properties(sweeps, entry)
        measure_iv(sweeps, protocol, window, clamp_of(passive, recording.telegraph.lowpass_Hz), NO_OFFSET)
        return passive
