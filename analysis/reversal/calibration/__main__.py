"""Run all calibrations or those named; each writes a page below docs/: ``python -m reversal.calibration fit``."""

from __future__ import annotations

import importlib
import sys

CALIBRATIONS = ("fit", "membrane_test", "recording")
for name in sys.argv[1:] or CALIBRATIONS:
    print(importlib.import_module(f"reversal.calibration.{name}_intervals").write(), flush=True)
