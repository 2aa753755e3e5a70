"""Atlas, second part: effects of solutions on potentials. Activity, junctions, surface charge, Donnan equilibrium."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from reversal.atlas.facts import published_junctions
from reversal.atlas.section import AtlasSection, label_line
from reversal.atlas.systems.activity_laws import activity_shift_mV, log10_gamma_davies, log10_gamma_limiting
from reversal.atlas.systems.donnan import donnan, swollen_excess_mOsm
from reversal.atlas.systems.membrane_charge import surface_concentration_mM, surface_potential_mV
from reversal.experiment.ion_table import ion_table
from reversal.physics.domain import ValidityWarning
from reversal.physics.nernst import nernst_mV
from reversal.physics.pitzer import mean_gamma
from reversal.physics.planck import steady_junction
from reversal.report.figure.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# CRC Handbook, mean activity coefficients at 25 °C (Hamer & Wu 1972; Staples & Nuttall 1977)
CRC_MOLAL = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
CRC_CSCL = (0.965, 0.951, 0.925, 0.898, 0.864, 0.805, 0.751, 0.691, 0.607, 0.546)
JUNCTION_LABELS = {
    "K": (0.06, 105, "K⁺"),
    "Na": (0.03, 42, "Na⁺"),
    "Cl": (0.79, 98, "Cl⁻"),
    "gluconate": (0.27, 128, "gluconate"),
}
CRC_CACL2 = (0.888, 0.851, 0.787, 0.727, 0.664, 0.577, 0.517, 0.469, 0.444, 0.495)


def _activity(left: Axes, right: Axes) -> None:
    ions = ion_table()
    m = np.geomspace(0.001, 1, 100)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)  # the figure shows each law also outside its range
        davies, limiting = 10 ** log10_gamma_davies(1, m, 25), 10 ** log10_gamma_limiting(1, m, 25)
    cscl, cacl2 = mean_gamma(ions["Cs"], ions["Cl"], m), mean_gamma(ions["Ca"], ions["Cl"], m)
    left.semilogx(CRC_MOLAL, CRC_CSCL, "o", color=BLUE, markersize=3.5)
    left.semilogx(CRC_MOLAL, CRC_CACL2, "s", color=ORANGE, markersize=3.5)
    for curve, colour, style in ((cscl, BLUE, "-"), (cacl2, ORANGE, "-"), (davies, GREY, "--"), (limiting, GREY, ":")):
        left.plot(m, curve, color=colour, linestyle=style)
    label_line(left, 0.012, 0.97, "CsCl: Pitzer, CRC ●", BLUE)
    label_line(left, 0.0011, 0.55, "CaCl₂: Pitzer, CRC ■", ORANGE)
    label_line(left, 1.0, float(davies[-1]), "Davies", GREY)
    label_line(left, 1.0, float(limiting[-1]), "limiting", GREY)
    left.set(xlabel="molality (mol/kg)", ylabel="γ±", title="Models and tables", ylim=(0.25, 1.02), xlim=(0.0009, 5))
    k_out = np.geomspace(1, 140, 60)
    inside = mean_gamma(ions["K"], ions["Cl"], 0.140)
    shift = activity_shift_mV(mean_gamma(ions["K"], ions["Cl"], k_out * 1e-3), inside, 1, 25)
    right.semilogx(k_out, shift, color=INK)
    constant = activity_shift_mV(
        mean_gamma(ions["Na"], ions["Cl"], 0.150), mean_gamma(ions["K"], ions["Cl"], 0.145), 1, 25
    )
    right.axhline(float(constant), color=GREEN)
    label_line(right, 1.1, float(shift[0]) - 1.6, "pure KCl outside", INK)
    label_line(right, 1.1, float(constant) + 0.45, "150 mM NaCl, 145 mM KCl inside", GREEN)
    right.set(xlabel="[K⁺]ₒ (mM)", ylabel="shift of E_K (mV)", title="Effect of activities", ylim=(-0.5, 8))


def _junctions(left: Axes, right: Axes) -> None:
    facts = published_junctions()
    published, ours = np.array([f.published_mV for f in facts]), np.array([f.computed_mV for f in facts])
    left.plot([-40, 60], [-40, 60], color=GREY, linewidth=0.7)
    for method, colour, marker in (("henderson", BLUE, "o"), ("nernst-planck", ORANGE, "s"), ("both", GREEN, "^")):
        chosen = [k for k, fact in enumerate(facts) if fact.method == method]
        left.plot(published[chosen], ours[chosen], marker, color=colour, markersize=4)
    label_line(left, -37, 50, "Henderson", BLUE)
    label_line(left, -37, 41, "Nernst–Planck", ORANGE)
    label_line(left, -37, 32, "both agree", GREEN)
    left.set(xlabel="published V_L (mV)", ylabel="computed (mV)", title=f"{len(facts)} published junctions")
    recipe = {
        "K": (2.8, 145),
        "Na": (145, 13),
        "Cl": (148.8, 10),
        "gluconate": (0, 145),
        "HEPES": (5, 5),
        "Mg": (2, 1),
        "Ca": (1, 0),
    }
    ions = [ion_table()[name] for name in recipe]
    bath, pipette = np.array(list(recipe.values()), dtype=float).T
    steady = steady_junction(bath, pipette, [ion.z for ion in ions], [ion.mobility for ion in ions], 20)
    for name, colour in (("K", BLUE), ("Na", ORANGE), ("Cl", GREEN), ("gluconate", PURPLE)):
        row = steady.concentrations_mM[list(recipe).index(name)]
        right.plot(steady.position, row, color=colour)
        label_line(right, *JUNCTION_LABELS[name], colour)
    second_axis = right.twinx()
    second_axis.plot(steady.position, steady.potential_mV, color=INK, linestyle="--")
    second_axis.set_ylabel("φ (mV, dashed)")
    second_axis.spines["right"].set_visible(True)
    right.set(
        xlabel="pipette → bath", ylabel="concentration (mM)", ylim=(0, 165), title="Profiles in a K gluconate junction"
    )


def _surface(left: Axes, right: Axes) -> None:
    sigma = np.linspace(-0.1, 0, 60)
    for salt, colour in ((0.01, ORANGE), (0.15, BLUE), (0.5, GREEN)):
        psi = surface_potential_mV(sigma, salt, 74.2, 37)
        left.plot(sigma, psi, color=colour)
        label_line(left, -0.0985, float(psi[0]) + 16, f"{1e3 * salt:g} mM", colour)
    left.set(xlabel="surface charge (C/m²)", ylabel="surface potential (mV)", title="Grahame equation, by salt")
    psi = surface_potential_mV(sigma, 0.15, 74.2, 37)
    v_face, e_face = -70 + psi, nernst_mV(145.0, surface_concentration_mM(15.0, psi, 1, 37), 1, 37)
    for curve, colour, name in ((v_face, BLUE, "V"), (e_face, ORANGE, "E_Na"), (v_face - e_face, INK, "V − E_Na")):
        right.plot(sigma, curve, color=colour)
        label_line(right, 0.001, float(curve[-1]), name, colour)
    right.set(
        xlabel="surface charge (C/m²)",
        ylabel="at the inner face (mV)",
        title="V and E shift, V − E does not",
        xlim=(-0.1, 0.025),
    )


def _donnan(left: Axes, right: Axes) -> None:
    impermeant = np.linspace(0, 250, 80)
    outside = np.array([110.0, 110.0])
    found = donnan(outside, [1, -1], impermeant, -1, 37)
    for row, colour, name in ((0, BLUE, "K⁺"), (1, GREEN, "Cl⁻")):
        left.plot(impermeant, found.in_mM[:, row], color=colour)
        label_line(left, 250, float(found.in_mM[-1, row]), name, colour)
    second_axis = left.twinx()
    second_axis.plot(impermeant, found.potential_mV, color=INK, linestyle="--")
    second_axis.set_ylabel("V (mV, dashed)")
    second_axis.spines["right"].set_visible(True)
    left.plot(150, float(donnan(outside, [1, -1], 150, -1, 37).in_mM[1]), "o", color=GREEN)
    left.set(
        xlabel="impermeant anion inside (mM)", ylabel="inside (mM)", title="Donnan, 110 mM KCl outside", xlim=(0, 275)
    )
    volume = np.geomspace(1, 100, 80)
    right.loglog(volume, swollen_excess_mOsm(volume, outside, [1, -1], 150, -1, 37), color=ORANGE)
    right.set(xlabel="volume / initial volume", ylabel="osmotic excess (mOsm)", title="Passive swelling does not stop")


SECTIONS = (
    AtlasSection(
        "activity",
        "Activities",
        "Interactions between ions reduce their activity below their concentration. Between solutions of different "
        "ionic strength this changes a Nernst potential by millivolts; between solutions of equal ionic strength by "
        "much less. The activity of a single ion depends on a convention, which is given with every result.",
        (
            "a = γ c",
            "log₁₀ γ = −A z² (√I / (1 + √I) − 0.3 I)  (Davies)",
            "ln γ± = |z₊z₋| f(I) + m B(I) 2ν₊ν₋/ν + m² C 2(ν₊ν₋)^1.5/ν  (Pitzer)",
        ),
        "Debye & Hückel 1923; Davies 1962; Pitzer & Mayorga 1973; points: CRC Handbook.",
        _activity,
        "Mean activity coefficients of CsCl and CaCl2 by model and from tables, and the resulting shift of E_K",
        ("activity",),
    ),
    AtlasSection(
        "junctions",
        "Liquid junctions",
        "Where pipette solution and bath meet, the more mobile ions diffuse faster, and a potential results. "
        "Henderson’s equation and the steady Nernst–Planck equations agree for one salt. For K gluconate they "
        "differ by half a millivolt, which is the error of the model. A solution that is not electroneutral is "
        "refused.",
        (
            "V_L = (RT/F) · [Σ z u (c_bath − c_pip) / Σ z² u (c_bath − c_pip)] · ln(Σ z² u c_pip / Σ z² u c_bath)",
            "whole cell: V_m = V_cmd − V_L;  inside-out: V_m = −V_cmd + V_L;  on cell: V_m = V_cell − V_cmd + V_L",
        ),
        "Henderson 1907; Planck 1890; Barry & Lynch 1991; Marino, Misuri & Brogioli 2014.",
        _junctions,
        "Published against computed junction potentials, and the steady profiles of ions and potential in a junction",
    ),
    AtlasSection(
        "surface",
        "Surface charge",
        "Fixed charge makes the potential at a membrane face more negative than in the bulk within about one "
        "Debye length, and raises the concentration of cations there. It shifts gating and conductance but not "
        "the driving force, because V and E at the face shift by the same amount.",
        ("σ = √(8 ε ε₀ RT c) sinh(Fψ / 2RT)", "λ_D = √(ε ε₀ RT / 2F² I)", "(V + ψ) − (E + ψ) = V − E"),
        "Debye & Hückel 1923; Grahame 1947.",
        _surface,
        "Surface potential against surface charge, and voltage, Nernst potential and driving force at the face",
        ("surface",),
    ),
    AtlasSection(
        "donnan",
        "Donnan equilibrium",
        "Impermeant anions inside raise the cations inside, lower the chloride inside and produce a membrane "
        "potential. The total concentration inside is then higher than outside, and water enters. Swelling "
        "dilutes the excess, but the excess never becomes zero.",
        ("K_i Cl_i = K_o Cl_o,  K_i = Cl_i + A⁻", "V = (RT/F) ln(Cl_i / Cl_o)", "Π = RT Δosm"),
        "Donnan 1911; van 't Hoff 1887.",
        _donnan,
        "Potassium, chloride and voltage against impermeant anion, and osmotic excess against swelling",
        ("Donnan",),
    ),
)
