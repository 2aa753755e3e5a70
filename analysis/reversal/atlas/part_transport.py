"""Atlas, third part: how a cell maintains its gradients. Membrane charge, pump, pump–leak cell, coupled transport."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from reversal.atlas.section import AtlasSection, label_line
from reversal.atlas.systems.membrane_charge import fraction_of_bulk
from reversal.atlas.systems.pump import electrogenic_bound_mV, mullins_noda_mV, pump_saturation
from reversal.atlas.systems.pump_leak import PumpLeakCell, PumpLeakCourse, run, steady_state
from reversal.atlas.systems.transporters import (
    GAT1,
    NBCE1,
    NCX,
    SGLT1,
    free_energy_kJ_per_mol,
    steepest_ratio,
    stoichiometry,
)
from reversal.physics.ghk_constant_field import ghk_voltage_mV
from reversal.physics.nernst import nernst_mV
from reversal.report.figure.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BODY_C = 37.0


@cache
def _ouabain() -> PumpLeakCourse:
    cell = PumpLeakCell()
    return run(cell, 6 * 3600.0, pump=0.0, start=steady_state(cell), points=300)


def _membrane(left: Axes, right: Axes) -> None:
    radius = np.geomspace(0.1, 100, 80)
    for change, colour in ((110.0, ORANGE), (-70.0, BLUE)):
        share = fraction_of_bulk(change, radius, 300)
        left.loglog(radius, share, color=colour)
        left.plot(10, fraction_of_bulk(change, 10, 300), "o", color=colour)
    label_line(left, 12, 1.6e-5, "an action potential", ORANGE)
    label_line(left, 8, 5.5e-6, "rest, −70 mV", BLUE, "right")
    left.set(xlabel="radius (µm)", ylabel="fraction of the ions inside", title="Ions needed to change V")
    na = np.linspace(12, 40, 60)
    k = 152 - na
    right.plot(na, nernst_mV(145, na, 1, BODY_C), color=ORANGE)
    right.plot(na, nernst_mV(5, k, 1, BODY_C), color=BLUE)
    inside = np.stack([k, na], axis=-1)
    rest = ghk_voltage_mV([1, 0.04], [5, 145], inside, [1, 1], BODY_C)
    right.plot(na, rest, color=INK)
    for curve, colour, name in (
        (nernst_mV(145, na, 1, BODY_C), ORANGE, "E_Na"),
        (nernst_mV(5, k, 1, BODY_C), BLUE, "E_K"),
        (rest, INK, "rest"),
    ):
        label_line(right, 40, float(curve[-1]), name, colour)
    right.set(xlabel="[Na⁺]ᵢ as it replaces K⁺ (mM)", ylabel="mV", title="Slow change of [Na⁺]ᵢ", xlim=(12, 46))


def _pump(left: Axes, right: Axes) -> None:
    na = np.linspace(0, 40, 100)
    for affinity, colour in ((10.0, BLUE), (20.0, ORANGE)):
        left.plot(na, pump_saturation(na, affinity, 1), color=colour)
        left.plot(na, pump_saturation(na, affinity, 3), color=colour, linestyle=":")
        label_line(left, 40, float(pump_saturation(40, affinity, 1)), f"{affinity:g} mM", colour)
    load = float(pump_saturation(5, 10, 1))
    left.plot([5, 10], [load, load], "o-", color=INK, markersize=3.5, linewidth=0.8)
    left.set(
        xlabel="[Na⁺]ᵢ (mM)", ylabel="v / V_max", title="Affinity sets Na⁺ (1 site; dots: 3)", xlim=(0, 47), ylim=(0, 1)
    )
    a = np.geomspace(1e-4, 10, 120)
    offset = mullins_noda_mV(4, 140, 145, 12, a, BODY_C) - mullins_noda_mV(4, 140, 145, 12, a, BODY_C, 1)
    right.semilogx(a, offset, color=INK)
    right.axhline(-float(electrogenic_bound_mV(BODY_C)), color=GREY, linewidth=0.8, linestyle="--")
    right.text(1.2e-4, -10.4, "bound, −(RT/F) ln 1.5", color=GREY, fontsize=7.5)
    right.set(xlabel="P_Na / P_K", ylabel="offset (mV)", title="Voltage from the pump current", ylim=(-11.5, 0))


def _pump_leak(left: Axes, right: Axes) -> None:
    course = _ouabain()
    time = course.time_s[1:]
    left.semilogx(time, course.v_mV[1:], color=INK)
    left.set(xlabel="time after ouabain (s)", ylabel="V (mV)", title="Fast step, slow run-down", ylim=(-90, 0))
    left.axhline(course.v_mV[0], color=GREY, linewidth=0.7, linestyle="--")
    left.annotate(
        "step of I/g\nin milliseconds",
        (3e-3, -81.5),
        (1.5e-3, -55),
        fontsize=7.5,
        color=BLUE,
        arrowprops={"arrowstyle": "->", "color": BLUE},
    )
    left.annotate(
        "loss of gradients\nin minutes",
        (250, -70),
        (0.5, -28),
        fontsize=7.5,
        color=ORANGE,
        arrowprops={"arrowstyle": "->", "color": ORANGE},
    )
    hours = course.time_s / 3600
    for row, (name, colour) in enumerate((("Na⁺", ORANGE), ("K⁺", BLUE), ("Cl⁻", GREEN))):
        right.plot(hours, course.in_mM[row], color=colour)
        label_line(right, 6, float(course.in_mM[row, -1]) + {"Na⁺": 4, "K⁺": 5, "Cl⁻": 0}[name], name, colour)
    second_axis = right.twinx()
    second_axis.plot(hours, course.volume_pL / course.volume_pL[0], color=INK, linestyle="--")
    second_axis.set(ylabel="volume / resting volume (dashed)", ylim=(0, 5))
    second_axis.spines["right"].set_visible(True)
    right.set(xlabel="time after ouabain (h)", ylabel="inside (mM)", title="Loss of gradients, swelling", xlim=(0, 6.9))


def _transporters(left: Axes, right: Axes) -> None:
    v = np.linspace(-120, 60, 100)
    cases = (
        (NCX, {"Na": (145, 10), "Ca": (2, 1e-4)}, PURPLE, "NCX"),
        (NBCE1, {"Na": (145, 12), "HCO3": (25, 15)}, GREEN, "NBCe1"),
        (SGLT1, {"Na": (145, 15), "glucose": (1, 100)}, ORANGE, "SGLT1"),
        (GAT1, {"Na": (145, 15), "Cl": (135, 10), "GABA": (0.002, 1)}, BLUE, "GAT1"),
    )
    for transporter, sides, colour, name in cases:
        energy = free_energy_kJ_per_mol(transporter, sides, v, BODY_C)
        left.plot(v, energy, color=colour)
        label_line(left, 60, float(energy[-1]) + {"NCX": -1.2, "SGLT1": 1.2}.get(name, 0.0), name, colour)
    left.axhline(0, color=GREY, linewidth=0.7)
    left.set(
        xlabel="V (mV)",
        ylabel="ΔG of a forward cycle (kJ/mol)",
        title="A cycle runs forward below 0",
        xlim=(-122, 98),
    )
    potentials = np.linspace(-100, 0, 60)
    for count, colour in ((1, BLUE), (2, ORANGE), (3, PURPLE)):
        cycle = stoichiometry(f"{count} Na+ in, 1 glucose in")
        ratio = steepest_ratio(cycle, "glucose", {"Na": (145, 15)}, potentials, BODY_C)
        right.semilogy(potentials, ratio, color=colour)
        label_line(right, 0, float(ratio[-1]), f"{count} Na⁺", colour)
    right.set(
        xlabel="V (mV)", ylabel="largest inside/outside ratio", title="Gradient by number of Na⁺", xlim=(-100, 16)
    )


SECTIONS = (
    AtlasSection(
        "membrane",
        "Membrane charge and ions",
        "A membrane potential is a charge on a capacitor. The ions that carry it are a very small fraction of all "
        "ions in the cell, so an electrical signal hardly changes the gradients. In a thin neurite the fraction "
        "is larger, in proportion to surface divided by volume. Only a slow, sustained change of the "
        "concentrations inside shifts the equilibrium potentials.",
        ("fraction = 3 C |ΔV| / (r F c)",),
        "Hille 2001, ch. 1.",
        _membrane,
        "Fraction of ions that cross against cell radius, and equilibrium potentials as Na⁺ replaces K⁺ inside",
        ("membrane", "rundown"),
    ),
    AtlasSection(
        "pump",
        "The Na⁺/K⁺ pump",
        "One cycle moves three Na⁺ out and two K⁺ in, which is one charge outward, and uses one ATP. The current "
        "of the pump hyperpolarises the membrane by a few millivolts; its function is to maintain the "
        "gradients. The pump rate increases with Na⁺ inside, and the affinity of the pump sets the resting Na⁺.",
        (
            "ΔV = −I_pump / g ≥ −0.101 (E_Na − E_K) with ohmic leaks, ≥ −(RT/F) ln(3/2) with GHK currents",
            "V = (RT/F) ln[(r P_K K_o + P_Na Na_o) / (r P_K K_i + P_Na Na_i)],  r = 3/2",
            "v = V_max [Na_i / (Na_i + K)]ⁿ",
        ),
        "Mullins & Noda 1963.",
        _pump,
        "Pump rate against inside sodium at two affinities, and the electrogenic offset against permeability ratio",
        ("pump",),
    ),
    AtlasSection(
        "pump-leak",
        "The pump–leak cell",
        "Na⁺, K⁺, Cl⁻, impermeant charge, water and voltage are computed together. When the pump stops, two time "
        "scales appear: C/g, milliseconds, for the small change of voltage, and volume·F·Δc/I, minutes to hours, "
        "for the loss of the gradients. Without the pump the cell has no stable volume.",
        (
            "C dV/dt = −Σ I,  dn/dt = −I/zF + transport,  dw/dt = L (osm_in − osm_out)",
            "I_pump = I_max [Na_i/(Na_i + K)]³ [K_o/(K_o + K′)]²",
        ),
        "Tosteson & Hoffman 1960.",
        _pump_leak,
        "Voltage after ouabain on a logarithmic time axis, and concentrations and volume over six hours",
        ("pump–leak",),
    ),
    AtlasSection(
        "transporters",
        "Coupled transport",
        "The stoichiometry alone determines the charge of a transport cycle, its reversal potential and the "
        "largest gradient that it can maintain. An electroneutral cycle has no reversal potential, and its free "
        "energy does not depend on voltage.",
        (
            "ΔG = Σ n [RT ln(c_in / c_out) + zFV]",
            "E_rev = −(RT/F) Σ n ln(c_in / c_out) / Σ n z",
            "NCX: E = 3 E_Na − 2 E_Ca",
        ),
        "Mullins 1979 for NCX; thermodynamics for the others.",
        _transporters,
        "Free energy of four transport cycles against voltage, and the largest gradients with one to three sodium ions",
        ("transporters", "motive force"),
    ),
)
