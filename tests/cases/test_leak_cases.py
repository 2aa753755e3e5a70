"""Recordings of an independent rig with leak: what E_rev is of, with and without the seal in the sheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reversal.tables.findings.code import Code
from reversal.tables.reversals_table import Current, LeakSource
from reversal.tables.status import Status
from tests.cases.project import Run, run_project

SEALS = ("open_channel_seal2G", "kir_seal2G")


def truth_of(run: Run) -> tuple[dict[str, float], float]:
    """True E_rev of the channel by recording, and its true P_Na/P_K."""
    document = json.loads((run.folder / "truth.json").read_text(encoding="utf-8"))
    return document["e_rev"], document["ratios"]["Na"]


def with_seal(folder: Path, seal_GOhm: float) -> None:
    """Add the column seal_GOhm to the sheet of a project."""
    sheet = folder / "config/recordings.tsv"
    with sheet.open(encoding="utf-8", newline="") as stream:
        head, *rows = list(csv.reader(stream, delimiter="\t"))
    with sheet.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter="\t").writerows([[*head, "seal_GOhm"], *([*row, seal_GOhm] for row in rows)])


@pytest.mark.parametrize("name", SEALS)
def test_without_a_seal_e_rev_is_of_the_whole_current_and_the_range_has_the_channels(
    name: str, run_case: Callable[[str], Run]
) -> None:
    run = run_case(name)
    true_mV, _ = truth_of(run)
    for recording, row in run.reversals.items():
        assert row.e_rev_of is Current.WHOLE
        assert row.channel_low_mV is None or row.channel_low_mV < true_mV[recording]
        assert row.channel_high_mV is None or row.channel_high_mV > true_mV[recording] - 1.0
    assert run.ratio("Na").status is not Status.OK
    assert run.codes() & {Code.LEAK_RANGE_OPEN, Code.LEAK_RANGE_WIDE}
    assert Code.LEAK_UNKNOWN in run.codes()


@pytest.mark.parametrize("stated_GOhm", [2.0, 1.5, 2.4])
@pytest.mark.parametrize("name", SEALS)
def test_with_the_seal_the_intervals_contain_the_channels_reversal(
    name: str, stated_GOhm: float, copied_case: Callable[[str], Path]
) -> None:
    folder = copied_case(name)
    with_seal(folder, stated_GOhm)
    run = run_project(folder)
    true_mV, ratio = truth_of(run)
    for recording, row in run.reversals.items():
        assert (row.e_rev_of, row.leak_source) == (Current.CHANNEL, LeakSource.SEAL)
        assert row.ci_low_mV is None or row.ci_low_mV < true_mV[recording]
        assert row.ci_high_mV is None or row.ci_high_mV > true_mV[recording]
    row = run.ratio("Na")
    assert row.ci_low is None or row.ci_low < ratio
    assert row.ci_high is not None
    assert row.ci_high > ratio
    assert Code.LEAK_UNKNOWN not in run.codes()
