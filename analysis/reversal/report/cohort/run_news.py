"""What a run changed since the one before: recordings, their status and E_rev, results of cells, and means.

The page of the news is the only one with dates of runs. The morning page shows it in a frame, so that the same
recordings give the same morning page on every day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reversal.report.cell.answers import ratio_known
from reversal.report.inputs import Night
from reversal.report.text.labels import VERDICT_WORDS, counted, one_line, ratio_name, recording_status
from reversal.report.text.pages import rendered
from reversal.report.text.rounding import millivolts, ratio
from reversal.report.text.tabulated import ratio_text
from reversal.tables.nernst_table import Verdict

RECORDINGS, FILES, REVERSALS, RESULTS, MEANS, SETTINGS = "recordings", "files", "E_rev", "results", "means", "settings"
MOST_LISTED = 200
Values = Mapping[str, Mapping[str, str]]  # kind of value -> what it is of -> the value as it is printed


@dataclass(frozen=True, slots=True)
class NewsGroup:
    """Changes of one kind: how many, as a phrase, and each of them."""

    phrase: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunNews:
    """When a run ended and the one before, and what differs; no run before: there is nothing to compare with."""

    finished: str
    before: str = ""
    groups: tuple[NewsGroup, ...] = field(default=())

    @property
    def summary(self) -> str:
        """One sentence for the head of the morning page."""
        if not self.before:
            return (
                f"First complete run, {self.finished}: {', '.join(group.phrase for group in self.groups) or 'nothing'}."
            )
        changes = ", ".join(group.phrase for group in self.groups)
        return f"Run of {self.finished}, new since {self.before}: {changes or 'nothing'}."


def values_of(night: Night) -> dict[str, dict[str, str]]:
    """What a later run compares: every status, file, E_rev, result and mean, as the pages print them."""
    tables = night.tables
    recordings = {f"{row.cell}, {row.recording}": row for row in tables.recordings}
    results = {
        f"{row.cell}, {row.condition}, {ratio_name(row.ion, row.reference)}": ratio_text(row)
        for row in tables.permeabilities
        if ratio_known(row)
    }
    for line in tables.nernst:
        if line.slope_ratio is not None:
            value = ratio(line.slope_ratio, line.ratio_ci_low, line.ratio_ci_high)
            results[f"{line.cell}, {line.condition}, slope / Nernst slope"] = (
                f"{value}, {VERDICT_WORDS[line.verdict or Verdict.UNDECIDED]}"
            )
    means = {
        f"{row.quantity}, {row.condition}, {row.selection.value}, {row.method}": (
            f"{ratio(row.estimate, row.ci_low, row.ci_high)} (n = {row.n_cells})"
        )
        for row in tables.pooled
        if row.estimate is not None
    }
    return {
        RECORDINGS: {name: recording_status(row.status) for name, row in recordings.items()},
        FILES: {name: row.sha256 for name, row in recordings.items() if row.sha256},
        REVERSALS: {
            f"{row.cell}, {row.recording}": f"{millivolts(row.e_rev_mV, row.ci_low_mV, row.ci_high_mV)} mV"
            for row in tables.reversals
            if row.e_rev_mV is not None
        },
        RESULTS: results,
        MEANS: means,
        SETTINGS: {
            "configuration": night.provenance.configuration_hash,
            "Reversal": night.provenance.versions.get("reversal", ""),
        },
    }


def news_of(before: Values | None, now: Values) -> tuple[NewsGroup, ...]:
    """What differs from the values of the run before; what there is, without one."""
    if before is None:
        cells = {name.rpartition(", ")[0] for name in now.get(RECORDINGS, {})}
        return (NewsGroup(f"{counted(len(now.get(RECORDINGS, {})), 'recording')} of {counted(len(cells), 'cell')}"),)
    old, new = (values.get(RECORDINGS, {}) for values in (before, now))
    added, gone = [name for name in new if name not in old], [name for name in old if name not in new]
    groups = [
        NewsGroup(f"new recordings: {len(added)}", _by_cell(added)),
        NewsGroup(f"recordings gone: {len(gone)}", _by_cell(gone)),
        *(
            NewsGroup(f"{phrase}: {len(lines)}", lines)
            for kind, phrase in (
                (FILES, "files changed"),
                (RECORDINGS, "status changed"),
                (REVERSALS, "E_rev changed"),
                (RESULTS, "results new or changed"),
                (MEANS, "means new or changed"),
                (SETTINGS, "settings or versions changed"),
            )
            if (lines := _changes(kind, before.get(kind, {}), now.get(kind, {})))
        ),
    ]
    return tuple(group for group in groups if group.lines)


def _by_cell(names: Sequence[str]) -> tuple[str, ...]:
    """Recordings by cell: "cell08: 3 recordings"."""
    counts = Counter(name.rpartition(", ")[0] for name in names)
    return tuple(f"{cell}: {counted(number, 'recording')}" for cell, number in counts.items())


def _changes(kind: str, old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """Values that differ; those of new recordings are not named again, results and means also if they are new."""
    complete = kind in (RESULTS, MEANS)
    names = [name for name in new if old.get(name) != new[name] and (complete or name in old)]
    names += [name for name in old if name not in new and kind in (REVERSALS, RESULTS, MEANS)]
    return tuple(f"{name}: {_shown(kind, old.get(name))} → {_shown(kind, new.get(name))}" for name in names)


def _shown(kind: str, value: str | None) -> str:
    if value is None:
        return "none"
    return value[:12] + "…" if kind == FILES else value


def news_page(news: RunNews, project: str) -> str:
    """The page of the news; in a low frame it shows the summary alone."""
    groups = [
        (group.phrase, [one_line(line, 300) for line in group.lines[:MOST_LISTED]], len(group.lines) - MOST_LISTED)
        for group in news.groups
        if group.lines
    ]
    return rendered("last_run.html.j2", project=project, summary=news.summary, groups=groups)
