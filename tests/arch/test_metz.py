import pytest
import torch
from torch import nn
from torch.func import functional_call, stack_module_state, vmap

from mcgan.arch.metz import Metz
from mcgan.errors import UserError


def shapes(net, x, kind):
    seen = []
    for layer in net.modules():
        if isinstance(layer, kind):
            layer.register_forward_hook(lambda _, given, made: seen.append(tuple(made.shape[1:])))
    net(x)
    return seen


def test_generator_has_the_papers_layers():
    net = Metz().generator(256, (3, 28, 28))
    made = shapes(net, torch.randn(2, 256), (nn.Unflatten, nn.ConvTranspose2d, nn.Conv2d))
    assert made == [(64, 4, 4), (32, 7, 7), (16, 14, 14), (8, 28, 28), (3, 28, 28)]


@pytest.mark.parametrize(("width", "wanted"), [(2, [2, 4, 8]), (4, [4, 8, 16])])
def test_critic_is_a_quarter_or_a_half_of_the_generator(width, wanted):
    trunk, features = Metz(critic_width=width).trunk((3, 28, 28))
    made = shapes(trunk, torch.randn(2, 3, 28, 28), nn.Conv2d)
    assert [channels for channels, *_ in made] == wanted
    assert [side for _, side, _ in made] == [14, 7, 4] and features == wanted[-1] * 16


def test_32_pixels_work_too():
    arch = Metz()
    images = arch.generator(256, (3, 32, 32))(torch.randn(2, 256))
    trunk, features = arch.trunk((3, 32, 32))
    assert images.shape == (2, 3, 32, 32) and trunk(images).shape == (2, features)


def test_slopes_and_widths_of_the_leaks():
    leaks = [m for m in Metz().trunk((3, 28, 28))[0].modules() if isinstance(m, nn.LeakyReLU)]
    assert [leak.negative_slope for leak in leaks] == [0.3] * 3


@pytest.mark.parametrize("norm", ["none", "batch", "group", "layer"])
def test_double_backward_is_finite_and_no_statistics_run(norm):
    trunk, _ = Metz(critic_norm=norm).trunk((3, 28, 28))
    x = torch.randn(4, 3, 28, 28, requires_grad=True)
    score = trunk(x).square().sum()
    (slope,) = torch.autograd.grad(score, x, create_graph=True)
    grads = torch.autograd.grad(slope.square().sum(), list(trunk.parameters()), allow_unused=True)
    assert all(torch.isfinite(g).all() for g in grads if g is not None) and grads[0].abs().max() > 0
    assert not list(trunk.buffers())


def test_stacked_networks_agree_with_single_ones():
    nets = [Metz().generator(256, (3, 28, 28)).double() for _ in range(2)]
    z = torch.randn(2, 5, 256, dtype=torch.float64)
    stacked, _ = stack_module_state(nets)
    together = vmap(lambda weights, z: functional_call(nets[0], weights, z))(stacked, z)
    alone = [net(z_i) for net, z_i in zip(nets, z, strict=True)]
    torch.testing.assert_close(together, torch.stack(alone))


def test_refuses_other_sides():
    with pytest.raises(UserError, match="28 or 32"):
        Metz().generator(256, (3, 64, 64))
