"""Every case from its files to its tables: a number without a warning is right, and all cases are here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from reversal.tables.findings.code import Code
from reversal.tables.reversals_table import Current, ReversalRow
from reversal.tables.status import Status
from tests.cases.conftest import CASES
from tests.cases.project import Run

TOLERANCE_mV = 1.0


@dataclass(frozen=True)
class Answer:
    """What is right in a case.

    e_rev_mV : of the current that is studied, by recording; None if the truth file of the case has it
    ratios : permeability ratios by ion, with their largest error
    named : findings that name the reason, by the recordings or fits that must have them; all recordings if empty
    """

    e_rev_mV: Mapping[str, float] | None = field(default_factory=dict)
    ratios: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    named: Mapping[Code, tuple[str, ...]] = field(default_factory=dict)


ANSWERS = {
    "act_pitzer": Answer(named={Code.TWO_BATHS: ("c",)}),
    "agcl_rigdid": Answer({"Cl150": 0.0, "Cl30": 40.9, "Cl10": 68.9}, {"gluconate": (0.0, 0.01)}),
    "dup": Answer(ratios={"Na": (0.02, 0.001)}, named={Code.RECORDING_IN_TWO_CELLS: ()}),
    "gabapuff": Answer(
        ratios={"HCO3": (0.18, 0.005)}, named={Code.SUBTRACTED: ("r135base", "r70base", "r35base", "r12base")}
    ),
    "gabapuff2": Answer(
        {"r135": -47.6, "r70": -31.1, "r35": -14.5, "r12": 8.3}, {"HCO3": (0.18, 0.005)}, {Code.REPEATS_DISAGREE: ()}
    ),
    "io_flip": Answer(ratios={"Na": (0.05, 0.001)}),
    "ivtab": Answer(named={Code.NOT_READ: ()}),
    "kir_seal2G": Answer(None, {"Na": (0.0, 0.0)}, {Code.LEAK_RANGE_OPEN: ("kir_leak_c02",)}),
    "mixed": Answer(named={Code.GROUND_UNDECLARED: ()}),
    "nmdg": Answer({"K5": -50.1, "K5N": -84.7}, {"Na": (0.1, 0.002)}, {Code.SAME_CONCENTRATION_DIFFERS: ("c",)}),
    "open_channel_seal2G": Answer(None, {"Na": (0.0075, 0.0005)}, {Code.LEAK_RANGE_OPEN: ("seal2G_c11",)}),
    "perf_cyto": Answer({"r150": -75.1}, named={Code.CYTOSOL_IN_PIPETTE: ()}),
    "puff": Answer({"plain": -63.0, "evoked": -63.0}, named={Code.SUBTRACTED: ("before",)}),
    "ramp2ok": Answer(named={Code.REPEATS_DISAGREE: ()}),
    "tail_K_accumulation": Answer(None, {"Na": (0.0059, 0.0005)}),
    "twoT": Answer(ratios={"Na": (0.02, 0.0005)}),
    "zeroed_elsewhere": Answer(None, {"Na": (0.017, 0.001)}, {Code.ZEROING_BATH_UNDECLARED: ()}),
}


def true_e_rev_mV(run: Run, answer: Answer) -> Mapping[str, float]:
    """True reversal potentials of a case by recording."""
    if answer.e_rev_mV is not None:
        return answer.e_rev_mV
    found: dict[str, float] = json.loads((run.folder / "truth.json").read_text(encoding="utf-8"))["e_rev"]
    return found


def says_whole_current(row: ReversalRow, true_mV: float) -> bool:
    """Whether a row states that it is of the whole current, with a range that contains the channel's value."""
    low = row.channel_low_mV is None or row.channel_low_mV < true_mV + TOLERANCE_mV
    high = row.channel_high_mV is None or row.channel_high_mV > true_mV - TOLERANCE_mV
    return row.e_rev_of is Current.WHOLE and low and high


def test_every_case_has_an_answer() -> None:
    if not CASES.is_dir():
        pytest.skip("the cases are not next to the project")
    assert {folder.name for folder in CASES.iterdir() if folder.is_dir()} == set(ANSWERS)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_reversal_potential_without_a_warning_is_right(name: str, run_case: Callable[[str], Run]) -> None:
    run = run_case(name)
    for recording, true_mV in true_e_rev_mV(run, ANSWERS[name]).items():
        row = run.reversals[recording]
        right = row.e_rev_mV is not None and abs(row.e_rev_mV - true_mV) <= TOLERANCE_mV
        assert right or row.status is not Status.OK or says_whole_current(row, true_mV), recording


@pytest.mark.parametrize("name", ANSWERS)
def test_a_ratio_without_a_warning_is_right(name: str, run_case: Callable[[str], Run]) -> None:
    run = run_case(name)
    for ion, (true, error) in ANSWERS[name].ratios.items():
        rows = [row for row in run.cohort.permeabilities if row.ion == ion]
        assert rows
        for row in rows:
            value = row.ci_high if row.p_ratio is None else row.p_ratio
            assert row.status is not Status.OK or value == pytest.approx(true, abs=error)


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
        assert row.ci_low_mV is None or row.ci_low_mV < true_mV[recording]
    assert run.ratio("Na").status is Status.FAILED
    assert run.line().status is Status.FAILED
