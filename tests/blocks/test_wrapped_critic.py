from typing import ClassVar

import pytest
import torch
from torch import nn

from mcgan.blocks.wrapped_critic import WrappedCritic
from mcgan.gan.networks import Critic
from mcgan.types import CriticOutput


class Doubled(WrappedCritic):
    def forward(self, x: torch.Tensor) -> CriticOutput:
        output = self.wrapped(x)
        return output._replace(score=2 * output.score)


class Unnamed(Doubled):
    renames: ClassVar[bool] = False


WRAPS = [(Doubled,), (Unnamed,), (Doubled, Unnamed), (Unnamed, Doubled), (Unnamed, Unnamed)]


def wrapped(kinds) -> tuple[Critic, Critic]:
    inner = critic = Critic(nn.Sequential(nn.Linear(3, 4), nn.Tanh()), 4)
    for kind in kinds:
        critic = kind(critic)
    return inner, critic


@pytest.mark.parametrize("kinds", WRAPS)
def test_what_is_added_to_the_wrapper_is_added_to_the_critic_within(kinds):
    inner, critic = wrapped(kinds)
    x = torch.randn(5, 3)
    plain = inner(x).score
    torch.testing.assert_close(critic(x).score, 2 ** len(kinds) * plain)
    assert critic.extend(nn.Linear(4, 2), 2) is critic
    assert critic.prepend(nn.ReLU()) is critic
    assert critic.trunk is inner.trunk and critic.neck is inner.neck and critic.head is inner.head
    assert critic.head.in_features == 6 and isinstance(critic.trunk[0], nn.ReLU)
    torch.testing.assert_close(critic(x).score, 2 ** len(kinds) * inner(x).score)
    assert not torch.equal(inner(x).score, plain)


@pytest.mark.parametrize("kinds", WRAPS)
def test_a_trunk_is_enclosed_in_the_critic_within(kinds):
    inner, critic = wrapped(kinds)
    x, trunk = torch.randn(5, 3), inner.trunk
    assert critic.enclose(lambda trunk: nn.Sequential(trunk, nn.Sigmoid())) is critic
    torch.testing.assert_close(critic(x).features, trunk(x).sigmoid())
    assert critic.trunk is inner.trunk and critic.trunk[0] is trunk


@pytest.mark.parametrize("kinds", WRAPS)
def test_its_tensors_stand_in_a_checkpoint_once(kinds):
    inner, critic = wrapped(kinds)
    critic.extend(nn.Linear(4, 2), 2)
    lead = "inner." * kinds.count(Doubled)
    assert list(critic.state_dict()) == [lead + name for name in inner.state_dict()]
    assert len(list(critic.parameters())) == len(list(inner.parameters())) == 6


@pytest.mark.parametrize("kinds", WRAPS)
def test_other_tensors_reach_the_critic_within(kinds):
    _, critic = wrapped(kinds)
    x, zeros = torch.randn(5, 3), {n: torch.zeros_like(t) for n, t in critic.named_parameters()}
    assert (torch.func.functional_call(critic, zeros, (x,)).score == 0).all()
    assert (critic(x).score != 0).all()


def test_a_head_that_is_attached_is_trained_and_changes_no_score():
    _, critic = wrapped((Doubled,))
    x = torch.randn(5, 3)
    before = critic(x).score
    head = nn.Linear(4, 7)
    assert critic.attach("guess", head) is critic
    assert torch.equal(critic(x).score, before)
    assert dict(critic.named_parameters())["guess.weight"] is head.weight
