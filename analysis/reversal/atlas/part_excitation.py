"""Atlas, fifth part: action potential, voltage clamp, load and recovery, ischaemia."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reversal.atlas.section import AtlasSection, label_line
from reversal.atlas.systems.clamped_curve import crossing_mV
from reversal.atlas.systems.energy_failure import EnergyFailure, cell_in_tissue, fade_pumps, lose_energy
from reversal.atlas.systems.hodgkin_huxley import Axon, fire, sodium_availability
from reversal.atlas.systems.pump_leak import PumpLeakCell
from reversal.atlas.systems.sodium_load import fire_and_recover
from reversal.physics.ghk_constant_field import ghk_current, ghk_voltage_mV
from reversal.physics.nernst import nernst_mV
from reversal.report.figure.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BODY_C = 37.0
CLAMP_P_NA = 0.01


def _action_potential(left: Axes, right: Axes) -> None:
    for axon, colour, name, at in (
        (Axon(), INK, "with Na⁺ channels", 10.0),
        (Axon(g_na_mS_cm2=0.0), ORANGE, "without", -55.0),
    ):
        course = fire(axon, 12.0, 10.0, stimulus_ms=1.0)
        left.plot(course.time_ms[::5], course.v_mV[::5], color=colour)
        label_line(left, 4.5, at, name, colour)
    left.axhline(50, color=GREY, linewidth=0.8, linestyle="--")
    left.text(12, 51, "E_Na", color=GREY, fontsize=7.5, ha="right", va="bottom")
    left.set(xlabel="time (ms)", ylabel="V (mV)", title="Opening of g_Na", ylim=(-85, 68), xlim=(0, 12.2))
    for current, colour, at in ((10.0, BLUE, -65), (150.0, ORANGE, -30)):
        course = fire(Axon(), 60.0, current)
        right.plot(course.time_ms[::5], course.v_mV[::5], color=colour, linewidth=0.9)
        label_line(right, 61, at, f"{current:g} µA/cm²", colour)
    blocked = float(sodium_availability(course.v_mV[-1]))
    right.text(61, -14, f"{100 * blocked:.0f} % of Na⁺\nchannels available", color=ORANGE, fontsize=7.5)
    right.set(
        xlabel="time (ms)", ylabel="V (mV)", title="Firing and depolarisation block", ylim=(-85, 68), xlim=(0, 98)
    )


def _clamp(left: Axes, right: Axes) -> None:
    v = np.arange(-129.5, 31, 10.0)
    for k_out, colour in ((2.5, BLUE), (10.0, ORANGE)):
        current = ghk_current(v, 10.0, k_out, 140.0, 1, BODY_C)
        left.plot(v, current, "o-", color=colour, markersize=3, linewidth=0.8)
        read = crossing_mV(v, current)
        left.plot(read, 0, "D", color=colour, markersize=4)
        label_line(left, *((-128, 90) if k_out == 2.5 else (-128, 60)), f"{k_out:g} mM: E_rev {read:.1f} mV", colour)
    left.axhline(0, color=GREY, linewidth=0.6)
    left.set(xlabel="clamped V (mV)", ylabel="K⁺ current (pA)", title="I–V curves of a K⁺ channel", ylim=(-25, 105))
    left.set_xlim(-132, -15)
    outside_mM = np.geomspace(1, 100, 60)
    right.semilogx(outside_mM, nernst_mV(outside_mM, 140, 1, BODY_C), color=INK)
    sides = np.stack([outside_mM, np.full_like(outside_mM, 145.0)], axis=-1)
    ghk = ghk_voltage_mV([1, CLAMP_P_NA], sides, [140, 15], [1, 1], BODY_C)
    right.plot(outside_mM, ghk, color=GREEN)
    levels = np.array([2.5, 5.0, 10.0, 20.0, 40.0])
    measured = [crossing_mV(v, ghk_current(v, 10.0, level, 140.0, 1, BODY_C)) for level in levels]
    right.plot(levels, measured, "o", color=BLUE)
    label_line(right, 1.6, -122, "Nernst", INK)
    label_line(right, 1.3, -60, f"GHK, P_Na/P_K {CLAMP_P_NA:g}", GREEN)
    right.set(xlabel="[K⁺]ₒ (mM)", ylabel="E_rev (mV)", title="E_rev read off (points)", xlim=(1, 100))


def _load(left: Axes, right: Axes) -> None:
    load = fire_and_recover(PumpLeakCell(), recovery_s=900.0)
    minutes = load.time_s / 60
    left.axvspan(0, 2, color=GREY, alpha=0.12, linewidth=0)
    left.plot(minutes, load.na_in_mM, color=ORANGE)
    left.plot(minutes, load.pump_pA, color=BLUE)
    label_line(left, 3.4, 40, "pump (pA)", BLUE)
    label_line(left, 0.2, 6, "[Na⁺]ᵢ (mM)", ORANGE)
    left.text(2.2, 61, "firing (shaded)", color=GREY, fontsize=7.5)
    left.set(xlabel="time (min)", ylabel="mM, pA", title="Na⁺ load and recovery", ylim=(0, 68), xlim=(0, 12))
    course, atp = fade_pumps(PumpLeakCell(), 3600.0)
    lost = course.time_s / 60
    right.plot(lost, course.v_mV, color=INK)
    right.plot(lost, -100 + 100 * atp, color=GREEN, linestyle="--")
    for minute in (1, 5, 20, 60):
        v = float(np.interp(minute, lost, course.v_mV))
        right.plot(minute, v, "o", color=INK, markersize=3.5)
        right.text(minute + 1.5, v - 7, f"{v:.0f} mV", fontsize=7.5)
    label_line(right, 8, -93, "ATP, 0 to 100 % (dashed)", GREEN)
    right.set(xlabel="time without O₂ (min)", ylabel="V (mV)", title="Anoxia", ylim=(-102, 2), xlim=(0, 74))


def _events(axes: Axes, failed: EnergyFailure, y: float) -> None:
    """Mark block and reversal of the exchanger."""
    for at, text, colour, above in (
        (failed.reversed_at_s, "NCX reverses", PURPLE, 9.0),
        (failed.blocked_at_s, "Na⁺ channels blocked", GREY, 0.0),
    ):
        if at is not None:
            axes.axvline(at / 60, color=colour, linewidth=0.8, linestyle="--")
            label_line(axes, at / 60, y + above, text, colour)


def _ischaemia(left: Axes, right: Axes) -> None:
    failed = lose_energy(cell_in_tissue(), 900.0)
    minutes = failed.course.time_s / 60
    left.plot(minutes, failed.course.v_mV, color=INK)
    left.plot(minutes, failed.e_ncx_mV, color=PURPLE)
    _events(left, failed, -97)
    label_line(left, 9.5, -26, "V", INK)
    label_line(left, 8, -4, "E_NCX", PURPLE)
    left.set(xlabel="time of ischaemia (min)", ylabel="mV", title="Depolarisation", ylim=(-102, 5), xlim=(0, 12))
    for rows, colour, name, at in (
        (failed.course.out_mM[1] / failed.course.out_mM[1, 0], BLUE, "[K⁺]ₒ", 0.97),
        (failed.ca_in_mM / failed.ca_in_mM[0], ORANGE, "[Ca²⁺]ᵢ", 1.0),
        (failed.ca_out_mM / failed.ca_out_mM[0], GREEN, "[Ca²⁺]ₒ", 1.0),
        (failed.relative_volume, INK, "volume", 1.0),
    ):
        right.semilogy(minutes, rows, color=colour)
        label_line(right, 15, float(rows[-1]) * at, name, colour)
    right.set(
        xlabel="time of ischaemia (min)",
        ylabel="relative to rest",
        title="Ions and volume",
        ylim=(3e-4, 100),
        xlim=(0, 20.5),
    )


SECTIONS = (
    AtlasSection(
        "clamp",
        "Voltage clamp",
        "A clamp holds the voltage and measures the current. The voltage at which the current of one ion reverses is "
        "its Nernst potential, and it follows the concentration outside. If a second ion permeates, the reversal "
        "potential leaves the Nernst line at low concentration.",
        ("I(E_rev) = 0", "ΔE_K = (RT/F) ln(10 / 2.5) = 37.05 mV at 37 °C"),
        "GHK currents at clamped voltages; the reversal potential is read on a straight line between two points.",
        _clamp,
        "Current–voltage curves in two potassium concentrations, and reversal potentials against potassium",
        ("clamp",),
    ),
    AtlasSection(
        "action-potential",
        "Action potential and block",
        "A short depolarisation opens Na⁺ channels, and V rises towards E_Na. Inactivation of these channels and K⁺ "
        "channels end the action potential. Without Na⁺ channels the same stimulus gives no upstroke. A lasting "
        "depolarisation keeps the channels inactivated and blocks firing.",
        (
            "C dV/dt = I − g_Na m³ h (V − E_Na) − g_K n⁴ (V − E_K) − g_L (V − E_L)",
            "h_∞ = α_h / (α_h + β_h)",
        ),
        "Hodgkin & Huxley 1952, squid axon at 6.3 °C.",
        _action_potential,
        "Action potential with and without sodium channels, and firing or block by a lasting current",
        ("action potential",),
    ),
    AtlasSection(
        "load",
        "Load, recovery and loss of oxygen",
        "Firing loads the cell with Na⁺. The pump, which Na⁺ inside activates, restores it within minutes. Without "
        "oxygen ATP falls, the pump fades, and V runs down gradually.",
        ("leak → pump → ATP → O₂:  O₂/s = −(I_Na + I_K) / (6 e)", "pump = exp(−t / τ_ATP)"),
        "Pump–leak cell in a large bath.",
        _load,
        "Sodium and pump current during and after firing, and voltage against time without oxygen",
        ("load",),
    ),
    AtlasSection(
        "ischaemia",
        "Ischaemia",
        "In tissue the space outside the cells is narrow. When ATP is lost, K⁺ leaves the cells and accumulates "
        "there, and the cells depolarise. Na⁺ channels are blocked, Ca²⁺ channels open, the Na⁺/Ca²⁺ exchanger "
        "reverses, Ca²⁺ enters from a space that becomes poor in it, and the cells swell.",
        (
            "V_out ≥ 4 % of the tissue;  K_o, Na_o, Cl_o, Ca_o : amounts of the space",
            "I_NCX ∝ Na_i³ Ca_o exp(γu) − Na_o³ Ca_i exp[(γ − 1)u],  u = FV/RT",
        ),
        "Hansen 1985; Syková & Nicholson 2008; DiFrancesco & Noble 1985.",
        _ischaemia,
        "Voltage and exchanger reversal in ischaemia, and potassium, calcium and cell volume relative to rest",
        ("ischaemia",),
    ),
)
