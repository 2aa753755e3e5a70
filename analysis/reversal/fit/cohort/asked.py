"""Which pairs of groups are compared: all, or those with the condition that an experiment declares.

Holm's correction is over what was asked. Without a declaration every pair is a question; with it, only the pairs with
the declared condition are, so that a screen of many conditions against one control is not corrected for the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

Group = tuple[str, str]
"""Experiment and condition."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions of a cohort.

    compare_with : condition with which the others of an experiment are compared, by experiment
    """

    compare_with: Mapping[str, str] = field(default_factory=dict)

    def pairs(self, groups: Sequence[Group]) -> list[tuple[Group, Group]]:
        """The pairs that are compared, each group with the one that it is compared with.

        Two experiments are compared in the conditions that both declare, or in all if neither declares one.
        """
        return [ordered for a, b in combinations(groups, 2) if (ordered := self._asked(a, b)) is not None]

    def _asked(self, earlier: Group, later: Group) -> tuple[Group, Group] | None:
        if earlier[0] == later[0]:
            declared = self.compare_with.get(earlier[0])
            if declared is None:
                return later, earlier
            if declared not in (earlier[1], later[1]):
                return None
            return (earlier, later) if later[1] == declared else (later, earlier)
        declared_each = [self.compare_with.get(group[0]) for group in (earlier, later)]
        if all(name in (None, group[1]) for name, group in zip(declared_each, (earlier, later), strict=True)):
            return later, earlier
        return None
