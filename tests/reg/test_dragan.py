import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.reg.dragan import DRAGAN
from mcgan.types import CriticOutput
from small import d_turn, game


def test_of_a_linear_critic_it_is_the_distance_of_its_slope_from_one():
    made = game(dragan := DRAGAN(weight=3.0))
    slope = made.D.head.weight.norm()
    torch.testing.assert_close(dragan.d_term(d_turn(made)), 3.0 * (slope - 1) ** 2)


def places(dragan: DRAGAN, shape: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    """Real samples, and where the critic is asked instead."""
    turn, seen = d_turn(game(dragan, shape=shape)), []

    def critic(x):
        seen.append(x.detach())
        return CriticOutput(x.flatten(1).sum(1), x.flatten(1))

    dragan.d_term(turn.against(critic))
    return turn.real.x, seen[0]


@pytest.mark.parametrize("shape", [(3,), (1, 8, 8)])
def test_every_coordinate_is_shifted_one_way_by_at_most_half_a_std(shape):
    x, at = places(DRAGAN(reach=0.5), shape)
    share = (at - x) / (0.5 * (x - x.mean()).square().mean().sqrt())
    assert (share > -1e-5).all() and (share < 1 + 1e-5).all()
    assert share.unique().numel() > 0.9 * x.numel()  # each by its own
    assert share.max() > 0.5 and share.min() < 0.1


@pytest.mark.parametrize("shape", [(3,), (1, 8, 8)])
def test_each_example_goes_a_share_of_its_way(shape):
    made = game(dragan := DRAGAN(reach=0.5), shape=shape)
    turn, seen = d_turn(made), []

    def critic(x):
        seen.append(x.detach())
        return CriticOutput(x.flatten(1).sum(1), x.flatten(1))

    dragan.d_term(turn.against(critic))
    way, share = (turn.moment.noise[f"dragan.{what}"] for what in ("way", "share"))
    assert share.shape == (8, *(1,) * len(shape)) and share.unique().numel() == 8
    x = turn.real.x
    torch.testing.assert_close(seen[0], x + share * 0.5 * x.std(correction=0) * way)


def test_what_the_critic_sees_beside_an_example_stays():
    made = game(dragan := DRAGAN())
    turn, seen = d_turn(made), []
    turn.real = turn.real._replace(x=torch.cat([turn.real.x, torch.ones(8, 2)], 1))

    def critic(x):
        seen.append(x.detach())
        return CriticOutput(x.sum(1), x)

    dragan.d_term(turn.against(critic))
    shifted = seen[0] - turn.real.x
    assert (shifted[:, :3] > 0).all() and (shifted[:, 3:] == 0).all()


def test_without_reach_it_is_at_the_real_samples():
    x, at = places(DRAGAN(reach=0.0), (3,))
    assert torch.equal(x, at)


def test_it_moves_the_critic_as_double_backward_does():
    made = game(dragan := DRAGAN(weight=10.0, reach=0.5), arch=MLP(latent=4, width=8))
    turn = d_turn(made)
    x = turn.real.x
    way, share = (turn.moment.noise[f"dragan.{what}"] for what in ("way", "share"))
    at = (x + 0.5 * x.std(correction=0) * share * way).requires_grad_()
    slope = torch.autograd.grad(turn.critic(at).score.sum(), at, create_graph=True)[0]
    pair = dragan.d_term(turn), 10 * ((slope.norm(dim=1) - 1) ** 2).mean()
    slopes = [torch.autograd.grad(each, made.D.head.weight)[0] for each in pair]
    torch.testing.assert_close(*slopes)


def test_settings_out_of_range_are_refused():
    for name in ("weight", "reach"):
        with pytest.raises(ValueError, match=f"{name} must be at least 0"):
            DRAGAN(**{name: -1.0})
