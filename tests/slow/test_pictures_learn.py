"""Nets for pictures begin to draw digits: the sheet of samples, in the folder of the run, shows it.

Minutes each on one core: after so few steps a quarter of the samples are surely a digit.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

import mcgan
from mcgan.dataset import shipped_classifiers
from mcgan.dataset.classifier import probabilities
from mcgan.dataset.idx_files import MNIST, read

WORDS = (
    "dataset=images",
    "train.batch_size=32",
    "train.threads=1",
    "train.compile=false",
    "eval.every=250",
    "eval.samples=500",
    "train.checkpoint_every=100",
)
NETS = {
    "r3gan": (
        "arch=r3gan",
        "arch.latent=32",
        "arch.width=8",
        "arch.widest=32",
        "arch.blocks=1",
        "objective=rpgan",
        "reg=[r1,r2,ema]",
        "optim.betas=[0.0,0.99]",
        "optim.lr={from:2e-3,to:0,until:1,shape:cosine}",
        "train.steps=500",
    ),
    "resnet": (
        "arch=resnet",
        "arch.latent=32",
        "arch.width=16",
        "arch.widest=32",
        "arch.critic_width=16",
        "arch.critic_widest=32",
        "arch.critic_blocks=1",
        "objective=hinge",
        "reg=[spectral_norm,ema]",
        "optim.betas=[0.0,0.9]",
        "optim.lr={from:1e-3,to:0,until:1,shape:cosine}",
        "train.steps=500",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("nets", NETS)
def test_they_draw_digits(nets: str, tmp_path: Path) -> None:
    digits, _ = read(MNIST, None, train=True, download=False)
    np.save(tmp_path / "digits.npy", digits[:10_000].numpy())
    data = (f"dataset.root={tmp_path / 'digits.npy'}", "dataset.size=28")
    run = mcgan.train(*WORDS, *NETS[nets], *data, folder=tmp_path / "run", progress=False)
    sure, digit = sure_digits(run.sample(500))
    assert sure > 0.15 and len(digit.unique()) >= 7, (sure, digit)
    strict = run.result["metrics"]["modes_strict"]["mean"]
    assert strict >= 7, strict  # of ten groups of digits


def sure_digits(x: torch.Tensor) -> tuple[float, torch.Tensor]:
    """The share of samples that are surely a digit, and the digit of each of these."""
    certainty, digit = probabilities(shipped_classifiers.load("MNIST").net, x).max(1)
    return (certainty >= 0.9).double().mean().item(), digit[certainty >= 0.9]
