"""What each section of the atlas is connected to: its functions, command lines of ``reversal calc``, an exercise.

A claim is named by its key in the table of textbook claims; its computed value is the answer of the exercise.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exercise:
    """A question with all its inputs; ``claims`` are the cases whose computed values answer it."""

    question: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Connection:
    """Connections of one section.

    functions : names of the functions behind the figure, below ``reversal``, with the parameters of the figure
    calc : command lines that give numbers of the section
    """

    functions: tuple[str, ...]
    calc: tuple[str, ...]
    exercise: Exercise


CONNECTIONS: dict[str, Connection] = {
    "nernst": Connection(
        ("physics.nernst.nernst_mV(out, in, z, 37)", "atlas.systems.driving.driving_force_mV(−70, E)"),
        ("reversal calc nernst K --out 5 --in 140 --v -70 -t 37", "reversal calc nernst K --out 4 --in 140 -t 37"),
        Exercise("K⁺ is 140 mM inside and 4 mM outside. What is E_K at 37 °C? Is it −90 mV?", ("S2-01",)),
    ),
    "ghk": Connection(
        (
            "physics.ghk_constant_field.ghk_current(V, 10 µm³/s, K_o, 140, 1, 37)",
            "physics.ghk_constant_field.ghk_voltage_mV([1, P_Na/P_K], …, 37)",
        ),
        (
            "reversal calc ghk K=5/140:1 Na=145/15:0.01 -t 37",
            "reversal calc two-ion --v -70 --ref 5/140 --x 145/15 -t 37",
        ),
        Exercise(
            "K⁺ 5/140 mM, Na⁺ 145/15 mM, 37 °C, P_K/P_Na 100. What is the resting potential, and which ratio gives "
            "−70 mV?",
            ("X04",),
        ),
    ),
    "nernst-planck": Connection(
        (
            "atlas.systems.electrodiffusion.constant_field_profile_mM(x, 140, 5, V, 1, 37)",
            "physics.ghk_constant_field.ghk_current(V, 1, …, 37)",
        ),
        ("reversal calc conductor --diffusion 1 --concentration 10000 --charge 1 -t 25",),
        Exercise("One ion with D 1 µm²/s and 10 M in a solid, 25 °C. What is its conductivity?", ("X20",)),
    ),
    "selectivity": Connection(
        (
            "physics.selectivity.permeability_ratio(SelectivityEnergy(ΔΔG), t)",
            "atlas.systems.bi_ionic.substitution_shift_mV(ratio, 120, 120, 10)",
        ),
        (
            "reversal calc substitution --energy 12 --ref-out 120 --x-out 120 -t 37",
            "reversal calc selectivity --ratio 0.0095286 -t 37",
        ),
        Exercise("A barrier for Na⁺ is 12 kJ/mol higher than for K⁺. What is P_K/P_Na at 37 °C?", ("S1-06",)),
    ),
    "activity": Connection(
        (
            "physics.pitzer.mean_gamma(cation, anion, m)",
            "atlas.systems.activity_laws.activity_shift_mV(γ_o, γ_i, 1, 25)",
        ),
        ("reversal calc davies --out 5 --inside 140 -t 25", "reversal calc activity K=140 Cl=140 -t 25"),
        Exercise(
            "Pure KCl, 5 mM outside and 140 mM inside, 25 °C. By how much do activities (Davies) shift E_K?", ("S1-12",)
        ),
    ),
    "junctions": Connection(
        ("physics.junctions.henderson_mV(…)", "physics.planck.steady_junction(…)"),
        ("reversal calc ljp --bath Na=145 Cl=145 --pipette K=140 Cl=140 -t 20",),
        Exercise(
            "Na⁺ 145/15 mM, 37 °C. How far is E_Na from +60 mV, and could a junction of 5 mV hide it?", ("S0-03",)
        ),
    ),
    "surface": Connection(
        (
            "atlas.systems.membrane_charge.surface_potential_mV(σ, salt, 74.2, 37)",
            "atlas.systems.membrane_charge.surface_concentration_mM(15, ψ, 1, 37)",
        ),
        ("reversal calc debye --salt 0.15 --charge -0.05 -t 37",),
        Exercise(
            "A face has −0.05 C/m² in 0.15 M salt at 37 °C, permittivity 74.2. What are its potential and the ratio of "
            "cations there to the bulk? What is the driving force of Na⁺ (145/15 mM) at −70 mV?",
            ("S0-11", "S0-12"),
        ),
    ),
    "donnan": Connection(
        (
            "atlas.systems.donnan.donnan([110, 110], [1, −1], A⁻, −1, 37)",
            "atlas.systems.donnan.swollen_excess_mOsm(w, [110, 110], [1, −1], 150, −1, 37)",
        ),
        ("reversal calc donnan --outside K=110 Cl=110 --impermeant 150 -t 36.85",),
        Exercise(
            "150 mM A⁻ inside, 110 mM KCl outside. What is Cl⁻ inside, and what is V at 310 K?", ("S4-12", "S4-07b")
        ),
    ),
    "membrane": Connection(
        ("atlas.systems.membrane_charge.fraction_of_bulk(ΔV, r, 300)", "physics.nernst.nernst_mV(145, Na_i, 1, 37)"),
        ("reversal calc membrane --radius 10 --change 110 --bulk 140",),
        Exercise("A sphere of 10 µm radius, 1 µF/cm², 140 mM K⁺. Which fraction crosses for 110 mV?", ("S0-10",)),
    ),
    "pump": Connection(
        (
            "atlas.systems.pump.pump_saturation(Na_i, K, n)",
            "atlas.systems.pump.mullins_noda_mV(4, 140, 145, 12, P_Na/P_K, 37)",
        ),
        (
            "reversal calc pump --na-leak -65",
            "reversal calc mullins-noda --k 4/140 --na 145/12 --ratio 0.04303 -t 37",
            "reversal calc oxygen --g-na 5 --v -70 --e-na 60 --e-k -90",
        ),
        Exercise("A Na⁺ leak of −65 pA is balanced by a 3:2 pump. What is the net current of the pump?", ("S1-07",)),
    ),
    "pump-leak": Connection(
        (
            "atlas.systems.pump_leak.run(PumpLeakCell(), 6 h, pump=0)",
            "atlas.systems.pump_leak.steady_state(PumpLeakCell())",
        ),
        ("reversal calc pump-leak", "reversal calc pump-leak --pump 0.5"),
        Exercise(
            "The pump–leak cell with its typical values gets ouabain. What is V after 6 h, and its volume?", ("X09",)
        ),
    ),
    "transporters": Connection(
        (
            "atlas.systems.transporters.free_energy_kJ_per_mol(cycle, sides, V, 37)",
            "atlas.systems.transporters.steepest_ratio(cycle, 'glucose', {'Na': (145, 15)}, V, 37)",
        ),
        (
            "reversal calc transporter NBCe1 Na=145/12 HCO3=25/15 --v -70 -t 37",
            "reversal calc motive-force --v -140 --sides 400/20 -t 25",
        ),
        Exercise("Na⁺ 145/15 mM, −70 mV, 310 K. How far can 2 Na⁺ : 1 glucose concentrate glucose?", ("S4-10",)),
    ),
    "gaba": Connection(
        (
            "atlas.systems.chloride.steady_chloride_mM(NKCC1, KCC2, 0.3, TransportConditions())",
            "atlas.systems.chloride.synaptic_potential_mV(−65, E, 5, 10)",
        ),
        ("reversal calc chloride --nkcc1 0.3 --kcc2 0.05 --leak 0.3 -t 37",),
        Exercise(
            "Cl⁻ is 30 mM inside, 140 outside, 37 °C. Does GABA depolarise a neurone at −65 mV?", ("S3-13", "S3-15")
        ),
    ),
    "dendrite": Connection(
        (
            "atlas.systems.dendrite.steady_dendrite(x, Cl_i(x), g_GABA, rest 0.02 nS/µm, axial 300 nS µm, 37)",
            "atlas.systems.dendrite.gaba_dendrite(101, (15, 5), 0.3, place, 15 µm, …)",
        ),
        (
            "reversal calc dendrite --near 15 --far 5 --gaba 0.3 --place 60 -t 37",
            "reversal calc nernst Cl --out 135 --in 5 -t 37",
        ),
        Exercise(
            "Cl⁻ 135 mM outside, 5 mM distal, 15 mM proximal, 37 °C. What is E_Cl at both ends?", ("S3-06", "S3-07")
        ),
    ),
    "ampa": Connection(
        (
            "atlas.systems.synapse.driven_voltage_mV(−79, 1, E, g)",
            "atlas.systems.synapse.driven_course_mV(t, −79, 5, E, g, 100)",
        ),
        ("reversal calc ghk K=5/140:1 Na=145/15:1 -t 37",),
        Exercise("P_Na = P_K, Na⁺ 145/15, K⁺ 5/140 mM, 37 °C. Where does the channel reverse?", ("S3-04",)),
    ),
    "potassium": Connection(
        (
            "atlas.systems.potassium.clear_potassium(3 mM/s for 5 s, 25, Clearance(V_max))",
            "atlas.systems.potassium.spatial_buffering(x, start, 10)",
        ),
        ("reversal calc buffering --time 10", "reversal calc nernst K --out 10 --in 140 -t 37"),
        Exercise(
            "3 mM/s of K⁺ for 5 s, V_max 1, 3 or 8 mM/s, K_m 3 mM. What is the peak of [K⁺]ₒ from 3 mM?", ("S3-16",)
        ),
    ),
    "exchanger": Connection(
        (
            "atlas.systems.diastole.relax(Diastole(na_in_mM), 0.5)",
            "atlas.systems.exchanger.exchanger_reversal_mV(145, Na_i, 2, Ca_i, 37)",
        ),
        (
            "reversal calc diastole --na-in 20 --time 0.5",
            "reversal calc transporter NCX Na=145/20 Ca=2/0.0001 -t 37",
        ),
        Exercise("[Na⁺]ᵢ rises from 10 to 20 mM at 37 °C. By how much does E_NCX change?", ("S3-18",)),
    ),
    "endosome": Connection(
        ("atlas.systems.endosome.acidify(Endosome(chloride_fS), 1800)",),
        ("reversal calc endosome --chloride 10 --time 1800", "reversal calc endosome --chloride 0 --time 1800"),
        Exercise(
            "Pump 0.2 fS, proton leak 0.3 fS. At which part of its first current does the pump run at rest?", ("X19",)
        ),
    ),
    "clamp": Connection(
        (
            "physics.ghk_constant_field.ghk_current(V, 10 µm³/s, K_o, 140, 1, 37)",
            "atlas.systems.clamped_curve.crossing_mV(V, I)",
        ),
        (
            "reversal calc current K --v -129.5 --p 10 --out 2.5 --in 140 -t 37",
            "reversal calc nernst K --out 10 --in 140 -t 37",
        ),
        Exercise("K⁺ outside rises from 2.5 to 10 mM at 37 °C. By how much does E_K shift?", ("S3-02",)),
    ),
    "action-potential": Connection(
        ("atlas.systems.hodgkin_huxley.fire(Axon(), 12, 10, stimulus_ms=1)",),
        ("reversal calc axon --current 10 --stimulus 1",),
        Exercise(
            "The squid axon gets 10 µA/cm² for 1 ms. How high is the peak with and without Na⁺ channels?", ("X01",)
        ),
    ),
    "load": Connection(
        (
            "atlas.systems.sodium_load.fire_and_recover(PumpLeakCell())",
            "atlas.systems.energy_failure.fade_pumps(PumpLeakCell(), 3600)",
        ),
        (
            "reversal calc sodium-load --time 120",
            "reversal calc anoxia --time 300",
            "reversal calc oxygen --g-na 2 --v -70 --e-na 60 --e-k -90",
        ),
        Exercise(
            "A neurone has g_Na 2 nS, V −70, E_Na +60, E_K −90 mV. How many O₂ a second does its pump need?", ("X21",)
        ),
    ),
    "ischaemia": Connection(
        ("atlas.systems.energy_failure.lose_energy(cell_in_tissue(), 900)",),
        ("reversal calc ischaemia --time 60 --atp-time 0.001",),
        Exercise("A neurone in 20 % space loses its pump at once. What are V and [K⁺]ₒ after 60 s?", ("X14",)),
    ),
}
