import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mcgan.arch.images import Residual
from mcgan.arch.r3gan import GAIN, R3GAN, blur
from mcgan.errors import UserError


def count(net: nn.Module) -> int:
    return sum(weight.numel() for weight in net.parameters())


@pytest.mark.parametrize(
    ("side", "width", "generator", "critic"),
    [(32, 768, 20_732_160, 20_683_776), (64, 384, 22_429_824, 22_381_440)],
)
def test_sizes_are_those_of_the_authors_code(side, width, generator, critic) -> None:
    """CIFAR-10 and FFHQ-64 of brownvc/R3GAN's train.py; its critic has a head without a bias."""
    shape = (3, side, side)
    with torch.device("meta"):
        arch = R3GAN(width=width)
        trunk, features = arch.trunk(shape)
        assert count(arch.generator(64, shape)) == generator
        assert count(trunk) + features == critic


def test_stages_of_both_nets_mirror_each_other() -> None:
    arch = R3GAN(latent=8, width=4, widest=8, group=4)
    x, made = torch.randn(2, 8), []
    for stage in arch.generator(8, (3, 28, 28)):
        x = stage(x)
        made.append(tuple(x.shape[1:]))
    assert made == [(8, 7, 7), (8, 14, 14), (4, 28, 28), (3, 28, 28)]
    trunk, features = arch.trunk((3, 28, 28))
    x, judged = torch.randn(2, 3, 28, 28), []
    for stage in trunk:
        x = stage(x)
        judged.append(tuple(x.shape[1:]))
    assert judged == [(4, 28, 28), (8, 14, 14), (8, 7, 7), (8,)] and features == 8


def test_the_filter_reads_one_two_one_and_interpolates_a_doubled_picture() -> None:
    """By hand: [1, 3, 3, 1] / 8 along both axes, zeros beyond the edges."""
    x = torch.randn(2, 3, 8, 8, dtype=torch.float64)
    line = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=torch.float64) / 8
    kernel = torch.outer(line, line).expand(3, 1, 4, 4)
    down = nn.Sequential(*blur(), nn.AvgPool2d(2))(x)
    torch.testing.assert_close(down, F.conv2d(x, kernel, stride=2, padding=1, groups=3))
    up = nn.Sequential(nn.Upsample(scale_factor=2), *blur())(x)
    by_hand = F.conv_transpose2d(x, 4 * kernel, stride=2, padding=1, groups=3)
    torch.testing.assert_close(up, by_hand)
    bilinear = F.interpolate(x, scale_factor=2, mode="bilinear")
    torch.testing.assert_close(up[..., 1:-1, 1:-1], bilinear[..., 1:-1, 1:-1])


def blocks_of(net: nn.Module) -> list[nn.Sequential]:
    return [part.branch for part in net.modules() if isinstance(part, Residual)]


def test_blocks_are_grouped_and_start_as_the_identity() -> None:
    net = R3GAN(latent=8, width=8, widest=16, group=4, expansion=2).generator(8, (3, 16, 16))
    widths = []
    for branch in blocks_of(net):
        first, middle, last = (layer for layer in branch if isinstance(layer, nn.Conv2d))
        widths.append(first.in_channels)
        assert first.out_channels == 2 * first.in_channels == last.in_channels
        assert middle.groups == middle.in_channels // 4 and middle.kernel_size == (3, 3)
        x = torch.randn(2, first.in_channels, 4, 4)
        assert not branch(x).any() and last.bias is None
    assert widths == [16, 16, 16, 16, 8, 8]


def test_the_scale_of_examples_and_of_gradients_is_kept_at_the_start() -> None:
    torch.manual_seed(0)
    shape, pixels = (3, 16, 16), torch.randn(16, 3, 16, 16, requires_grad=True)
    for blocks in (1, 6):
        arch = R3GAN(latent=32, width=32, widest=32, blocks=blocks)
        generator, (trunk, _) = arch.generator(32, shape), arch.trunk(shape)
        assert 0.2 < generator(torch.randn(16, 32)).std() < 1.5
        features = trunk(pixels)
        assert 0.02 < features.std() < 1.5  # means of pixels that are independent, so small
        (slope,) = torch.autograd.grad(features.sum(), pixels)
        assert 0.02 < slope.std() < 1.5


def last_gradients(blocks: int, seed: int) -> float:
    """The squared gradient of all the last layers of blocks, at the start."""
    torch.manual_seed(seed)
    net = R3GAN(latent=16, width=32, widest=32, blocks=blocks).generator(16, (3, 8, 8))
    x: Tensor = net(torch.randn(32, 16))
    (x * torch.randn_like(x)).sum().backward()
    return sum(branch[-1].weight.grad.square().sum().item() for branch in blocks_of(net))


def test_more_blocks_move_the_net_no_farther_in_a_step() -> None:
    """Fixup: of L blocks each has a gradient of L^(-1/2), so the sum of squares knows no L.

    One draw of weights differs from the next by half; without the gains many would be nine few.
    """
    few, many = (sum(last_gradients(blocks, seed) for seed in range(12)) for blocks in (1, 9))
    assert math.isclose(few, many, rel_tol=0.3), (few, many)


def test_gains_shrink_with_the_root_of_the_root_of_the_number_of_blocks() -> None:
    net = R3GAN(latent=8, width=64, widest=64, blocks=3).generator(8, (3, 16, 16))
    first, middle = (layer for layer in blocks_of(net)[0][:-1] if isinstance(layer, nn.Conv2d))
    for layer in (first, middle):
        wanted = GAIN * 9**-0.25 / math.sqrt(layer.weight[0].numel())
        assert math.isclose(layer.weight.std().item(), wanted, rel_tol=0.05)
        assert not layer.bias.any()


def test_groups_that_do_not_part_the_maps_are_refused() -> None:
    with pytest.raises(UserError, match=r"arch\.group=16"):
        R3GAN(width=12).trunk((3, 32, 32))
    R3GAN(width=4, widest=4, group=16).trunk((3, 8, 8))  # fewer maps than a group: one group
