"""Every field of an ABF header is read from its own bytes: layouts as pyABF and Neo know them from the vendor.

A header is filled with a different number in every field, and each number must come back in the field it was put in.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from neo.rawio import axonrawio

from reversal.recordings.axon.abf1 import read_version_1
from reversal.recordings.axon.abf2 import SECTIONS, read_version_2
from reversal.recordings.axon.header import AxonHeader, AxonSweep
from reversal.recordings.axon.header_fields import HeaderFields
from reversal.recordings.recording.recording import RecordingRefused, Tag

FILE = Path("f.abf")
BLOCK = 512
WIDTH = {"h": 2, "i": 4, "f": 4}

# pyabf.abf1.headerV1: name, format and offset of the first of the elements
VERSION_1: dict[str, tuple[str, int]] = {
    "nOperationMode": ("h", 8), "lActualAcqLength": ("i", 10), "nNumPointsIgnored": ("h", 14),
    "lActualEpisodes": ("i", 16), "lFileStartDate": ("i", 20), "lFileStartTime": ("i", 24), "nFileType": ("h", 36),
    "lDataSectionPtr": ("i", 40), "lTagSectionPtr": ("i", 44), "lNumTagEntries": ("i", 48),
    "lSynchArrayPtr": ("i", 92), "lSynchArraySize": ("i", 96), "nDataFormat": ("h", 100),
    "nADCNumChannels": ("h", 120), "fADCSampleInterval": ("f", 122), "fSynchTimeUnit": ("f", 130),
    "lNumSamplesPerEpisode": ("i", 138), "lEpisodesPerRun": ("i", 146), "fADCRange": ("f", 244),
    "nFileStartMillisecs": ("h", 366), "nADCSamplingSeq": ("h", 410), "fADCProgrammableGain": ("f", 730),
    "fInstrumentScaleFactor": ("f", 922), "fSignalGain": ("f", 1050), "fDACHoldingLevel": ("f", 1394),
    "nActiveDACChannel": ("h", 1440), "lEpochPulsePeriod": ("i", 2136), "lEpochPulseWidth": ("i", 2216),
    "nWaveformEnable": ("h", 2296), "nWaveformSource": ("h", 2300), "nInterEpisodeLevel": ("h", 2304),
    "nEpochType": ("h", 2308), "fEpochInitLevel": ("f", 2348), "fEpochLevelInc": ("f", 2428),
    "lEpochInitDuration": ("i", 2508), "lEpochDurationInc": ("i", 2588), "fDACFileScale": ("f", 2708),
    "fDACFileOffset": ("f", 2716), "lDACFileEpisodeNum": ("i", 2724), "nDACFileADCNum": ("h", 2732),
    "nTelegraphEnable": ("h", 4512), "fTelegraphAdditGain": ("f", 4576), "fTelegraphFilter": ("f", 4640),
    "fTelegraphMembraneCap": ("f", 4704), "nTelegraphMode": ("h", 4768),
    # further ones as myokit.formats.axon has them
    "nAveragingMode": ("h", 158), "nFirstEpisodeInRun": ("h", 162), "fEpisodeStartToStart": ("f", 178),
    "lAverageCount": ("i", 190), "nULEnable": ("h", 3360), "nULParamToVary": ("h", 3368), "nULRepeat": ("h", 4400),
}  # fmt: skip
TEXTS_1 = {
    "sCreatorInfo": (294, 16), "sFileComment": (310, 56), "sADCChannelName": (442, 10), "sADCUnits": (602, 8),
    "sDACChannelName": (1306, 10), "sDACChannelUnit": (1346, 8), "sDACFilePath": (2736, 256),
    "sProtocolPath": (4898, 256),
}  # fmt: skip


def put(content: bytearray, name: str, value: float, element: int = 0) -> None:
    form, offset = VERSION_1[name]
    struct.pack_into("<" + form, content, offset + WIDTH[form] * element, value)


def put_text(content: bytearray, name: str, text: str, element: int = 0) -> None:
    offset, size = TEXTS_1[name]
    content[offset + size * element : offset + size * (element + 1)] = text.encode().ljust(size)


def version_1(**changes: float) -> bytearray:
    """Two inputs (numbers 3 and 1), two outputs, two sweeps of 40 samples over both inputs, one tag."""
    content = bytearray(24 * BLOCK)
    content[:4] = b"ABF "
    struct.pack_into("<f", content, 4, 1.84)
    values = {
        "nOperationMode": 5, "lActualAcqLength": 80, "nNumPointsIgnored": 7, "lActualEpisodes": 2,
        "lFileStartDate": 20261119, "lFileStartTime": 75903, "nFileType": 1, "lDataSectionPtr": 12,
        "lTagSectionPtr": 15, "lNumTagEntries": 1, "lSynchArrayPtr": 14, "lSynchArraySize": 2, "nDataFormat": 0,
        "nADCNumChannels": 2, "fADCSampleInterval": 25.0, "fSynchTimeUnit": 10.0, "lNumSamplesPerEpisode": 40,
        "lEpisodesPerRun": 9, "fADCRange": 10.0, "nFileStartMillisecs": 250, "nActiveDACChannel": 1, **changes,
    }  # fmt: skip
    for name, value in values.items():
        put(content, name, value)
    for element, number in enumerate((3, 1, *[-1] * 14)):
        put(content, "nADCSamplingSeq", number, element)
    for channel in range(4):
        for name, base in (("fADCProgrammableGain", 1.0), ("fInstrumentScaleFactor", 0.01), ("fSignalGain", 2.0)):
            put(content, name, base * (1 + channel), channel)
        for name, base in (("fTelegraphAdditGain", 5), ("fTelegraphFilter", 1000), ("fTelegraphMembraneCap", 20)):
            put(content, name, base + channel, channel)
        put(content, "nTelegraphEnable", channel % 3 == 0, channel)
        put(content, "nTelegraphMode", 10 + channel, channel)
        put_text(content, "sADCChannelName", f"IN {channel}", channel)
        put_text(content, "sADCUnits", f"u{channel}", channel)
        put(content, "fDACHoldingLevel", -70.0 - channel, channel)
        put_text(content, "sDACChannelName", f"Cmd {channel}", channel)
        put_text(content, "sDACChannelUnit", f"m{channel}", channel)
    for output in range(2):
        for name, base in (
            ("nWaveformEnable", 0), ("nWaveformSource", 1), ("nInterEpisodeLevel", 0), ("fDACFileScale", 3),
            ("fDACFileOffset", 5), ("lDACFileEpisodeNum", 7), ("nDACFileADCNum", 9),
        ):  # fmt: skip
            put(content, name, base + output, output)
        put_text(content, "sDACFilePath", f"stimulus {output}.atf", output)
    for epoch in range(20):
        for place, name in enumerate(EPOCH_FIELDS):
            put(content, name, 100 * place + epoch, epoch)
    for name, text in (("sCreatorInfo", "Clampex"), ("sFileComment", "a comment"), ("sProtocolPath", "C:\\p.pro")):
        put_text(content, name, text)
    struct.pack_into("<4i", content, 14 * BLOCK, 100, 40, 300_100, 40)
    struct.pack_into("<i56s", content, 15 * BLOCK, 200, b"drug")
    return content


EPOCH_FIELDS = ("nEpochType", "fEpochInitLevel", "fEpochLevelInc", "lEpochInitDuration", "lEpochDurationInc",
                "lEpochPulsePeriod", "lEpochPulseWidth")  # fmt: skip


def header_1(**changes: float) -> AxonHeader:
    return read_version_1(HeaderFields(bytes(version_1(**changes)), FILE))


def test_file_facts_of_version_1() -> None:
    header = header_1()
    assert (header.mode, header.integers, header.data_start, header.data_count) == (5, True, 12 * BLOCK + 14, 80)
    assert header.sample_interval_us == 50.0  # of each of two inputs
    assert (header.samples_per_sweep, header.episodes, header.sweeps_per_run) == (20, 2, 9)
    assert isinstance(header.samples_per_sweep, int)  # it counts samples: rows of an array
    assert header.version == (1, 8, 4, 0)
    assert header.sweeps == (AxonSweep(0, 40, 0.001), AxonSweep(40, 40, 3.001))
    assert header.tags == (Tag(0.002, "drug"),)
    assert header.started == "2026-11-19T21:05:03.250"
    assert (header.active_output, header.alternating, header.averaged) == (1, False, False)
    assert (header.creator, header.comment, header.protocol_path) == ("Clampex", "a comment", "C:\\p.pro")
    assert header_1(nDataFormat=1).integers is False


def test_inputs_of_version_1_are_found_by_the_sampling_sequence() -> None:
    third, first = header_1().inputs
    assert (third.number, third.name, third.unit) == (3, "IN 3", "u3")
    assert (first.number, first.name, first.unit) == (1, "IN 1", "u1")
    # 10 V over programmable gain × scale × signal gain, and the telegraphed gain where the telegraph is on
    assert third.limit == pytest.approx(10.0 / (4 * 0.04 * 8 * 8))
    assert first.limit == pytest.approx(10.0 / (2 * 0.02 * 4))
    assert (third.telegraphed, first.telegraphed) == (True, False)
    assert (third.telegraph_mode, third.telegraph_gain) == (13, 8.0)
    assert (third.telegraph_filter_Hz, third.telegraph_cm_pF, third.telegraph_rs_MOhm) == (1003.0, 23.0, 0.0)


def test_outputs_and_epochs_of_version_1() -> None:
    outputs = header_1().outputs
    assert [(o.number, o.name, o.unit, o.holding) for o in outputs] == [
        (n, f"Cmd {n}", f"m{n}", -70.0 - n) for n in range(4)
    ]
    for n, output in enumerate(outputs[:2]):
        assert (output.waveform_enabled, output.waveform_source) == (bool(n), 1 + n)
        assert output.stays_at_last_level is bool(n)
        assert (output.stimulus_scale, output.stimulus_offset) == (3 + n, 5 + n)
        assert (output.stimulus_sweep, output.stimulus_channel) == (7 + n, 9 + n)
        assert output.stimulus_path == f"stimulus {n}.atf"
        for k, epoch in enumerate(output.epochs):
            read = (epoch.kind, epoch.level, epoch.level_step, epoch.duration, epoch.duration_step, epoch.period,
                    epoch.width)  # fmt: skip
            assert read == tuple(100 * place + 10 * n + k for place in range(7))
            assert epoch.number == k
        assert len(output.epochs) == 10
    for output in outputs[2:]:
        assert (output.waveform_enabled, output.epochs) == (False, ())


@pytest.mark.parametrize(("mode", "count", "averaged"), [(0, 0, False), (0, 5, False), (1, 1, False), (1, 2, True)])
def test_averages_of_version_1_have_a_mode_and_a_count(mode: int, count: int, averaged: bool) -> None:
    assert header_1(nAveragingMode=mode, lAverageCount=count).averaged is averaged


def test_first_sweep_and_interval_of_version_1() -> None:
    header = header_1(nFirstEpisodeInRun=3, fEpisodeStartToStart=2.5, lSynchArraySize=0)
    assert (header.first_episode, header.start_to_start_s) == (3, 2.5)
    assert [sweep.start_s for sweep in header.sweeps] == [0.0, 2.5]


def test_a_user_list_of_version_1_belongs_to_its_output() -> None:
    content = version_1()
    put(content, "nULEnable", 1, 1)
    put(content, "nULParamToVary", 22, 1)
    put(content, "nULRepeat", 1, 1)
    first, second = read_version_1(HeaderFields(bytes(content), FILE)).outputs[:2]
    assert first.user_list is None
    assert second.user_list is not None
    assert (second.user_list.parameter, second.user_list.repeat) == (22, True)


@pytest.mark.parametrize(
    ("changes", "protocol"), [({}, True), ({"nFileType": 4}, False), ({"lDataSectionPtr": 11}, False)]
)
def test_only_a_long_header_of_an_axon_file_holds_a_protocol(changes: dict[str, int], protocol: bool) -> None:
    header = header_1(**changes)
    assert header.has_protocol is protocol
    assert len(header.outputs) == (4 if protocol else 0)
    assert header.inputs[0].telegraphed is protocol


def test_impossible_numbers_of_version_1_are_refused() -> None:
    for name, value in (("nADCNumChannels", 17), ("nADCNumChannels", -1), ("lNumTagEntries", 100_001)):
        with pytest.raises(RecordingRefused, match="impossible number"):
            header_1(**{name: value})
    assert len(header_1(nADCNumChannels=16, lNumSamplesPerEpisode=160).inputs) == 16
    for version in (0.9, 2.0):
        content = version_1()
        struct.pack_into("<f", content, 4, version)
        with pytest.raises(RecordingRefused, match="version in the ABF header"):
            read_version_1(HeaderFields(bytes(content), FILE))


def test_without_a_table_sweeps_of_an_episodic_file_follow_each_other() -> None:
    header = header_1(lSynchArraySize=0)
    assert header.sweeps == (AxonSweep(0, 40, 0.0), AxonSweep(40, 40, pytest.approx(0.001)))
    assert header_1(lSynchArraySize=0, nOperationMode=3).sweeps == (AxonSweep(0, 80, 0.0),)
    assert header_1(lSynchArraySize=0, lNumSamplesPerEpisode=0).sweeps == (AxonSweep(0, 80, 0.0),)


def layout(description: list[tuple[str, str]]) -> dict[str, tuple[str, int]]:
    """Format and offset of each field of one of Neo's descriptions, fields packed one after another."""
    offset, found = 0, {}
    for name, form in description:
        found[name] = (form, offset)
        offset += struct.calcsize("<" + form)
    return found


PROTOCOL = layout(axonrawio.protocolInfoDescription)
ADC = layout(axonrawio.ADCInfoDescription)
DAC = layout(axonrawio.DACInfoDescription)
EPOCH = layout(axonrawio.EpochInfoPerDACDescription)
ENTRY_BYTES = {"protocol": 512, "input": 128, "output": 256, "epoch_per_output": 48, "user_list": 64, "tag": 64}
STRINGS = ("Clampex", "C:\\p.pro", "a comment", "IN 0", "pA", "IN 1", "mV", "Cmd 0", "u0", "Cmd 1", "u1", "s.abf",
           "1, 2")  # fmt: skip


def entry(fields: dict[str, tuple[str, int]], size: int, values: dict[str, Any]) -> bytes:
    content = bytearray(size)
    for name, value in values.items():
        form, offset = fields[name]
        struct.pack_into("<" + form, content, offset, value)
    return bytes(content)


def version_2(**changes: Any) -> bytes:
    """Two inputs, two outputs with an epoch each, a user list, a tag and two sweeps."""
    protocol = {
        "nOperationMode": 5, "fADCSequenceInterval": 50.0, "fSynchTimeUnit": 10.0, "lNumSamplesPerEpisode": 40,
        "lEpisodesPerRun": 9, "nFirstEpisodeInRun": 1, "fEpisodeStartToStart": 2.5, "fADCRange": 10.0,
        "lFileCommentIndex": 3, "nActiveDACChannel": 1, "nAlternateDACOutputState": 0, **changes,
    }  # fmt: skip
    inputs = [
        {"nADCNum": 4 + n, "nTelegraphEnable": 1 - n, "fTelegraphAdditGain": 5.0 + n, "fTelegraphFilter": 1e3 + n,
         "fTelegraphMembraneCap": 20.0 + n, "nTelegraphMode": 7 + n, "fTelegraphAccessResistance": 9.0 + n,
         "fADCProgrammableGain": 1.0 + n, "fInstrumentScaleFactor": 0.01, "fSignalGain": 2.0,
         "lADCChannelNameIndex": 4 + 2 * n, "lADCUnitsIndex": 5 + 2 * n}
        for n in range(2)
    ]  # fmt: skip
    outputs = [
        {"nDACNum": n, "fDACHoldingLevel": -70.0 - n, "lDACChannelNameIndex": 8 + 2 * n,
         "lDACChannelUnitsIndex": 9 + 2 * n, "nWaveformEnable": n, "nWaveformSource": 1 + n, "nInterEpisodeLevel": n,
         "fDACFileScale": 3.0 + n, "fDACFileOffset": 5.0 + n, "lDACFileEpisodeNum": 7 + n, "nDACFileADCNum": 9 + n,
         "nConditEnable": n, "fPostTrainPeriod": 11.0 + n, "fPostTrainLevel": 13.0 + n, "nLeakSubtractType": 15 + n,
         "nPNNumPulses": 17 + n, "lDACFilePathIndex": 12 * n}
        for n in range(2)
    ]  # fmt: skip
    names = ("fEpochInitLevel", "fEpochLevelInc", "lEpochInitDuration", "lEpochDurationInc", "lEpochPulsePeriod",
             "lEpochPulseWidth")  # fmt: skip
    epochs = [
        {"nEpochNum": k, "nDACNum": 1, "nEpochType": 1 + k, **{name: 100 * p + k for p, name in enumerate(names, 1)}}
        for k in (1, 0)
    ]
    texts = b"SSCH" + bytes(40) + b"\0".join(text.encode() for text in STRINGS) + b"\0"
    sections = {
        "protocol": (entry(PROTOCOL, 512, protocol), 512, 1),
        "input": (b"".join(entry(ADC, 128, one) for one in inputs), 128, 2),
        "output": (b"".join(entry(DAC, 256, one) for one in outputs), 256, 2),
        "epoch": (bytes(64), 32, 2),
        "epoch_per_output": (b"".join(entry(EPOCH, 48, one) for one in epochs), 48, 2),
        "user_list": (struct.pack("<hhhhi", 1, 0, 12, 1, 13).ljust(64, b"\0"), 64, 1),
        "strings": (texts, len(texts), 1),
        "data": (bytes(160), 2, 80),
        "tag": (struct.pack("<i56s", 200, b"drug").ljust(64, b"\0"), 64, 1),
        "sweep": (struct.pack("<4i", 100, 40, 300_100, 40), 8, 2),
    }
    head, body, block = bytearray(BLOCK), bytearray(), 1
    head[:4] = b"ABF2"
    facts = {"lActualEpisodes": 2, "uFileStartDate": 20261119, "uFileStartTimeMS": 75_903_250, "nDataFormat": 0,
             "uCreatorNameIndex": 1, "uProtocolPathIndex": 2}  # fmt: skip
    offsets = {name: (form, offset) for name, offset, form in axonrawio.headerDescriptionV2}
    struct.pack_into("<4b", head, offsets["fFileVersionNumber"][1], 0, 3, 9, 2)
    for name, value in facts.items():
        struct.pack_into("<" + offsets[name][0], head, offsets[name][1], value)
    for name, (content, size, count) in sections.items():
        struct.pack_into("<IIq", head, 76 + 16 * SECTIONS.index(name), block, size, count)
        padded = content.ljust(-(-len(content) // BLOCK) * BLOCK, b"\0")
        body += padded
        block += len(padded) // BLOCK
    return bytes(head + body)


def header_2(**changes: Any) -> AxonHeader:
    return read_version_2(HeaderFields(version_2(**changes), FILE))


def test_sections_of_version_2_are_in_the_order_of_neo() -> None:
    order = ["Protocol", "ADC", "DAC", "Epoch", "ADCPerDAC", "EpochPerDAC", "UserList", "StatsRegion", "Math",
             "Strings", "Data", "Tag", "Scope", "Delta", "VoiceTag", "SynchArray", "Annotation", "Stats"]  # fmt: skip
    assert [name.removesuffix("Section") for name in axonrawio.sectionNames] == order
    assert len(SECTIONS) == len(order)


def test_file_facts_of_version_2() -> None:
    header = header_2()
    assert header.version == (2, 9, 3, 0)
    assert (header.mode, header.integers, header.data_count, header.episodes) == (5, True, 80, 2)
    assert (header.sample_interval_us, header.samples_per_sweep, header.sweeps_per_run) == (50.0, 20, 9)
    assert (header.first_episode, header.start_to_start_s, header.active_output) == (1, 2.5, 1)
    assert header.sweeps == (AxonSweep(0, 40, 0.001), AxonSweep(40, 40, 3.001))
    assert header.tags == (Tag(0.002, "drug"),)
    assert header.started == "2026-11-19T21:05:03.250"
    assert (header.creator, header.protocol_path, header.comment) == STRINGS[:3]
    assert (header.alternating, header.averaged, header.has_protocol) == (False, False, True)
    assert header_2(nAlternateDACOutputState=1).alternating is True
    assert header_2(nAveragingMode=1, lAverageCount=2).averaged is True
    assert header_2(nAveragingMode=1, lAverageCount=1).averaged is False
    assert header_2(nAveragingMode=0, lAverageCount=2).averaged is False


def test_inputs_of_version_2() -> None:
    first, second = header_2().inputs
    assert (first.number, first.name, first.unit) == (4, "IN 0", "pA")
    assert (second.number, second.name, second.unit) == (5, "IN 1", "mV")
    assert first.limit == pytest.approx(10.0 / (0.01 * 2.0 * 1.0 * 5.0))
    assert second.limit == pytest.approx(10.0 / (0.01 * 2.0 * 2.0))
    assert (first.telegraphed, second.telegraphed) == (True, False)
    assert (second.telegraph_mode, second.telegraph_gain, second.telegraph_filter_Hz) == (8, 6.0, 1001.0)
    assert (second.telegraph_cm_pF, second.telegraph_rs_MOhm) == (21.0, 10.0)


def test_outputs_epochs_and_lists_of_version_2() -> None:
    outputs = header_2().outputs
    for n, output in enumerate(outputs):
        assert (output.number, output.name, output.unit, output.holding) == (n, f"Cmd {n}", f"u{n}", -70.0 - n)
        assert (output.waveform_enabled, output.waveform_source) == (bool(n), 1 + n)
        assert (output.stays_at_last_level, output.conditioning) == (bool(n), bool(n))
        assert (output.stimulus_scale, output.stimulus_offset) == (3.0 + n, 5.0 + n)
        assert (output.stimulus_sweep, output.stimulus_channel) == (7 + n, 9 + n)
        assert output.stimulus_path == ("s.abf" if n else "")
        assert (output.post_train_ms, output.post_train_level) == (11.0 + n, 13.0 + n)
        assert (output.leak_subtraction, output.leak_pulses) == (15 + n, 17 + n)
    assert outputs[0].epochs == ()
    assert outputs[0].user_list is None
    assert [epoch.number for epoch in outputs[1].epochs] == [0, 1]
    for k, epoch in enumerate(outputs[1].epochs):
        assert epoch.kind == 1 + k
        read = (epoch.level, epoch.level_step, epoch.duration, epoch.duration_step, epoch.period, epoch.width)
        assert read == tuple(100 * place + k for place in range(1, 7))
    user_list = outputs[1].user_list
    assert user_list is not None
    assert (user_list.parameter, user_list.values, user_list.repeat) == (12, "1, 2", True)


def test_compressed_samples_are_refused() -> None:
    with pytest.raises(RecordingRefused, match="compressed"):
        header_2(bEnableFileCompression=1)
