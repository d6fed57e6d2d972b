import pytest
import torch
from scipy.stats import chisquare

from mcgan.arch.mlp import MLP
from mcgan.reg.discrete_latent import DiscreteLatent
from mcgan.reg.mixture import Mixture
from small import game, moment

NETS = MLP(latent=4, width=8)


def test_an_even_one_hot_code_stands_beside_z():
    made = game(DiscreteLatent(values=5), arch=NETS, batch=4000)
    now = moment(made)
    z, code = made.generate(now).z.split([4, 5], 1)
    assert torch.equal(z, now.noise["z"])
    assert torch.equal(code.sort(1)[0], torch.eye(5)[4:].expand(4000, 5).sort(1)[0])
    assert chisquare(code.sum(0).numpy()).pvalue > 1e-3


def test_several_codes_are_drawn_each_by_itself():
    made = game(DiscreteLatent(values=2, codes=3, scale=4.0), arch=NETS, batch=4000)
    codes = made.generate(moment(made)).z[:, 4:].view(4000, 3, 2)
    assert torch.equal(codes.sum(2), torch.full((4000, 3), 4.0))
    picked = codes.argmax(2) @ torch.tensor([1, 2, 4])
    assert chisquare(torch.bincount(picked, minlength=8).numpy()).pvalue > 1e-3


def test_shown_samples_tell_their_codes_by_their_origin():
    made = game(DiscreteLatent(values=3, codes=2), Mixture(generators=2), arch=NETS)
    now = moment(made)
    shown, plain = made.show(now), made.generate(now)
    code = plain.z[:, 4:].view(-1, 2, 3).argmax(2)
    assert torch.equal(shown.origin, plain.origin * 9 + code @ torch.tensor([3, 1]))
    assert len(plain.origin.unique()) == 2 and torch.equal(shown.x, plain.x)


@pytest.mark.parametrize("codes, width", [(1, 9), (3, 19)])
def test_the_generator_is_that_much_wider(codes, width):
    made = game(DiscreteLatent(values=5, codes=codes), arch=NETS)
    assert made.G.net[0][0].in_features == width


def test_a_generator_of_two_codes_need_not_be_connected():
    """The same z goes to two places, with nothing between them."""
    made = game(DiscreteLatent(values=2), arch=NETS)
    made.G.net[0][0].weight.data[:, 4:] *= 100
    x = made.generate(moment(made)).x.detach()
    code = made.generate(moment(made)).z[:, 4] > 0
    inside = max(
        (x[code] - x[code].mean(0)).norm(dim=1).max(),
        (x[~code] - x[~code].mean(0)).norm(dim=1).max(),
    )
    assert (x[code].mean(0) - x[~code].mean(0)).norm() > 2 * inside


def test_without_a_weight_nothing_is_attached():
    assert game(DiscreteLatent(), arch=NETS).tensors().keys() == game(arch=NETS).tensors().keys()


def test_a_code_has_at_least_a_value():
    with pytest.raises(ValueError, match="values must be at least 1"):
        DiscreteLatent(values=0)
