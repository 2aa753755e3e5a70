"""Rows of a cell that are the same recording or have sweeps in common: what was recorded once counts once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from reversal.experiment.declared_values import repeat_of
from reversal.experiment.step_settings import CellSettings
from reversal.experiment.sweep_numbers import listed_sweeps
from reversal.recordings.recording.fingerprint import fingerprint, same_recording
from reversal.recordings.recording.recording import Recording
from reversal.recordings.recording.store import Ingested
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, finding


def repeated_rows(by_name: Mapping[str, Ingested], settings: CellSettings) -> dict[str, Finding]:
    """Why a recording is left out because it, or some of its sweeps, is in the sheet twice, by its name.

    If the rows declare the same, the first is kept. If they contradict each other, or share some sweeps only, none is
    kept, because it is not known which one is right. The same recording under two experiments is measured in two ways
    and is not an error.
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
    for n, entry in enumerate(entries):
        for first in (one for one in entries[:n] if one.experiment == entry.experiment):
            if sweeps := _shared_sweeps(by_name[first.recording].recording, by_name[entry.recording].recording):
                found.setdefault(first.recording, finding(Code.SWEEPS_REPEATED, place=entry.recording, sweeps=sweeps))
                found.setdefault(entry.recording, finding(Code.SWEEPS_REPEATED, place=first.recording, sweeps=sweeps))
    return found


def _shared_sweeps(one: Recording | None, other: Recording | None) -> str:
    """Numbers of the sweeps that two recordings of a file have in common; empty if they have all or none of them.

    Samples are compared because a number counts within its series, and a file can have several series.
    """
    if one is None or other is None or one.sha256 != other.sha256:
        return ""
    ours, theirs = ({found.number_of(n): sweep for n, sweep in enumerate(found.sweeps)} for found in (one, other))
    shared = [n for n in ours.keys() & theirs.keys() if np.array_equal(ours[n].i_pA, theirs[n].i_pA, equal_nan=True)]
    return "" if len(shared) == len(ours) == len(theirs) else listed_sweeps(shared)
