"""Time of a cell's page and PDF; ``make bench`` prints it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MOST_MS = 500.0


@pytest.mark.long
def test_page_and_pdf_of_a_cell_take_at_most_half_a_second(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.report_speed", str(tmp_path)]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    first_ms, fastest_ms = (float(number) for number in ran.stdout.split())
    print(f"\npage and PDF of a cell: the first {first_ms:.0f} ms, the fastest {fastest_ms:.0f} ms of a core")
    assert first_ms <= MOST_MS
