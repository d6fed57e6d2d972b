import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.config.build import build
from mcgan.errors import UserError
from mcgan.gan.strategy import Strategy
from small import composed, d_turn, game, node


def wgan_div(**settings) -> Strategy:
    return build(node("wgan_div", **settings), Strategy, "reg.wgan_div")


@pytest.mark.parametrize("power", [2.0, 3.0, 6.0])
def test_of_a_linear_critic_it_is_k_times_a_power_of_its_slope(power):
    made = game(penalty := wgan_div(weight=3.0, power=power))
    expected = 3.0 * made.D.head.weight.square().sum() ** (power / 2)
    torch.testing.assert_close(penalty.d_term(d_turn(made)), expected)


def test_it_is_the_mean_of_powers_not_the_power_of_a_mean():
    made = game(penalty := wgan_div(), arch=MLP(latent=4, width=8))
    made.D.head.weight.data *= 10
    turn = d_turn(made)
    eps = turn.moment.noise["gradientpenalty.eps"]
    x = (eps * turn.real.x + (1 - eps) * turn.fake.x).requires_grad_()
    slope = torch.autograd.grad(turn.critic(x).score.sum(), x)[0].norm(dim=1)
    torch.testing.assert_close(penalty.d_term(turn), 2 * (slope**6).mean())
    assert (slope**6).mean() > 1.2 * slope.mean() ** 6


def test_the_objective_of_its_name_brings_it():
    config = composed("wgan_div")
    assert list(config["reg"]) == ["wgan_div"]
    assert config["objective"]["_target_"] == "mcgan.objective.Wasserstein"


def test_settings_out_of_range_are_refused():
    for settings, sentence in (
        ({"power": 0.5}, "power must be at least 1"),
        ({"centre": -1.0}, "centre must be at least 0"),
        ({"weight": -1.0}, "weight must be at least 0"),
    ):
        with pytest.raises(UserError, match=sentence):
            wgan_div(**settings)
