"""By glob, in two processes: two ranks of half a batch are one of the whole, or it is refused."""

import multiprocessing
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist

from mcgan.engine.group import Group
from mcgan.errors import UserError
from mcgan.experiment.laws.small_trainer import copy_state
from mcgan.gan.ranks import ALONE, Ranks
from small import IMAGES, OBJECTIVES, STRATEGIES, largest_difference, parts, refused, run

pytestmark = pytest.mark.long  # two processes train every strategy
STEPS = 3
WORDS: dict[str, dict[str, Any]] = {
    **{f"reg.{name}": {"strategies": [name]} for name in STRATEGIES},
    **{f"objective.{name}": {"objective": name} for name in OBJECTIVES},
    "packs": {"strategies": ["pac", "r1"]},
    "packs of earlier generators": {"strategies": ["pac", "snapshots"]},
    "batches that are compared, penalised": {"strategies": ["minibatch", "gradient_penalty"]},
    "a pool of critics that compare": {"strategies": ["minibatch", "gman", "gradient_norm"]},
    "replicas": {"strategies": ["minibatch", "ema"], "replicas": 2},
    "pictures": {"strategies": ["diffaugment"], "words": IMAGES},
    "batch norm": {"words": (*IMAGES, "arch.critic_norm=batch")},
    "parts": {"words": ("train.batch_size=7",)},
}
IMAGES_ONLY = {name for name in STRATEGIES if refused("objectives", "non_saturating", name)}


def train(ranks: Ranks, strategies=(), replicas: int = 1, **words: Any) -> dict[str, Any]:
    """What is left of a small run by the tensors, and the scalars of its turns."""
    made = parts(*strategies, replicas=replicas, **words)
    trainer = made.trainer(False, ranks, torch.float64)
    turns = run(trainer, STEPS)
    scalars = {f"{i}/{k}": v for i, (_, seen) in enumerate(turns) for k, v in seen.items()}
    return copy_state(trainer) | scalars


def attempt(ranks: Ranks, words: dict[str, Any]) -> dict[str, Any] | str:
    """What is left of a small run, or why it is refused."""
    try:
        return train(ranks, **words)
    except UserError as error:
        return str(error)


def play(rank: int, folder: Path) -> None:
    """A process of two: it trains all of the above, and leaves what became of each."""
    torch.set_num_threads(1)
    store = dist.FileStore(str(folder / "store"), 2)
    dist.init_process_group("gloo", store=store, rank=rank, world_size=2, timeout=timedelta(60))
    ends = {name: attempt(Group(rank, 2), words) for name, words in WORDS.items()}
    torch.save(ends, folder / f"{rank}.pt")


@pytest.fixture(scope="module")
def ends():
    """What became of each in both processes."""
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        processes = [context.Process(target=play, args=(rank, folder)) for rank in (0, 1)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        yield [torch.load(folder / f"{rank}.pt") for rank in (0, 1)]


REFUSED = {
    "reg.replay",
    "reg.stratified_replay",
    "packs of earlier generators",
    "batch norm",
    "parts",
}


@pytest.mark.parametrize("name", WORDS)
def test_two_halves_of_a_batch_are_the_whole(ends, name):
    first, second = (each[name] for each in ends)
    if isinstance(first, str):
        alone = attempt(ALONE, WORDS[name])
        assert first == second and (name in REFUSED or alone == first), first
        return
    assert name not in REFUSED
    own = {key for key in first if largest_difference({key: first[key]}, {key: second[key]})}
    assert not own, "the processes differ"
    whole = train(ALONE, **WORDS[name])
    assert largest_difference(first, whole) < 1e-9
