import numpy as np
import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.functional import feature_matching
from mcgan.reg.feature_matching import FeatureMatching
from mcgan.reg.gman import GMAN
from mcgan.reg.pac import Pac
from small import game, moment, real


def test_of_a_linear_critic_features_are_the_data():
    made = game(FeatureMatching(weight=2.0, covariance=0.5, loss=1.0))
    _, report = made.play("G", real(made), moment(made))
    x, y = real(made).numpy().astype(float), report.fake.x.detach().numpy().astype(float)
    means = ((x.mean(0) - y.mean(0)) ** 2).mean()
    spreads = ((np.cov(x.T) - np.cov(y.T)) ** 2).sum()
    assert report.scalars["featurematching"].item() == pytest.approx(2 * means + spreads / 2, 1e-5)


def test_it_is_nothing_where_fakes_are_the_data():
    made = game(matching := FeatureMatching(covariance=1.0), arch=MLP(latent=4, width=8))
    turn = made.turn(real(made), made.example()._replace(x=real(made)), moment(made))
    assert matching.g_term(turn) == 0


def test_the_width_of_the_critic_does_not_change_its_scale():
    """Each feature twice is the same mean over features."""
    real_features, fake_features = torch.randn(8, 3), torch.randn(8, 3)
    once = feature_matching(real_features, fake_features)
    twice = feature_matching(real_features.repeat(1, 2), fake_features.repeat(1, 2))
    torch.testing.assert_close(once, twice)


@pytest.mark.parametrize("order", [0, 1])
def test_beside_several_critics_the_generator_hears_no_loss_of_any(order):
    chain = [FeatureMatching(), GMAN(critics=3)]
    made = game(*(chain[::-1] if order else chain), arch=MLP(latent=4, width=8))
    _, report = made.play("G", real(made), moment(made))
    assert report.scalars["loss"] == 0
    grads = torch.autograd.grad(
        report.scalars["loss"], list(made.G.parameters()), retain_graph=True, materialize_grads=True
    )
    assert all((grad == 0).all() for grad in grads)


def test_as_in_the_paper_the_generator_has_nothing_else():
    made = game(FeatureMatching(), arch=MLP(latent=4, width=8))
    loss, report = made.play("G", real(made), moment(made))
    assert report.scalars["loss"] == 0
    assert torch.equal(loss, report.scalars["featurematching"]) and loss > 0
    slopes = torch.autograd.grad(loss, list(made.G.parameters()))
    assert all(slope.abs().max() > 0 for slope in slopes)


def test_the_critic_gets_no_term():
    made = game(FeatureMatching())
    assert "featurematching" not in made.play("D", real(made), moment(made))[1].scalars


def test_what_it_cannot_do_is_refused():
    with pytest.raises(ValueError, match=r"reg.featurematching: a covariance .* take a larger"):
        game(Pac(m=8), FeatureMatching(covariance=1.0))
    for name in ("weight", "covariance", "loss"):
        with pytest.raises(ValueError, match=f"{name} must be at least 0"):
            FeatureMatching(**{name: -1.0})
