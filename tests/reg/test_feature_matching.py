import numpy as np
import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.reg.feature_matching import FeatureMatching
from mcgan.reg.pac import Pac
from small import game, moment, real


def test_of_a_linear_critic_features_are_the_data():
    made = game(FeatureMatching(weight=2.0, covariance=0.5))
    _, report = made.play("G", real(made), moment(made))
    x, y = real(made).numpy().astype(float), report.fake.x.detach().numpy().astype(float)
    means = ((x.mean(0) - y.mean(0)) ** 2).sum()
    spreads = ((np.cov(x.T) - np.cov(y.T)) ** 2).sum()
    assert report.scalars["featurematching"].item() == pytest.approx(2 * means + spreads / 2, 1e-5)


def test_it_is_nothing_where_fakes_are_the_data():
    made = game(matching := FeatureMatching(covariance=1.0), arch=MLP(latent=4, width=8))
    turn = made.turn(real(made), made.example()._replace(x=real(made)), moment(made))
    assert matching.g_term(turn) == 0


def test_as_in_the_paper_the_generator_has_nothing_else():
    made = game(FeatureMatching(loss=0.0), arch=MLP(latent=4, width=8))
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
