"""Every strategy learns four wide modes: a wrong sign, scale or state would show here.

It is as it comes, but for those that need a setting or a partner of their own here.
"""

import pytest
import torch

from mcgan.engine.draws import stream
from mcgan.experiment.components import build_components
from mcgan.gan.sampling import sampler
from mcgan.metrics.evaluate import evaluate
from small import STRATEGIES, composed

WORDS = (
    "dataset=mixture", "dataset.centres=[[-1,-1],[-1,1],[1,-1],[1,1]]", "dataset.std=0.2",
    "arch.width=32", "train.steps=1000", "train.batch_size=64", "optim.lr=2e-3",
    "optim.betas=[0.0,0.99]", "protocol.samples=2000",
)  # fmt: skip
PARTNERS = {
    "clip": ("reg.clip.limit=0.1",),  # 0.01 is for the Wasserstein loss
    "gradient_penalty": ("objective=wgan_gp",),  # elsewhere its slope of one is no bound
    "madgan": (
        "reg=[madgan,r1,r2]", "reg.r1.gamma=0.3", "reg.r2.gamma=0.3", "train.steps=3000",
    ),
    "rejection": ("seed=1",),  # samples well only as far as D is at its best
    "veegan": ("reg=[veegan,r1]", "reg.r1.gamma=0.1", "train.steps=3000"),
}  # fmt: skip


def learned(strategy: str) -> dict[str, float | None]:
    """What G's samples score after a thousand steps."""
    config = composed("non_saturating", (*WORDS, f"reg={strategy}", *PARTNERS.get(strategy, ())))
    parts = build_components(config)
    trainer = parts.trainer(compiled=False)
    for _ in range(parts.steps):
        trainer.step()
    with torch.no_grad():
        shown = sampler(trainer.game)(trainer.replicas.replica(0), 2000, stream(0, "look"))
    return evaluate(shown.x, parts.dataset, parts.protocol)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", [s for s in STRATEGIES if s != "diffaugment"])
def test_it_finds_all_four(strategy):
    scores = learned(strategy)
    assert scores["modes_strict"] == 4 and scores["quality"] > 0.5, scores
