"""What a night found, as sentences with n, number and interval: for the head of the morning page and for the slides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reversal.report.cell.answers import leak_sentence
from reversal.report.cohort.group_figures import of_all_baths
from reversal.report.figure.changed_side import against_changed_side
from reversal.report.inputs import Night
from reversal.report.text.labels import VERDICT_WORDS, counted, ion_name, ratio_name
from reversal.report.text.rounding import interval_ratio, ratio
from reversal.tables.answers_table import AnswerRow
from reversal.tables.nernst_table import NernstRow
from reversal.tables.pooled_table import PooledKind, PooledRow, Selection
from reversal.tables.reversals_table import Crossing
from reversal.tables.shifts_table import Design, Shifted
from reversal.tables.status import Status

NO_MEAN = "There is no mean over cells."
MOST_DIFFERENCES = 3


MeanKey = tuple[str, PooledKind, str | None, str | None]  # experiment, what is pooled, ion and reference of a ratio


def night_sentences(night: Night) -> list[str]:
    """What the night found: the means of ratios and slopes, by experiment, and how E_rev differs between groups."""
    return [*(sentence for _, sentence in night_means(night)), *difference_sentences(night)]


def difference_sentences(night: Night) -> list[str]:
    """The tested differences of E_rev between groups, over all baths; of many the first and the number of others."""
    tested = [row for row in of_all_baths(night.tables.shifts) if row.design is not Design.NONE]
    sentences = [row.sentence for row in tested if row.quantity is Shifted.E_REV]
    more = len(sentences) - MOST_DIFFERENCES
    further = [f"Further differences of E_rev between groups: {more}."] if more > 0 else []
    return [*sentences[:MOST_DIFFERENCES], *further]


def night_means(night: Night) -> list[tuple[MeanKey, str]]:
    """The sentences about what the night found, each with what it is about."""
    tables = night.tables
    experiments = dict.fromkeys(
        [row.experiment for row in tables.permeabilities] + [row.experiment for row in tables.nernst]
    )
    sentences: list[tuple[MeanKey, str]] = []
    for experiment in experiments:
        start = f"{experiment}: " if len(experiments) > 1 else ""
        ratios = [row for row in night.tables.permeabilities if row.experiment == experiment]
        for ion, reference in dict.fromkeys((row.ion, row.reference) for row in ratios):
            key: MeanKey = (experiment, PooledKind.PERMEABILITY_RATIO, ion, reference)
            if rows := means_of(night, *key):
                sentences.append((key, start + mean_sentence(ratio_name(ion, reference), rows)))
        key = experiment, PooledKind.SLOPE_RATIO, None, None
        slopes = [row for row in night.tables.nernst if row.experiment == experiment]
        if any(row.slope_ratio is not None for row in slopes):
            answers = [row for row in night.tables.answers if row.experiment == experiment and row.cell]
            mean = means_of(night, experiment, PooledKind.SLOPE_RATIO)
            sentences.append((key, start + slopes_sentence(slopes, mean, answers)))
    return sentences


def mean_sentence(name: str, pooled: Sequence[PooledRow]) -> str:
    """Mean of a quantity over cells, by condition: "P_Na/P_K = 0.030 (95 %: 0.016 to 0.055, n = 5 cells)."."""
    rows = [row for row in pooled if row.selection is Selection.ALL]
    several = len({row.condition for row in rows}) > 1
    parts = [_mean(name, row, several) for row in rows]
    return " ".join(parts) if parts else NO_MEAN


def _mean(name: str, row: PooledRow, several: bool) -> str:
    condition = f"{row.condition}: " if several else ""
    cells = f"n = {counted(row.n_cells, 'cell')}"
    leak = f" {leak_sentence(row)}".rstrip()
    if row.estimate is None:
        bound = interval_ratio(None, row.ci_low, row.ci_high)
        return f"{condition}{name} {bound} ({cells}).{leak}" if bound[0] in "<>" else f"{condition}{NO_MEAN}"
    value = ratio(row.estimate, row.ci_low, row.ci_high)
    interval = interval_ratio(row.estimate, row.ci_low, row.ci_high)
    limits = "no interval" if row.ci_low is None and row.ci_high is None else f"95 %: {interval}"
    return f"{condition}{name} = {value} ({limits}, {cells}).{leak}"


def slopes_sentence(rows: Sequence[NernstRow], pooled: Sequence[PooledRow], answers: Sequence[AnswerRow] = ()) -> str:
    """Number of cells by answer, or by verdict on the slope if there are no answers, and the mean slope ratio."""
    if answers:
        counts = Counter(row.answer.value for row in answers)
    else:
        counts = Counter(VERDICT_WORDS[row.verdict] for row in rows if row.verdict and row.slope_ratio is not None)
    number = len(answers) or len(rows)
    words = [f"{word}: {times}" for word, times in counts.items()]
    without = number - counts.total()
    words += [f"without a slope: {without}"] if without else []
    counted_words = f"Of {number} series, {', '.join(words)}."
    mean = mean_sentence("Slope / Nernst slope", pooled)
    return counted_words if mean == NO_MEAN else f"{counted_words} {mean}"


def reversals_sentence(night: Night, experiment: str, ion: str) -> str:
    """Number of reversal potentials inside the tested range, and their lowest and highest Nernst potential."""
    rows = [row for row in night.tables.reversals if row.experiment == experiment and row.ion == ion]
    found = [row for row in rows if row.crossing is Crossing.BRACKETED and row.e_rev_mV is not None]
    seen = against_changed_side(rows, (), ion_name(ion, night.charges.get(ion)))
    levels = sorted({row.out_mM for row in seen.reversals if row.out_mM is not None})
    span = f"{levels[0]:g} to {levels[-1]:g} mM" if len(levels) > 1 else f"{levels[0]:g} mM" if levels else "no bath"
    cells = counted(len({row.cell for row in rows}), "cell")
    return f"E_rev was found in {len(found)} of {counted(len(rows), 'recording')} of {cells} at {seen.label} of {span}."


def means_of(
    night: Night, experiment: str, kind: PooledKind, ion: str | None = None, reference: str | None = None
) -> list[PooledRow]:
    """One mean per condition and selection of cells, by the first method; the table on the page has all methods."""
    known: dict[tuple[str, Selection], PooledRow] = {}
    for row in night.tables.pooled:
        wanted = (row.experiment, row.kind, row.ion, row.reference) == (experiment, kind, ion, reference)
        if wanted and row.status is not Status.FAILED:
            known.setdefault((row.condition, row.selection), row)
    return list(known.values())
