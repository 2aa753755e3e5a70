"""A project to review; each test gets a copy of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.review.made_project import make_project


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the project as it was made."""
    return make_project(tmp_path_factory.mktemp("review")).parent


def copied(made: Path, folder: Path) -> Path:
    """Configuration of a copy of the project."""
    shutil.copytree(made, folder)
    path = folder / "config.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(str(made), str(folder)), encoding="utf-8")
    return path


@pytest.fixture
def config(made: Path, tmp_path: Path) -> Path:
    """Configuration of a copy of the project for one test."""
    return copied(made, tmp_path / "project")


@pytest.fixture(scope="session")
def unchanged_config(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Configuration of a copy of the project that no test changes."""
    return copied(made, tmp_path_factory.mktemp("unchanged") / "project")
