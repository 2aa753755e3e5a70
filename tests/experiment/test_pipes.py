"""A pipe in place of a file that a project names is refused: opening it would wait without end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from reversal.errors import Refusal
from reversal.experiment.ion_table import ion_table
from reversal.experiment.iv_points import read_points
from reversal.experiment.recording_sheet import read_sheet
from reversal.experiment.yaml_file import yaml_mapping

READERS: dict[str, Callable[[Path], object]] = {
    "recording sheet": read_sheet,
    "table of I–V points": read_points,
    "ion table": ion_table,
    "configuration": lambda path: yaml_mapping(path, "the configuration"),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
@pytest.mark.parametrize("what", READERS)
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, what: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Refusal, match=f"the {what} is not a file"):
        READERS[what](tmp_path / "pipe")


def test_a_folder_in_place_of_the_points_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="the table of I–V points is not a file"):
        read_points(tmp_path)
