import math

import pytest
import torch
from torch import nn

from mcgan.arch.mlp import MLP, FourierFeatures
from mcgan.engine.compile_cost import Tally


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
    assert seen.shape == (1, features.width) and seen[0].tolist() == pytest.approx(
        by_hand, abs=1e-6
    )


def test_more_octaves_are_no_more_operations() -> None:
    """A compiler writes code for each, and again for its gradients."""
    calls = []
    for octaves in (1, 9):
        features = FourierFeatures(octaves, 2)
        with Tally() as tally:
            features(torch.ones(3, 2))
        calls.append(tally.calls)
    assert calls[0] == calls[1] > 1


def test_many_coordinates_are_seen_as_few_are() -> None:
    """No constant has 1,000 times 1,000 numbers."""
    points = torch.randn(3, 1000)
    many, few = FourierFeatures(3, 1000), FourierFeatures(3, 2)
    assert not many.directions.numel()
    pairs = few(points[:, 5:7]).unflatten(1, (-1, 2))
    assert torch.equal(many(points).unflatten(1, (-1, 1000))[:, :, 5:7], pairs)


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


def test_maxout_is_the_largest_of_five_linear_maps() -> None:
    """PacGAN's discriminator; the generator keeps its own activation."""
    arch = MLP(latent=3, width=4, depth=1, activation="relu", critic_activation="maxout")
    trunk, features = arch.trunk((2,))
    linear, maxout = trunk[1]
    x = torch.randn(6, 2)
    pieces = (x @ linear.weight.T + linear.bias).reshape(6, 4, 5)
    assert features == 4 and torch.equal(maxout(linear(x)), pieces.max(2).values)
    assert not any(isinstance(m, type(maxout)) for m in arch.generator(3, (2,)).modules())


def test_batch_norm_is_between_the_generators_layers_and_of_the_batch_at_hand() -> None:
    make = MLP(latent=3, width=4, depth=2, activation="relu", norm="batch").generator(3, (2,))
    hidden = make[0][:2](100 + torch.randn(64, 3))
    assert torch.allclose(hidden.mean(0), torch.zeros(4), atol=1e-4)
    assert torch.allclose(hidden.std(0, unbiased=False), torch.ones(4), atol=1e-2)
    assert not {*dict(make.named_buffers())}
    assert len([*make[2].modules()]) == len([*make[0].modules()]) - 3  # none before the output


def test_without_the_new_settings_the_nets_have_their_old_names() -> None:
    plain = MLP(latent=3, width=4, depth=2)
    assert [*plain.generator(3, (2,)).state_dict()][:4] == [
        "0.0.weight",
        "0.0.bias",
        "1.0.weight",
        "1.0.bias",
    ]
    assert next(iter(plain.trunk((2,))[0].state_dict())) == "1.0.weight"


@pytest.mark.parametrize("coordinates", [2, 30])
def test_its_angles_keep_their_bits_where_products_have_few(coordinates: int) -> None:
    points, features = torch.randn(50, coordinates), FourierFeatures(7, coordinates)
    with torch.autocast("cpu", torch.bfloat16):
        seen = features(points)
    assert torch.equal(seen, features(points))


def test_its_constants_follow_the_net_and_are_no_state() -> None:
    trunk, _ = MLP(width=4, critic_octaves=2).trunk((2,))
    assert not [*trunk[0].parameters(), *trunk[0].buffers()]
    point = torch.tensor([[0.3, 0.7]], dtype=torch.float64)
    seen = trunk.double()[0](point)
    cosines = torch.cat([point.cos(), (2 * point).cos()], 1)
    assert seen.dtype == point.dtype and torch.allclose(seen[:, 6:], cosines, atol=1e-7)
