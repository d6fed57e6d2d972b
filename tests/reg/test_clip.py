import pytest
import torch

from mcgan.reg.clip import Clip
from mcgan.types import Moment
from small import parts, trainer


def test_after_its_turn_the_critic_is_within_the_limit_and_the_generator_as_it_was():
    free, clipped = trainer(), trainer("clip")
    for each in (free, clipped):
        x, noise = each.draws(0, 0)
        each.moves["D"](x, Moment(noise, torch.zeros(())))
    for name in free.replicas.owned["D"]:
        limited = free.replicas.tensors[name].clamp(-0.01, 0.01)
        torch.testing.assert_close(clipped.replicas.tensors[name], limited)
    for name in free.replicas.owned["G"]:
        assert torch.equal(clipped.replicas.tensors[name], free.replicas.tensors[name])
    assert max(clipped.replicas.tensors[n].abs().max() for n in free.replicas.owned["G"]) > 0.01


def test_the_generators_turn_clips_nothing():
    made = trainer("clip")
    x, noise = made.draws(0, 1)
    made.moves["G"](x, Moment(noise, torch.zeros(())))
    assert max(made.replicas.tensors[name].abs().max() for name in made.replicas.owned["D"]) > 0.01


@pytest.mark.parametrize("objective, noted", [("hinge", True), ("wgan", False)])
def test_momentum_is_said_to_clash(objective, noted):
    made = parts("clip", objective=objective)  # wgan brings RMSProp, hinge leaves Adam
    made.trainer(compiled=False)
    assert any("momentum" in note for note in made.notes) == noted


@pytest.mark.parametrize("chain", [("clip", "spectral_norm"), ("spectral_norm", "clip")])
def test_beside_another_bound_of_the_same_layers_it_is_said_to_be_redundant(chain):
    said = [note for note in game_of(*chain).notes() if "bounds them already: drop one" in note]
    assert len(said) == 1
    assert not [note for note in game_of("clip").notes() if "already" in note]


def game_of(*chain: str):
    return parts(*chain).game(0)


def test_a_limit_of_zero_is_refused():
    with pytest.raises(ValueError, match="limit must be above 0"):
        Clip(limit=0.0)
