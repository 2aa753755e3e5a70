"""``reversal review`` without its libraries, without a project, and on a port that is used."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path

import pytest

from reversal.cli import review
from reversal.cli.main import main


def test_a_review_without_its_libraries_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def found(name: str) -> object:
        return None if name in ("flask", "waitress") else importlib.util.find_spec(name)

    monkeypatch.setattr(review, "find_spec", found)
    assert main(["review"]) == 1
    message = capsys.readouterr().err
    assert "not installed: flask, waitress" in message
    assert "pip install 'reversal[review]'" in message


def test_a_review_without_a_project_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("flask", reason="the extra review is not installed")
    assert main(["review", "--config", str(tmp_path / "config.yaml")]) == 1
    assert "the configuration is missing" in capsys.readouterr().err


def test_a_used_port_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("flask", reason="the extra review is not installed")
    monkeypatch.chdir(root)
    with socket.socket() as used:
        used.bind(("127.0.0.1", 0))
        used.listen()
        assert main(["review", "--port", str(used.getsockname()[1])]) == 1
    assert "the port cannot be used" in capsys.readouterr().err
