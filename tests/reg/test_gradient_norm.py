from dataclasses import dataclass

import pytest
import torch
from torch import nn

from mcgan.arch.dcgan import DCGAN
from mcgan.arch.metz import Metz
from mcgan.arch.mlp import MLP
from mcgan.gan.autodiff import Classic, Functional
from mcgan.gan.networks import Critic
from mcgan.gan.strategy import Strategy
from mcgan.objective import (
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    RelativisticPairing,
    Wasserstein,
)
from mcgan.reg.gradient_norm import GradientNorm
from mcgan.reg.minibatch import Minibatch
from small import d_turn, game, real

CRITICS = {
    "mlp": (MLP(latent=4, width=8), (2,)),
    "conv": (DCGAN(latent=4, width=2, critic_width=2), (1, 8, 8)),
}


def plain(made, x: torch.Tensor) -> torch.Tensor:
    """The critic's score before it is normalised."""
    return made.D.head(made.D.trunk(x)).squeeze(1)


@pytest.mark.parametrize("critic", CRITICS)
def test_it_is_the_papers_formula(critic):
    arch, shape = CRITICS[critic]
    made = game(GradientNorm(), arch=arch, shape=shape, objective=Hinge()).double()
    x = real(made).requires_grad_()
    f = plain(made, x)
    norm = torch.autograd.grad(f.sum(), x, create_graph=True)[0].flatten(1).norm(dim=1)
    pair = made.D(x).score, f / (norm + f.abs())
    torch.testing.assert_close(*pair)
    weights = list(made.D.parameters())
    slopes = [
        torch.autograd.grad(score.square().sum(), weights, materialize_grads=True) for score in pair
    ]
    torch.testing.assert_close(*slopes)
    assert slopes[0][0].abs().max() > 0


@pytest.mark.parametrize("objective", [Minimax, NonSaturating, RelativisticPairing])
def test_a_loss_that_takes_a_logit_gets_that_of_the_normalised_probability(objective):
    """The authors' cross-entropy is of (f^ + 1) / 2, so that D's loss can fall to 0."""
    made = game(GradientNorm(), arch=CRITICS["mlp"][0], objective=objective()).double()
    x = (10 * real(made)).requires_grad_()
    f = plain(made, x)
    norm = torch.autograd.grad(f.sum(), x, create_graph=True)[0].norm(dim=1)
    found = made.D(x).score
    torch.testing.assert_close(found.sigmoid(), (f / (norm + f.abs()) + 1) / 2)
    torch.testing.assert_close(found, f.sign() * torch.log(1 + 2 * f.abs() / norm))
    weights = list(made.D.parameters())
    grads = [
        torch.autograd.grad(each.sum(), weights, retain_graph=True, materialize_grads=True)
        for each in (found, f.sign() * torch.log(1 + 2 * f.abs() / norm))
    ]
    torch.testing.assert_close(*grads)
    assert found.abs().max() > 1


@pytest.mark.parametrize("objective", [Hinge, Wasserstein, LeastSquares])
def test_other_losses_keep_the_score_within_one(objective):
    made = game(GradientNorm(), arch=CRITICS["mlp"][0], objective=objective())
    assert made.D(100 * real(made)).score.abs().max() < 1


@pytest.mark.parametrize("autodiff", [Classic(), Functional()], ids=["classic", "functional"])
@pytest.mark.parametrize("scale", [0.1, 1.0, 100.0])
def test_a_linear_critic_is_never_steeper_than_one(scale, autodiff):
    made = game(GradientNorm(), objective=Hinge()).double()
    made.autodiff = autodiff
    made.D.head.weight.data *= scale
    turn = d_turn(made)
    norm, f = made.D.head.weight.norm(), plain(made, turn.real.x).unsqueeze(1)
    found = turn.input_gradient("real").norm(dim=1, keepdim=True)
    torch.testing.assert_close(found, (norm / (norm + f.abs())) ** 2)
    assert turn.on_real.score.abs().max() < 1


def test_the_size_of_the_critics_last_layer_does_not_matter():
    made = game(GradientNorm(), arch=CRITICS["mlp"][0])
    before = made.D(real(made)).score
    made.D.head.weight.data *= 100
    made.D.head.bias.data *= 100
    torch.testing.assert_close(made.D(real(made)).score, before)


def test_what_extends_the_critic_is_normalised_too():
    made = [
        game(*order, arch=CRITICS["mlp"][0], objective=Hinge())
        for order in ((GradientNorm(), Minibatch()), (Minibatch(), GradientNorm()))
    ]
    scores = [each.D(real(each)).score for each in made]
    torch.testing.assert_close(*scores)
    assert (scores[0].abs() < 1).all()
    assert any("cross terms" in note for note in made[0].notes())


@dataclass(eq=False, repr=False)
class Wrapped(Strategy):
    """Judges by twice the score."""

    def discriminator(self, make):
        def wrapped(shape):
            outer, inner = Critic(nn.Flatten(), 3), make(shape)
            outer.forward = lambda x: inner(x)._replace(score=2 * inner(x).score)
            return outer

        return wrapped


def test_it_has_the_last_word_on_the_score():
    with pytest.raises(ValueError, match=r"put this last among the strategies of 'reg'"):
        game(GradientNorm(), Wrapped())
    made = game(Wrapped(), GradientNorm(), objective=Hinge())
    assert (made.D(100 * real(made)).score.abs() < 1).all()


def test_a_flat_critic_scores_zero_with_finite_gradients():
    made = game(GradientNorm())
    for tensor in made.D.parameters():
        torch.nn.init.zeros_(tensor)
    turn = d_turn(made)
    assert (turn.on_real.score == 0).all()
    slopes = torch.autograd.grad(turn.d_losses().mean(), list(made.D.parameters()))
    assert all(slope.isfinite().all() for slope in slopes)


def test_batch_norm_is_refused():
    with pytest.raises(ValueError, match="batch norm in the critic"):
        game(GradientNorm(), arch=Metz(latent=4), shape=(1, 28, 28))
