"""What every test may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from reversal.simulate.synthetic_night import make_night

if TYPE_CHECKING:
    from reversal.simulate.stimulus_protocol import AbfProtocol

ROOT = Path(__file__).resolve().parents[1]

# An example may take long on a busy machine; how fast the code is, tests/benchmarks measures.
settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's top folder."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def second_look_at_once() -> Iterator[None]:
    """Every file of a test is fresh, and none grows: the second look at it need not wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reversal.recordings.files.file_content.SECOND_LOOK_S", 0.0)
        yield


@pytest.fixture(scope="session")
def synthetic_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recordings and sheets of the demo; a test that changes them works on a copy."""
    folder = tmp_path_factory.mktemp("synthetic_night")
    make_night(folder)
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real recordings next to the project; a test that needs them skips where they are absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"real recordings are not here: {folder.name} folder next to the project is absent")
    return folder


@pytest.fixture
def abf1(tmp_path: Path) -> Callable[..., Path]:
    """Write an ABF 1 file with a protocol and return its path; ``abf1_content`` describes the other arguments."""
    from tests.recordings.abf1_files import abf1_content

    def write(played: AbfProtocol, *content: Any, name: str = "file.abf", **settings: Any) -> Path:
        path = tmp_path / name
        path.write_bytes(abf1_content(played, *content, **settings))
        return path

    return write
