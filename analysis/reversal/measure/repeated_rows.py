"""Rows of a cell that are the same recording, entered twice."""

from __future__ import annotations

from collections.abc import Mapping

from reversal.experiment.declared_values import repeat_of
from reversal.experiment.step_settings import CellSettings
from reversal.recordings.fingerprint import fingerprint, same_recording
from reversal.recordings.store import Ingested
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding


def repeated_rows(by_name: Mapping[str, Ingested], settings: CellSettings) -> dict[str, Finding]:
    """Why a recording is left out because it is in the sheet twice, by its name.

    If the rows declare the same, the first is kept. If they contradict each other, none is kept, because it is not
    known which one is right. The same recording under two experiments is measured in two ways and is not an error.
    """
    marks = {name: mark for name, one in by_name.items() if one.recording and (mark := fingerprint(one.recording))}
    entries = [e for e in settings.entries.values() if e.recording in marks and e.exclude is None]
    found: dict[str, Finding] = {}
    for n, entry in enumerate(entries):
        earlier = [one for one in entries[:n] if one.experiment == entry.experiment]
        alike = same_recording(marks[entry.recording], [marks[one.recording] for one in earlier])
        for first in (one for one, same in zip(earlier, alike, strict=True) if same):
            repeat = repeat_of(first, entry)
            if repeat.code is Code.RECORDING_CONTRADICTED:
                found[first.recording] = repeat_of(entry, first)
                found[entry.recording] = repeat
            found.setdefault(entry.recording, repeat)
    return found
