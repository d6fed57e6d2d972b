"""Watching a training loop changes no bit of it.

A small loop of its own draws latents, data and dropout by the random numbers of torch, NumPy and
Python. It is trained once alone and once watched. The watch has random settings: how often it
looks, at how many samples, in which pieces, and whether it writes to TensorBoard. Samplers draw
from all three. Weights, the optimiser's state and the next random numbers are compared without
tolerance; and what the looks say is the same the second time.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

import mcgan

NUMBER, GOAL = "R22", 100
STEPS, BATCH = 12, 8


def tries(draw: Random, place: Path) -> Iterator[object]:
    seed = draw.randrange(2**32)
    settings: dict[str, Any] = {
        "every": draw.randint(3, STEPS), "n": draw.choice([100, 130, 200]),
        "batch": draw.choice([None, 33, 100]), "seed": draw.randrange(100),
    }  # fmt: skip
    board = draw.choice([None, place / "board"])
    alone, _ = train(seed, None)
    real = np.random.default_rng(seed).normal(size=(300, 2))
    looks = []
    for _ in range(2):
        watched, watch = train(seed, mcgan.Watch(real, tensorboard=board, **settings))
        assert alone.keys() == watched.keys()
        for name, tensor in alone.items():
            assert torch.equal(tensor, watched[name]), (name, settings)
        looks.append([look.verdict for look in watch.history])
    assert looks[0] == looks[1] and len(looks[0]) == STEPS // settings["every"], settings
    yield settings


def train(seed: int, watch: mcgan.Watch | None) -> tuple[dict[str, Tensor], Any]:
    """A loop as people write them; what it leaves, and its watch."""
    torch.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)
    G = nn.Sequential(nn.Linear(2, 6), nn.Dropout(0.2), nn.ReLU(), nn.Linear(6, 2))
    D = nn.Sequential(nn.Linear(2, 6), nn.ReLU(), nn.Linear(6, 1))
    optimisers = [torch.optim.Adam(net.parameters(), lr=1e-2) for net in (D, G)]

    def sample(n: int) -> Tensor:
        z = torch.randn(n, 2) + torch.as_tensor(np.random.normal(size=(n, 2))).float()
        return G(random.random() + z)

    for step in range(1, STEPS + 1):
        x = torch.as_tensor(np.random.normal(size=(BATCH, 2))).float()
        move(optimisers[0], softplus(-D(x)) + softplus(D(sample(BATCH).detach())))
        move(optimisers[1], softplus(-D(sample(BATCH))))
        if watch:
            watch(step, sample)
    return left(G, D, optimisers), watch


def move(optimiser: torch.optim.Adam, loss: Tensor) -> None:
    optimiser.zero_grad()
    loss.mean().backward()
    optimiser.step()


def left(G: nn.Module, D: nn.Module, optimisers: list[torch.optim.Adam]) -> dict[str, Tensor]:
    """Weights, moments, and the next random number of each source."""
    nets = {f"{name}.{key}": each.clone() for name, net in (("G", G), ("D", D))
            for key, each in net.state_dict().items()}  # fmt: skip
    moments = {
        f"{i}.{number}.{key}": torch.as_tensor(each).clone()
        for i, optimiser in enumerate(optimisers)
        for number, state in optimiser.state_dict()["state"].items()
        for key, each in state.items()
    }
    drawn = [torch.rand(()), torch.tensor(np.random.rand()), torch.tensor(random.random())]
    return nets | moments | {f"next {i}": each for i, each in enumerate(drawn)}
