"""What did not go well, by effect on the results and by cause, with the remedy of each cause once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from reversal.experiment.recording_sheet import CELL_PATTERN
from reversal.report.cell.answers import ratio_known
from reversal.report.inputs import Night
from reversal.report.text.labels import one_line, ratio_name
from reversal.tables.answers_table import Answer
from reversal.tables.findings.code import Code
from reversal.tables.findings_table import FindingRow
from reversal.tables.nernst_table import NernstRow, Verdict
from reversal.tables.permeabilities_table import PermeabilityRow
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.reversals_table import ReversalRow, why_unusable
from reversal.tables.status import STATUS_OF, Status, worst

LONGEST_LISTED = 400
NUMBER = re.compile(r"\d+(\.\d+)?")
SENTENCE_END = re.compile(r"(?<=\.) (?=[A-Z])")
IN_TROUBLE = tuple(status for status in Status if status is not Status.OK)


@dataclass(frozen=True, slots=True)
class Attention:
    """A failure or warning: place, reason, the page that shows it, and the file that the reason begins with."""

    place: str
    reason: str
    link: str | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """What several items have in common: findings, sentences, what to do; and the items with what is their own."""

    codes: tuple[str, ...]
    common: str
    remedy: str
    items: tuple[Attention, ...]

    @property
    def equal(self) -> bool:
        """Whether there are several items and nothing differs between them."""
        return len(self.items) > 1 and not any(item.reason for item in self.items)


@dataclass(frozen=True, slots=True)
class AttentionGroup:
    """Items with the same effect on the results, by cause."""

    title: str
    number: int
    causes: tuple[Cause, ...]


def failures_of(night: Night) -> list[Attention]:
    """Every failure once: faults without a recording, then recordings and their reversal potentials."""
    found = [Attention(", ".join(p for p in (f.file, f.place) if p), _listed(f.reason)) for f in night.failures]
    return found + list(_recordings_of(night, Status.FAILED).values())


def without_result_of(night: Night) -> list[Attention]:
    """Fits without a result, and slopes without a verdict, with the reason."""
    answered = _answered_series(night)
    return [_fit_attention(fit) for fit in _fitted(night) if not _answered(fit, answered)]


def flagged_of(night: Night) -> list[Attention]:
    """Flagged recordings whose reversal potential is in the fits, then flagged fits with a result."""
    used = _with_usable_reversal(night)
    recordings = [a for key, a in _recordings_of(night, Status.FLAGGED).items() if key in used]
    answered = _answered_series(night)
    flagged = [fit for fit in _fitted(night) if fit.status is Status.FLAGGED and _answered(fit, answered)]
    return recordings + [_fit_attention(fit) for fit in flagged]


def flagged_unused_of(night: Night) -> list[Attention]:
    """Flagged recordings that no fit uses: without a reversal potential of their own, or with an open error."""
    used = _with_usable_reversal(night)
    return [a for key, a in _recordings_of(night, Status.FLAGGED).items() if key not in used]


def no_reversal_of(night: Night) -> list[Attention]:
    """Recordings without a reversal potential in the tested range."""
    return list(_recordings_of(night, Status.NO_REVERSAL).values())


def attention_groups(night: Night) -> list[AttentionGroup]:
    """What is not ok and did not fail to be read, by effect and by cause, with the remedy of the cause."""
    parts = (
        ("No result or no verdict", without_result_of(night)),
        ("Flagged; used in the fits", flagged_of(night)),
        ("Flagged; not used in the fits", flagged_unused_of(night)),
        ("No reversal potential in the tested range; not used in the fits", no_reversal_of(night)),
    )
    return [AttentionGroup(title, len(some), _by_cause(night, some)) for title, some in parts if some]


def failure_causes(night: Night) -> tuple[Cause, ...]:
    """The failures by cause, most failures first; what else was found in a failed recording makes no other cause."""
    return _by_cause(night, failures_of(night), (Status.FAILED,))


def _by_cause(night: Night, some: Sequence[Attention], of: Sequence[Status] = IN_TROUBLE) -> tuple[Cause, ...]:
    """Items that have the same findings, the most frequent findings first; without a finding, by their sentences."""
    found: dict[str, dict[str, FindingRow]] = {}
    for row in night.tables.findings:
        if STATUS_OF[row.severity] in of:
            found.setdefault(_place(row), {}).setdefault(row.code.value, row)
    causes: dict[tuple[str, ...], list[Attention]] = {}
    for item in some:
        causes.setdefault(_key(item, tuple(found.get(item.place, ()))), []).append(item)
    made = [_cause(items, [found.get(item.place, {}) for item in items]) for items in causes.values()]
    kinds = [cause.codes or (cause.items[0].reason,) for cause in made]
    numbers = Counter(kind for kind, cause in zip(kinds, made, strict=True) for _ in cause.items)
    first = {kind: place for place, kind in reversed(list(enumerate(kinds)))}
    order = sorted(range(len(made)), key=lambda n: (-numbers[kinds[n]], first[kinds[n]], -len(made[n].items)))
    return tuple(made[n] for n in order)


def _key(item: Attention, codes: tuple[str, ...]) -> tuple[str, ...]:
    """What items of one cause have in common; the reasons that a file is not read are many, apart from its numbers."""
    if not codes or Code.NOT_READ.value in codes:
        return (*codes, NUMBER.sub("#", _without_file(item)))
    return codes


def _cause(items: Sequence[Attention], found: Sequence[Mapping[str, FindingRow]]) -> Cause:
    """Cause of items, with their findings by code; sentences and remedies that not all have stand at their items."""
    if len(items) == 1:
        return Cause(tuple(found[0]), "", _remedy(found[0]), tuple(items))
    parts = [SENTENCE_END.split(_without_file(item)) for item in items]
    common = [part for part in parts[0] if all(part in other for other in parts)]
    remedies = [_remedy(rows) for rows in found]
    remedy = remedies[0] if len(set(remedies)) == 1 else ""
    own = [[part for part in some if part not in common] for some in parts]
    words = [[*some, *(() if remedy else (its,))] for some, its in zip(own, remedies, strict=True)]
    kept = (replace(item, reason=" ".join(filter(None, some))) for item, some in zip(items, words, strict=True))
    return Cause(tuple(found[0]), " ".join(common), remedy, tuple(kept))


def _remedy(found: Mapping[str, FindingRow]) -> str:
    return " ".join(dict.fromkeys(row.remedy for row in found.values() if row.remedy))


def _without_file(item: Attention) -> str:
    """Reason without the name of the file at its start, which the place of the item stands for."""
    before, _, after = item.reason.partition(item.file) if item.file else ("", "", "")
    rest = after.removeprefix(": ").removeprefix(", ")
    if not rest or rest == after or before.rstrip("/\\") == before != "":
        return item.reason
    return f"{rest[0].upper()}{rest[1:]}"


def _place(found: FindingRow) -> str:
    """Place of a finding as in the lists: a recording, or a fit of a cell."""
    if found.recording is not None:
        return f"{found.cell}, {found.recording}"
    quantity = "Nernst slope" if found.table == "nernst" else found.quantity
    return f"{found.cell}, {found.condition}, {quantity}"


def _with_usable_reversal(night: Night) -> set[tuple[str, str]]:
    """Cell and name of the recordings whose reversal potential the fits use."""
    return {(row.cell, row.recording) for row in night.tables.reversals if why_unusable(row) is None}


Series = tuple[str, str, str]  # experiment, cell and condition


def _answered_series(night: Night) -> set[Series]:
    """Series that follow Nernst or GHK, or differ from both."""
    open_ = (Answer.UNDECIDED, Answer.NONE)
    return {(row.experiment, row.cell, row.condition) for row in night.tables.answers if row.answer not in open_}


def _answered(fit: PermeabilityRow | NernstRow, answered: set[Series]) -> bool:
    """Whether a fit has a result: a ratio or bound, or a slope with a verdict or the answer of its series."""
    if fit.status is Status.FAILED:
        return False
    if isinstance(fit, PermeabilityRow):
        return ratio_known(fit)
    if fit.slope_ratio is None:
        return False
    series = (fit.experiment, fit.cell, fit.condition)
    return series in answered or fit.verdict not in (None, Verdict.UNDECIDED)


def _fit_attention(fit: PermeabilityRow | NernstRow) -> Attention:
    return Attention(f"{fit.cell}, {fit.condition}, {_quantity(fit)}", _listed(fit.reason), link_to(fit.cell))


def _recordings_of(night: Night, status: Status) -> dict[tuple[str, str], Attention]:
    """Recordings whose worst row has the status, by cell and name, each with the distinct sentences of its rows."""
    rows: dict[tuple[str, str], list[RecordingRow | ReversalRow]] = {}
    for row in _measured(night):
        rows.setdefault((row.cell, row.recording), []).append(row)
    sentences: dict[tuple[str, str | None], dict[str, None]] = {}
    for found in night.tables.findings:
        if STATUS_OF[found.severity] is status:
            sentences.setdefault((found.cell, found.recording), {})[found.sentence] = None
    return {
        (cell, recording): Attention(
            f"{cell}, {recording or '?'}",
            _listed(" ".join(sentences.get((cell, recording), {})) or selected[0].reason),
            link_to(cell),
            next((row.file for row in selected if isinstance(row, RecordingRow) and row.file), ""),
        )
        for (cell, recording), selected in rows.items()
        if worst(row.status for row in selected) is status
    }


def _measured(night: Night) -> list[RecordingRow | ReversalRow]:
    return [*night.tables.recordings, *night.tables.reversals]


def _fitted(night: Night) -> list[PermeabilityRow | NernstRow]:
    return [*night.tables.permeabilities, *night.tables.nernst]


def _listed(reason: str | None) -> str:
    """Reason in the lists at the top of the page, with a maximum length."""
    return one_line(reason or "no reason was given", LONGEST_LISTED)


def _quantity(fit: PermeabilityRow | NernstRow) -> str:
    return ratio_name(fit.ion, fit.reference) if isinstance(fit, PermeabilityRow) else "Nernst slope"


def link_to(cell: str) -> str | None:
    """Link to the page of a cell; None if the name of the cell is not a valid file name."""
    return f"cells/{quote(cell)}.html" if CELL_PATTERN.fullmatch(cell) else None
