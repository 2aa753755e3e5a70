"""Write the calibration pages below docs/, all or those named: ``python -m reversal.calibration fit membrane``."""

from __future__ import annotations

import sys
from collections.abc import Callable

from reversal.calibration import fit_page, membrane_test_page, recording_page

PAGES: dict[str, Callable[[], str]] = {
    "fit": fit_page.write,
    "membrane": membrane_test_page.write,
    "recording": recording_page.write,
}


def main(names: list[str]) -> int:
    """Write the named pages, all without names; returns the exit code."""
    unknown = set(names) - set(PAGES)
    if unknown:
        print(f"no such calibration: {', '.join(sorted(unknown))}. Known: {', '.join(PAGES)}.", file=sys.stderr)
        return 2
    for name in names or PAGES:
        print(PAGES[name](), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
