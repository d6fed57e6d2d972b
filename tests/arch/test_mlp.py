import math

import pytest
import torch
from torch import nn

from mcgan.arch.mlp import MLP


def test_depths_and_widths_are_the_settings() -> None:
    arch = MLP(latent=5, width=8, depth=2, critic_width=6, critic_depth=3)
    make, (trunk, features) = arch.generator(5, (2,)), arch.trunk((2,))
    widths = [m.out_features for m in make.modules() if isinstance(m, nn.Linear)]
    judged = [m.out_features for m in trunk.modules() if isinstance(m, nn.Linear)]
    assert widths == [8, 8, 2] and judged == [6, 6, 6] and features == 6


@pytest.mark.parametrize("shape", [(2,), (1, 2)])
def test_the_critic_sees_sines_and_cosines_of_each_octave(shape: tuple[int, ...]) -> None:
    features = MLP(critic_octaves=3).trunk(shape)[0][0]
    seen = features(torch.tensor([[0.5, -2.0]]).reshape(1, *shape))
    by_hand = [0.5, -2.0]
    for wave in (math.sin, math.cos):
        by_hand += [wave(2**k * x) for k in range(3) for x in (0.5, -2.0)]
    assert seen.shape == (1, features.width(2)) and seen[0].tolist() == pytest.approx(by_hand)


def test_without_octaves_the_critic_sees_the_point_alone() -> None:
    points = torch.randn(4, 2)
    trunk, _ = MLP().trunk((2,))
    assert torch.equal(trunk[0](points), points) and trunk[1][0].in_features == 2


def test_octaves_tell_points_apart_that_are_closer_than_a_mode() -> None:
    torch.manual_seed(0)
    step, rises = torch.tensor([[0.01, 0.0]]), []
    for octaves in (0, 7):
        critic = MLP(critic_octaves=octaves).trunk((2,))[0]
        rises.append((critic(step) - critic(0 * step)).norm())
    assert rises[1] > 10 * rises[0]
