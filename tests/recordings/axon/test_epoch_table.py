"""The command in an Axon header, by the rules of pClamp, each rule on its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from reversal.recordings.axon.epoch_table import pre_epoch_samples, user_list_target
from reversal.recordings.choices.reading_options import ReadingOptions
from reversal.recordings.command.waveform import expand
from reversal.recordings.read_recording import read_recording
from reversal.recordings.recording.recording import CommandUnknown, Recording
from reversal.simulate.stimulus_protocol import AbfEpoch, EpochKind, SimulatedUserList, UserListTarget
from tests.recordings.abf1_files import STEPS, Changes, protocol, second_output

Write = Callable[..., Path]


def levels(recording: Recording, epoch: str) -> list[float]:
    """Level of an epoch in every sweep that has it [mV]."""
    return [e.level_mV for sweep in recording.command.sweeps for e in sweep.epochs if e.name == epoch]


def edges(recording: Recording, sweep: int = 0) -> list[tuple[str, int, int]]:
    return [(e.name, e.start, e.stop) for e in recording.command.sweeps[sweep].epochs]


@pytest.mark.parametrize(
    ("samples", "channels", "expected"),
    [(20644, 1, 322), (4000, 4, 62), (10322, 2, 161), (51612, 1, 806), (63, 1, 1), (10, 3, 1), (100, 3, 1)],
)
def test_a_sweep_starts_with_a_64th_at_holding_in_whole_scans(samples: int, channels: int, expected: int) -> None:
    """floor(N·C/64) down to a multiple of C, at least C, divided by C. The first four are from real files."""
    assert pre_epoch_samples(samples, channels) == expected


def test_levels_and_durations_increase_by_sweep(abf1: Write) -> None:
    found = read_recording(abf1(protocol((replace(STEPS[0], duration_step=10), STEPS[1]))))
    assert levels(found, "B") == [-120.0, -100.0, -80.0]
    assert edges(found, 2) == [("before", 0, 10), ("A", 10, 130), ("B", 130, 330), ("after", 330, 640)]


def test_epochs_that_fill_the_sweep_have_nothing_after_them(abf1: Write) -> None:
    found = read_recording(abf1(protocol((STEPS[0], replace(STEPS[1], duration=530)), sweeps=2)))
    assert edges(found) == [("before", 0, 10), ("A", 10, 110), ("B", 110, 640)]


def test_holding_is_that_of_the_output_not_of_the_first_epoch(abf1: Write) -> None:
    found = read_recording(abf1(protocol(sweeps=2)))
    assert levels(found, "before") == levels(found, "after") == [-80.0, -80.0]


def test_a_disabled_epoch_has_no_duration(abf1: Write) -> None:
    found = read_recording(abf1(protocol((AbfEpoch(EpochKind.DISABLED, 50.0, 300), *STEPS))))
    assert edges(found)[1] == ("B", 10, 110)


def test_the_last_level_can_continue_into_the_next_sweep(abf1: Write) -> None:
    """As in the public recording 171116sh_0013: each ramp starts from the end of the ramp in the previous sweep."""
    ramp = AbfEpoch(EpochKind.RAMP, -110.0, 300, level_step_mV=5.0)
    found = read_recording(abf1(protocol((ramp,), holding_mV=-70.0, last_level_between=True)))
    assert [e.from_mV for sweep in found.command.sweeps for e in sweep.epochs if e.name == "A"] == [-70, -110, -105]
    assert levels(found, "before") == [-70.0, -110.0, -105.0]
    assert levels(found, "after") == [-110.0, -105.0, -100.0]


def test_a_ramp_starts_from_the_level_of_the_last_epoch_with_a_duration(abf1: Write) -> None:
    epochs = (
        AbfEpoch(EpochKind.STEP, -100.0, 100),
        AbfEpoch(EpochKind.STEP, 0.0, 1),
        AbfEpoch(EpochKind.RAMP, 60.0, 200),
    )
    found = read_recording(abf1(protocol(epochs), changes={("lEpochInitDuration", 1): 0}))
    ramp = found.command.sweeps[0].epochs[2]
    assert (ramp.name, ramp.from_mV, ramp.level_mV) == ("C", -100.0, 60.0)
    wave = expand(found.command.sweeps[0], 640)
    assert wave[109] == -100.0
    assert wave[309] == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("parameter", "version", "expected"),
    [
        (35, (2, 0, 0, 0), ("duration", 4)),  # user-list-durations: duration of epoch E, as its "AO #0" shows
        (28, (1, 6, 0, 0), ("level", 7)),  # 21416007: level of epoch H, as Clampfit exports it
        (62, (2, 9, 0, 0), ("level", 1)),  # ABF 2.9: level of epoch B
        (41, (1, 8, 4, 0), ("period", 0)),
        (51, (1, 8, 4, 0), ("width", 0)),
        (7, (2, 9, 0, 0), None),
        (12, (2, 0, 0, 0), None),
    ],
)
def test_a_user_list_code_gives_a_field_and_an_epoch(
    parameter: int, version: tuple[int, int, int, int], expected: tuple[str, int] | None
) -> None:
    assert user_list_target(parameter, version) == expected


@pytest.mark.parametrize(("parameter", "version"), [(28, (2, 6, 0, 0)), (8, (2, 0, 0, 0)), (61, (2, 0, 0, 0))])
def test_unknown_user_list_codes_are_refused(parameter: int, version: tuple[int, int, int, int]) -> None:
    with pytest.raises(KeyError, match=f"parameter {parameter}"):
        user_list_target(parameter, version)


@pytest.mark.parametrize(
    ("repeats", "expected"), [(False, [-85, -55, -25, -25, -25]), (True, [-85, -55, -25, -85, -55])]
)
def test_a_user_list_replaces_level_and_increment(abf1: Write, repeats: bool, expected: list[float]) -> None:
    """After its end the last value stays, or the list repeats."""
    user_list = SimulatedUserList(UserListTarget.LEVEL, 1, (-85.0, -55.0, -25.0), repeats)
    assert levels(read_recording(abf1(protocol(sweeps=5, user_list=user_list))), "B") == expected


def test_commas_and_blanks_separate_the_values_of_a_user_list(abf1: Write) -> None:
    user_list = SimulatedUserList(UserListTarget.LEVEL, 1, (0.0,))
    path = abf1(protocol(user_list=user_list), changes={"sULParamValueList": "-85, -55 -25"})
    assert levels(read_recording(path), "B") == [-85, -55, -25]


def test_a_user_list_of_durations_moves_the_following_epochs(abf1: Write) -> None:
    found = read_recording(abf1(protocol(sweeps=2, user_list=SimulatedUserList(UserListTarget.DURATION, 0, (50, 150)))))
    assert edges(found, 0)[1:3] == [("A", 10, 60), ("B", 60, 260)]
    assert edges(found, 1)[1:3] == [("A", 10, 160), ("B", 160, 360)]


def test_in_version_1_a_duration_from_a_list_has_at_most_32767_samples(abf1: Write) -> None:
    """The current of a real recording with such a list shows it."""
    user_list = SimulatedUserList(UserListTarget.DURATION, 0, (40000, 150))
    found = read_recording(abf1(protocol(sweeps=2, samples=64000, user_list=user_list)))
    assert edges(found, 0)[1] == ("A", 1000, 1000 + 32767)
    assert edges(found, 1)[1] == ("A", 1000, 1150)


def test_a_list_of_durations_acts_only_on_the_active_output(abf1: Write) -> None:
    user_list = SimulatedUserList(UserListTarget.DURATION, 0, (50, 150))
    found = read_recording(abf1(protocol(sweeps=2, user_list=user_list), changes={"nActiveDACChannel": 1}))
    assert edges(found, 1)[1] == ("A", 10, 110)


def test_alternating_outputs_are_silent_in_turn(abf1: Write) -> None:
    played = protocol(sweeps=4, channels=2, other_outputs=second_output(holding_mV=-50.0))
    path = abf1(played, inputs=(("IN 0", "pA"), ("IN 1", "pA")), changes={"nAlternateDACOutputState": 1})
    first = read_recording(path, ReadingOptions(channel="IN 0"))
    second = read_recording(path, ReadingOptions(channel="IN 1"))
    assert levels(first, "B") == [-120.0, -80.0, -80.0, -80.0]  # sweeps 0 and 2 have the step, 1 and 3 hold at −80
    assert levels(second, "B") == [-50.0, -100.0, -50.0, -60.0]


LEVEL_LIST = SimulatedUserList(UserListTarget.LEVEL, 1, (-85.0,))


@pytest.mark.parametrize(
    ("user_list", "changes", "feature"),
    [
        (LEVEL_LIST, {"sULParamValueList": "-85, x"}, "the entry 'x' of the user list"),
        (LEVEL_LIST, {"sULParamValueList": ""}, "an empty user list"),
        (LEVEL_LIST, {"nULParamToVary": 8}, "holding level of the inactive output"),
        (None, {"nEpochType": 6}, "epoch A is of the kind 'resistance test'"),
        (None, {"nEpochType": 9}, "epoch A is of kind 9"),
        (None, {"nEpochType": 3}, "epoch A has pulses of 0 samples every 0 samples"),
        (None, {"lEpochInitDuration": 700}, "epoch A of sweep 0 ends after the end of the sweep"),
        (None, {"nWaveformSource": 7}, "waveform source 7"),
        (None, {"lFirstEpisode": 3}, "first sweep of the protocol has the number 3"),
        (None, {"lEpisodesPerRun": 2}, "sweep 2 is outside the 2 sweeps of the protocol"),
        (None, {"lNumSamplesPerEpisode": 600}, "sweep 0 has 640 samples, but the protocol has 600"),
        (None, {"nOperationMode": 3}, "mode 'gap free'"),
    ],
)
def test_a_feature_without_a_known_rule_is_refused_by_name(
    abf1: Write, user_list: SimulatedUserList | None, changes: Changes, feature: str
) -> None:
    with pytest.raises(CommandUnknown, match=feature):
        read_recording(abf1(protocol(user_list=user_list), changes=changes))


def test_levels_are_not_counted_across_deleted_sweeps(abf1: Write) -> None:
    starts_s = (0.0, 2.0, 6.0, 8.0)
    with pytest.raises(CommandUnknown, match=r"sweep 2: .*deleted from the file.*'4 s after the previous sweep'"):
        read_recording(abf1(protocol(sweeps=4), starts_s=starts_s))
    same_in_all_sweeps = protocol(STEPS[:1], sweeps=4)
    assert len(read_recording(abf1(same_in_all_sweeps, starts_s=starts_s)).sweeps) == 4


def test_an_output_without_a_waveform_holds(abf1: Write) -> None:
    found = read_recording(abf1(protocol(sweeps=2, waveform=False)))
    assert [[e.level_mV for e in sweep.epochs] for sweep in found.command.sweeps] == [[-80.0], [-80.0]]
    assert any("the command is constant" in warning for warning in found.warnings)


def test_the_level_after_a_conditioning_train_precedes_the_first_epoch(abf1: Write) -> None:
    train = {"nConditEnable": 1, "fPostTrainPeriod": 5.0, "fPostTrainLevel": -95.0}
    found = read_recording(abf1(protocol(sweeps=2), changes=train))
    assert levels(found, "before") == [-95.0, -95.0]
    assert levels(found, "after") == [-80.0, -80.0]


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [(9, None), (10, None), (11, None), (20, None), (21, ("level", 0)), (30, ("level", 9)), (31, ("duration", 0)),
     (60, ("width", 9))],
)  # fmt: skip
def test_codes_at_the_ends_of_their_blocks(parameter: int, expected: tuple[str, int] | None) -> None:
    """Epochs start at 11, digital pattern first, then level, duration, period and width in blocks of ten."""
    assert user_list_target(parameter, (2, 0, 0, 0)) == expected


@pytest.mark.parametrize("parameter", [0, 6, 8])
def test_a_train_before_the_sweep_and_the_inactive_output_are_not_known(parameter: int) -> None:
    with pytest.raises(KeyError, match=f"parameter {parameter}"):
        user_list_target(parameter, (2, 9, 0, 0))
