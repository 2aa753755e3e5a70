"""The recording of the virtual rig without ionic current: a file that the pipeline reads."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from reversal.atlas.live.rig_template import PROTOCOL, rig_template
from reversal.recordings.read_recording import read_recording


@pytest.fixture(scope="module")
def template():
    return rig_template()


def test_template_is_an_abf_file_with_its_command(template, tmp_path):
    path = tmp_path / "rig.abf"
    path.write_bytes(base64.b64decode(template["abf"]))
    recording = read_recording(path)
    currents = np.array([sweep.i_pA for sweep in recording.sweeps])
    assert currents.shape == (template["sweeps"], template["samples"])
    assert [sweep.epochs[4].level_mV for sweep in recording.command.sweeps] == list(range(-130, 41, 10))
    assert np.abs(currents[:, 900:1200].mean(axis=1)).max() < 0.5
    assert recording.warnings == ()


def test_samples_are_at_the_given_place(template):
    content = base64.b64decode(template["abf"])
    size = template["sweeps"] * template["samples"]
    counts = np.frombuffer(content, dtype="<i2", count=size, offset=template["offset"])
    first_step = template["edges"][3][0]
    sweeps = counts.reshape(template["sweeps"], template["samples"]) * template["pAPerCount"]
    assert np.all(np.abs(sweeps[[0, -1], first_step]) > 500)  # charge of the step of −60 and +110 mV


def test_levels_are_those_of_the_protocol(template):
    start, end = template["edges"][3]
    command = PROTOCOL.command_mV()
    level, by = template["levels"][3]
    assert command[:, start:end].min(axis=1) == pytest.approx(level + by * np.arange(template["sweeps"]))
