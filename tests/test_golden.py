"""Fifty steps of six configurations in float64: moving code may not move a number.

``python tests/test_golden.py`` writes the file anew, which is a decision: it says that the
mathematics has changed.
"""

import json
from pathlib import Path

import pytest
import torch

from small import trainer

FILE = Path(__file__).with_name("golden.json")
STEPS = 50
CONFIGURATIONS = {
    "plain": {"strategies": [], "objective": "non_saturating"},
    "main_job": {
        "strategies": ["minibatch"],
        "objective": "wgan_gp",
        "words": ("reg.gradient_penalty.weight=0.1",),
    },
    "relativistic": {"strategies": ["r1", "r2", "ema"], "objective": "rpgan", "replicas": 2},
    "generators": {
        "strategies": ["mixture", "replay", "unrolled", "diffusion"],
        "objective": "hinge",
    },
    "critics": {
        "strategies": ["instance_noise", "gman", "spectral_norm", "top_k"],
        "objective": "lsgan",
        "pure": True,
    },
    "pairs": {
        "strategies": ["bourgan", "veegan", "consensus", "lookahead", "ewc"],
        "objective": "minimax",
        "words": ("optim=sgd", "dataset=grid"),
    },
}


def losses(strategies: list[str], **words) -> dict[str, list[float]]:
    """Each player's loss and gradient norm at every tenth step, and the last weights' sum."""
    trained = trainer(*strategies, dtype=torch.float64, **words)
    found: dict[str, list[float]] = {}
    for step in range(STEPS):
        for player, scalars in trained.step():
            for name in ("loss", "grad_norm") if step % 10 == 9 else ():
                found.setdefault(f"{player}/{name}", []).append(scalars[name].sum().item())
    weights = [tensor.double().abs().sum() for tensor in trained.replicas.tensors.values()]
    return found | {"weights": [torch.stack(weights).sum().item()]}


QUICK = ["plain", "main_job", "relativistic"]  # of `make quick`
# Normal numbers are drawn in float32, whose last bit differs between kinds of processors. A critic
# that sees waves of 2^6 x makes a hundred times as much of it.
TOLERANCE = 1e-5


@pytest.mark.parametrize(
    "name",
    [
        *QUICK,
        *(pytest.param(name, marks=pytest.mark.whole) for name in [*CONFIGURATIONS][len(QUICK) :]),
    ],
)
def test_the_losses_are_those_stored(name):
    stored = json.loads(FILE.read_text())[name]
    now = losses(**CONFIGURATIONS[name])
    assert now.keys() == stored.keys()
    for key, values in now.items():
        assert values == pytest.approx(stored[key], rel=TOLERANCE, abs=1e-9), key


if __name__ == "__main__":
    found = {name: losses(**words) for name, words in CONFIGURATIONS.items()}
    FILE.write_text(json.dumps(found, indent=1) + "\n")
