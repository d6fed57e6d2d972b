"""By glob: two processes with half a batch each are one with the whole, or it is refused."""

import math
import multiprocessing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist

from mcgan.engine.group import RankGroup, check_parts, cut_draws, playing
from mcgan.errors import UserError
from mcgan.experiment.laws.ranks import Make, leave, several_are_one
from mcgan.gan.ranks import ALONE, Ranks
from mcgan.gan.strategy import Strategy
from mcgan.types import Draw, Tensors
from small import (
    BATCH,
    IMAGES,
    OBJECTIVES,
    STRATEGIES,
    find_changed,
    game,
    largest_difference,
    trainer,
)

TOGETHER: dict[str, dict[str, Any]] = {
    "packs": {"strategies": ["pac", "r1"]},
    "packs of earlier generators": {"strategies": ["pac", "snapshots"]},
    "old batches that are compared": {"strategies": ["minibatch", "replay"]},
    "batches that are compared, penalised": {"strategies": ["minibatch", "gradient_penalty"]},
    "a pool of critics that compare": {"strategies": ["minibatch", "gman", "gradient_norm"]},
    "groups that are found between steps": {"strategies": ["self_conditioned"]},
    "replicas": {"strategies": ["minibatch", "ema"], "replicas": 2},
    "pictures": {"strategies": ["diffaugment"], "words": IMAGES},
}
REFUSED: dict[str, dict[str, Any]] = {
    "packs that are cut": {"strategies": ["pac"], "pac": {"m": 8}},
    "batch norm": {"words": (*IMAGES, "arch.critic_norm=batch")},
    "parts": {"words": ("train.batch_size=7",)},
}
BY_GLOB: dict[str, dict[str, Any]] = {
    **{f"reg.{name}": {"strategies": [name]} for name in STRATEGIES},
    **{f"objective.{name}": {"objective": name} for name in OBJECTIVES},
}
WORDS = BY_GLOB | TOGETHER | REFUSED


def maker(strategies=(), replicas: int = 1, **words: Any) -> Make:
    """Makes small trainers; a mistake in the words is raised when it is asked for one."""
    return lambda **how: trainer(*strategies, **words, **how, replicas=replicas)


@pytest.mark.parametrize("name", WORDS)
def test_two_halves_of_a_batch_are_the_whole(name):
    make = maker(**WORDS[name])
    refusal = several_are_one(make)
    if name in REFUSED:
        assert refusal
    elif refusal:  # it has no such run at all
        with pytest.raises(UserError) as alone:
            make()
        assert str(alone.value) == refusal


def play(rank: int, folder: Path) -> None:
    """A process of two: it trains some of the above, and leaves what became of each."""
    torch.set_num_threads(1)
    store = dist.FileStore(str(folder / "store"), 2)
    dist.init_process_group("gloo", store=store, rank=rank, world_size=2, timeout=timedelta(60))
    torch.save(train_all(RankGroup(rank, 2)), folder / f"{rank}.pt")


def train_all(ranks: Ranks) -> dict[str, Tensors]:
    """What is left of each small run."""
    return {
        name: leave(maker(**words)(dtype=torch.float64, ranks=ranks), steps=3)
        for name, words in TOGETHER.items()
    }


@pytest.mark.long
def test_processes_send_what_threads_hand_over(tmp_path):
    maker(**TOGETHER["pictures"])()  # here, not in a process: without MNIST the test is left out
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=play, args=(rank, tmp_path)) for rank in (0, 1)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    first, second = (torch.load(tmp_path / f"{rank}.pt") for rank in (0, 1))
    for name, whole in train_all(ALONE).items():
        assert not find_changed(first[name], second[name]), name
        assert largest_difference(first[name], whole) < 1e-9, name


class Ranked(Strategy):
    """It sorts a batch, and does not say how it does so over several processes."""

    spans_batch = True


def test_a_strategy_that_relates_examples_by_itself_is_refused():
    made = game(Ranked())
    check_parts(made, ALONE)
    with pytest.raises(UserError, match=r"reg\.ranked relates the examples of one batch, and each"):
        check_parts(made, RankGroup(0, 2))


def test_noise_is_cut_along_the_axis_that_grows_with_the_batch():
    made = trainer("imle", "diffusion", imle={"pool": 3}).game
    cut = cut_draws(made, RankGroup(1, 2))
    for name, draw in made.draws(BATCH).items():
        drawn = torch.arange(math.prod(draw.shape)).reshape(1, *draw.shape).expand(5, *draw.shape)
        axis = 2 if name == "imle.pool" else 1
        assert torch.equal(cut(name, drawn), drawn.chunk(2, axis)[1]), name
    assert torch.equal(cut("data", torch.arange(8).reshape(1, 8)), torch.tensor([[4, 5, 6, 7]]))


def test_a_number_of_the_batch_is_everybodys():
    cut = cut_draws(trainer("replay").game, RankGroup(1, 2))
    slots = torch.arange(5.0)
    assert torch.equal(cut("replay.slot", slots), slots)


def test_half_a_pack_is_no_pack():
    made = trainer("pac", pac={"m": 8}, dtype=torch.float64).game
    with pytest.raises(UserError, match="judges a batch by 1 scores of packs, which do not part"):
        check_parts(made, RankGroup(0, 2))


class Uneven(Strategy):
    def noise(self, batch, shape):
        return {"odd": Draw((batch + 1,))}


def test_noise_that_does_not_part_is_refused():
    with pytest.raises(UserError, match=r"noise uneven\.odd has not so many numbers for each"):
        cut_draws(game(Uneven()), RankGroup(0, 2))


def test_a_game_is_alone_again_after_a_step():
    made = trainer("gradient_norm", "minibatch").game
    parts = [made, made.D, made.D.wrapped, *made.chain.strategies]
    others = RankGroup(0, 2)
    with playing(made, others):
        assert all(part.ranks is others for part in parts if "ranks" in vars(part))
        assert made.D.wrapped.ranks is others
    assert all(part.ranks is ALONE for part in parts if "ranks" in vars(part))
