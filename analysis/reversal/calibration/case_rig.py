"""Cell, amplifier, protocol and declarations of a drawn case."""

from __future__ import annotations

from reversal.calibration.drawn_cases import Case
from reversal.calibration.simulated_recording import TEMPERATURE_C, conditions_in, recording_of
from reversal.experiment.configuration import Experiment
from reversal.experiment.ion_table import ion_table
from reversal.experiment.measure_settings import Leak, Window
from reversal.experiment.solutions import Solution as Declaration
from reversal.experiment.step_settings import CellSettings, IonFacts, SheetEntry, SheetRow
from reversal.recordings.recording.recording import Recording
from reversal.simulate import channels
from reversal.simulate.amplifier import Amplifier
from reversal.simulate.bath import PIPETTE, SERIES
from reversal.simulate.model_cell import Cell, Gate, GhkChannel, InwardRectification
from reversal.simulate.stimuli import ramp_one_way, ramp_up_and_down, step_family, sub_pulse_family, tail_family
from reversal.simulate.stimulus_protocol import AbfProtocol

PREPULSE_MS, PEAK_STEP_MS = 300.0, 60.0
PERMEABILITIES_um3_per_s = {
    "background_potassium": 200.0,
    "weakly_gated_potassium": 250.0,
    "inward_rectifier": 600.0,
    "delayed_rectifier": 150.0,
    "slow_delayed_rectifier": 150.0,
    "early_potassium": 300.0,
    "hyperpolarisation_activated": 100.0,
    "two_relaxations": 150.0,
    "rectifying_tail": 450.0,
    "transient_sodium": 400.0,
    "transient_potassium": 300.0,
}
GATES = {  # of the channels that only the calibration uses
    "slow_delayed_rectifier": (Gate(v_half_mV=-35.0, slope_mV=12.0, tau_min_ms=8.0, tau_max_ms=40.0),),
    # half open far below E_K
    "early_potassium": (Gate(v_half_mV=-55.0, slope_mV=7.0, tau_min_ms=2.0, tau_max_ms=8.0),),
    # half of the current decays with the slow gate alone, half with both
    "two_relaxations": (
        Gate(v_half_mV=-35.0, slope_mV=12.0, tau_min_ms=30.0, tau_max_ms=150.0),
        Gate(v_half_mV=-35.0, slope_mV=12.0, tau_min_ms=4.0, tau_max_ms=15.0, floor=0.5),
    ),
    "rectifying_tail": (Gate(v_half_mV=-35.0, slope_mV=12.0, tau_min_ms=8.0, tau_max_ms=40.0),),
}
RECTIFICATIONS = {"rectifying_tail": InwardRectification("K", 5.0, 12.0, 0.05)}


def channel_of(case: Case) -> GhkChannel:
    """Channel of a case."""
    permeability = PERMEABILITIES_um3_per_s[case.channel] * case.scale
    if case.channel in GATES:
        rectification = RECTIFICATIONS.get(case.channel)
        return GhkChannel(permeability, {"K": 1.0, "Na": 0.01}, GATES[case.channel], rectification=rectification)
    channel: GhkChannel = getattr(channels, case.channel)(permeability)
    return channel


def cell_of(case: Case) -> Cell:
    """Cell of a case: its channel, its leak, its capacitance and the space outside it."""
    return Cell("simulated", channel_of(case), case.cm_pF, case.leak_nS, case.e_leak_mV, space=case.space)


def amplifier_of(case: Case) -> Amplifier:
    """Amplifier of a case."""
    return Amplifier(
        rs_MOhm=case.rs_MOhm,
        rs_compensation=case.compensation,
        noise_pA=case.noise_pA,
        flicker_pA=case.flicker_pA,
        mV_per_pA=case.mV_per_pA,
        lowpass_Hz=10000.0 if case.kind == "peak" else 4000.0,
        capacitance_compensated=case.cancelled,
    )


def protocol_of(case: Case) -> AbfProtocol:
    """Protocol of a case."""
    ends = case.low_mV, case.high_mV
    if case.kind == "ramp":
        return ramp_up_and_down(*ends, repeats=case.sweeps)
    if case.kind == "one-way ramp":
        return ramp_one_way(*ends, repeats=case.sweeps)
    if case.kind == "tail":
        return tail_family(prepulse_mV(channel_of(case)), *ends, case.step_mV, prepulse_ms=PREPULSE_MS)
    if case.kind == "peak":
        return step_family(*ends, case.step_mV, holding_mV=-100.0, step_ms=PEAK_STEP_MS, rate_Hz=50000.0)
    if case.kind == "P/N":
        return sub_pulse_family(*ends, case.step_mV, holding_mV=-100.0)
    return step_family(*ends, case.step_mV)


def prepulse_mV(channel: GhkChannel) -> float:
    """Level that opens a channel."""
    return 40.0 if channel.gates[0].slope_mV > 0 else -120.0


def recording_of_case(case: Case, seed: int, amplifier: Amplifier | None = None) -> Recording:
    """Record a case in memory, with its own amplifier or another."""
    rig = amplifier or amplifier_of(case)
    return recording_of(cell_of(case), rig, conditions_in(case.bath), protocol_of(case), seed)


def declared(case: Case, leak: Leak | None = None, window: Window | None = None) -> tuple[SheetEntry, CellSettings]:
    """Row of the recording sheet and settings that a user would write for a case."""
    solutions = {one.name: Declaration(ions_mM=dict(one.ions_mM)) for one in (PIPETTE, SERIES[1], case.bath)}
    entry = SheetEntry(
        recording="simulated",
        cell="simulated",
        file="simulated.abf",
        bath=case.bath.name,
        pipette=PIPETTE.name,
        temperature_C=TEMPERATURE_C,
        zeroing_bath=SERIES[1].name,
        rs_compensation=case.compensation,
    )
    row = SheetRow(row=2, recording=entry.recording, cell=entry.cell, experiment="default", entry=entry)
    table = ion_table()
    experiment = Experiment(leak=leak or Leak(), window=window or Window())
    return entry, CellSettings(
        cell=entry.cell,
        sheet_rows=(row,),
        experiments={"default": experiment},
        solutions=solutions,
        ions={ion: IonFacts.of(table[ion]) for one in solutions.values() for ion in one.ions_mM},
    )
