"""The real compiler on every strategy, and on compositions people train."""

import pytest
import torch

from mcgan.errors import UserError
from small import STRATEGIES, largest_difference, refusal, run, trainer

NAMED = {
    "the main job": ("wgan_gp", ("minibatch",), 1),
    "the main job's replicas": ("wgan_gp", ("minibatch", "replay", "ema"), 4),
    "clipping": ("wgan", (), 4),
    "relativistic": ("rpgan", ("r1", "r2", "ema"), 4),
    "a mixture": ("non_saturating", ("mixture", "ema"), 2),
    "plain": ("minimax", (), 1),
    "replay": ("hinge", ("replay", "r1"), 4),
    "batches and mixture": ("lsgan", ("mixture", "minibatch", "replay"), 2),
}


def agrees(*strategies: str, **words) -> None:
    # eps: round-off in penalties of 1e2 and their gradients of 1e3 is not to become a step.
    eager, compiled = (trainer(*strategies, compiled=c, eps=1.0, **words) for c in (False, True))
    run(eager, 4)
    run(compiled, 4)
    torch._dynamo.reset()
    assert largest_difference(eager.replicas.tensors, compiled.replicas.tensors) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("objective, strategies, replicas", NAMED.values(), ids=NAMED.keys())
def test_a_named_composition_compiled_is_the_eager_one(objective, strategies, replicas):
    agrees(*strategies, objective=objective, replicas=replicas)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_compiled_is_the_eager_one(strategy):
    try:
        agrees(strategy, replicas=2)
    except UserError as error:  # for images only
        pytest.skip(refusal(error))


@pytest.mark.slow
def test_a_learned_manager_compiled_is_the_eager_one():
    agrees("mixture", mixture={"manager": "learned"}, replicas=2)


@pytest.mark.slow
def test_a_compiled_run_continues_bit_for_bit():
    whole, again = (trainer("minibatch", "replay", "ema", objective="wgan_gp", compiled=True)
                    for _ in range(2))
    run(whole, 2)
    again.restore(whole.checkpoint())
    run(whole, 3)
    run(again, 3)
    torch._dynamo.reset()
    assert largest_difference(whole.replicas.tensors, again.replicas.tensors) == 0
