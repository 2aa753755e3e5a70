"""Copies of a text in which words are replaced, removed, added or exchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

BETWEEN = re.compile(r"""(\s|[,;"'()\[\]=/:_-])""")
WORDS = (
    *("", "nan", "inf", "1e400", "-1e-400", "9" * 5000, "0x10", "1_000", "1,2", "-", "+", ".", "e", "--1", "0", "-1"),
    *("\uff11\uff12", "\u0663", "\u00b2", "\ufeff", "\u2028", "\x85", "\x0b", "\x1c", "\x00", "\r", "\n", "\t"),
    *('"', "'", '""', ",", ";", ":", "(", ")", "[", "]", "{", "}", "*a", "&a", "!!a", "<<", "-", "#", "|"),
    *("2026-02-30", "END", "BEGIN", "WAVES", "/N=(9,9)", "Sweep_1_1_1"),
    *("x" * 140_000, "Mg" + "2" * 5000, "9" * 5000 + "-3"),
)  # the long ones are above the limits of Python for digits and for a field of a table
START = 80  # words in which most of the meaning of a text is: its header


def damaged_texts(text: str, number: int, seed: int) -> Iterator[tuple[str, str]]:
    """The seed of each copy, and the copy; most changes are in its first words."""
    parts = BETWEEN.split(text)
    for n in range(number):
        random = Random(1000 * seed + n)
        copy = list(parts)
        reach = min(START, len(copy)) if random.random() < 0.75 else len(copy)
        for _ in range(random.choice((1, 1, 2, 3, 6))):
            place, kind = random.randrange(reach), random.random()
            if kind < 0.5:
                copy[place] = random.choice(WORDS)
            elif kind < 0.65:
                copy[place] = ""
            elif kind < 0.85:
                copy.insert(place, random.choice(WORDS))
            else:
                other = random.randrange(reach)
                copy[place], copy[other] = copy[other], copy[place]
        yield f"seed {1000 * seed + n}", "".join(copy)
