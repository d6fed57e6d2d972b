import math

import pytest
import torch
from torch import nn

from mcgan.arch.images import doubled_sides, halvings
from mcgan.arch.resnet import ResNet
from mcgan.errors import UserError

WIDE = {"width": 64, "widest": 1024, "critic_width": 64, "critic_widest": 1024}


def count(net: nn.Module) -> int:
    return sum(weight.numel() for weight in net.parameters())


def maps(net: nn.Module, given: torch.Tensor) -> list[tuple[int, ...]]:
    """Numbers of maps and sides after each child of a net."""
    seen = []
    for layer in net:
        given = layer(given)
        seen.append(tuple(given.shape[1:3]))
    return seen


@pytest.mark.parametrize(
    ("shape", "settings", "generator", "trunk"),
    [
        ((3, 32, 32), {}, 4_276_739, 1_053_696),
        ((3, 64, 64), {**WIDE, "critic_side": 2, "critic_blocks": 0}, 12_220_675, 10_140_416),
        ((3, 128, 128), {**WIDE, "critic_side": 4, "critic_blocks": 1}, 32_150_787, 29_016_832),
    ],
)
def test_sizes_are_those_of_the_papers_tables(shape, settings, generator, trunk) -> None:
    """Counted by hand from the tables of appendix B.4 and the layers of the authors' code."""
    arch = ResNet(**settings)
    with torch.device("meta"):
        assert count(arch.generator(128, shape)) == generator
        assert count(arch.trunk(shape)[0]) == trunk


def test_the_generator_doubles_and_the_critic_halves_as_for_cifar_10() -> None:
    arch = ResNet(width=8, widest=8, critic_width=4, critic_widest=4)
    made = maps(arch.generator(128, (3, 32, 32)), torch.randn(2, 128))
    assert made == [(8, 4), (8, 8), (8, 16), (8, 32), (3, 32)]
    trunk, features = arch.trunk((3, 32, 32))
    judged = maps(trunk, torch.randn(2, 3, 32, 32))
    assert judged == [(4, 16), (4, 8), (4, 8), (4, 8), (4, 8), (4,)] and features == 4


def test_maps_double_where_sides_halve_up_to_the_widest() -> None:
    arch = ResNet(
        width=2, widest=16, critic_width=1, critic_widest=8, critic_side=4, critic_blocks=1
    )
    made = maps(arch.generator(8, (3, 128, 128)), torch.randn(2, 8))
    assert made == [(16, 4), (16, 8), (16, 16), (8, 32), (4, 64), (2, 128), (3, 128)]
    judged = maps(arch.trunk((3, 128, 128))[0], torch.randn(2, 3, 128, 128))
    assert judged[:-2] == [(1, 64), (2, 32), (4, 16), (8, 8), (8, 4), (8, 4)]


def test_sides_are_doubled_from_four_to_seven() -> None:
    sides = {side: doubled_sides((1, side, side))[0] for side in (8, 16, 28, 32, 48, 64, 128, 256)}
    assert sides == {8: 4, 16: 4, 28: 7, 32: 4, 48: 6, 64: 4, 128: 4, 256: 4}
    assert halvings(28, 2) == [7, 14, 28] and halvings(32, 8) == [8, 16, 32]


@pytest.mark.parametrize("shape", [(2,), (3, 30, 30), (3, 28, 32), (3, 4, 4), (3, 36, 36)])
def test_other_shapes_are_refused(shape) -> None:
    with pytest.raises(UserError, match="power of two"):
        ResNet().trunk(shape)


def test_a_doubled_pixel_becomes_four_and_the_shortcut_takes_no_activation() -> None:
    up = ResNet(width=1, widest=1, norm="none").generator(8, (1, 8, 8))[1]
    x = -torch.ones(1, 1, 4, 4)  # of which the branch, behind its ReLU, sees nothing
    convolution = up.shortcut[0]
    wanted = convolution.weight.sum() * -1 + convolution.bias.sum()
    assert torch.allclose(up(x), wanted.expand(1, 1, 8, 8))


def test_pixels_meet_no_activation_in_the_critics_first_block() -> None:
    arch = ResNet(critic_width=4)
    first = arch.trunk((1, 8, 8))[0][0]
    assert not isinstance(first.branch[0], nn.ReLU)


def test_weights_are_glorots_times_root_two_beside_a_relu_and_biases_are_zero() -> None:
    trunk, _ = ResNet(critic_width=64, critic_widest=64).trunk((3, 32, 32))
    block = trunk[1]
    inner, shortcut = block.branch[1], block.shortcut[1]
    for layer, gain in ((inner, math.sqrt(2)), (shortcut, 1.0)):
        bound = gain * math.sqrt(6 / (2 * layer.weight[0].numel()))
        assert 0.99 * bound < layer.weight.abs().max() <= bound
        assert not layer.bias.any()


def test_features_are_a_sum_over_the_sides_or_a_mean() -> None:
    torch.manual_seed(0)
    summed, _ = ResNet(critic_width=4).trunk((1, 16, 16))
    torch.manual_seed(0)
    averaged, _ = ResNet(critic_width=4, pool="mean").trunk((1, 16, 16))
    x = torch.randn(2, 1, 16, 16)
    assert torch.allclose(summed(x), 64 * averaged(x))
