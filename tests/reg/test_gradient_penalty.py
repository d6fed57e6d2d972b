import pytest
import torch

from mcgan.arch.dcgan import DCGAN
from mcgan.arch.mlp import MLP
from mcgan.gan.autodiff import Classic, Functional
from mcgan.reg.gradient_penalty import GradientPenalty
from small import d_turn, game, parts

CRITICS = {
    "mlp": (MLP(latent=4, width=8), (2,)),
    "conv": (DCGAN(latent=4, width=2, critic_width=2), (1, 8, 8)),
}


def by_hand(turn, weight: float) -> torch.Tensor:
    """As usually written: autograd through the graph of the critic on interpolates."""
    eps = turn.moment.noise["gradientpenalty.eps"]
    x = (eps * turn.real.x + (1 - eps) * turn.fake.x).requires_grad_()
    slope = torch.autograd.grad(turn.critic(x).score.sum(), x, create_graph=True)[0]
    return weight * ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()


@pytest.mark.parametrize("autodiff", [Classic(), Functional()], ids=["classic", "functional"])
@pytest.mark.parametrize("critic", CRITICS)
def test_it_is_the_usual_double_backward(critic, autodiff):
    arch, shape = CRITICS[critic]
    made = game(penalty := GradientPenalty(), arch=arch, shape=shape).double()
    made.autodiff = autodiff
    turn = d_turn(made)
    weights = list(made.D.parameters())
    expected = by_hand(turn, 10.0)
    found = penalty.d_term(turn)
    torch.testing.assert_close(found, expected)
    slopes = [
        torch.autograd.grad(each, weights, materialize_grads=True) for each in (found, expected)
    ]
    torch.testing.assert_close(*slopes)
    assert max(slope.abs().max() for slope in slopes[0]) > 1e-6


def test_of_a_linear_critic_it_is_the_distance_of_its_slope_from_one():
    made = game(penalty := GradientPenalty(weight=3.0))
    slope = made.D.head.weight.norm()
    torch.testing.assert_close(penalty.d_term(d_turn(made)), 3.0 * (slope - 1) ** 2)


def test_each_sample_has_its_own_point_between_real_and_fake():
    made = game(GradientPenalty(), shape=(1, 8, 8))
    eps = d_turn(made).moment.noise["gradientpenalty.eps"]
    assert eps.shape == (8, 1, 1, 1)
    assert eps.unique().numel() == 8 and (0 <= eps).all() and (eps < 1).all()


def test_a_flat_critic_has_finite_gradients():
    made = game(penalty := GradientPenalty())
    torch.nn.init.zeros_(made.D.head.weight)
    slope = torch.autograd.grad(penalty.d_term(d_turn(made)), made.D.head.weight)[0]
    assert slope.isfinite().all()


def test_cross_terms_are_said_once():
    made = parts("minibatch", objective="wgan_gp", replicas=2)
    made.trainer(compiled=False)
    assert len([note for note in made.notes if "cross terms" in note]) == 1
