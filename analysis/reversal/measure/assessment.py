"""Every finding about a measured recording: of how it was read, of its checks, and of its reversal potential."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reversal.measure.measure_recording import Measured
from reversal.measure.quality.check import Check
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import Finding, excluding, finding
from reversal.tables.status import Severity


@dataclass(frozen=True, slots=True)
class Assessed:
    """A measured recording and what was found about it.

    checks : its own and those against the other recordings of its cell
    of_recording : findings about the recording; of_reversal : further ones about its reversal potential
    """

    measured: Measured
    checks: tuple[Check, ...]
    of_recording: tuple[Finding, ...]
    of_reversal: tuple[Finding, ...]

    @property
    def exclusions(self) -> tuple[Finding, ...]:
        """Findings that leave the recording out of the fits."""
        return tuple(found for found in self.of_recording if found.severity is Severity.EXCLUSION)


def assessed(measured: Measured, of_cell: Iterable[Check], excluded: Iterable[str]) -> Assessed:
    """Gather the findings about a recording.

    of_cell : checks against the other recordings of the cell
    excluded : codes of the checks that leave a recording out of the fits
    """
    checks, codes = (*measured.checks, *of_cell), tuple(excluded)
    of_recording = (
        *measured.notes,
        *(excluding(found, codes) for check in checks for found in check.findings),
    )
    of_reversal = (*measured.reversal.findings, *measured.used.findings, *_nernst_findings(measured))
    return Assessed(measured, checks, of_recording, tuple(found for found in of_reversal if found not in of_recording))


def _nernst_findings(measured: Measured) -> list[Finding]:
    """Solutions without the ion, where there is no Nernst potential."""
    prediction, entry = measured.prediction, measured.entry
    if prediction.e_nernst_mV is not None:
        return []
    amounts = ((entry.bath, prediction.out_mM), (entry.pipette, prediction.in_mM))
    return [finding(Code.NERNST_UNDEFINED, place=name, ion=prediction.ion) for name, mM in amounts if mM <= 0]
