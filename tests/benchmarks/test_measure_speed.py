"""Time of measuring a recording, compared with loading it with pyABF; ``make bench`` prints the ratio."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MOST = 3.0


@pytest.mark.long
def test_measuring_takes_at_most_three_times_the_loading(root: Path, tmp_path: Path) -> None:
    one_thread = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.benchmarks.measure_speed", str(tmp_path)]
    ran = subprocess.run(command, cwd=root, env=one_thread, capture_output=True, text=True, check=True)
    loading_ms, measuring_ms = (float(number) for number in ran.stdout.split())
    ratio = measuring_ms / loading_ms
    print(f"\n100 recordings: loading {loading_ms:.2f} ms, measuring {measuring_ms:.2f} ms each, ratio {ratio:.2f}")
    assert ratio <= MOST
