"""One answer for a cell and for all cells, on simulated cells of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from reversal.calibration.simulated_series import Rig, k_series
from reversal.experiment.configuration import Experiment
from reversal.experiment.solutions import Solution
from reversal.fit.answers.rule import AnswerEvidence, Misfit, Shift, Untested, answer_of, why_undecided
from reversal.fit.cohort.pooled_cells import fit_cohort
from reversal.fit.fit_cell import fit_cell
from reversal.physics.nernst import nernst_mV
from reversal.tables.answer_sentences import answer_sentence
from reversal.tables.answers_table import Answer, AnswerRow
from reversal.tables.nernst_table import Verdict
from reversal.tables.results import CellFits
from reversal.tables.reversals_table import ReversalRow
from reversal.tables.status import Status

CELLS = 5


@dataclass(frozen=True)
class Kind:
    """Simulated cells: permeability ratio, baths, and what the channel model does not contain [mV]."""

    p_na: float
    baths_mM: Sequence[float] = (2.5, 5, 10, 20, 40)
    added_mV: Sequence[float] = (0.0,)
    sd_mV: float = 0.3


KINDS: Mapping[Answer, Kind] = {
    Answer.NERNST: Kind(0.0),
    Answer.SHIFTED: Kind(0.0, added_mV=(9.0,)),
    Answer.GHK: Kind(0.014),
    Answer.NEITHER: Kind(0.014, added_mV=(0.0, 0.0, 0.0, 0.0, -7.0)),
    Answer.DIFFERS: Kind(0.014, baths_mM=(2.5, 40)),
}


@cache
def simulated(kind: Kind, seed: int = 5, count: int = CELLS) -> tuple[list[ReversalRow], list[CellFits]]:
    """Cells with their reversal potentials and fits."""
    rng, rows, fits = np.random.default_rng(seed), [], []
    for number in range(count):
        rig = Rig()
        rig.baths, rig.se_mV = k_series(*kind.baths_mM), kind.sd_mV
        errors = rng.normal(0, kind.sd_mV, len(rig.baths)) + rng.normal() + np.array(kind.added_mV)
        of_cell = [with_nernst(row, f"c{number}") for row in rig.reversals({"K": 1.0, "Na": kind.p_na}, errors)]
        rows += of_cell
        fits.append(fit_cell(of_cell, rig.settings(Experiment())))
    return rows, [named(fit, f"c{number}") for number, fit in enumerate(fits)]


def with_nernst(row: ReversalRow, cell: str) -> ReversalRow:
    e_mV = float(nernst_mV(row.out_mM or 1.0, row.in_mM or 1.0, 1, row.temperature_C or 0.0))
    return row.model_copy(update={"e_nernst_mV": e_mV, "cell": cell})


def named(fit: CellFits, cell: str) -> CellFits:
    def of(rows: Sequence) -> tuple:  # type: ignore[type-arg]
        return tuple(row.model_copy(update={"cell": cell}) for row in rows)

    return CellFits(of(fit.permeabilities), of(fit.nernst), of(fit.line_points), answers=of(fit.answers))


def of_cohort(rows: Sequence[ReversalRow], fits: Sequence[CellFits]) -> list[AnswerRow]:
    def every(name: str) -> list:  # type: ignore[type-arg]
        return [row for fit in fits for row in getattr(fit, name)]

    return list(fit_cohort(every("permeabilities"), every("nernst"), every("line_points"), rows).answers)


@pytest.mark.parametrize("answer", KINDS)
def test_cells_of_each_kind_get_their_answer(answer: Answer) -> None:
    """Each cell is asked alone: at most one of five may get another answer, none the opposite."""
    _, fits = simulated(KINDS[answer])
    found = Counter(fit.answers[0].answer for fit in fits)
    assert found[answer] >= CELLS - 1
    opposite = {Answer.GHK: Answer.NERNST, Answer.NERNST: Answer.GHK}
    assert answer not in opposite or found[opposite[answer]] == 0


@pytest.mark.parametrize("answer", [answer for answer in KINDS if answer is not Answer.DIFFERS])
def test_the_cohort_gets_the_answer_of_its_cells(answer: Answer) -> None:
    (row,) = of_cohort(*simulated(KINDS[answer]))
    assert (row.answer, row.n_cells, row.cell) == (answer, CELLS, "")
    assert f"n = {CELLS} cells" in row.sentence


def test_an_error_of_the_junction_that_all_cells_share_is_no_misfit_of_ghk() -> None:
    """3 mV in every bath of every cell, with cells that hardly differ: the spread between cells does not show it."""
    shifted = Kind(0.02, added_mV=(3.0,), sd_mV=0.05)
    (row,) = of_cohort(*simulated(shifted))
    assert row.answer is Answer.GHK


def test_the_sentences_give_slope_ratio_shift_and_bath() -> None:
    sentences = {answer: simulated(kind, count=1)[1][0].answers[0].sentence for answer, kind in KINDS.items()}
    assert sentences[Answer.NERNST].startswith("Follows Nernst (slope ratio ")
    assert "equivalent within ±5 %" in sentences[Answer.NERNST]
    assert "but lies +9.1 mV" in sentences[Answer.SHIFTED]
    assert "E_rev leaves Nernst towards K2.5 as P_Na/P_K = 0.013 (" in sentences[Answer.GHK]
    assert "Neither: K40 lies -" in sentences[Answer.NEITHER]
    assert "too few to test GHK" in sentences[Answer.DIFFERS]


def test_a_channel_seventy_times_more_selective_for_potassium_follows_ghk_and_is_not_flagged() -> None:
    """The curved line is what the GHK fit explains; it is no fault of the recording."""
    row = simulated(KINDS[Answer.GHK], count=1)[1][0]
    assert (row.nernst[0].verdict, row.nernst[0].status, row.answers[0].answer, row.answers[0].status) == (
        Verdict.DIFFERENT,
        Status.OK,
        Answer.GHK,
        Status.OK,
    )


@pytest.mark.parametrize(
    ("p", "away_mV", "words"),
    [
        (0.6, 0.03, "(p = 0.6)"),
        (0.032, 0.03, "(K10 lies +0.03 mV from it, within the 1.2 mV that the margin allows; p = 0.032)"),
        (0.004, -0.7, "(K10 lies -0.7 mV from it, within the 1.2 mV that the margin allows; p = 0.004)"),
        (0.02, 2.5, "(K10 lies +2.5 mV from it; p = 0.02 does not reject the fit, which takes p < 0.01)"),
    ],
)
def test_a_small_p_of_the_ghk_fit_is_said_with_its_deviation(p: float, away_mV: float, words: str) -> None:
    row = simulated(KINDS[Answer.GHK], count=1)[1][0].answers[0]
    changed = row.model_copy(update={"ghk_p": p, "ghk_bath": "K10", "ghk_away_mV": away_mV, "allowed_mV": 1.2})
    said = answer_sentence(changed, "P_Na/P_K = 0.014", "towards K2.5", "")
    assert said == f"Follows GHK: E_rev leaves Nernst towards K2.5 as P_Na/P_K = 0.014 predicts {words}."


def test_noisy_cells_are_undecided_and_the_reason_is_given() -> None:
    row = simulated(Kind(0.0, sd_mV=2.0), count=1)[1][0].answers[0]
    assert row.answer is Answer.UNDECIDED
    assert "no permeability ratio that differs from 0 explains it" in row.sentence


def test_a_cell_without_a_line_has_no_answer_but_a_reason() -> None:
    row = simulated(Kind(0.01, baths_mM=(5,)), count=1)[1][0].answers[0]
    assert (row.answer, row.status) == (Answer.NONE, Status.FAILED)
    assert "all recordings have the same K concentrations" in row.sentence


def of_the_inside(p_na: float, count: int = 3) -> tuple[list[ReversalRow], list[CellFits]]:
    """Cells in one bath with 5 mM K⁺ and 140 mM Na⁺, whose inside has 35, 70 and 140 mM K⁺ and no Na⁺."""
    rng, thermal_mV = np.random.default_rng(4), 8.31446261815324 * 295.15 / 96.48533212331
    rig = Rig()
    rig.baths, rig.se_mV = {"bath": {"K": 5.0, "Na": 140.0, "Cl": 145.0}}, 0.3
    insides = {f"in{k}": Solution(ions_mM={"K": k, "Cl": k}) for k in (35.0, 70.0, 140.0)}
    known = rig.settings(Experiment())
    settings = known.model_copy(update={"sheet_rows": (), "solutions": {**known.solutions, **insides}})
    rows, fits = [], []
    for number in range(count):
        level_mV, of_cell = rng.normal(0, 0.2), []
        for name, solution in insides.items():
            ions = solution.ions_mM
            (row,) = rig.reversals({"K": 1.0})
            e_mV = float(thermal_mV * np.log((5 + p_na * 140) / ions["K"]) + level_mV + rng.normal(0, 0.3))
            named_row = {"recording": name, "pipette": name, "in_mM": ions["K"], "e_rev_mV": e_mV}
            of_cell.append(with_nernst(row.model_copy(update=named_row), f"c{number}"))
        rows += of_cell
        fits.append(fit_cell([row.model_copy(update={"cell": "c1"}) for row in of_cell], settings))
    return rows, [named(fit, f"c{number}") for number, fit in enumerate(fits)]


@pytest.mark.parametrize(("p_na", "answer"), [(0.01, Answer.GHK), (0.0, Answer.NERNST)])
def test_a_second_ion_outside_shifts_all_points_of_a_series_of_the_inside(p_na: float, answer: Answer) -> None:
    """(RT/F) ln(1 + 0.01 · 140/5) = +6.3 mV in every bath: the slope is that of Nernst, the potentials are not."""
    rows, fits = of_the_inside(p_na)
    of_cells = [fit.answers[0] for fit in fits]
    (row,) = of_cohort(rows, fits)
    if answer is Answer.GHK:
        assert {one.answer for one in of_cells} == {answer}
        assert row.answer is answer
        assert "E_rev leaves Nernst by +6." in row.sentence
    else:
        assert Answer.GHK not in {one.answer for one in [*of_cells, row]}


def test_a_shift_that_ghk_does_not_predict_stays_a_shift() -> None:
    shift, none = Shift(6.0, 5.0, 7.0), Shift(0.1, -0.3, 0.5)
    known: dict[str, object] = {"verdict": Verdict.EQUIVALENT, "shift": shift, "ghk": FITS, "ghk_shift": none}
    assert answer_of(evidence(**known)) is Answer.GHK
    assert answer_of(evidence(**known | {"ghk_shift": shift})) is Answer.SHIFTED
    assert answer_of(evidence(**known | {"ghk": Misfit(0.001, "K10", 0.2)})) is Answer.SHIFTED
    assert answer_of(evidence(**known | {"has_ratio": False})) is Answer.SHIFTED


FITS = Misfit(0.6, "K10", 0.2)


def evidence(**changes: object) -> AnswerEvidence:
    known: dict[str, object] = {
        "verdict": Verdict.UNDECIDED, "slope_ratio": 0.97, "tost_low": 0.9, "tost_high": 1.04, "margin": 0.05,
        "allowed_mV": 1.7, "shift": None, "nernst": Misfit(0.5, "K10", 0.3), "ghk": Untested.NO_FIT,
    }  # fmt: skip
    return AnswerEvidence(**(known | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, Answer.UNDECIDED),
        ({"verdict": Verdict.EQUIVALENT}, Answer.NERNST),
        ({"verdict": Verdict.EQUIVALENT, "shift": Shift(1.5, 1.0, 2.0)}, Answer.NERNST),
        ({"verdict": Verdict.EQUIVALENT, "shift": Shift(3.0, 1.0, 5.0)}, Answer.SHIFTED),
        ({"verdict": Verdict.EQUIVALENT, "shift": Shift(3.0, -1.0, 7.0)}, Answer.NERNST),
        ({"verdict": Verdict.DIFFERENT}, Answer.DIFFERS),
        ({"verdict": Verdict.DIFFERENT, "ghk": FITS}, Answer.GHK),
        ({"verdict": Verdict.DIFFERENT, "ghk": FITS, "has_ratio": False}, Answer.UNDECIDED),
        ({"verdict": Verdict.DIFFERENT, "ghk": Misfit(0.005, "K10", 6.0)}, Answer.NEITHER),
        ({"verdict": Verdict.DIFFERENT, "ghk": Misfit(0.005, "K10", 1.0)}, Answer.GHK),
        ({"verdict": Verdict.EQUIVALENT, "nernst": Misfit(0.005, "K10", 6.0), "ghk": FITS}, Answer.GHK),
        ({"nernst": Misfit(0.005, "K10", 1.0)}, Answer.UNDECIDED),
    ],
)  # fmt: skip
def test_the_rule(changes: dict[str, object], answer: Answer) -> None:
    assert answer_of(evidence(**changes)) is answer


@pytest.mark.parametrize(
    ("limits", "reason"),
    [((0.9, 1.04), "the 90 % interval is not within 0.95 to 1.05"), ((0.97, 1.0), "two points leave no scatter")],
)
def test_the_reason_of_no_answer_does_not_contradict_its_interval(limits: tuple[float, float], reason: str) -> None:
    """Two baths give an interval from the stated errors alone; it may be within the margin without a verdict."""
    assert why_undecided(evidence(tost_low=limits[0], tost_high=limits[1])).startswith(reason)
