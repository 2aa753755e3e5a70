"""The reference pages are those the models would make now."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def test_reference_pages_are_current(root: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_reference", root / "docs" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    stale = [path.name for path, text in module.pages().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run: make docs"
