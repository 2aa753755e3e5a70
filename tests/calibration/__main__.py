"""Run the calibrations here, or those named; each writes its own page. ``python -m tests.calibration [fit]``."""

from __future__ import annotations

import importlib
import sys

every = ("fit", "measure", "membrane")
for module in sys.argv[1:] or every:
    print(importlib.import_module(f"tests.calibration.{module}").write(), flush=True)
