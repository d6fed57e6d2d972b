import math

import torch

from mcgan.config.build import build
from mcgan.gan.strategy import Strategy
from mcgan.reg.replay import Replay
from mcgan.types import Report
from small import game, moment, node, sample

BATCH, SLOTS, TURNS = 8, 8, 200


def born(name: str, **settings: str) -> list[int]:
    """The turns, from the newest back, whose fakes are held after many."""
    replay = build(node(name, size=SLOTS * BATCH, **settings), Strategy, f"reg.{name}")
    assert isinstance(replay, Replay)
    made = game(replay)
    for turn in range(TURNS):
        fake = sample(torch.full((BATCH, 3), float(turn)))
        report = Report({}, fake, moment(made))
        for key, value in replay.after("D", made.tensors(), report, {}).items():
            made.get_buffer(key).copy_(value)
    return sorted(replay.old_x[:, 0, 0].int().tolist(), reverse=True)


def test_it_holds_the_start_and_the_present_with_as_many_between_each_doubling_of_age():
    found = born("stratified_replay")
    ages = [TURNS - turn for turn in found]
    assert ages[0] == 1 and ages[-1] == TURNS
    doublings = [int(math.log2(age)) for age in ages]
    assert max(doublings.count(each) for each in doublings) <= 2
    assert len(set(doublings)) >= 5  # of 8


def test_a_queue_has_forgotten_all_but_the_last():
    assert born("replay", policy="fifo") == [*range(TURNS - 1, TURNS - 1 - SLOTS, -1)]
