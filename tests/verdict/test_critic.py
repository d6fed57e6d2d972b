from functools import partial

import pytest
import torch

import small
from mcgan.engine.draws import stream
from mcgan.errors import UserError
from mcgan.verdict import critic
from mcgan.verdict.critic import examine, fill_batches, score_surface, standing
from small import BATCH, IMAGES, trainer


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=stream(seed, "normal"))


def seen(replicas: int = 1, objective: str = "non_saturating", *strategies: str):
    made = trainer(*strategies, objective=objective, replicas=replicas)
    fake, old = normal(replicas, 40, 2, seed=1), normal(replicas, 24, 2, seed=2)
    return made, examine(made.game, made.replicas, normal(40, 2), fake, old), (fake, old)


def test_standing_is_the_share_of_pairs_in_order():
    r, f = torch.tensor([1.0, 2.0]), torch.tensor([0.0, 1.0, 3.0])
    assert standing(r, f).item() == pytest.approx((1.5 + 2) / 6)
    assert standing(f + 10, f).item() == 1 and standing(r, r).item() == 0.5


def test_batches_are_whole_and_go_round():
    x = torch.arange(10.0)[None]
    parts = fill_batches(x, 8)
    assert parts.shape == (1, critic.EXAMPLES // 8, 8)
    assert parts.flatten().tolist() == [i % 10 for i in range(critic.EXAMPLES)]
    assert fill_batches(x, critic.EXAMPLES + 1).shape[1:] == (1, critic.EXAMPLES + 1)


@pytest.mark.parametrize("objective", ["minimax", "non_saturating", "wgan", "lsgan", "rpgan"])
def test_slopes_and_reach_are_those_of_plain_autograd(objective):
    made, signals, (fake, old) = seen(objective=objective)
    x, y, z = (fill_batches(each, BATCH)[0, 0] for each in (normal(40, 2)[None], fake, old))
    y = y.clone().requires_grad_()
    with torch.no_grad():
        r = made.game.D(x).score
    f = made.game.D(y).score
    slope = torch.autograd.grad(f.sum(), y, retain_graph=True)[0].norm(dim=1).mean()
    loss = made.game.objective.g_loss(r, f).sum()
    reach = torch.autograd.grad(loss, y)[0].norm(dim=1).mean()
    tensors = {f"game.{name}": t for name, t in made.replicas.replica(0).items()}
    given = (each.detach()[None] for each in (x, y, z))
    one = critic.examine_batches(critic.CriticScores(made.game), tensors, *given)
    torch.testing.assert_close(one["slope_fake"], slope)
    torch.testing.assert_close(one["reach"], reach)
    assert one["critic_fakes"].item() == standing(r, f).item()
    assert {key: value.shape for key, value in signals.items()} == dict.fromkeys(one, (1,))
    pure = trainer(objective=objective, pure=True)  # by torch.func
    for key, value in examine(pure.game, pure.replicas, normal(40, 2), fake, old).items():
        torch.testing.assert_close(value, signals[key])


@pytest.mark.parametrize("strategy", small.STRATEGIES)
def test_it_looks_at_every_strategy_and_changes_nothing(strategy, monkeypatch):
    """In two batches, not the sixteen of a run: one after the other is the same work."""
    monkeypatch.setattr(critic, "fill_batches", partial(fill_batches, examples=2 * BATCH))
    try:
        made, _, (fake, old) = seen(2, "non_saturating", strategy)
    except UserError as error:  # not for points
        small.refusal(error)
        return
    before = {name: t.detach().clone() for name, t in made.replicas.tensors.items()}
    state = torch.get_rng_state()
    again = examine(made.game, made.replicas, normal(40, 2), fake, old)
    assert all(value.isfinite().all() for value in again.values())
    assert torch.equal(torch.get_rng_state(), state)
    for name, tensor in made.replicas.tensors.items():
        assert torch.equal(tensor, before[name]), name


def test_a_replica_has_the_signals_of_its_solo_run():
    _, both, (fake, old) = seen(2)
    alone = trainer(objective="non_saturating", seed=1)
    solo = examine(alone.game, alone.replicas, normal(40, 2), fake[1:], old[1:])
    for key, value in solo.items():
        torch.testing.assert_close(value[0], both[key][1])


def test_replicas_of_convolutions_are_examined_as_well():
    """On the CPU they are differentiated one by one, by plain autograd."""
    words = {"objective": "non_saturating", "words": IMAGES}
    both, alone = trainer(replicas=2, **words), trainer(seed=1, **words)
    fake, old, real = (
        normal(2, 8, 3, 28, 28, seed=1),
        normal(2, 8, 3, 28, 28, seed=2),
        normal(8, 3, 28, 28),
    )
    found = examine(both.game, both.replicas, real, fake, old)
    solo = examine(alone.game, alone.replicas, real, fake[1:], old[1:])
    for key, value in solo.items():
        torch.testing.assert_close(value[0], found[key][1])


def test_a_critic_that_has_won_passes_nothing_on_under_minimax():
    made = trainer(objective="minimax", replicas=1)
    with torch.no_grad():
        made.game.D.head.weight *= 0
        made.game.D.head.bias.fill_(-20.0)  # all taken for fakes
    signals = examine(made.game, made.replicas, normal(40, 2), normal(1, 40, 2), normal(1, 8, 2))
    assert signals["reach"].item() == 0 and signals["critic_fakes"].item() == 0.5


@pytest.mark.parametrize("pure", [False, True])
def test_the_surface_is_the_critics_score_and_minus_the_gradient_of_gs_loss(pure):
    made = trainer(objective="rpgan", pure=pure)
    grid, real, fake = normal(50, 2), normal(BATCH, 2, seed=1), normal(1, BATCH, 2, seed=2)
    scores, pushes = score_surface(made.game, made.replicas, grid, real, fake)
    y = fake[0].clone().requires_grad_()
    loss = made.game.objective.g_loss(made.game.D(real).score.detach(), made.game.D(y).score).sum()
    torch.testing.assert_close(scores[0], made.game.D(grid).score.detach())
    torch.testing.assert_close(pushes[0], -torch.autograd.grad(loss, y)[0])


def test_the_surface_of_a_replica_is_that_of_its_solo_run():
    grid, real, fake = normal(50, 2), normal(BATCH, 2, seed=1), normal(2, BATCH, 2, seed=2)
    three, one = trainer(objective="wgan", replicas=3), trainer(objective="wgan", seed=1)
    both = score_surface(three.game, three.replicas, grid, real, fake)  # the first two
    solo = score_surface(one.game, one.replicas, grid, real, fake[1:])
    assert both[0].shape == (2, 50)
    for of_both, alone in zip(both, solo, strict=True):
        torch.testing.assert_close(of_both[1], alone[0])


@pytest.mark.parametrize("strategy", small.STRATEGIES)
def test_there_is_a_surface_where_examples_have_scores(strategy):
    try:
        made = trainer(strategy, replicas=2)
    except UserError as error:
        small.refusal(error)
        return
    fake = normal(2, made.game.batch, 2)
    found = score_surface(made.game, made.replicas, normal(30, 2), normal(made.game.batch, 2), fake)
    packs = len(made.game.D(fake[0]).score) < len(fake[0])
    assert (found is None) == packs
    assert found is None or (found[0].isfinite().all() and found[1].shape == fake.shape)
