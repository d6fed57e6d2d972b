"""A critic forgets the fakes of places that G has left; with replay it does not."""

import pytest

from mcgan.explain.forgetting import PLACES, PLAIN, REPLAY, align_by_departure, memory


@pytest.fixture(scope="module")
def memories():
    return {
        name: memory(words, 0, visit=80) for name, words in (("none", PLAIN), ("replay", REPLAY))
    }


@pytest.mark.parametrize("name", ["none", "replay"])
def test_the_fakes_of_today_are_known(memories, name):
    assert align_by_departure(memories[name])[0] > 0.9
    assert memories[name].real[-1] > 0.9


def test_without_replay_they_are_forgotten(memories):
    assert align_by_departure(memories["none"])[-1] < 0.1


def test_with_replay_they_are_not(memories):
    assert align_by_departure(memories["replay"])[-1] > 0.8


def test_the_place_of_g_moves(memories):
    assert memories["none"].fakes.shape == (PLACES, PLACES * 80 // 10)
    assert memories["none"].fakes[-1, -1] > 0.9 > 0.5 > memories["none"].fakes[0, -1]
