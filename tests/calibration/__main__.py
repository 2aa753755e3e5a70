"""Run every calibration of this folder; each writes its own page. ``python -m tests.calibration``."""

from __future__ import annotations

import importlib
from pathlib import Path

for module in sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py")):
    importlib.import_module(f"tests.calibration.{module}").main()
