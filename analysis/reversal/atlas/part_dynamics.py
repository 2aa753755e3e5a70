"""Atlas, fourth part: gradients in time and space. GABA, dendrite, AMPA, potassium, exchanger, endosome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reversal.atlas.section import AtlasSection, label_line
from reversal.atlas.systems.chloride import (
    TransportConditions,
    chloride_reversal_mV,
    steady_chloride_mM,
    synaptic_potential_mV,
)
from reversal.atlas.systems.dendrite import steady_dendrite
from reversal.atlas.systems.diastole import Diastole, exchanger_limit_mM, relax
from reversal.atlas.systems.endosome import Endosome, EndosomeCourse, acidify
from reversal.atlas.systems.exchanger import exchanger_reversal_mV
from reversal.atlas.systems.potassium import Clearance, Firing, clear_potassium, excitability_loop, spatial_buffering
from reversal.atlas.systems.synapse import driven_course_mV, driven_voltage_mV
from reversal.physics.ghk_constant_field import ghk_voltage_mV
from reversal.report.figure.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BODY_C = 37.0


def _gaba(left: Axes, right: Axes) -> None:
    age = np.linspace(0, 1, 100)
    cl = steady_chloride_mM(0.3 * (1 - age), 0.05 + 0.95 * age, 0.3, TransportConditions())
    e = chloride_reversal_mV(cl, 140, BODY_C)
    left.plot(age, cl, color=GREEN)
    left.set(
        xlabel="maturation, NKCC1 (0) to KCC2 (1)",
        ylabel="[Cl⁻]ᵢ (mM)",
        title="Transporters set chloride",
        ylim=(0, 60),
    )
    right.axhline(-65, color=GREY, linewidth=0.8, linestyle="--")
    right.plot(age, e, color=GREEN)
    right.plot(age, -65 + synaptic_potential_mV(-65, e, 5, 10), color=INK)
    right.fill_between(age, -65, e, where=e > -65, color=ORANGE, alpha=0.15, linewidth=0)
    right.fill_between(age, -65, e, where=e < -65, color=BLUE, alpha=0.15, linewidth=0)
    right.text(0.02, -61, "depolarising", color=ORANGE, fontsize=7.5)
    right.text(0.98, -91, "hyperpolarising", color=BLUE, fontsize=7.5, ha="right")
    label_line(right, 0.12, float(e[12]) + 3, "E_Cl", GREEN)
    label_line(right, 0.01, -53.0, "V with GABA", INK)
    right.set(xlabel="maturation, NKCC1 (0) to KCC2 (1)", ylabel="mV", title="Chloride sets the sign", ylim=(-95, -20))


def _dendrite(left: Axes, right: Axes) -> None:
    x = np.linspace(0, 500, 251)
    cl = np.interp(x, [0, 500], [15, 5])
    given = {
        "cl_out_mM": 135.0,
        "rest_mV": -65.0,
        "rest_nS_per_um": 0.02,
        "axial_nS_um": 300.0,
        "temperature_C": BODY_C,
    }
    left.plot(x, steady_dendrite(x, cl, 0.0, **given).e_cl_mV, color=GREEN)
    for gaba, colour in ((0.02, BLUE), (0.2, ORANGE)):
        state = steady_dendrite(x, cl, gaba, **given)
        left.plot(x, state.v_mV, color=colour)
        label_line(left, 500, float(state.v_mV[-1]), f"{gaba:g} nS/µm", colour)
    left.axhline(-65, color=GREY, linewidth=0.8, linestyle="--")
    label_line(left, 30, -56.5, "E_Cl(x)", GREEN)
    left.set(
        xlabel="distance from the soma (µm)", ylabel="V (mV)", title="GABA along the whole dendrite", xlim=(0, 640)
    )
    for centre, colour in ((60.0, ORANGE), (250.0, PURPLE), (440.0, BLUE)):
        local = 0.3 * np.exp(-(((x - centre) / 15) ** 2))
        right.plot(x, steady_dendrite(x, cl, local, **given).v_mV + 65, color=colour)
        label_line(
            right,
            {60.0: 100, 250.0: 120, 440.0: 280}[centre],
            {60.0: 2.9, 250.0: -3.4, 440.0: -10.5}[centre],
            f"{centre:g} µm",
            colour,
        )
    right.axhline(0, color=GREY, linewidth=0.8, linestyle="--")
    right.set(
        xlabel="distance from the soma (µm)", ylabel="V − rest (mV)", title="One synapse at a time", xlim=(0, 560)
    )


def _ampa(left: Axes, right: Axes) -> None:
    e = float(ghk_voltage_mV([1, 1], [5, 145], [140, 15], [1, 1], BODY_C))
    g = np.geomspace(0.01, 1000, 100)
    left.semilogx(g, driven_voltage_mV(-79, 1, e, g), color=INK)
    left.axhline(e, color=ORANGE, linewidth=0.9, linestyle="--")
    left.text(0.012, e + 2.5, f"E_AMPA {e:.1f} mV".replace("-", "−"), color=ORANGE, fontsize=7.5)
    left.set(xlabel="g_AMPA / g_rest", ylabel="V (mV)", title="V approaches E_rev", ylim=(-85, 8))
    time = np.linspace(0, 30, 200)
    for strength, colour in ((5.0, BLUE), (25.0, GREEN), (250.0, ORANGE)):
        v = driven_course_mV(time, -79, 5, e, strength, 100)
        right.plot(time, v, color=colour)
        label_line(right, 30, float(v[-1]), f"{strength:g} nS", colour)
    right.set(xlabel="time (ms)", ylabel="V (mV)", title="Larger g: larger, faster", xlim=(0, 35))


def _potassium(left: Axes, right: Axes) -> None:
    for v_max, colour in ((1.0, ORANGE), (3.0, GREEN), (8.0, BLUE)):
        course = clear_potassium(lambda t: 3.0 if t < 5 else 0.0, 25, Clearance(v_max))
        left.plot(course.time_s, course.k_out_mM, color=colour)
        at = (5.3, float(course.k_out_mM.max())) if v_max < 8 else (2.2, 6.1)
        label_line(left, *at, f"{v_max:g} mM/s", colour)
    loop = excitability_loop(14.0, 25, Clearance(2.0), Firing(6.0))
    left.plot(loop.time_s, loop.k_out_mM, color=PURPLE, linestyle="--")
    label_line(left, 17, 24.5, "sustained firing", PURPLE)
    left.set(xlabel="time (s)", ylabel="[K⁺]ₒ (mM)", title="Uptake by V_max (dashed: feedback)", ylim=(0, 29))
    x = np.arange(0, 1001, 25.0)
    start = 3 + 9 * np.exp(-(((x - 500) / 100) ** 2))
    with_astrocytes, without = spatial_buffering(x, start, 10), spatial_buffering(x, start, 10, uptake_mM_per_s_mV=0.0)
    right.plot(x, start, color=GREY)
    right.plot(x, without.k_out_mM[-1], color=ORANGE)
    right.plot(x, with_astrocytes.k_out_mM[-1], color=BLUE)
    label_line(right, 560, 11.0, "0 s", GREY)
    label_line(right, 620, 8.2, "10 s, diffusion only", ORANGE)
    label_line(right, 715, 5.3, "10 s, syncytium", BLUE)
    right.set(xlabel="position (µm)", ylabel="[K⁺]ₒ (mM)", title="Spatial buffering", xlim=(0, 1150))


def _exchanger(left: Axes, right: Axes) -> None:
    for sodium, colour in ((10.0, BLUE), (20.0, ORANGE)):
        heart = Diastole(na_in_mM=sodium)
        course = relax(heart, 0.5)
        left.semilogy(course.time_s * 1e3, course.ca_mM * 1e6, color=colour)
        left.axhline(exchanger_limit_mM(heart) * 1e6, color=colour, linewidth=0.8, linestyle="--")
        label_line(left, 500, float(course.ca_mM[-1]) * 1e6, f"{sodium:g} mM", colour)
    left.text(20, 19, "limits of NCX", color=GREY, fontsize=7.5)
    left.set(
        xlabel="time in diastole (ms)",
        ylabel="free Ca²⁺ (nM)",
        title="Ca²⁺ in diastole by [Na⁺]ᵢ",
        xlim=(0, 620),
        ylim=(15, 1100),
    )
    na = np.linspace(5, 25, 60)
    for calcium, colour in ((1e-4, PURPLE), (1e-3, ORANGE)):
        right.plot(na, exchanger_reversal_mV(145, na, 2, calcium, BODY_C), color=colour)
    label_line(right, 18.5, -72, "0.1 µM Ca²⁺ᵢ", PURPLE)
    label_line(right, 14, 14, "1 µM", ORANGE)
    right.plot([10, 20], exchanger_reversal_mV(145, [10, 20], 2, 1e-4, BODY_C), "o", color=PURPLE)
    right.axhline(-85, color=GREY, linewidth=0.8, linestyle="--")
    right.text(5.2, -83, "diastole", color=GREY, fontsize=7.5, va="bottom")
    right.set(xlabel="[Na⁺]ᵢ (mM)", ylabel="E_NCX (mV)", title="Heart, [Na⁺]ᵢ 10 to 20 mM")


def _pump_percent(course: EndosomeCourse) -> float:
    """Pump current at the end, in per cent of that at the start, where no force opposes the pump."""
    return 100 * float(course.pump_fA[-1] / course.pump_fA[0])


def _endosome(left: Axes, right: Axes) -> None:
    for chloride_fS, colour, name in ((10.0, BLUE, "with Cl⁻ channel"), (0.0, ORANGE, "without")):
        course = acidify(Endosome(chloride_fS=chloride_fS), 1800)
        left.plot(course.time_s / 60, course.ph, color=colour)
        right.plot(course.time_s / 60, course.v_mV, color=colour)
        label_line(left, 30, float(course.ph[-1]), name, colour, "right")
        if chloride_fS:
            right.plot(course.time_s / 60, course.e_cl_mV, color=GREEN, linestyle=":")
            label_line(right, 30, float(course.e_cl_mV[-1]) + 7, "V = E_Cl", BLUE, "right")
        else:
            label_line(right, 30, float(course.v_mV[-1]) - 7, f"pump at {_pump_percent(course):.0f} %", ORANGE, "right")
    left.set(xlabel="time (min)", ylabel="pH of the lumen", title="Acidification needs Cl⁻", ylim=(5.3, 7.5))
    for text in left.texts:
        text.set_position((text.get_position()[0], 7))
    right.set(xlabel="time (min)", ylabel="V, lumen − cytosol (mV)", title="Cl⁻ limits the voltage", ylim=(0, 130))


SECTIONS = (
    AtlasSection(
        "gaba",
        "The GABA switch",
        "In an immature neurone NKCC1 raises intracellular Cl⁻; in a mature neurone KCC2 lowers it. Chloride "
        "determines whether E_Cl is above or below the resting potential, and so whether GABA depolarises or "
        "hyperpolarises.",
        ("2 g_N (RT/F) ln(Na_o K_o Cl_o² / Na_i K_i Cl_i²) − g_K (RT/F) ln(K_i Cl_i / K_o Cl_o) + g_L (V − E_Cl) = 0",),
        "Balance of three pathways, each a conductance times its driving force.",
        _gaba,
        "Intracellular chloride and E_Cl from NKCC1 to KCC2, and the synaptic potential, which changes sign",
        ("GABA switch",),
    ),
    AtlasSection(
        "dendrite",
        "E_Cl along a dendrite",
        "If KCC2 is sparse near the soma, Cl⁻ is higher there and GABA depolarises. In the distal dendrite the "
        "same transmitter hyperpolarises. A model with one compartment cannot show both.",
        ("axial · d²V/dx² = g_rest (V − V_rest) + g_GABA(x) [V − E_Cl(x)]", "E_Cl(x) = −(RT/F) ln[Cl_o / Cl_i(x)]"),
        "Cable equation, Rall 1959, with sealed ends.",
        _dendrite,
        "Steady voltage along a dendrite with GABA everywhere and with one synapse at three places",
        ("dendrite",),
    ),
    AtlasSection(
        "ampa",
        "AMPA receptors",
        "A channel that is equally permeable to Na⁺ and K⁺ reverses near 0 mV. The larger its open conductance, "
        "the closer and the faster the membrane potential approaches this value.",
        ("V = (g_rest V_rest + g E_rev) / (g_rest + g),  τ = C / (g_rest + g)",),
        "Chord-conductance equation with E_rev by GHK.",
        _ampa,
        "Steady voltage against AMPA conductance and its time course for three conductances",
        ("synapse",),
    ),
    AtlasSection(
        "potassium",
        "Extracellular potassium",
        "Active cells release K⁺. Astrocytes take it up at a rate that saturates, and transport it from places "
        "with high to places with low [K⁺]ₒ. If the uptake is weak, high [K⁺]ₒ and firing sustain each other.",
        (
            "d[K]ₒ/dt = release − V_max ΔK / (K_m + ΔK)",
            "I_K = g (V_astro − E_K),  V_astro = E_K averaged along the syncytium",
        ),
        "Balance of release and saturable uptake; cable equation for the syncytium.",
        _potassium,
        "Extracellular potassium after a burst for three uptake rates, and its spread with and without a syncytium",
        ("potassium",),
    ),
    AtlasSection(
        "exchanger",
        "Reversal of Na⁺/Ca²⁺ exchange",
        "NCX moves Ca²⁺ out of the cell while intracellular Na⁺ is low. If Na⁺ doubles in a heart cell, E_NCX falls "
        "by 56 mV, and the Ca²⁺ at which the exchanger stops is eight times as high: in diastole Ca²⁺ falls more "
        "slowly and stays higher.",
        ("E_NCX = 3 E_Na − 2 E_Ca", "Ca_i ≥ Ca_o (Na_i / Na_o)³ exp(FV / RT)"),
        "Mullins 1979; DiFrancesco & Noble 1985 for the rate.",
        _exchanger,
        "Fall of calcium in diastole at two levels of sodium, and exchanger reversal against inside sodium",
        ("exchanger",),
    ),
    AtlasSection(
        "endosome",
        "Acidification of an endosome",
        "A proton pump alone charges the membrane of the vesicle until the proton leak balances the pump; the pH "
        "hardly changes. With a Cl⁻ channel the charge is compensated: the voltage settles at E_Cl, and the pH falls "
        "until pump and leak balance. The proton-motive force is the same in both; it does not stop the pump.",
        ("n F [V + (RT ln 10/F) (pH_cyt − pH_lum)] ≤ ΔG_ATP", "rest: V = E_Cl, pump = leak"),
        "Balance of charge and protons in a buffered lumen.",
        _endosome,
        "pH and voltage of a vesicle against time with and without a chloride channel",
        ("endosome",),
    ),
)
