"""The movable atlas in a browser: formulas equal those of the program, figures follow, its files are read."""

from __future__ import annotations

import base64
import json
import shlex
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reversal.atlas.live
from reversal.atlas.atlas_page import SECTIONS
from reversal.atlas.systems import activity_laws, bi_ionic, chloride, diastole, donnan, exchanger, pump, synapse
from reversal.atlas.systems import electrodiffusion as diffusion
from reversal.atlas.systems import membrane_charge as surface
from reversal.atlas.systems import transporters as transport
from reversal.atlas.systems.dendrite import gaba_dendrite
from reversal.atlas.systems.hodgkin_huxley import sodium_availability
from reversal.atlas.write_atlas import write_atlas
from reversal.cli.main import main
from reversal.notebook import measure, read
from reversal.physics import ghk_constant_field as ghk
from reversal.physics import water
from reversal.physics.debye_huckel import debye_huckel_slope
from reversal.physics.junctions import henderson_mV
from reversal.physics.nernst import nernst_mV, thermal_voltage_mV
from reversal.physics.selectivity import SelectivityEnergy, permeability_ratio

INPUTS = 10_000
TEMPERATURE = (0.0, 45.0)
C = (0.5, 500.0)  # concentrations [mM]
V = (-150.0, 100.0)
RATIO = (1e-3, 10.0)
Check = tuple[Callable[..., Any], tuple[tuple[float, float], ...]]


def _voltage(k_o, k_i, na_o, na_i, p_na, cl_o, cl_i, p_cl, t):
    p = np.stack([np.ones_like(p_na), p_na, p_cl], axis=-1)
    outside, inside = np.stack([k_o, na_o, cl_o], axis=-1), np.stack([k_i, na_i, cl_i], axis=-1)
    return ghk.ghk_voltage_mV(p, outside, inside, [1, 1, -1], t)


def _henderson(bath, pipette, u_bath, u_pipette, u_anion, t):
    """One cation in the bath, another in the pipette; the mobilities differ from row to row."""
    rows = zip(bath, pipette, u_bath, u_pipette, u_anion, t, strict=True)
    return [
        float(henderson_mV([b, 0, b], [0, p, p], [1, 1, -1], [of_bath, of_pipette, of_anion], celsius))
        for b, p, of_bath, of_pipette, of_anion, celsius in rows
    ]


def _chloride(nkcc1, kcc2, leak, na_o, na_i, k_o, k_i, cl_o, v, t):
    rows = zip(nkcc1, kcc2, leak, na_o, na_i, k_o, k_i, cl_o, v, t, strict=True)
    return [
        float(chloride.steady_chloride_mM(n, k, leak_nS, chloride.TransportConditions(*conditions)))
        for n, k, leak_nS, *conditions in rows
    ]


def _donnan(salt, fixed, z, t):
    return donnan.donnan(np.stack([salt, salt], axis=-1), [1, -1], fixed, z, t)


def _symport(n, na_o, na_i, v, t):
    one = transport.steepest_ratio(transport.SGLT2, "glucose", {"Na": (na_o, na_i)}, v, t)
    return one**n


def _dendrite(at, points, near, far, cl_out, gaba, place, width, rest, g_rest, axial, t):
    found = []
    for share, number, *cl, out, nS, place_um, width_um, mV, rest_nS, axial_nS, celsius in zip(
        at, points, near, far, cl_out, gaba, place, width, rest, g_rest, axial, t, strict=True
    ):
        v = gaba_dendrite(
            int(number),
            cl_mM=(cl[0], cl[1]),
            gaba_nS_per_um=nS,
            place_um=place_um,
            width_um=width_um,
            cl_out_mM=out,
            rest_mV=mV,
            temperature_C=celsius,
            rest_nS_per_um=rest_nS,
            axial_nS_um=axial_nS,
        ).v_mV
        found.append(v[min(int(share * int(number)), int(number) - 1)])
    return found


def _limit(na_i, na_o, ca_o, v, t):
    return [
        diastole.exchanger_limit_mM(diastole.Diastole(a, b, c, d, temperature_C=e))
        for a, b, c, d, e in zip(na_i, na_o, ca_o, v, t, strict=True)
    ]


FORMULAS: dict[str, Check] = {
    "thermal": (thermal_voltage_mV, (TEMPERATURE,)),
    "nernst": (nernst_mV, (C, C, (0.5, 3.0), TEMPERATURE)),
    "bernoulli": (ghk.bernoulli, ((-30.0, 30.0),)),
    "ghkCurrent": (ghk.ghk_current, (V, C, C, C, (-2.0, 2.0), TEMPERATURE)),
    "ghkVoltage": (_voltage, (C, C, C, C, RATIO, C, C, (0.0, 2.0), TEMPERATURE)),
    "chord": (
        lambda g1, e1, g2, e2: bi_ionic.chord_mV(np.stack([g1, g2], -1), np.stack([e1, e2], -1)),
        ((0.1, 50.0), V, (0.1, 50.0), V),
    ),
    "profile": (diffusion.constant_field_profile_mM, ((0.0, 1.0), C, C, V, (0.5, 2.0), TEMPERATURE)),
    "permeabilityRatio": (lambda e, t: permeability_ratio(SelectivityEnergy(e), t), ((-10.0, 25.0), TEMPERATURE)),
    "substitutionShift": (bi_ionic.substitution_shift_mV, (RATIO, C, C, TEMPERATURE)),
    "twoIonRatio": (bi_ionic.two_ion_ratio, (V, C, C, C, C, TEMPERATURE)),
    "permittivity": (water.water_permittivity, (TEMPERATURE,)),
    "density": (water.water_density_kg_per_L, (TEMPERATURE,)),
    "debyeHuckel": (debye_huckel_slope, (TEMPERATURE,)),
    "davies": (activity_laws.log10_gamma_davies, ((1.0, 2.0), (1e-3, 0.5), TEMPERATURE)),
    "activityShift": (activity_laws.activity_shift_mV, ((0.3, 1.0), (0.3, 1.0), (0.5, 2.0), TEMPERATURE)),
    "henderson": (_henderson, (C, C, (0.2, 2.0), (0.2, 2.0), (0.2, 2.0), TEMPERATURE)),
    "debyeLength": (surface.debye_length_nm, ((1e-3, 1.0), (60.0, 90.0), TEMPERATURE)),
    "surfacePotential": (surface.surface_potential_mV, ((-0.2, 0.2), (1e-3, 1.0), (60.0, 90.0), TEMPERATURE)),
    "surfaceConcentration": (surface.surface_concentration_mM, (C, (-150.0, 150.0), (0.5, 2.0), TEMPERATURE)),
    "donnanVoltage": (lambda *x: _donnan(*x).potential_mV, (C, (0.0, 300.0), (-3.0, 3.0), TEMPERATURE)),
    "donnanExcess": (lambda *x: _donnan(*x).osmotic_excess_mOsm, (C, (1.0, 300.0), (-3.0, 3.0), TEMPERATURE)),
    "fractionOfBulk": (surface.fraction_of_bulk, (V, (0.1, 100.0), C)),
    "mullinsNoda": (pump.mullins_noda_mV, (C, C, C, C, RATIO, TEMPERATURE, (1.0, 2.0))),
    "pumpSaturation": (pump.pump_saturation, (C, (1.0, 50.0), (1.0, 3.0))),
    "steadySodium": (pump.steady_sodium_mM, ((0.01, 0.95), (1.0, 50.0), (1.0, 3.0))),
    "balancingPotassium": (pump.balancing_potassium_nS, ((0.1, 50.0), (-80.0, 40.0), (45.0, 80.0), (-120.0, -85.0))),
    "oxygen": (pump.oxygen_for_leaks, ((-900.0, -300.0), (0.0, 250.0), (4.0, 7.0))),
    "symportRatio": (_symport, ((1.0, 3.0), C, C, V, TEMPERATURE)),
    "ncxReversal": (exchanger.exchanger_reversal_mV, (C, C, (0.05, 20.0), (1e-5, 0.01), TEMPERATURE)),
    "nbceReversal": (
        lambda a, b, c, d, t: transport.reversal_mV(transport.NBCE1, {"Na": (a, b), "HCO3": (c, d)}, t),
        (C, C, C, C, TEMPERATURE),
    ),
    "pumpCost": (
        lambda a, b, c, d, v, t: transport.free_energy_kJ_per_mol(
            transport.NA_K_PUMP, {"K": (a, b), "Na": (c, d)}, v, t
        ),
        (C, C, C, C, V, TEMPERATURE),
    ),
    "motiveForce": (transport.ion_motive_force_mV, (V, C, C, TEMPERATURE)),
    "ionsPerAtp": (transport.ions_per_atp, ((-300.0, -10.0), (30.0, 70.0))),
    "steadyChloride": (
        _chloride,
        ((0.0, 2.0), (0.0, 2.0), (0.01, 3.0), C, C, C, C, C, (-100.0, 0.0), TEMPERATURE),
    ),
    "synapticPotential": (
        lambda rest, e, g_rest, g: chloride.synaptic_potential_mV(rest, e, g_rest, g),
        (V, V, (0.1, 50.0), (0.0, 50.0)),
    ),
    "drivenVoltage": (synapse.driven_voltage_mV, (V, (0.1, 50.0), V, (0.0, 500.0))),
    "drivenCourse": (
        lambda *x: [float(synapse.driven_course_mV(*row)) for row in zip(*x, strict=True)],
        ((0.0, 30.0), V, (0.1, 50.0), V, (0.0, 500.0), (10.0, 500.0)),
    ),
    "exchangerLimit": (_limit, (C, C, (0.05, 20.0), V, TEMPERATURE)),
    "availability": (sodium_availability, (V,)),
    "dendriteVoltage": (
        _dendrite,
        (
            (0.0, 1.0),
            (3.0, 102.0),
            (1.0, 60.0),
            (1.0, 60.0),
            (10.0, 200.0),
            (0.0, 1.0),
            (0.0, 500.0),
            (5.0, 5000.0),
            (-90.0, -40.0),
            (0.002, 0.2),
            (10.0, 3000.0),
            TEMPERATURE,
        ),
    ),
    "conductivity": (diffusion.ionic_conductivity_S_per_m, ((0.01, 100.0), C, (0.5, 2.0), TEMPERATURE)),
    "limitingCurrent": (diffusion.limiting_current_A_per_m2, ((0.01, 100.0), C, (1.0, 500.0))),
}
LOOPS = {
    "dendriteVoltage",
    "henderson",
    "steadyChloride",
    "drivenCourse",
    "exchangerLimit",
}  # Python computes these one by one
SCRIPT = Path(reversal.atlas.live.__file__).parent / "formulas.js"
NAMES = [pytest.param(name, marks=pytest.mark.long if name in LOOPS else ()) for name in sorted(FORMULAS)]


@pytest.fixture(scope="module")
def formulas(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Any:
    """A page with the formulas alone."""
    page = tmp_path_factory.mktemp("formulas") / "formulas.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><script>{SCRIPT.read_text(encoding='utf-8')}</script>")
    assert browser.open(page).errors == []
    return browser


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Path:  # noqa: ARG001 - skips without a browser
    page = tmp_path_factory.mktemp("atlas") / "atlas.html"
    write_atlas(page)
    return page


@pytest.fixture
def opened(atlas: Path, browser: Any) -> Any:
    log = browser.open(atlas)
    assert log.errors == []
    assert [address for address in log.requests if not address.startswith("data:")] == [atlas.as_uri()]
    return browser


def packed(numbers: np.ndarray) -> str:
    return base64.b64encode(np.asarray(numbers, dtype="<f8").tobytes()).decode()


def test_every_formula_of_the_page_is_compared(formulas: Any) -> None:
    assert set(formulas.value("Object.keys(formulas)")) == set(FORMULAS)


@pytest.mark.parametrize("name", NAMES)
def test_formula_agrees_with_the_program_on_random_inputs(name: str, formulas: Any) -> None:
    compute, ranges = FORMULAS[name]
    rng = np.random.default_rng(sorted(FORMULAS).index(name))
    columns = [rng.uniform(low, high, INPUTS) for low, high in ranges]
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        expected = np.asarray(compute(*columns), dtype=np.float64)
    given = ",".join(f'"{packed(column)}"' for column in columns)
    answer = formulas.value(
        f"""(() => {{
            const read = (text) => new Float64Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
            const columns = [{given}].map(read), found = new Float64Array({INPUTS});
            for (let k = 0; k < {INPUTS}; k++) found[k] = formulas.{name}(...columns.map((column) => column[k]));
            let text = "";
            for (const byte of new Uint8Array(found.buffer)) text += String.fromCharCode(byte);
            return btoa(text);
        }})()"""
    )
    found = np.frombuffer(base64.b64decode(answer), dtype="<f8")
    assert np.abs(found - expected).max() <= 1e-9 * max(1.0, float(np.abs(expected).max()))
    near_zero = np.abs(found - expected) / np.maximum(np.abs(expected), 1e-6)
    assert np.quantile(near_zero, 0.99) < 1e-9


@pytest.mark.long
def test_every_section_can_be_moved(opened: Any) -> None:
    assert set(opened.value("Object.keys(live)")) == {section.key for section in SECTIONS} | {"load-anoxia"}
    assert opened.value("Object.values(live).every(one => !one.holder.hidden && one.system.sliders.length >= 2)")


@pytest.mark.long
def test_curves_follow_every_slider(opened: Any) -> None:
    """Each slider changes a curve or a number when it is moved to its ends."""
    without_effect = opened.value(
        """Object.values(live).flatMap(one => one.system.sliders.filter(slider => {
            const seen = new Set();
            for (const place of [0, Number(one.inputs[slider.id].input.max)]) {
                const input = one.inputs[slider.id].input;
                if ("pCl" in one.values) one.values.pCl = 0.45;
                input.value = place;
                input.dispatchEvent(new Event("input"));
                seen.add(one.numbers.textContent + JSON.stringify(one.drawn));
                one.reset();
            }
            return seen.size < 2;
        }).map(slider => one.key + " " + slider.id))"""
    )
    assert without_effect == []


@pytest.mark.long
def test_curves_are_drawn_within_50_ms(opened: Any) -> None:
    """Median of the time of one change, relative to that of a loop of ten million steps on the same machine."""
    times = opened.value(SPEED)
    assert all(ratio < 2.0 for _, ratio, _ in times), times  # the loop takes about 15 to 25 ms


@pytest.mark.long
def test_numbers_at_the_start_are_those_of_the_chapters(opened: Any) -> None:
    def number(key: str, name: str) -> float:
        return opened.value(f"live[{key!r}].results.find(([name]) => name === {name!r})[1]")

    assert number("nernst", "E_K") == pytest.approx(-89.0587, abs=1e-3)
    assert number("ghk", "V") == pytest.approx(-68.5906, abs=1e-3)
    assert number("donnan", "Cl⁻ inside") == pytest.approx(58.1353, abs=1e-3)
    assert number("surface", "λ_D") == pytest.approx(0.779, abs=2e-3)
    assert number("pump-leak", "V") == pytest.approx(-5.192, abs=2e-3)
    assert number("clamp", "E_K") == pytest.approx(-70.534, abs=1e-2)


@pytest.mark.long
def test_presets_change_the_cell(opened: Any) -> None:
    opened.value("live.nernst.preset('seawater axon')")
    e = opened.value("live.nernst.results[0][1]")
    assert e == pytest.approx(float(nernst_mV(10, 400, 1, 18)), abs=1e-6)
    assert opened.value("Object.keys(PRESETS)") == [
        "textbook",
        "newborn neurone",
        "cardiac cell",
        "seawater axon",
        "plant",
        "bacterium",
    ]


@pytest.mark.long
@pytest.mark.parametrize("key", ["ischaemia", "pump-leak", "potassium", "gaba", "ampa", "action-potential"])
def test_simulation_plays_pauses_and_steps(key: str, opened: Any) -> None:
    """Time, or maturation of the GABA switch, moves by steps and by itself until it is paused."""
    one = f"live[{key!r}]"
    now = f"{one}.values[{one}.system.plays]"
    opened.value(f"{now} = 0, {one}.update()")
    first = opened.value(f"JSON.stringify({one}.drawn)")
    opened.value(f"{one}.step(1)")
    assert opened.value(now) > 0
    assert opened.value(f"JSON.stringify({one}.drawn)") != first
    opened.value(f"{one}.step(-1)")
    assert opened.value(now) == 0
    opened.value(f"{one}.playButton.click(), new Promise(done => setTimeout(() => done(1), 400))")
    opened.value(f"{one}.playButton.click()")
    played = opened.value(now)
    assert played > 0
    assert opened.value(f"new Promise(done => setTimeout(() => done({now}), 200))") == played


@pytest.mark.long
def test_exercise_of_a_seed_is_the_same_for_everybody(atlas: Path, opened: Any) -> None:
    opened.value("live.ghk.pose(42)")
    values = opened.value("JSON.stringify(live.ghk.values)")
    assert opened.value("live.ghk.numbers.textContent").count("?") == 3
    opened.open(atlas)
    opened.value("location.hash = '#ghk?exercise=42'; new Promise(done => setTimeout(() => done(1), 100))")
    assert opened.value("JSON.stringify(live.ghk.values)") == values
    opened.value("live.ghk.exercise.querySelector('button').click()")
    assert "?" not in opened.value("live.ghk.numbers.textContent")


@pytest.mark.long
def test_exercise_of_every_section_names_its_chapter(opened: Any) -> None:
    without = opened.value(
        """Object.values(live).filter(one => {
            one.pose(7);
            const links = [...one.exercise.querySelectorAll("a[href^='#claim-']")];
            const found = links.length && links.every(a => document.getElementById(a.hash.slice(1)));
            one.reset();
            return !found;
        }).map(one => one.key)"""
    )
    assert without == []


@pytest.mark.long
def test_symbols_and_powers_of_ten_are_typeset(opened: Any) -> None:
    """No text outside of code has a bare subscript (V_max), exponent (x^2) or 1e-5."""
    raw = opened.value(
        """[...document.querySelectorAll('main *')].filter(e => !e.closest('code, q, .yours') && !e.children.length
            && /[A-Za-z]_|\\^|\\de[-+]?\\d/.test(e.textContent)).map(e => e.textContent)"""
    )
    assert raw == []


@pytest.mark.long
def test_command_below_a_figure_gives_its_number(opened: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """At the values of the chapters, each section offers a command that gives one of the numbers that it shows."""
    shown = opened.value(
        """Object.values(live).map(one => [one.key, one.command.textContent,
            one.results.map(([, value]) => value).filter(value => typeof value === "number")])"""
    )
    missing = []
    for key, command, numbers in shown:
        program, *words = shlex.split(command)
        assert program == "reversal", key
        assert main([*words, "--json"]) == 0
        answers = [one["value"] for one in json.loads(capsys.readouterr().out)["results"]]
        near = [a for a in answers for n in numbers if a is not None and abs(a - n) <= 2e-3 * abs(n) + 1e-9]
        missing += [] if near else [(key, command, answers, numbers)]
    assert missing == []


@pytest.mark.long
@pytest.mark.parametrize(("k_out_mM", "p_na"), [(2.5, 0.0001), (10.0, 0.01), (40.0, 0.1)])
def test_recording_of_the_virtual_rig_is_read_by_the_pipeline(
    k_out_mM: float, p_na: float, opened: Any, tmp_path: Path
) -> None:
    """The interval that the pipeline gives contains the reversal potential of the page, which is that of GHK."""
    opened.value(f"Object.assign(live.clamp.values, {{K_o: {k_out_mM}, pNa: {p_na}}}), live.clamp.update()")
    content = f"btoa([...rigAbf({k_out_mM}, live.clamp.values)].map(byte => String.fromCharCode(byte)).join(''))"
    text = opened.value(content)
    path = tmp_path / "rig.abf"
    path.write_bytes(base64.b64decode(text))
    recording = read(path)
    assert recording.warnings == ()
    sides = {"K": k_out_mM, "Na": 150 - k_out_mM, "Cl": 150.0}, {"K": 140.0, "Na": 15.0, "Cl": 155.0}
    junction = {"apply": False, "reference_electrode": "none", "sd_mV": 0.1}
    found = measure(
        recording,
        bath=sides[0],
        pipette=sides[1],
        temperature_C=37.0,
        experiment={"junction": junction},
        seal_GOhm=1000,
    )
    assert found.status == "ok"
    shown = opened.value("live.clamp.results[0][1]")
    expected = float(ghk.ghk_voltage_mV([1, p_na], [k_out_mM, 150 - k_out_mM], [140, 15], [1, 1], 37))
    assert found.interval_mV is not None
    assert found.interval_mV[0] < shown < found.interval_mV[1]
    assert np.ptp(found.interval_mV) < 2.0
    assert shown == pytest.approx(expected, abs=0.05)


@pytest.mark.long
def test_series_of_the_virtual_rig_comes_with_a_project_that_the_pipeline_accepts(
    opened: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For these files the pipeline reports 45.85 mV per decade, P_Na/P_K 0.0199 (true: 0.02), and these potentials."""
    opened.value("Object.assign(live.clamp.values, {pNa: 0.02, pK: 20}), live.clamp.update()")
    for name, text in opened.value("rigProject(live.clamp.values)").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for level in opened.value("RIG_LEVELS"):
        (tmp_path / f"virtual_rig_K{level:g}.abf").touch()
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--config", "config.yaml"]) == 0
    assert opened.value("rigSlope(live.clamp.values)") == pytest.approx(45.85, abs=0.3)
    shown = opened.value("RIG_LEVELS.map(level => rigReversal(level, live.clamp.values))")
    assert shown == pytest.approx([-86.91, -76.92, -64.00, -48.80, -32.11], abs=0.1)


@pytest.mark.long
def test_numbers_and_figures_are_there_without_scripts(atlas: Path, browser: Any) -> None:
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser._loaded = False
        browser.ask("Page.navigate", url=atlas.as_uri())
        while not browser._loaded:
            browser._next(time.monotonic() + 30)
        document = browser.ask("DOM.getDocument", depth=-1)
        html = browser.ask("DOM.getOuterHTML", nodeId=document["root"]["nodeId"])["outerHTML"]
    finally:
        browser.ask("Emulation.setScriptExecutionDisabled", value=False)
    assert html.count('role="img"') == 2 * len(SECTIONS)
    assert html.count('class="live"') == html.count('hidden=""></div>') == len(SECTIONS) + 1
    assert "−89.06" in html


COLLISIONS = """[...document.querySelectorAll('.panels svg, .plot svg')].flatMap(svg => {
    const frame = svg.getBoundingClientRect(), name = svg.closest('section').id;
    const boxes = [...svg.querySelectorAll('text')].flatMap((text, number) => {
        const parts = text.querySelectorAll('tspan').length ? [...text.querySelectorAll('tspan')] : [text];
        return parts.filter(part => part.textContent.trim() && part.textContent !== '\u200b')
            .map(part => [number, text.textContent.replace(/\\s+/g, ''), part.getBoundingClientRect()]);
    });
    const outside = boxes.filter(([, , b]) => b.left < frame.left - 2 || b.right > frame.right + 2
        || b.top < frame.top - 2 || b.bottom > frame.bottom + 2).map(([, t]) => name + ': outside: ' + t);
    const over = [];
    boxes.forEach(([i, s, a], k) => boxes.slice(k + 1).forEach(([j, t, b]) => {
        const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (i !== j && x > 2 && y > 3) over.push(name + ': ' + s + ' | ' + t);
    }));
    return [...outside, ...over];
})"""
SPEED = """(() => {
    const median = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
    const timed = (work) => { const start = performance.now(); work(); return performance.now() - start; };
    const five = (work) => median([1, 2, 3, 4, 5].map(() => timed(work)));
    let sum = 0;
    const loop = () => { for (let k = 0; k < 1e7; k++) sum += Math.sqrt(k); };
    const unit = five(loop);
    return Object.values(live).map(one => [one.key, five(() => one.update()) / unit, sum > 0]);
})()"""


@pytest.mark.long
@pytest.mark.parametrize("width", [400, 1280])
def test_no_label_collides_or_is_lost(width: int, atlas: Path, browser: Any) -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.ask("Emulation.setDeviceMetricsOverride", **size)
    try:
        browser.open(atlas)
        assert browser.value("document.documentElement.scrollWidth") <= width
        assert browser.value(COLLISIONS) == []
        for preset in browser.value("Object.keys(PRESETS)"):
            browser.value(f"Object.values(live).filter(one => one.choice).forEach(one => one.preset({preset!r}))")
            assert browser.value(COLLISIONS) == [], preset
        for seed in range(1, 9):
            change = f"one.pose({seed}), one.answered = true, one.update()"
            browser.value(f"Object.values(live).forEach(one => {{ {change}; }})")
            assert browser.value(COLLISIONS) == [], seed
            assert browser.value("document.documentElement.scrollWidth") <= width
        if width == 400:
            boxes = "[...p.children].map(c => c.getBoundingClientRect())"
            pairs = browser.value(
                f"[...document.querySelectorAll('.panels')].map(p => {boxes}).map(([a, b]) => b.top >= a.bottom)"
            )
            assert all(pairs)
    finally:
        browser.ask("Emulation.setDeviceMetricsOverride", **{**size, "width": 1280})
