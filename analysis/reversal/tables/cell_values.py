"""One number of each cell in a column of a group: JSON, because the name of a cell may contain any sign."""

from __future__ import annotations

import json
from collections.abc import Mapping

DIGITS = 6


def cell_values_text(values: Mapping[str, float]) -> str | None:
    """Text of the column; None without cells."""
    return json.dumps({cell: float(f"{value:.{DIGITS}g}") for cell, value in values.items()}) if values else None


def cell_values(text: str | None) -> dict[str, float]:
    """Number of each cell."""
    return dict(json.loads(text)) if text else {}
