"""The page docs/calibration/leak.md: how often intervals contain the channel's E_rev and ratio if the seal leaks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import NormalDist

from reversal.calibration.counted_groups import counting_error
from reversal.calibration.in_parallel import in_parallel
from reversal.calibration.leak_intervals import MISS_mV, ScoredLeak, scored
from reversal.calibration.leaky_cells import CLAIMED, GIVEN, KINDS, WRONG_BY, LeakyCell, SEALS_GOhm, leaky_cells
from reversal.calibration.page import digest_of_page, made_with, percent, table, write_page
from reversal.experiment.fit_settings import Fitting
from reversal.experiment.measure_settings import Leak
from reversal.simulate.bath import SERIES
from reversal.statistics.statistics_constants import TWO_SIDED_95

PAGE = Path("docs/calibration/leak.md")
CELLS, SEED = 24, 20261126
HEAD = (
    "values",
    "coverage",
    "open",
    "silent misses",
    "flagged",
    "right, flagged",
    "ratios",
    "coverage of ratios",
    "wrong ratios, ok",
)


def write(cells: int = CELLS, seed: int = SEED) -> str:
    """Calibrate and write the page; returns a summary.

    cells : cells of each kind with each seal
    """
    drawn = [(kind, seal_GOhm, number) for number in range(cells) for kind in KINDS for seal_GOhm in SEALS_GOhm]
    calls = [partial(leaky_cells, kind, seal_GOhm, seed + n) for n, (kind, seal_GOhm, _) in enumerate(drawn)]
    found = [one for measured in in_parallel(calls) for one in measured]
    lines = introduction(cells, seed, digest_of_page(Path(__file__)))
    write_page(PAGE, [*lines, *_all_kinds(found), *_by_kind(found)])
    summaries = [_summary(given, scored([one for one in found if one.given == given])) for given in CLAIMED]
    return f"leak: {'; '.join(summaries)}"


def _summary(given: str, score: ScoredLeak) -> str:
    return (
        f"seal {given}: {score.values} values, coverage {percent(score.coverage)}, silent misses "
        f"{percent(score.silent_misses)}, {score.ratios} ratios, coverage {percent(score.ratio_coverage)}"
    )


def introduction(cells: int, seed: int, digest: str) -> list[str]:
    """Start of the page: what was simulated, what is counted, what is claimed."""
    settings = Leak()
    pooled = cells * len(KINDS)
    errors = [percent(counting_error(0.95, count)) for count in (pooled, cells)]
    return [
        "# Calibration of leak",
        "",
        "How often the intervals contain the reversal potential and the permeability ratio of the channel itself if "
        "the seal leaks. [Leak](../explanations/seal_leak.md) explains what the program subtracts and what it states.",
        "",
        f"{made_with('leak', digest)} {cells} cells of each kind with each seal, seed {seed}. Each cell is recorded in "
        f"{len(SERIES)} baths and measured {len(GIVEN)} times:",
        "",
        f"- given: the seal in the recording sheet has the relative error that the settings declare "
        f"({percent(settings.seal_relative_sd, 0)}, standard deviation).",
        f"- within {WRONG_BY:g}: the seal in the recording sheet is wrong by a factor between 1/{WRONG_BY:g} and "
        f"{WRONG_BY:g}, uniform on a log scale (standard deviation {percent(math.log(WRONG_BY) / math.sqrt(3), 0)}).",
        f"- wrong by {WRONG_BY:g}: the seal in the recording sheet is exactly {WRONG_BY:g} times too large or too "
        f"small: {math.log(WRONG_BY) / settings.seal_relative_sd:.1f} standard deviations of the declared error, near "
        "the limit of its 95 % interval.",
        "- not given: the recording sheet has no seal.",
        "",
        "Also drawn with their declared errors: the reversal potential of the leak "
        f"({settings.e_sd_mV:g} mV, standard deviation), the junction potential, the thermometer, the telegraphed R_s "
        "and C_m, and the solutions: the channel's E_rev in a bath differs from that of the declared one by "
        f"{Fitting().bath_sd_mV:g} mV (standard deviation).",
        "",
        "- Coverage: share of the 95 % intervals (`ci_low_mV` to `ci_high_mV`) that contain the channel's E_rev. An "
        "open end has no limit, and the column open has the share with one.",
        f"- Silent misses: values that differ from the channel's E_rev by more than {MISS_mV:g} mV, have the status "
        f"ok, and whose row excludes the channel's E_rev by more than {MISS_mV:g} mV. A row with `e_rev_of` channel "
        "excludes what is outside its interval. A row with `e_rev_of` whole current excludes what is outside "
        "`channel_low_mV` to `channel_high_mV`, widened by its interval. One in 20 intervals of 95 % does not contain "
        f"the channel's E_rev. The wider the intervals, the more of these exclude it by more than {MISS_mV:g} mV: "
        f"{_shares_beyond()}. So most silent misses are those of small channels with a poor seal.",
        "- Flagged: the status is not ok. Right, flagged: the same share of the values that are within "
        f"{MISS_mV:g} mV of the channel's E_rev and whose interval contains it. With the seal given, most of these "
        "have more than 2 nA at the holding potential (`holding_current`) and reverse where leak does, so that the I–V "
        "allows a leak of this size; or one end of their interval is open.",
        "- Ratios: P_Na/P_K of the cells whose ratio has an interval or a bound. A wrong ratio is one whose interval "
        "does not contain the channel's. The sodium channel has none.",
        f"- Counting error: the values of one cell share the errors of seal, leak and junction, so cells are counted. "
        f"A true 95 % is found as 95 % ± {errors[0]} in a line of the first table ({pooled} cells) and as 95 % ± "
        f"{errors[1]} in a line of the second ({cells} cells).",
        f"- Claimed: the coverage of the lines given and within {WRONG_BY:g}, at least 93 % of E_rev and at least 90 % "
        "of ratios, within the counting error. A recording in which the error of the leak is too large for a linear "
        "effect is not used in a ratio (`leak_error_not_linear`).",
        f"- Not claimed: the lines wrong by {WRONG_BY:g} and not given. If the seal is not given, E_rev is of the "
        "whole current and its interval does not contain the error by leak. Each row says so (`e_rev_of`), and that "
        f"its range of the channel's E_rev is for seals of at least {settings.assumed_seal_GOhm:g} GΩ "
        "(`assumed_leak_nS`, setting `leak.assumed_seal_GOhm`). The range does not hold for the seal of "
        f"{min(SEALS_GOhm):g} GΩ: silent misses of that line are the price of the assumption. Only a difference "
        "(current minus the current with blocker) needs no seal.",
    ]


def _shares_beyond(half_widths_mV: Sequence[float] = (2.0, 4.0, 8.0)) -> str:
    """Of the misses by intervals of these half-widths, the shares by more than the limit of a silent miss, in words."""
    outside = [2.0 * NormalDist().cdf(-TWO_SIDED_95 * (1.0 + MISS_mV / mV)) for mV in half_widths_mV]
    shares = [f"{percent(share / 0.05, 0)} with ± {mV:g} mV" for share, mV in zip(outside, half_widths_mV, strict=True)]
    return ", ".join(shares)


def _all_kinds(found: Sequence[LeakyCell]) -> list[str]:
    """Table with all kinds together."""
    groups = [(given, seal_GOhm) for given in GIVEN for seal_GOhm in SEALS_GOhm]
    rows = [
        [f"{seal_GOhm:g}", given, *_figures(scored([c for c in found if (c.given, c.seal_GOhm) == (given, seal_GOhm)]))]
        for given, seal_GOhm in groups
    ]
    return ["", "## All kinds", "", *table(["seal [GΩ]", "seal in the sheet", *HEAD], rows, "rl" + "r" * len(HEAD))]


def _by_kind(found: Sequence[LeakyCell]) -> list[str]:
    """Table with a line for each kind, seal and way of giving the seal."""
    groups: dict[tuple[str, float, str], list[LeakyCell]] = {
        (kind, seal_GOhm, given): [] for kind in KINDS for seal_GOhm in SEALS_GOhm for given in GIVEN
    }
    for cell in found:
        groups[cell.kind, cell.seal_GOhm, cell.given].append(cell)
    rows = [[kind, f"{seal:g}", given, *_figures(scored(cells))] for (kind, seal, given), cells in groups.items()]
    head = ["protocol and channel", "seal [GΩ]", "seal in the sheet", *HEAD]
    return ["", "## By protocol and channel", "", *table(head, rows, "lrl" + "r" * len(HEAD))]


def _figures(score: ScoredLeak) -> list[str]:
    shares = (score.coverage, score.open_ends, score.silent_misses, score.flagged, score.false_alarms)
    of_ratios = (score.ratio_coverage, score.silent_ratios)
    return [f"{score.values}", *map(percent, shares), f"{score.ratios}", *map(percent, of_ratios)]
