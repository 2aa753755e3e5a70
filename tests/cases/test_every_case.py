"""Every case from its files to its tables: a number without a warning is right, and all cases are here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import log
from pathlib import Path

import pytest

from reversal.experiment.project import read_configuration
from reversal.tables.findings.code import Code
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.reversals_table import Current
from reversal.tables.status import Status
from tests.cases.conftest import CASES
from tests.cases.project import Run, run_project, writable_copy

TOLERANCE_mV = 1.0
EVERY = ("every recording and ion",)


@dataclass(frozen=True)
class Answer:
    """What is right in a case.

    e_rev_mV : of the current that is studied, by recording; None if the truth file of the case has it
    ratios : permeability ratios by ion, with their largest error
    warned : recordings and ions whose value is not right and must have a warning; all others must be right
    named : findings that name the reason, by the recordings or fits that must have them; all recordings if empty
    """

    e_rev_mV: Mapping[str, float] | None = field(default_factory=dict)
    ratios: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    warned: tuple[str, ...] = ()
    named: Mapping[Code, tuple[str, ...]] = field(default_factory=dict)

    def is_warned(self, name: str) -> bool:
        """Whether the value of a recording or of an ion must have a warning."""
        return self.warned == EVERY or name in self.warned


def ghk_mV(p_na: float, outside: tuple[float, float], inside: tuple[float, float], temperature_C: float) -> float:
    """E_rev of a membrane permeable to K⁺ and Na⁺ [mV]; concentrations of K⁺ and Na⁺ in mM."""
    rt_per_f_mV = 1000.0 * 8.314462618 * (temperature_C + 273.15) / 96485.33212
    (k_out, na_out), (k_in, na_in) = outside, inside
    return rt_per_f_mV * log((k_out + p_na * na_out) / (k_in + p_na * na_in))


GABA_mV = {"135": -47.6, "70": -31.1, "35": -14.5, "12": 8.3}
BATHS_mM = {3: (3.0, 147.0), 10: (10.0, 140.0), 30: (30.0, 120.0), 80: (80.0, 70.0)}  # K⁺, Na⁺


def baths_mV(temperature_C: float) -> dict[int, float]:
    """E_rev of a channel with P_Na/P_K = 0.02 in the baths above, by K⁺ concentration."""
    return {k: ghk_mV(0.02, bath, (140.0, 8.0), temperature_C) for k, bath in BATHS_mM.items()}


ANSWERS = {
    "act_pitzer": Answer(named={Code.TWO_BATHS: ("c",)}),
    "agcl_rigdid": Answer({"Cl150": 0.0, "Cl30": 40.9, "Cl10": 68.9}, {"gluconate": (0.0, 0.01)}),
    "dup": Answer(
        {f"c{cell}_{k}": e_mV for cell in range(3) for k, e_mV in baths_mV(22.0).items()},
        {"Na": (0.02, 0.001)},
        named={Code.RECORDING_IN_TWO_CELLS: ()},
    ),
    "gabapuff": Answer(
        {f"r{bath}gaba": e_mV for bath, e_mV in GABA_mV.items()},
        {"HCO3": (0.18, 0.005)},
        named={Code.SUBTRACTED: tuple(f"r{bath}base" for bath in GABA_mV)},
    ),
    "gabapuff2": Answer(
        {f"r{bath}": e_mV for bath, e_mV in GABA_mV.items()},
        {"HCO3": (0.18, 0.005)},
        EVERY,
        {Code.TWO_CURRENTS: ()},
    ),
    "io_flip": Answer(
        {f"in{k}": ghk_mV(0.05, (5.0, 140.0), (k, na), 22.0) for k, na in ((140, 5), (70, 75), (20, 125))},
        {"Na": (0.05, 0.001)},
    ),
    "ivtab": Answer(named={Code.NOT_READ: ()}),
    "kir_seal2G": Answer(None, {"Na": (0.0012, 0.0001)}, EVERY, {Code.LEAK_RANGE_OPEN: ("kir_leak_c02",)}),
    "mixed": Answer(named={Code.GROUND_UNDECLARED: ()}),
    "nmdg": Answer(
        {
            "K5": ghk_mV(0.1, (5.0, 145.0), (140.0, 0.0), 22.0),
            "K5N": ghk_mV(0.1, (5.0, 0.0), (140.0, 0.0), 22.0),
            "K50": ghk_mV(0.1, (50.0, 100.0), (140.0, 0.0), 22.0),
            "K150": ghk_mV(0.1, (150.0, 0.0), (140.0, 0.0), 22.0),
        },
        {"Na": (0.1, 0.002), "NMDG": (0.0, 0.002)},
        named={Code.SAME_CONCENTRATION_DIFFERS: ("c",)},
    ),
    "open_channel_seal2G": Answer(None, {"Na": (0.0075, 0.0005)}, EVERY, {Code.LEAK_RANGE_OPEN: ("seal2G_c11",)}),
    "perf_cyto": Answer({"r150": -75.1}, warned=EVERY, named={Code.CYTOSOL_IN_PIPETTE: ()}),
    "puff": Answer({"plain": -63.0, "evoked": -63.0}, warned=("plain",), named={Code.SUBTRACTED: ("before",)}),
    "ramp2ok": Answer({"a": -84.8}, warned=EVERY, named={Code.REPEATS_DISAGREE: ()}),
    "tail_K_accumulation": Answer(None, {"Na": (0.0059, 0.0005)}, EVERY),
    "twoT": Answer({f"r{k}_{t}": e_mV for t in (22, 36) for k, e_mV in baths_mV(t).items()}, {"Na": (0.02, 0.0005)}),
    "zeroed_elsewhere": Answer(None, {"Na": (0.017, 0.001)}, EVERY, {Code.ZEROING_BATH_UNDECLARED: ()}),
}
WITH_E_REV = [name for name, answer in ANSWERS.items() if answer.e_rev_mV is None or answer.e_rev_mV]
WITH_RATIOS = [name for name, answer in ANSWERS.items() if answer.ratios]


def true_e_rev_mV(run: Run, answer: Answer) -> Mapping[str, float]:
    """True reversal potentials of a case by recording."""
    if answer.e_rev_mV is not None:
        return answer.e_rev_mV
    found: dict[str, float] = json.loads((run.folder / "truth.json").read_text(encoding="utf-8"))["e_rev"]
    return found


def has_ratio(row: PermeabilityRow, true: float, error: float) -> bool:
    """Whether value, or bound without a value, and interval of a row are right."""
    value = row.ci_high if row.p_ratio is None else row.p_ratio
    if value is None or row.ci_high is None:
        return False
    return abs(value - true) <= error and (row.ci_low or 0.0) <= true <= row.ci_high


def test_every_case_has_an_answer() -> None:
    if not CASES.is_dir():
        pytest.skip("the cases are not next to the project")
    assert {folder.name for folder in CASES.iterdir() if folder.is_dir()} == set(ANSWERS)


@pytest.mark.parametrize("name", WITH_E_REV)
def test_a_reversal_potential_is_right_or_has_a_warning(name: str, run_case: Callable[[str], Run]) -> None:
    run, answer = run_case(name), ANSWERS[name]
    for recording, true_mV in true_e_rev_mV(run, answer).items():
        if run.recordings[recording].status is Status.FAILED:
            assert answer.is_warned(recording)
            assert recording not in run.reversals
            continue
        row = run.reversals[recording]
        right = row.e_rev_mV is not None and abs(row.e_rev_mV - true_mV) <= TOLERANCE_mV
        assert right or (answer.is_warned(recording) and row.status is not Status.OK), recording


@pytest.mark.parametrize("name", WITH_RATIOS)
def test_a_ratio_is_right_or_has_a_warning(name: str, run_case: Callable[[str], Run]) -> None:
    run, answer = run_case(name), ANSWERS[name]
    for ion, (true, error) in answer.ratios.items():
        rows = [row for row in run.cohort.permeabilities if row.ion == ion]
        assert rows
        for row in rows:
            assert has_ratio(row, true, error) or (answer.is_warned(ion) and row.status is not Status.OK), ion


@pytest.mark.parametrize("name", [name for name, answer in ANSWERS.items() if answer.named])
def test_the_reason_is_named(name: str, run_case: Callable[[str], Run]) -> None:
    run = run_case(name)
    for code, places in ANSWERS[name].named.items():
        found = {row.recording or row.cell for row in run.findings(code=code)}
        assert found == set(places or run.recordings)


def test_the_current_evoked_within_a_sweep_is_the_difference_of_two_windows(run_case: Callable[[str], Run]) -> None:
    """The agonist's current reverses at −63.0 mV, the whole current at −61.5 mV."""
    run = run_case("puff")
    assert run.reversals["evoked"].e_rev_mV == pytest.approx(-63.0, abs=0.2)
    assert run.reversals["plain"].e_rev_of is Current.WHOLE
    assert "before" not in run.reversals


def test_a_measured_iv_is_refused_as_such(run_case: Callable[[str], Run]) -> None:
    run = run_case("ivtab")
    assert run.cohort.reversals == ()
    for row in run.recordings.values():
        assert row.status is Status.FAILED
        assert "an I–V that was measured before" in (row.reason or "")


def test_tails_whose_ions_accumulate_are_flagged_and_give_no_ratio(run_case: Callable[[str], Run]) -> None:
    """K⁺ accumulates during the conditioning step; E_rev is 2 to 15 mV too positive."""
    run = run_case("tail_K_accumulation")
    true_mV = true_e_rev_mV(run, ANSWERS["tail_K_accumulation"])
    assert set(run.reversals) == set(true_mV)
    for recording, row in run.reversals.items():
        assert row.status is Status.FLAGGED
        assert run.codes(recording=recording) & {Code.TAIL_SHIFT, Code.TAIL_ACCUMULATION}
        assert row.ci_low_mV is None
        assert row.ci_high_mV is not None
        assert row.ci_high_mV > true_mV[recording]
    assert run.ratio("Na").status is Status.FAILED
    assert run.line().status is Status.FAILED


def test_one_row_with_a_baseline_window_gives_the_evoked_current(tmp_path: Path) -> None:
    """The same truth as with two rows: −63.0 mV."""
    if not (CASES / "puff").is_dir():
        pytest.skip("the case puff is not next to the project")
    folder = writable_copy(CASES / "puff", tmp_path)
    document = read_configuration(folder / "config.yaml")
    evoked = document["experiments"]["evoked"] | {"leak": {"subtract": "baseline", "start_ms": 300, "stop_ms": 480}}
    lines = (folder / "recordings.tsv").read_text(encoding="utf-8").splitlines()
    kept = [lines[0], *(line for line in lines if line.startswith("evoked"))]
    (folder / "recordings.tsv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    run = run_project(folder, {"experiments": document["experiments"] | {"evoked": evoked}})
    assert run.reversals["evoked"].e_rev_mV == pytest.approx(-63.0, abs=0.2)
    assert {row.condition for row in run.cohort.nernst} == {"gaba"}
