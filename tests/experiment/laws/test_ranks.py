"""The law of several processes, in threads: what breaks it, and how it ends then."""

import time

import pytest
import torch

from mcgan.engine.trainer import Trainer
from mcgan.experiment.laws.holding import LawBroken
from mcgan.experiment.laws.ranks import Make, Meeting, ThreadRank, run_together, several_are_one
from mcgan.gan.strategy import Strategy
from mcgan.optim import SGD
from small import game


def maker(strategy: type[Strategy]) -> Make:
    def draw(n: int, generator: torch.Generator) -> torch.Tensor:
        return torch.randn(n, 3, generator=generator)

    return lambda **how: Trainer(lambda seed: game(strategy()), draw, SGD(lr=0.1), [0], **how)


class Spread(Strategy):
    """It compares the examples of a batch, and does not say so."""

    def d_term(self, turn):
        return turn.on_fake.score.var()


class Gathered(Strategy):
    def d_term(self, turn):
        return turn.whole(turn.on_fake.score).var()


class Said(Spread):
    spans_batch = True


class Apart(Strategy):
    """Each process concludes something of its own."""

    def setup(self, game, data):
        self.register_buffer("seen", torch.zeros(()))

    def after(self, player, tensors, report, grads):
        return {self.key("seen"): report.moment.noise["z"].sum()}


class Uneven(Strategy):
    """One process fails, and the other one waits for its rows."""

    def d_term(self, turn):
        if self.ranks.rank == 1:
            raise KeyError("odd")
        return turn.whole(turn.on_fake.score).var()


def test_what_takes_all_rows_keeps_it_and_what_says_so_is_refused():
    assert several_are_one(maker(Gathered)) == ""
    assert several_are_one(maker(Said)).startswith("reg.said relates the examples of one batch")


def test_what_takes_its_own_rows_breaks_it():
    with pytest.raises(LawBroken, match=r"away from that by one process: .* turn\.whole"):
        several_are_one(maker(Spread))


def test_what_each_process_concludes_by_itself_breaks_it():
    with pytest.raises(LawBroken, match=r"the processes end apart: reg\.apart\.seen"):
        several_are_one(maker(Apart))


def test_the_error_of_one_is_the_error_and_nobody_waits():
    meeting, begin = Meeting(2), time.monotonic()
    trainers = [maker(Uneven)(ranks=ThreadRank(rank, meeting)) for rank in (0, 1)]
    with pytest.raises(KeyError, match="odd"):
        run_together(trainers, meeting, steps=1)
    assert time.monotonic() - begin < 10
