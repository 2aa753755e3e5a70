"""Time of a cell's page and PDF, and of the pages and slides of a large night; ``make bench`` prints it."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from reversal.report.cohort.cohort_figures import cohort_figures
from reversal.report.cohort.deck import lab_meeting_deck
from reversal.report.cohort.morning_page import morning_page
from reversal.report.inputs import Provenance
from tests.report import rows

MOST_MS = 500.0
MOST_NIGHT_S, MOST_INDEX_MB = 60.0, 3.0


@pytest.mark.long
def test_page_and_pdf_of_a_cell_take_at_most_half_a_second(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.report_speed", str(tmp_path)]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    first_ms, fastest_ms = (float(number) for number in ran.stdout.split())
    print(f"\npage and PDF of a cell: the first {first_ms:.0f} ms, the fastest {fastest_ms:.0f} ms of a core")
    assert first_ms <= MOST_MS


@pytest.mark.long
def test_pages_and_slides_of_500_cells_take_at_most_a_minute(tmp_path: Path) -> None:
    night = rows.a_night(Provenance({"reversal": "0.1.0"}, "0123456789abcdef", "2026-11-20"), 500)
    times = [time.process_time()]
    morning_page(night, tmp_path / "index.html")
    times.append(time.process_time())
    cohort_figures(night, tmp_path / "figures")
    times.append(time.process_time())
    lab_meeting_deck(tmp_path / "lab_meeting.pptx", night)
    times.append(time.process_time())
    page_s, figures_s, deck_s = (stop - start for start, stop in pairwise(times))
    size_MB = (tmp_path / "index.html").stat().st_size / 1e6
    print(f"\n500 cells: page {page_s:.1f} s ({size_MB:.1f} MB), figures {figures_s:.1f} s, slides {deck_s:.1f} s")
    assert times[-1] - times[0] <= MOST_NIGHT_S
    assert size_MB <= MOST_INDEX_MB
