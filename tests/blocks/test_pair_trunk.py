import pytest
import torch
from torch import nn

from mcgan.arch.mlp import MLP
from mcgan.blocks.pair_trunk import JoinsFeatures, JoinsInput, PairTrunk, first_layer, pair_trunk
from mcgan.blocks.wrapped_critic import attach_code


def flat(shape: tuple[int, ...] = (3,)) -> nn.Module:
    numbers = torch.zeros(shape).numel()
    return nn.Sequential(nn.Flatten(), nn.Sequential(nn.Linear(numbers, 8), nn.Tanh()))


def waves() -> nn.Module:
    return MLP(width=8, critic_octaves=2).trunk((3,))[0]


def convolved() -> nn.Module:
    return nn.Sequential(nn.Conv2d(2, 1, 3, padding=1), nn.Tanh(), nn.Flatten())


def pairs(trunk: nn.Module, shape: tuple[int, ...], features: int, codes: int = 5) -> PairTrunk:
    made = pair_trunk(trunk, shape, features, lambda x: torch.ones(len(x), codes))
    made.build(codes)
    return made


@pytest.mark.parametrize(
    "trunk, shape, kind",
    [
        (flat(), (3,), JoinsInput),
        (flat((2, 2, 2)), (2, 2, 2), JoinsInput),
        (waves(), (3,), JoinsInput),
        (convolved(), (2, 4, 4), JoinsFeatures),
        (nn.Linear(4, 8), (2, 4), JoinsFeatures),  # a layer on the last axis, not on all numbers
        (nn.Flatten(), (3,), JoinsFeatures),
    ],
)
def test_z_joins_as_early_as_the_layers_allow(trunk, shape, kind):
    assert type(pair_trunk(trunk, shape, 8, nn.Identity())) is kind


@pytest.mark.parametrize(
    "trunk, shape, features",
    [
        (flat(), (3,), 8),
        (flat((2, 2, 2)), (2, 2, 2), 8),
        (convolved(), (2, 4, 4), 16),
        (waves(), (3,), 8),
    ],
)
def test_features_depend_on_both_and_keep_their_number(trunk, shape, features):
    made = pairs(trunk, shape, features)
    x, z = torch.randn(6, *shape), torch.randn(6, 5)
    found = made(attach_code(x, z))
    assert found.shape == (6, features)
    for other in (attach_code(x + 1, z), attach_code(x, z + 1)):
        assert (made(other) - found).abs().amax(1).min() > 1e-3
    assert torch.equal(made(x), made(attach_code(x, torch.ones(6, 5))))  # the code that is found


def test_a_widened_layer_is_drawn_as_a_new_one_of_its_width():
    torch.manual_seed(0)
    made = pairs(nn.Linear(3, 4000), (3,), 4000, codes=13)
    layer = first_layer(made.trunk)
    torch.manual_seed(0)
    new = nn.Linear(16, 4000)
    assert layer.in_features == 16 and layer.weight.shape == new.weight.shape
    assert layer.weight.std().item() == pytest.approx(new.weight.std().item(), rel=0.01)


def test_until_it_is_built_it_is_the_trunk_of_x():
    trunk, x = flat(), torch.randn(6, 3)
    made = pair_trunk(trunk, (3,), 8, nn.Identity())
    assert torch.equal(made(x), trunk(x))
