"""Epoch tables: user lists, shapes of epochs, samples before the first epoch, and refused tables."""

from __future__ import annotations

import numpy as np
import pytest

from reversal.errors import DomainError
from reversal.simulate.stimulus_protocol import AbfEpoch, AbfProtocol, EpochKind, SimulatedUserList, UserListTarget


def test_list_that_repeats_starts_again() -> None:
    durations = SimulatedUserList(UserListTarget.DURATION, epoch=0, values=(100, 200), repeats=True)
    protocol = AbfProtocol((AbfEpoch(EpochKind.STEP, 0.0, 50),), -80.0, 4, 640, 10000.0, user_list=durations)
    assert [protocol.edges(sweep)[0] for sweep in range(4)] == [(10, 110), (10, 210), (10, 110), (10, 210)]


def test_ramp_reaches_its_level_with_its_last_sample() -> None:
    """As a recorded command channel shows it: a ramp from −35 to +30 mV in 2000 samples starts at −34.9675 mV."""
    epochs = (AbfEpoch(EpochKind.STEP, -35.0, 10), AbfEpoch(EpochKind.RAMP, 30.0, 2000))
    command = AbfProtocol(epochs, -35.0, 1, 6400, 4000.0).command_mV()[0]
    assert command[110] == pytest.approx(-34.9675)
    assert command[2109] == pytest.approx(30.0)


def test_last_pulse_of_a_train_is_included_if_it_fits() -> None:
    epochs = (AbfEpoch(EpochKind.PULSES, 0.0, 250, period=100, width=40),)
    command = AbfProtocol(epochs, -80.0, 1, 640, 10000.0).command_mV()[0]
    assert np.flatnonzero(np.diff(command) > 0).tolist() == [9, 109, 209]


@pytest.mark.parametrize(("samples", "channels", "before"), [(6400, 1, 100), (51612, 2, 806), (50, 1, 1), (100, 4, 1)])
def test_holding_before_the_first_epoch_is_a_64th_of_the_sweep_in_whole_scans(
    samples: int, channels: int, before: int
) -> None:
    """806 samples of a 51,612-sample sweep of two channels: as the recorded command channel of such a file shows."""
    assert AbfProtocol((), 0.0, 1, samples, 10000.0, channels=channels).holding_samples == before


def test_epochs_longer_than_the_sweep_are_refused() -> None:
    with pytest.raises(DomainError, match="epochs do not fit sweep 4"):
        AbfProtocol((AbfEpoch(EpochKind.STEP, 0.0, 570, duration_step=20),), -80.0, 5, 640, 10000.0)


def test_epoch_of_duration_0_before_a_step_has_no_samples() -> None:
    epochs = (AbfEpoch(EpochKind.STEP, 0.0, 0), AbfEpoch(EpochKind.STEP, 20.0, 50))
    command = AbfProtocol(epochs, -80.0, 1, 640, 10000.0).command_mV()[0]
    assert command[9:12].tolist() == [-80.0, 20.0, 20.0]


@pytest.mark.parametrize("follower", [EpochKind.RAMP, EpochKind.PULSES])
def test_ramp_or_train_after_an_epoch_of_duration_0_is_refused(follower: EpochKind) -> None:
    epochs = (AbfEpoch(EpochKind.STEP, 0.0, 0), AbfEpoch(follower, 20.0, 50, period=10, width=5))
    with pytest.raises(DomainError, match="level of an epoch of duration 0"):
        AbfProtocol(epochs, -80.0, 1, 640, 10000.0)


def test_list_of_an_epoch_that_does_not_exist_is_refused() -> None:
    with pytest.raises(DomainError, match="has an epoch that does not exist"):
        AbfProtocol((), -80.0, 1, 640, 10000.0, user_list=SimulatedUserList(UserListTarget.LEVEL, 0, (1.0,)))


def test_list_of_durations_that_are_not_whole_samples_is_refused() -> None:
    with pytest.raises(DomainError, match="whole samples"):
        SimulatedUserList(UserListTarget.DURATION, 0, (10.5,))
