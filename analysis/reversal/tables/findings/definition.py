"""Sentence, meaning, method, limit and remedy of a finding: written once for each code."""

from __future__ import annotations

from dataclasses import dataclass

from reversal.tables.status import Severity


@dataclass(frozen=True, slots=True)
class Definition:
    """One code, explained.

    says : sentence with the fields number, limit, percent, limit_percent (both times 100), place and any further values
    meaning : what it means for the result
    computed : how the number is computed
    remedy : what to do at the rig or in the configuration; empty if nothing can be done
    severity : what it does to the number it is about
    unit : of number and limit; empty for counts and fractions
    setting : key of config.yaml that holds the limit; empty where the limit is fixed
    fixed_limit : the limit in words, where no key holds it; empty without a limit
    why : why the limit has its value
    """

    says: str
    meaning: str
    computed: str
    remedy: str = ""
    severity: Severity = Severity.WARNING
    unit: str = ""
    setting: str = ""
    fixed_limit: str = ""
    why: str = ""
