import pytest
import torch

from mcgan.optim import SGD, Adam, RMSprop
from mcgan.reg.ttur import TTUR
from mcgan.types import Moment
from small import largest_difference, trainer


@pytest.mark.parametrize("kind", [Adam, RMSprop, SGD])
def test_it_is_a_learning_rate_that_many_times_as_large(kind):
    wrapped, plain = TTUR(ratio=3.0).update(kind(lr=0.01), "D"), kind(lr=0.03)
    found, expected = ({"w": torch.ones(4, dtype=torch.float64)} for _ in range(2))
    states = [rule.start(found) for rule in (wrapped, plain)]
    for step in range(3):
        slope = {"w": torch.arange(4.0, dtype=torch.float64) - step}
        wrapped.step_(found, slope, states[0], torch.tensor(0.0))
        plain.step_(expected, slope, states[1], torch.tensor(0.0))
    torch.testing.assert_close(found, expected)


def test_only_the_critics_moves_are_longer():
    plain, fast = trainer(dtype=torch.float64), trainer("ttur", dtype=torch.float64)
    before = {name: t.detach().clone() for name, t in plain.replicas.tensors.items()}
    for made in (plain, fast):
        for turn, player in enumerate(made.turns):
            if player == "D":
                x, noise = made.draws(0, turn)
                made.moves["D"](x, Moment(noise, torch.zeros(())))
    assert fast.moves["G"].rule == plain.moves["G"].rule
    for name in plain.replicas.owned["D"]:
        torch.testing.assert_close(fast.replicas.tensors[name] - before[name],
                                   4 * (plain.replicas.tensors[name] - before[name]))
    assert largest_difference(plain.replicas.tensors, fast.replicas.tensors) > 0


def test_it_leaves_the_momentum_to_be_seen():
    assert TTUR().update(Adam(betas=[0.7, 0.9]), "D").momentum == 0.7


def test_a_negative_ratio_is_refused():
    with pytest.raises(ValueError, match="ratio must be at least 0"):
        TTUR(ratio=-1.0)
