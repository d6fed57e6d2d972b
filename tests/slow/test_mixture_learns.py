"""A learned manager finds the true weights of two modes, and stays even where they are even."""

import math

import pytest
import torch

from mcgan.experiment.components import build_components
from small import composed

WORDS = (
    "reg=[mixture,r1,r2]", "reg.mixture.manager=learned", "reg.mixture.generators=2",
    "dataset=mixture", "dataset.centres=[[-1,0],[1,0]]",
    "arch.width=32", "train.steps=2500", "train.batch_size=64",
    "optim.lr=1e-3", "optim.betas=[0.0,0.99]",
)  # fmt: skip


def learned_weights(shares: str) -> torch.Tensor:
    """The managers' weights of five seeds, the lighter generator first, (5, 2)."""
    config = composed("non_saturating", (*WORDS, f"dataset.shares=[{shares}]"))
    trainer = build_components(config | {"replicas": 5}).trainer(compiled=False)
    for _ in range(config["train"]["steps"]):
        trainer.step()
    return trainer.replicas.tensors["reg.mixture.logits"].detach().softmax(1).sort(1).values


@pytest.mark.slow
def test_uneven_modes_get_their_weights():
    away = (learned_weights("0.7,0.3") - torch.tensor([0.3, 0.7])).abs().amax(1)
    assert (away < 0.1).sum() >= 4, away


@pytest.mark.slow
def test_even_modes_keep_both_generators():
    r = learned_weights("0.5,0.5")
    entropy = -(r * r.log()).sum(1)
    assert (entropy > math.log(2) / 2).all(), entropy
