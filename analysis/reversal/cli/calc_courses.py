"""Questions of ``reversal calc`` about the simulations of the atlas in space and time, at one time and place."""

from __future__ import annotations

import argparse

from reversal.cli.calc_systems import Option, System
from reversal.cli.calculations import InputRefused, Result
from reversal.physics import ranges

FIRING_s = 120.0  # firing of the cell with a Na⁺ load, as on the page
LENGTH_um = 1000.0  # line with K⁺ in its middle
BUFFERED = {"peak_mM": 9.0, "rest_mM": 3.0, "width_um": 100.0}


def dendrite(options: argparse.Namespace) -> list[Result]:
    """Voltage along a dendrite with a gradient of chloride and one GABA input."""
    import numpy as np

    from reversal.atlas.systems.dendrite import gaba_dendrite

    if options.points % 1:
        raise InputRefused("a number of compartments is not whole", found=options.points, expected="a whole number")
    state = gaba_dendrite(
        int(options.points),
        cl_mM=(options.near, options.far),
        gaba_nS_per_um=options.gaba,
        place_um=options.place,
        width_um=options.width,
        cl_out_mM=options.cl_out,
        rest_mV=options.v,
        temperature_C=options.temperature,
    )
    x = state.position_um
    e, v = (float(np.interp(options.place, x, row)) for row in (state.e_cl_mV, state.v_mV))
    sign = "depolarises" if e > options.v else "hyperpolarises"
    return [
        Result("E_Cl at the soma", float(state.e_cl_mV[0]), "mV"),
        Result("E_Cl at the end", float(state.e_cl_mV[-1]), "mV"),
        Result("E_Cl at the input", e, "mV", f"GABA {sign} at {options.v:g} mV"),
        Result("V at the soma", float(state.v_mV[0]), "mV"),
        Result("V at the input", v, "mV"),
        Result("V at the end", float(state.v_mV[-1]), "mV"),
    ]


def endosome(options: argparse.Namespace) -> list[Result]:
    """State of the vesicle of the atlas after a time."""
    from reversal.atlas.systems.endosome import Endosome, acidify

    course = acidify(Endosome(chloride_fS=options.chloride), options.time)
    return [
        Result("pH", float(course.ph[-1]), ""),
        Result("V", float(course.v_mV[-1]), "mV", "lumen minus cytosol"),
        Result("E_Cl", float(course.e_cl_mV[-1]), "mV"),
        Result("pump / first current", float(course.pump_fA[-1] / course.pump_fA[0]), ""),
    ]


def sodium_load(options: argparse.Namespace) -> list[Result]:
    """Cell of the atlas that fires for two minutes, at a time from the start of the firing."""
    from reversal.atlas.systems.pump_leak import PumpLeakCell
    from reversal.atlas.systems.sodium_load import fire_and_recover

    firing, resting = min(options.time, FIRING_s), options.time - FIRING_s
    load = fire_and_recover(
        PumpLeakCell(), firing_na_nS=options.g_na, firing_s=firing, recovery_s=resting if resting > 0 else 1.0
    )
    at = -1 if resting > 0 else int(load.time_s.searchsorted(firing))
    return [
        Result("Na⁺ inside", float(load.na_in_mM[at]), "mM"),
        Result("pump, net", float(load.pump_pA[at]), "pA"),
        Result("V", float(load.v_mV[at]), "mV"),
    ]


def anoxia(options: argparse.Namespace) -> list[Result]:
    """Cell of the atlas in a large bath after a time without oxygen."""
    from reversal.atlas.systems.energy_failure import fade_pumps
    from reversal.atlas.systems.pump_leak import PumpLeakCell

    course, atp = fade_pumps(PumpLeakCell(), options.time, atp_time_s=options.atp_time)
    return [
        Result("V", float(course.v_mV[-1]), "mV"),
        Result("ATP / rest", float(atp[-1]), ""),
        Result("pump, net", float(course.pump_pA[-1]), "pA"),
    ]


def diastole(options: argparse.Namespace) -> list[Result]:
    """Free calcium of the heart cell of the atlas after a time in diastole."""
    from reversal.atlas.systems.diastole import Diastole, exchanger_limit_mM, relax

    heart = Diastole(na_in_mM=options.na_in)
    return [
        Result("free Ca²⁺ inside", float(relax(heart, options.time).ca_mM[-1] * 1e6), "nM"),
        Result("limit of the exchanger", exchanger_limit_mM(heart) * 1e6, "nM"),
    ]


def buffering(options: argparse.Namespace) -> list[Result]:
    """K⁺ outside on a line of 1 mm whose middle has released K⁺, after a time."""
    import numpy as np

    from reversal.atlas.systems.potassium import spatial_buffering
    from reversal.physics.nernst import nernst_mV

    x = np.arange(0.0, LENGTH_um + 1, 25.0)
    bump = np.exp(-(((x - LENGTH_um / 2) / BUFFERED["width_um"]) ** 2))
    start = BUFFERED["rest_mM"] + BUFFERED["peak_mM"] * bump
    course = spatial_buffering(x, start, options.time, uptake_mM_per_s_mV=options.uptake)
    middle, end = course.k_out_mM[-1][[x.size // 2, 0]]
    return [
        Result("K⁺ outside, middle", float(middle), "mM"),
        Result("K⁺ outside, end", float(end), "mM"),
        Result("E_K, middle", float(nernst_mV(middle, 140, 1, 37)), "mV", "K⁺ inside 140 mM, 37 °C"),
    ]


TIME = Option("--time", "S", ranges.DURATION, "time [s]")
COURSES = (
    System(
        "dendrite",
        dendrite,
        "voltage along a dendrite of 500 µm with a gradient of chloride and GABA",
        (
            Option("--near", "MM", ranges.CONCENTRATION, "Cl⁻ inside at the soma [mM] (default 15)", 15.0),
            Option("--far", "MM", ranges.CONCENTRATION, "Cl⁻ inside at the end [mM] (default 5)", 5.0),
            Option("--cl-out", "MM", ranges.CONCENTRATION, "Cl⁻ outside [mM] (default 135)", 135.0),
            Option("--v", "MV", ranges.VOLTAGE, "rest [mV] (default −65)", -65.0),
            Option("--gaba", "NS_PER_UM", ranges.CONDUCTANCE, "GABA conductance in its place [nS/µm] (0.3)", 0.3),
            Option("--place", "UM", ranges.PLACE, "place of the input [µm] (default 250)", 250.0),
            Option("--width", "UM", ranges.WIDTH, "width of the input [µm] (default 15)", 15.0),
            Option("--points", "N", ranges.POINTS, "compartments (default 101)", 101.0),
        ),
    ),
    System(
        "endosome",
        endosome,
        "pH and voltage of the vesicle of the atlas after a time",
        (Option("--chloride", "FS", ranges.FEMTO_CONDUCTANCE, "Cl⁻ conductance [fS] (default 10)", 10.0), TIME),
        temperature=False,
    ),
    System(
        "sodium-load",
        sodium_load,
        "the cell of the atlas that fires for two minutes and recovers",
        (Option("--g-na", "NS", ranges.CONDUCTANCE, "g_Na while it fires [nS] (default 2)", 2.0), TIME),
        temperature=False,
    ),
    System(
        "anoxia",
        anoxia,
        "the cell of the atlas in a large bath after a time without oxygen",
        (TIME, Option("--atp-time", "S", ranges.DURATION, "decay time of ATP [s] (default 120)", 120.0)),
        temperature=False,
    ),
    System(
        "diastole",
        diastole,
        "free calcium of the heart cell of the atlas after a time in diastole",
        (Option("--na-in", "MM", ranges.CONCENTRATION, "Na⁺ inside [mM] (default 10)", 10.0), TIME),
        temperature=False,
    ),
    System(
        "buffering",
        buffering,
        "K⁺ outside after its release, with uptake by astrocytes",
        (Option("--uptake", "MM_PER_S_MV", ranges.RATE, "uptake [mM/s per mV] (default 0.05)", 0.05), TIME),
        temperature=False,
    ),
)
