import pytest
import torch
from torch import nn
from torch.func import functional_call, grad, stack_module_state, vmap

from mcgan.arch.dcgan import DCGAN
from mcgan.errors import UserError

NORMS = ("none", "batch", "group", "layer")


def pair(shape, **settings):
    arch = DCGAN(latent=8, width=4, critic_width=4, **settings)
    trunk, features = arch.trunk(shape)
    return arch.generator(8, shape), nn.Sequential(trunk, nn.Linear(features, 1))


@pytest.mark.parametrize("shape", [(3, 28, 28), (3, 32, 32), (6, 28, 28), (1, 64, 64), (1, 8, 8)])
def test_makes_and_judges_images_of_the_datas_shape(shape):
    make, critic = pair(shape)
    images = make(torch.randn(5, 8))
    assert images.shape == (5, *shape) and images.abs().max() <= 1
    assert critic(images).shape == (5, 1)


def test_widths_are_the_settings():
    arch = DCGAN(width=16, critic_width=10)
    make, (trunk, features) = arch.generator(64, (3, 28, 28)), arch.trunk((3, 28, 28))
    made = [m.out_channels for m in make.modules() if isinstance(m, nn.ConvTranspose2d)]
    judged = [m.out_channels for m in trunk.modules() if isinstance(m, nn.Conv2d)]
    assert made == [32, 3] and judged == [10, 20, 40]
    assert features == 40 * 3 * 3


@pytest.mark.parametrize("norm", NORMS)
def test_no_norm_keeps_running_statistics(norm):
    for net in pair((3, 28, 28), norm=norm, critic_norm=norm):
        assert not list(net.buffers())


@pytest.mark.parametrize("norm", NORMS)
def test_gradient_penalty_differentiates_twice_and_functionally(norm):
    _, critic = pair((3, 28, 28), critic_norm=norm)
    critic, x = critic.double(), torch.randn(4, 3, 28, 28, dtype=torch.float64)
    weights = dict(critic.named_parameters())

    def penalty(weights):
        slope = grad(lambda x: functional_call(critic, weights, x).sum())(x)
        return slope.square().mean()

    x.requires_grad_()
    (slope,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    classic = torch.autograd.grad(slope.square().mean(), list(weights.values()), allow_unused=True)
    functional = grad(penalty)(weights)
    assert functional["0.0.0.weight"].abs().max() > 0
    for (name, got), wanted in zip(functional.items(), classic, strict=True):
        wanted = torch.zeros_like(got) if wanted is None else wanted
        torch.testing.assert_close(got, wanted, msg=name)


@pytest.mark.parametrize("norm", NORMS)
def test_stacked_networks_agree_with_single_ones(norm):
    nets = [pair((3, 28, 28), norm=norm)[0].double() for _ in range(3)]
    z = torch.randn(3, 5, 8, dtype=torch.float64)
    stacked, _ = stack_module_state(nets)
    together = vmap(lambda weights, z: functional_call(nets[0], weights, z))(stacked, z)
    for images, net, z_i in zip(together, nets, z, strict=True):
        torch.testing.assert_close(images, net(z_i))


@pytest.mark.parametrize("shape", [(2,), (3, 30, 30), (3, 28, 32), (3, 4, 4)])
def test_refuses_what_is_no_image_it_can_make(shape):
    with pytest.raises(UserError, match="arch=mlp"):
        DCGAN().trunk(shape)


@pytest.mark.parametrize("setting", [{"width": 0}, {"latent": -1}, {"norm": "spectral"}])
def test_refuses_settings_out_of_range(setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        DCGAN(**setting)
