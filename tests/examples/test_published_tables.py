"""Published selectivities, entered as a user enters a table of reversal potentials: one row for each bath.

The potentials follow from the published number by the simulator's channel, which shares no formula with the fits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from reversal.simulate.bath import RigSolution
from reversal.simulate.model_cell import GhkChannel, channel_reversal_mV
from reversal.tables.answers_table import Answer
from tests.cases.project import Run, run_project

CELSIUS = 22.0
Ions = Mapping[str, float]


def table_of(
    folder: Path,
    solutions: Mapping[str, Ions],
    e_rev_mV: Mapping[str, float],
    experiment: str,
    places: str | Callable[[str], str] = "{0},pipette",
    columns: str = "bath,pipette",
) -> Run:
    """Run a project with an entered reversal potential of an error of 0.5 mV for each solution that is changed.

    columns, places : columns of solutions in the sheet, and what they have; {0} is the name of the changed solution
    """
    default = f"junction: {{apply: false, reference_electrode: none}}, {experiment}"
    files = "recordings: sheet.csv\nsolutions: solutions.yaml\nraw_dir: raw\n"
    (folder / "config.yaml").write_text(f"{files}experiments: {{default: {{{default}}}}}\n")
    lines = [f"{name}: {{ions_mM: {json.dumps(dict(ions)).replace(chr(34), '')}}}" for name, ions in solutions.items()]
    (folder / "solutions.yaml").write_text("\n".join(lines) + "\n")
    place = places.format if isinstance(places, str) else places
    rows = [f"{name},c,{place(name)},{CELSIUS},{e_mV:.3f},0.5" for name, e_mV in e_rev_mV.items()]
    header = f"recording,cell,{columns},temperature_C,e_rev_mV,e_rev_sd_mV"
    (folder / "sheet.csv").write_text("\n".join([header, *rows]) + "\n")
    return run_project(folder)


def reversal_mV(ratios: Ions, inside: Ions, bath: Ions) -> float:
    return channel_reversal_mV(GhkChannel(1.0, ratios), RigSolution("in", inside), RigSolution("out", bath), CELSIUS)


def test_a_gramicidin_cell_follows_chloride_with_58_mV_per_decade(tmp_path: Path) -> None:
    """Ebihara et al., J. Physiol. 484:77 (1995): 58 mV for a tenfold change outside; on average 9.5 mM Cl⁻ inside."""
    baths = {f"Cl{cl:g}": {"Na": 150.0, "Cl": cl, "gluconate": 150.0 - cl} for cl in (150.0, 47.4, 15.0)}
    first_mV = reversal_mV({"Cl": 1.0}, {"K": 9.5, "Cl": 9.5}, baths["Cl150"])
    measured = {"Cl150": first_mV, "Cl47.4": first_mV + 29.0, "Cl15": first_mV + 58.0}
    solutions = {**baths, "pipette": {"K": 150, "Cl": 150}, "inside": {"K": 140.0, "Cl": 9.5, "gluconate": 130.5}}
    experiment = "configuration: perforated, ion: Cl, permeant: [Cl], reference: Cl"
    run = table_of(tmp_path, solutions, measured, experiment, "{0},pipette,inside", "bath,pipette,inside")
    line = run.line()
    assert abs(line.slope_mV_per_decade or 0.0) == pytest.approx(58.0, abs=0.2)
    assert run.cohort.answers[0].answer is Answer.NERNST


def test_bicarbonate_permeates_gaba_receptors_with_the_published_ratio(tmp_path: Path) -> None:
    """Bormann et al., J. Physiol. 385:243 (1987): P_HCO3/P_Cl 0.18. E_rev in 135, 35 and 5 mM Cl⁻ with 24 mM HCO₃⁻."""
    baths = {f"Cl{cl:g}": {"Na": 160.0, "Cl": cl, "HCO3": 24.0, "gluconate": 136.0 - cl} for cl in (135.0, 35.0, 5.0)}
    inside = {"K": 155.0, "Cl": 140.0, "HCO3": 15.0}
    measured = {name: reversal_mV({"Cl": 1.0, "HCO3": 0.18}, inside, bath) for name, bath in baths.items()}
    experiment = "ion: Cl, permeant: [Cl, HCO3], reference: Cl"
    found = table_of(tmp_path, {**baths, "pipette": inside}, measured, experiment).ratio("HCO3")
    assert found.p_ratio == pytest.approx(0.18, rel=0.02)
    assert (found.ci_low or 0.0) < 0.18 < (found.ci_high or 0.0)


@pytest.mark.parametrize("ratio", [0.003, 0.028])
def test_dilution_gives_the_ratio_of_a_chloride_channel(ratio: float, tmp_path: Path) -> None:
    """P_Na/P_Cl from 0.003 to 0.028: E_rev in 150, 75 and 30 mM NaCl."""
    baths = {f"NaCl{mM:g}": {"Na": mM, "Cl": mM} for mM in (150.0, 75.0, 30.0)}
    inside = {"Na": 150.0, "Cl": 150.0}
    measured = {name: reversal_mV({"Cl": 1.0, "Na": ratio}, inside, bath) for name, bath in baths.items()}
    experiment = "preparation: bilayer, ion: Cl, permeant: [Cl, Na], reference: Cl"
    found = table_of(tmp_path, {**baths, "pipette": inside}, measured, experiment).ratio("Na")
    assert (found.ci_low or 0.0) <= ratio <= (found.ci_high or 0.0)
    assert found.p_ratio in (None, pytest.approx(ratio, rel=0.02))


def test_the_calcium_permeability_of_nmda_receptors_differs_between_baths(tmp_path: Path) -> None:
    """P_Ca/P_Cs of 6.1 with the least Ca²⁺, else 2.6: each bath has its ratio, and one ratio does not fit all."""
    inside = {"Cs": 150.0, "Cl": 150.0}
    baths = {f"Ca{ca:g}": {"Cs": 150.0 - 2 * ca, "Ca": ca, "Cl": 150.0} for ca in (10.0, 20.0, 40.0)}
    by_bath = {"Ca10": 6.1, "Ca20": 2.6, "Ca40": 2.6}
    measured = {name: reversal_mV({"Cs": 1.0, "Ca": p}, inside, baths[name]) for name, p in by_bath.items()}
    run = table_of(
        tmp_path, {**baths, "pipette": inside}, measured, "ion: Ca, permeant: [Cs], divalents: [Ca], reference: Cs"
    )
    ratios = {row.bath: row.p_ratio for row in run.fits["c"].bath_ratios}
    assert ratios == pytest.approx(by_bath, rel=0.01)
    assert (run.ratio("Ca").constancy_p or 1.0) < 0.01


def test_a_ratio_that_falls_with_the_concentration_inside_is_found_for_each_inside(tmp_path: Path) -> None:
    """Cahalan & Begenisich, J. Gen. Physiol. 68:111 (1976): P_Na/P_K 12.8, 5.7 and 3.5 at 530, 180 and 50 mM K⁺."""
    published = {530.0: 12.8, 180.0: 5.7, 50.0: 3.5}
    sea = {"Na": 440.0, "K": 10.0, "Cl": 450.0}
    inside = {f"K{k:g}": {"K": k, "Na": 50.0, "Cl": k + 50.0} for k in published}
    measured = {f"K{k:g}": reversal_mV({"Na": 1.0, "K": 1.0 / p}, inside[f"K{k:g}"], sea) for k, p in published.items()}
    experiment = "ion: K, permeant: [K, Na], reference: K"
    run = table_of(tmp_path, {**inside, "sea": sea}, measured, experiment, "sea,{0}")
    ratios = [row.p_ratio for row in run.fits["c"].bath_ratios]
    assert ratios == pytest.approx(list(published.values()), rel=0.01)
    assert (run.ratio("Na").constancy_p or 1.0) < 0.01


def test_a_series_that_changes_both_sides_has_a_line_for_each_inside_on_its_page(tmp_path: Path) -> None:
    solutions = {f"K{k:g}": {"K": k, "Na": 150.0 - k, "Cl": 150.0} for k in (2.5, 10.0, 40.0)}
    insides = {f"in{k:g}": {"K": k, "NMDG": 150.0 - k, "Cl": 150.0} for k in (140.0, 35.0)}
    measured = {
        f"{bath}_{inside}": reversal_mV({"K": 1.0, "Na": 0.02}, insides[inside], solutions[bath])
        for bath in solutions for inside in insides
    }  # fmt: skip
    names = {name: name.split("_") for name in measured}
    run = table_of(
        tmp_path, {**solutions, **insides}, measured, "permeant: [K, Na]", lambda name: ",".join(names[name])
    )
    text = run.cell_page("c")
    assert "leaves Nernst most in K2.5, in" in run.cohort.answers[0].sentence
    assert "One line and colour for each [K⁺]ᵢ." in text
    assert "[K⁺]ᵢ 35 mM" in text
    assert "[K⁺]ᵢ 140 mM" in text
    assert text.count('stroke-dasharray="40 20"') == 3  # a Nernst line for each inside, and that of the key


def test_every_number_of_the_page_names_tests_that_exist(root: Path) -> None:
    page = (root / "docs/reference/published.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/\S+\.py) -k (\w+)`", page)
    assert len(named) == sum(line.startswith("| ") for line in page.splitlines()) - 1
    for path, word in named:
        assert re.search(rf"def test_\w*{word}", (root / path).read_text(encoding="utf-8")), (path, word)
