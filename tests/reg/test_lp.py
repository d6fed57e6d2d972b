import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.config.build import build
from mcgan.gan.strategy import Strategy
from small import d_turn, game, node


def lp(**settings) -> Strategy:
    return build(node("lp", **settings), Strategy, "reg.lp")


@pytest.mark.parametrize("slope, expected", [(0.5, 0.0), (1.0, 0.0), (1.5, 0.75), (3.0, 12.0)])
def test_of_a_linear_critic_it_is_what_its_slope_exceeds_one_by(slope, expected):
    made = game(penalty := lp(weight=3.0))
    made.D.head.weight.data *= slope / made.D.head.weight.norm()
    torch.testing.assert_close(penalty.d_term(d_turn(made)), torch.tensor(expected))


def test_each_sample_counts_by_itself_on_the_line_from_fake_to_real():
    made = game(penalty := lp(), arch=MLP(latent=4, width=8))
    made.D.head.weight.data *= 9
    turn = d_turn(made)
    eps = turn.moment.noise["gradientpenalty.eps"]
    x = (eps * turn.real.x + (1 - eps) * turn.fake.x).requires_grad_()
    slope = torch.autograd.grad(turn.critic(x).score.sum(), x)[0].norm(dim=1)
    assert (slope < 1).any() and (slope > 1).any()
    expected = 10 * torch.where(slope > 1, (slope - 1) ** 2, 0.0).mean()
    torch.testing.assert_close(penalty.d_term(turn), expected)


def test_a_critic_less_steep_than_one_is_left_alone():
    made = game(penalty := lp())
    made.D.head.weight.data *= 0.5 / made.D.head.weight.norm()
    slope = torch.autograd.grad(penalty.d_term(d_turn(made)), made.D.head.weight)[0]
    assert (slope == 0).all()
