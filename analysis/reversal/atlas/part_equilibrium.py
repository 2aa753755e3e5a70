"""Atlas, first part: one ion at equilibrium, several ions in a constant field, selectivity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reversal.atlas.section import AtlasSection, label_line
from reversal.atlas.systems.bi_ionic import chord_mV, substitution_shift_mV
from reversal.atlas.systems.electrodiffusion import constant_field_profile_mM
from reversal.physics.ghk_constant_field import ghk_current, ghk_voltage_mV
from reversal.physics.nernst import nernst_mV
from reversal.physics.selectivity import SelectivityEnergy, permeability_ratio
from reversal.report.figure.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BODY_C = 37.0
CELL = {
    "K⁺": (5.0, 140.0, 1, BLUE),
    "Na⁺": (145.0, 15.0, 1, ORANGE),
    "Cl⁻": (135.0, 7.0, -1, GREEN),
    "Ca²⁺": (2.0, 1e-4, 2, PURPLE),
}
FROG_K_CHANNEL = {"Tl⁺": 2.3, "Rb⁺": 0.92, "NH₄⁺": 0.13}  # Hille, J. Gen. Physiol. 61:669 (1973)


def _nernst(left: Axes, right: Axes) -> None:
    ratio = np.geomspace(1e-5, 1e5, 200)
    for name, (out, inside, z, colour) in CELL.items():
        if name != "Na⁺":
            left.plot(ratio, nernst_mV(ratio, 1.0, z, BODY_C), color=colour if name != "K⁺" else INK)
        left.plot(out / inside, nernst_mV(out, inside, z, BODY_C), "o", color=colour)
        label_line(
            left, out / inside * 1.5, float(nernst_mV(out, inside, z, BODY_C)) - (18 if z > 0 else -18), name, colour
        )
    left.set_xscale("log")
    left.set(xlabel="outside / inside", ylabel="E (mV)", title="Nernst potential", ylim=(-220, 220), xlim=(1e-4, 1e5))
    v = -70.0
    right.axvline(v, color=GREY, linewidth=0.8, linestyle="--")
    for row, (out, inside, z, colour) in enumerate(reversed(CELL.values())):
        e = float(nernst_mV(out, inside, z, BODY_C))
        right.annotate("", (e, row), (v, row), arrowprops={"arrowstyle": "<-", "color": colour, "linewidth": 1.4})
        right.plot(e, row, "o", color=colour)
        right.text(150, row + 0.16, f"V − E = {v - e:+.0f} mV", color=colour, fontsize=7.5, ha="right", va="bottom")
    right.set_yticks(range(len(CELL)), list(reversed(CELL)))
    right.set(xlabel="potential (mV)", title="Driving force at −70 mV", xlim=(-110, 155), ylim=(-0.5, 3.7))


def _ghk(left: Axes, right: Axes) -> None:
    v = np.linspace(-120, 80, 201)
    for out, colour in ((5.0, BLUE), (40.0, GREEN), (140.0, INK)):
        left.plot(v, ghk_current(v, 10.0, out, 140.0, 1, BODY_C), color=colour)
        left.plot(nernst_mV(out, 140.0, 1, BODY_C), 0, "o", color=colour, markersize=3.5)
    label_line(left, -120, 52, "5 mM outside", BLUE)
    label_line(left, -60, -150, "40 mM", GREEN)
    label_line(left, -65, -400, "140 mM", INK)
    left.axhline(0, color=GREY, linewidth=0.6)
    left.set(xlabel="V (mV)", ylabel="K⁺ current (pA)", title="GHK current, 140 mM inside", xlim=(-120, 82))
    k_out = np.geomspace(0.5, 150, 100)
    outside = np.stack([k_out, np.full_like(k_out, 145.0)], axis=-1)
    for a, colour in ((0.0, INK), (0.01, BLUE), (0.04, GREEN), (0.2, ORANGE)):
        e = ghk_voltage_mV([1, a], outside, [140, 15], [1, 1], BODY_C)
        right.plot(k_out, e, color=colour)
        label_line(right, 0.5, float(e[0]), f"{a:g}", colour, "right")
    e_k, e_na = nernst_mV(k_out, 140, 1, BODY_C), nernst_mV(145, 15, 1, BODY_C)
    chord = chord_mV([1, 0.04], np.stack(np.broadcast_arrays(e_k, e_na), axis=-1))
    right.plot(k_out, chord, color=GREEN, linestyle=":")
    label_line(right, 1.6, -131, "chord equation, 0.04 (dots)", GREEN)
    right.set_xscale("log")
    right.set(xlabel="[K⁺]ₒ (mM)", ylabel="E_rev (mV)", title="GHK voltage by P_Na/P_K", xlim=(0.12, 160))


def _electrodiffusion(left: Axes, right: Axes) -> None:
    x = np.linspace(0, 1, 101)
    for level, colour in ((-100.0, BLUE), (0.0, INK), (100.0, ORANGE)):
        c = constant_field_profile_mM(x, 140.0, 5.0, level, 1, BODY_C)
        left.plot(x, c, color=colour)
        label_line(left, 0.5, float(c[50]), f"{level:+.0f} mV" if level else "0 mV", colour)
    left.set(xlabel="inside → outside", ylabel="K⁺ in the membrane (mM)", title="Steady profile, constant field")
    v = np.linspace(-150, 60, 200)
    influx = -ghk_current(v, 1.0, 5.0, 0.0, 1, BODY_C)
    efflux = ghk_current(v, 1.0, 0.0, 140.0, 1, BODY_C)
    right.semilogy(v, efflux, color=ORANGE)
    right.semilogy(v, influx, color=BLUE)
    e = float(nernst_mV(5, 140, 1, BODY_C))
    right.axvline(e, color=GREY, linewidth=0.8, linestyle="--")
    label_line(right, 0, float(ghk_current(0.0, 1.0, 0.0, 140.0, 1, BODY_C)) * 0.45, "efflux", ORANGE)
    label_line(right, -20, float(-ghk_current(-20.0, 1.0, 5.0, 0.0, 1, BODY_C)) * 0.4, "influx", BLUE)
    right.text(e + 4, 20, "E_K", color=GREY, fontsize=7.5)
    right.set(xlabel="V (mV)", ylabel="unidirectional flux (pA)", title="Efflux equals influx at E_K")


def _selectivity(left: Axes, right: Axes) -> None:
    energy = np.linspace(-10, 20, 60)
    for celsius, colour in ((25.0, BLUE), (37.0, ORANGE)):
        ratio = 1 / permeability_ratio(SelectivityEnergy(energy), celsius)
        left.semilogy(energy, ratio, color=colour)
        label = (
            (11, ratio[40] * 2.2, f"{celsius:g} °C", colour, "right")
            if celsius == 25
            else (13, ratio[40] * 0.5, f"{celsius:g} °C", colour)
        )
        label_line(left, *label)
        left.plot(12, 1 / permeability_ratio(SelectivityEnergy(12.0), celsius), "o", color=colour)
    left.set(xlabel="ΔΔG, Na⁺ relative to K⁺ (kJ/mol)", ylabel="P_K / P_Na", title="Barrier difference and ratio")
    ratio = np.geomspace(0.005, 5, 100)
    right.plot(ratio, substitution_shift_mV(ratio, 120, 120, 10), color=INK)
    for name, p in FROG_K_CHANNEL.items():
        shift = float(substitution_shift_mV(p, 120, 120, 10))
        right.plot(p, shift, "o", color=BLUE)
        label_line(right, p * 1.1, shift - 6, name, BLUE)
    right.annotate(
        "Na⁺: upper limit 0.01",
        (0.01, float(substitution_shift_mV(0.01, 120, 120, 10))),
        (0.02, -110),
        color=ORANGE,
        fontsize=7.5,
        arrowprops={"arrowstyle": "->", "color": ORANGE},
        va="center",
    )
    right.set_xscale("log")
    right.set(xlabel="P_X / P_K", ylabel="shift of E_rev (mV)", title="X replaces K⁺, frog K channel")


SECTIONS = (
    AtlasSection(
        "nernst",
        "Equilibrium and driving force",
        "At the equilibrium potential E the electrical force on an ion balances its diffusion, and there is no "
        "net flux. At any other voltage the driving force is V − E. The direction of the current is the sign of V "
        "− E for any ion. A cation moves with the current, an anion against it.",
        ("E = (RT / zF) ln(c_out / c_in)", "I = g (V − E)", "Δμ̃ = zF (V − E)"),
        "Nernst 1888; Hille, Ion Channels of Excitable Membranes, 2001.",
        _nernst,
        "Nernst potential against concentration ratio, and the driving force of four ions at −70 mV",
        ("Nernst", "driving force"),
    ),
    AtlasSection(
        "ghk",
        "Several ions in a constant field",
        "If the concentrations on the two sides differ, an open channel rectifies. Written with the Bernoulli "
        "function, the current has no singularity at 0 mV. If several ions permeate, the voltage of zero current "
        "depends on their concentrations weighted by permeability. At low [K⁺]ₒ a small Na⁺ permeability makes "
        "the curve deviate from the Nernst line. The chord-conductance equation uses other weights and gives "
        "another voltage.",
        (
            "I = P z F [c_in B(−zFV/RT) − c_out B(zFV/RT)],  B(x) = x / (eˣ − 1)",
            "E_rev = (RT/F) ln[(P_K K_o + P_Na Na_o + P_Cl Cl_i) / (P_K K_i + P_Na Na_i + P_Cl Cl_o)]",
            "with divalent ions: (A_i + 4B_i) w² + (A_i − A_o) w − (A_o + 4B_o) = 0,  w = exp(F E_rev / RT)",
        ),
        "Goldman 1943; Hodgkin & Katz 1949; Jan & Jan 1976; Lewis 1979.",
        _ghk,
        "GHK current–voltage curves for three outside potassium levels, and reversal potential against potassium",
        ("GHK",),
    ),
    AtlasSection(
        "nernst-planck",
        "Diffusion and drift",
        "All sections above follow from one equation for the flux: diffusion down the concentration gradient plus "
        "drift in the electric field. At the Nernst potential ions still cross in both directions, and the two fluxes "
        "are equal.",
        ("J = −D (dc/dx + (zF/RT) c dφ/dx) = −(D c / RT) dμ̃/dx",),
        "Nernst 1888; Planck 1890; Goldman 1943 for the constant field.",
        _electrodiffusion,
        "Concentration profiles in the membrane at three voltages, and unidirectional fluxes against voltage",
        ("Nernst–Planck",),
    ),
    AtlasSection(
        "selectivity",
        "Selectivity as energy",
        "A permeability ratio corresponds to a difference between two energy barriers. Publications use both signs of "
        "this difference, so the sign convention is stored with the number. Here positive means that the ion permeates "
        "less than the reference. If an ion permeates so little that the current does not reverse in the tested range, "
        "its ratio has an upper limit; it is not zero.",
        ("ΔΔG = −RT ln(P_X / P_K)", "P_X / P_K = (K_o / X_o) exp[F (E_X − E_K) / RT]"),
        "Points: Hille 1973 (J. Gen. Physiol. 61:669).",
        _selectivity,
        "Permeability ratio against barrier difference, and shift of the reversal potential against permeability ratio",
        ("selectivity",),
    ),
)
