"""A format without a signature is recognised by the suffix of the file name (here BrainVision) and read with Neo.

The three files follow Brain Products' description of format 1.0: a header, markers, multiplexed samples.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reversal.experiment.protocols import Protocol
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import RecordingRefused

SAMPLES_pA = (np.arange(4000) % 200).astype("<f4") - 100
HEADER = """Brain Vision Data Exchange Header File Version 1.0
[Common Infos]
Codepage=UTF-8
DataFile=cell.eeg
MarkerFile=cell.vmrk
DataFormat=BINARY
DataOrientation=MULTIPLEXED
NumberOfChannels=1
SamplingInterval=100
[Binary Infos]
BinaryFormat=IEEE_FLOAT_32
[Channel Infos]
Ch1=I,,1,pA
"""
MARKERS = """Brain Vision Data Exchange Marker File Version 1.0
[Common Infos]
Codepage=UTF-8
DataFile=cell.eeg
[Marker Infos]
Mk1=New Segment,,1,1,0,20261119193000000000
"""


@pytest.fixture
def header(tmp_path: Path) -> Path:
    """One channel of current in pA at 10 kHz."""
    (tmp_path / "cell.vmrk").write_text(MARKERS, encoding="utf-8")
    (tmp_path / "cell.eeg").write_bytes(SAMPLES_pA.tobytes())
    path = tmp_path / "cell.vhdr"
    path.write_text(HEADER, encoding="utf-8")
    return path


def test_a_file_with_a_known_suffix_is_read(header: Path) -> None:
    protocol = Protocol.model_validate({"holding_mV": -80, "epochs": [{"step": -100, "ms": 300}]})
    found = read_recording(header, ReadingOptions(protocol=protocol))
    assert (found.format, found.sample_rate_Hz) == ("BrainVision", pytest.approx(10_000.0))
    assert found.sweeps[0].i_pA == pytest.approx(SAMPLES_pA)


def test_another_file_with_that_suffix_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.vhdr"
    path.write_text("no header\n", encoding="utf-8")
    with pytest.raises(RecordingRefused, match="Neo cannot read the BrainVision file"):
        read_recording(path)
