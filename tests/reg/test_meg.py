import math

import pytest
import torch
from torch import nn

from mcgan.reg.meg import MEG
from small import d_turn, game, moment, node, real, trainer


def test_it_is_the_jensen_shannon_estimate_of_the_information():
    made = game(meg := MEG(weight=2.0, hidden=5))
    turn = d_turn(made)
    y, z = turn.raw_fake.x, turn.raw_fake.z
    own = torch.sigmoid(meg.T(torch.cat([y, z], 1)))
    other = torch.sigmoid(meg.T(torch.cat([y, torch.cat([z[-1:], z[:-1]])], 1)))
    expected = -(own.log().mean() + (1 - other).log().mean())
    torch.testing.assert_close(meg.g_term(turn), 2 * expected)


def test_by_default_it_is_the_authors_mean_over_both_kinds_of_pairs():
    """Binary cross-entropy of 2 B pairs, the own latents labelled 1: torch's own."""
    made = game(meg := MEG(), shape=(2,))
    turn = d_turn(made)
    y, z = turn.raw_fake.x, turn.raw_fake.z
    pairs = torch.cat([torch.cat([y, z], 1), torch.cat([y, z.roll(1, 0)], 1)])
    label = torch.cat([torch.ones(8, 1), torch.zeros(8, 1)])
    expected = nn.functional.binary_cross_entropy_with_logits(meg.T(pairs), label)
    torch.testing.assert_close(meg.g_term(turn), expected)
    assert node("meg")["weight"] == MEG.weight == 0.5


class Tells(nn.Module):
    """High where x = z, low elsewhere: what the estimator should become."""

    def forward(self, pair: torch.Tensor) -> torch.Tensor:
        return 20 - 400 * (pair[:, :2] - pair[:, 2:]).abs().amax(1, keepdim=True)


@pytest.mark.parametrize("collapsed, cost", [(False, 0.0), (True, 20.0)])
def test_a_generator_that_keeps_its_latents_pays_nothing(collapsed, cost):
    made = game(meg := MEG(weight=1.0), shape=(2,))
    meg.T = Tells()
    turn = d_turn(made)
    z = torch.zeros_like(turn.raw_fake.z) if collapsed else turn.raw_fake.z
    turn.raw_fake = turn.raw_fake._replace(x=z, z=z)
    assert meg.g_term(turn).item() == pytest.approx(cost, abs=1e-3)


def test_an_estimator_that_knows_nothing_pays_two_ln_two():
    made = game(meg := MEG(weight=1.0))
    nn.init.zeros_(meg.T[-1].weight)
    nn.init.zeros_(meg.T[-1].bias)
    assert meg.g_term(d_turn(made)).item() == pytest.approx(2 * math.log(2))


def test_the_estimator_trains_beside_the_generator():
    made = trainer("meg")
    own = [name for name in made.replicas.tensors if name.startswith("reg.meg.")]
    assert own and set(own) <= set(made.replicas.owned["G"])


def test_the_generators_gradient_comes_through_its_samples():
    made = game(MEG())
    _, report = made.play("G", real(made), moment(made))
    slopes = torch.autograd.grad(report.scalars["meg"], list(made.G.parameters()))
    assert all(slope.abs().max() > 0 for slope in slopes)


def test_settings_and_batches_that_do_not_go_are_refused():
    with pytest.raises(ValueError, match="weight must be at least"):
        MEG(weight=-1.0)
    with pytest.raises(ValueError, match="hidden must be at least 1"):
        MEG(hidden=0)
    with pytest.raises(ValueError, match=r"take train\.batch_size=2"):
        game(MEG(), batch=1)
