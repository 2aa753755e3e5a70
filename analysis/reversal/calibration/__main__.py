"""Write the calibration pages below docs/, all or those named: ``python -m reversal.calibration fit membrane``.

The pages of constants and of their cases are written only if named.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from reversal.calibration import (
    constant_cases_page,
    constants_page,
    fit_page,
    kinds_page,
    leak_page,
    membrane_test_page,
    recording_page,
)

PAGES: dict[str, Callable[[], str]] = {
    "fit": fit_page.write,
    "kinds": kinds_page.write,
    "leak": leak_page.write,
    "membrane": membrane_test_page.write,
    "recording": recording_page.write,
}
OTHER_PAGES: dict[str, Callable[[], str]] = {"cases": constant_cases_page.write, "constants": constants_page.write}
"""Pages that are written only by name."""


def main(names: list[str]) -> int:
    """Write the named pages, or all pages if none is named; returns the exit code."""
    pages = {**PAGES, **OTHER_PAGES}
    unknown = set(names) - set(pages)
    if unknown:
        print(f"no such calibration: {', '.join(sorted(unknown))}. Known: {', '.join(pages)}.", file=sys.stderr)
        return 2
    for name in names or PAGES:
        print(pages[name](), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
