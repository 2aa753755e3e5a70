"""Methods of a night with the numbers that were used, ready to paste into a paper, and how to cite the program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from reversal.report.inputs import Night
from reversal.report.text.labels import counted
from reversal.report.text.rounding import fixed
from reversal.tables.reversals_table import Crossing, ReversalRow, Unusable, why_unusable
from reversal.tables.shifts_table import Design
from reversal.tables.status import Status

TESTS = {
    Design.PAIRED: "Student's t test of the differences of the cells that are in both groups (paired)",
    Design.UNPAIRED: "Welch's t test of different cells (unpaired)",
}
LIBRARIES = ("numpy", "scipy", "pyabf", "neo")


def methods_of(night: Night) -> list[str]:
    """Sentences about recordings, reversal potentials, fits and means; none about what was not done."""
    paragraphs = (
        *(_recordings(night), _reversals(night), _left_out(night), _ratios(night), _nernst(night), _means(night)),
        _groups(night),
    )
    return [paragraph for paragraph in paragraphs if paragraph]


def citation_of(night: Night) -> str:
    """How to cite the program."""
    versions = night.provenance.versions
    return f"Reversal developers. Reversal, version {versions.get('reversal', 'unknown')} [software]."


def _recordings(night: Night) -> str:
    rows = night.tables.recordings
    if not rows:
        return ""
    cells = counted(len({row.cell for row in rows}), "cell")
    failed = sum(row.status is Status.FAILED for row in rows)
    excluded = sum(row.status is Status.EXCLUDED for row in rows)
    temperatures = [row.temperature_C for row in night.tables.reversals if row.temperature_C is not None]
    warm = f" at {_span(temperatures, 1)} °C" if temperatures else ""
    left_out = [f"{number} {word}" for number, word in ((failed, "failed"), (excluded, "excluded")) if number]
    text = f"{counted(len(rows), 'voltage-clamp recording')} of {cells}{warm} were analysed"
    return text + (f" ({', '.join(left_out)})." if left_out else ".") + _software(night)


def _software(night: Night) -> str:
    versions = night.provenance.versions
    libraries = ", ".join(f"{name} {versions[name]}" for name in LIBRARIES if name in versions)
    return f" The analysis was done with Reversal {versions.get('reversal', '')}" + (
        f" ({libraries})." if libraries else "."
    )


def _reversals(night: Night) -> str:
    rows = [row for row in night.tables.reversals if row.e_rev_mV is not None]
    if not rows:
        return ""
    measured = [row for row in rows if row.kind or row.method]
    kinds = _listed(", ".join(part for part in (row.kind, row.method) if part) for row in measured)
    extrapolated = sum(row.crossing is Crossing.EXTRAPOLATED for row in rows)
    parts = [f"E_rev is where the I–V curve crosses zero ({kinds})."] if measured else []
    if len(measured) < len(rows):
        parts.append(f"{counted(len(rows) - len(measured), 'reversal potential')} measured before were entered.")
    parts.append("Intervals are 95 % intervals with all errors.")
    if extrapolated:
        parts.append(f"{extrapolated} of {len(rows)} values were extrapolated.")
    return " ".join(parts) + _junction(rows)


def _junction(rows: list[ReversalRow]) -> str:
    junctions = [row.ljp_mV for row in rows if row.ljp_mV is not None]
    if not any(junctions):
        return " No liquid junction potential was subtracted." if junctions else ""
    return f" Voltages were corrected for liquid junction potentials of {_span(junctions, 1)} mV."


def _ratios(night: Night) -> str:
    methods = _listed(row.method for row in night.tables.permeabilities if row.method)
    return f"Permeability ratios were fitted for each cell ({methods})." if methods else ""


def _nernst(night: Night) -> str:
    margins = sorted(
        {row.margin for row in night.tables.nernst if row.margin is not None and row.slope_ratio is not None}
    )
    if not margins:
        return ""
    words = ", ".join(f"±{margin * 100:g} %" for margin in margins)
    return (
        "The slope of E_rev against the Nernst potential was tested for equivalence with 1 "
        f"(margin {words}, two one-sided tests, 90 % interval)."
    )


def _means(night: Night) -> str:
    methods = _listed(row.method for row in night.tables.pooled if row.method and row.estimate is not None)
    return f"Means are over cells, with the cell as the unit ({methods})." if methods else ""


def _left_out(night: Night) -> str:
    """Recordings that were measured and that no fit uses, by reason; failed and excluded ones are counted before."""
    of_recordings = (Unusable.FAILED, Unusable.EXCLUDED)
    reasons = Counter(why for row in night.tables.reversals if (why := why_unusable(row)) not in (None, *of_recordings))
    if not reasons:
        return ""
    words = "; ".join(f"{number} {why}" for why, number in reasons.items())
    return f"{counted(reasons.total(), 'further recording')} did not enter the fits ({words})."


def _groups(night: Night) -> str:
    """How groups of cells were compared."""
    designs = {*(row.design for row in night.tables.shifts), *(row.design for row in night.tables.comparisons)}
    tests = [words for design, words in TESTS.items() if design in designs]
    if not tests:
        return ""
    return (
        f"Groups of cells were compared by {' or '.join(tests)}; p is corrected for all comparisons of a kind (Holm)."
    )


def _listed(words: Iterable[str]) -> str:
    counts = Counter(words)
    return "; ".join(counts)


def _span(values: list[float], decimals: int) -> str:
    low, high = fixed(min(values), decimals), fixed(max(values), decimals)
    return low if low == high else f"{low} to {high}"
