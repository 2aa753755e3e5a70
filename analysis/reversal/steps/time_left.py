"""How long the remaining jobs of a run take, from the jobs that have ended."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import mean


class TimeLeft:
    """Jobs of a run with their times; a job of one rule may take much longer than one of another.

    planned : number of jobs of each rule
    """

    def __init__(self, planned: Mapping[str, int]) -> None:
        self._planned = dict(planned)
        self._running: dict[int, tuple[str, float]] = {}
        self._spans: dict[str, list[float]] = {}
        self._begun: float | None = None

    def starts(self, job: int, rule: str, at_s: float) -> None:
        """A job starts."""
        self._begun = at_s if self._begun is None else self._begun
        self._running[job] = (rule, at_s)

    def fails(self, job: int) -> None:
        """A job ends with an error: it is tried again or given up."""
        self._running.pop(job, None)

    def ends(self, job: int, at_s: float) -> None:
        """A job is finished; one that did not start is not counted."""
        if job in self._running:
            rule, started = self._running.pop(job)
            self._spans.setdefault(rule, []).append(at_s - started)

    @property
    def finished(self) -> int:
        """Number of finished jobs."""
        return sum(len(of_rule) for of_rule in self._spans.values())

    @property
    def unfinished(self) -> set[str]:
        """Rules of which not all jobs are finished."""
        return {rule for rule, number in self._planned.items() if len(self._spans.get(rule, ())) < number}

    def seconds(self, now_s: float) -> float | None:
        """Time until all jobs are finished, if as many work at once as until now [s]; None before a job has ended.

        A rule of which no job has ended is expected to take as long as the mean job.
        """
        spans = [span for of_rule in self._spans.values() for span in of_rule]
        if not spans or self._begun is None:
            return None
        usual = mean(spans)
        expected = {rule: mean(self._spans.get(rule, [usual])) for rule in self._planned}
        ended = {rule: len(self._spans.get(rule, ())) for rule in self._planned}
        waiting_s = sum(max(0, self._planned[rule] - ended[rule]) * expected[rule] for rule in self._planned)
        running = [(now_s - started, expected.get(rule, usual)) for rule, started in self._running.values()]
        waiting_s -= sum(min(span, whole) for span, whole in running)
        at_once = (sum(spans) + sum(span for span, _ in running)) / max(now_s - self._begun, 1e-3)
        return max(0.0, waiting_s) / max(at_once, 1e-3)


def in_words(seconds: float | None) -> str:
    """A time left in words, to the minute; empty if it is not known.

    >>> in_words(170)
    '3 min left'
    >>> in_words(7260)
    '2 h 1 min left'
    """
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute left"
    hours, minutes_of_hour = divmod(minutes, 60)
    return f"{hours} h {minutes_of_hour} min left" if hours else f"{minutes} min left"
