"""Draw the picture of the README: the page of a cell of the demo night, as a browser shows it (``make picture``).

It needs Chromium and a finished ``make demo``. The digest of the code that makes the page stands in a file next to it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from reversal.steps.rerun_digest import digest_of_step

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "reports" / "cells" / "cell02.html"
PICTURE = ROOT / "docs" / "pictures" / "cell_page.png"
WIDTH, HEIGHT = 1200, 1400  # of the window, in pixels
SECONDS = 120


def main() -> int:
    """Draw the picture; exit code."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None or not PAGE.is_file():
        print("The picture needs Chromium, and the page of a finished demo: make demo", file=sys.stderr)
        return 1
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        words = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking"]
        words += [f"--window-size={WIDTH},{HEIGHT}", f"--user-data-dir={profile}", f"--screenshot={PICTURE}"]
        subprocess.run([browser, *words, PAGE.as_uri()], check=True, timeout=SECONDS, capture_output=True)
    text = (
        f"{PICTURE.name} is {PAGE.relative_to(ROOT)} of the demo night, drawn by the code {digest_of_step('report')}.\n"
    )
    PICTURE.with_suffix(".txt").write_text(text, encoding="utf-8")
    print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
