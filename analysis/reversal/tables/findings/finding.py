"""A finding (code, number, limit, place), its sentence, and the status that findings give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from string import Formatter
from types import MappingProxyType

from reversal.tables.findings.code import Code
from reversal.tables.findings.definition import Definition
from reversal.tables.findings.of_cohorts import OF_COHORTS
from reversal.tables.findings.of_declarations import OF_DECLARATIONS
from reversal.tables.findings.of_fits import OF_FITS
from reversal.tables.findings.of_recordings import OF_RECORDINGS
from reversal.tables.findings.of_reversals import OF_REVERSALS
from reversal.tables.status import Severity

DEFINITIONS: Mapping[Code, Definition] = MappingProxyType(
    OF_DECLARATIONS | OF_RECORDINGS | OF_REVERSALS | OF_FITS | OF_COHORTS
)

Value = str | float


@dataclass(frozen=True, slots=True)
class Finding:
    """A note, warning or failure about a number; made by :func:`finding`.

    number, limit : in ``unit``, None where the code has none
    place : the recording, bath, ion or cell it is about, where that is not the row's own
    values : further values in the sentence
    """

    code: Code
    severity: Severity
    number: float | None
    limit: float | None
    unit: str
    place: str
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The finding in words. If it excludes a recording, the rule is given too."""
        sentence = DEFINITIONS[self.code].says.format(**self._fields())
        by_rule = self.severity is Severity.EXCLUSION and DEFINITIONS[self.code].severity is not Severity.EXCLUSION
        return f"Left out of the fits by quality.exclude: {sentence}" if by_rule else sentence

    @property
    def remedy(self) -> str:
        """What to do about it; empty if nothing can be done."""
        return DEFINITIONS[self.code].remedy.format(**self._fields())

    def _fields(self) -> dict[str, Value | None]:
        percents = {"percent": self.number, "limit_percent": self.limit}
        return {
            **self.values,
            "number": self.number,
            "limit": self.limit,
            "place": self.place,
            **{name: None if value is None else 100.0 * value for name, value in percents.items()},
        }


def finding(
    code: Code,
    number: float | None = None,
    limit: float | None = None,
    *,
    place: str = "",
    severity: Severity | None = None,
    **values: Value,
) -> Finding:
    """Make a finding; raises ValueError if its sentence or remedy contains a value that is not given."""
    definition = DEFINITIONS[code]
    given = {name for name, value in (("number", number), ("limit", limit)) if value is not None} | {*values, "place"}
    given |= {"percent"} if number is not None else set()
    given |= {"limit_percent"} if limit is not None else set()
    missing = _named_values(code) - given
    if missing:
        raise ValueError(f"{code} needs {', '.join(sorted(missing))}")
    return Finding(code, severity or definition.severity, number, limit, definition.unit, place, dict(values))


def excluding(found: Finding, excluded: Iterable[str]) -> Finding:
    """The finding, as an exclusion if its code is among those that leave a recording out."""
    return replace(found, severity=Severity.EXCLUSION) if found.code in set(excluded) else found


def reason_of(findings: Iterable[Finding]) -> str | None:
    """The sentences of the findings, each once, the worst first; None without any."""
    order = list(Severity)
    ranked = sorted(findings, key=lambda found: -order.index(found.severity))
    return " ".join(dict.fromkeys(found.sentence for found in ranked)) or None


@cache
def _named_values(code: Code) -> frozenset[str]:
    """Names of the values in a sentence and its remedy."""
    texts = (DEFINITIONS[code].says, DEFINITIONS[code].remedy)
    return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)
