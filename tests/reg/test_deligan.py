import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.reg.deligan import DeLiGAN
from mcgan.reg.discrete_latent import DiscreteLatent
from mcgan.reg.particles import Particles
from small import d_turn, game, moment, real

NETS = MLP(latent=4, width=8)


def test_latents_are_of_a_mixture_of_gaussians():
    made = game(each := DeLiGAN(components=3), arch=NETS, batch=30_000)
    each.mu.data, each.sigmas.data = torch.randn(3, 4), torch.rand(3, 4) + 0.1
    z = made.generate(moment(made)).z
    pick = (moment(made).noise["deligan.pick"] * 3).long()
    for i in range(3):
        torch.testing.assert_close(z[pick == i].mean(0), each.mu[i], atol=0.05, rtol=0)
        torch.testing.assert_close(z[pick == i].std(0), each.sigmas[i], atol=0.05, rtol=0)
    assert (pick.bincount() / 30_000 - 1 / 3).abs().max() < 0.02


def test_it_starts_as_in_the_paper():
    game(each := DeLiGAN(components=500), arch=NETS)
    assert each.mu.abs().max() <= 1 and abs(each.mu.std() - 3**-0.5) < 0.02
    assert (each.sigmas == 0.02).all()


def test_g_trains_it_and_holds_sigma_off_zero():
    made = game(each := DeLiGAN(components=3, sigma=0.2, weight=2.0), arch=NETS)
    torch.testing.assert_close(each.g_term(d_turn(made)), torch.tensor(2 * 0.8**2))
    assert {"reg.deligan.mu", "reg.deligan.sigmas"} <= set(made.owned("G"))
    loss, _ = made.play("G", real(made), moment(made))
    assert torch.autograd.grad(loss, each.mu)[0].abs().max() > 0


@pytest.mark.parametrize("first", [True, False])
def test_codes_of_others_beside_z_stay_as_they_are(first):
    chain = [DeLiGAN(), DiscreteLatent(values=5)]
    made = game(*(chain if first else chain[::-1]), arch=NETS)
    code = made.generate(moment(made)).z[:, 4:]
    assert code.shape == (8, 5) and torch.equal(code.sum(1), torch.ones(8))


def test_refusals():
    for settings, sentence in (
        ({"components": 0}, "components must be at least 1"),
        ({"sigma": 0.0}, "sigma must be above 0"),
        ({"weight": -1}, "weight must be at least 0"),
    ):
        with pytest.raises(ValueError, match=sentence):
            DeLiGAN(**settings)
    with pytest.raises(ValueError, match="another strategy does so too: use one of the two"):
        game(DeLiGAN(), Particles(), arch=NETS)
