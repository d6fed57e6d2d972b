import pytest
import torch

from mcgan.optim import SGD, Adam, RMSprop
from mcgan.reg.ttur import TTUR
from mcgan.types import Moment
from small import node, option, trainer


@pytest.mark.parametrize("kind", [Adam, RMSprop, SGD])
@pytest.mark.parametrize("player, lr", [("D", 4e-4), ("G", 1e-4)])
def test_by_default_the_rates_are_the_usual_pair(kind, player, lr):
    base = option("optim", "adam")["lr"]["from"]
    wrapped, plain = TTUR(ratio=node("ttur")["ratio"]).update(kind(lr=base), player), kind(lr=lr)
    found, expected = ({"w": torch.ones(4, dtype=torch.float64)} for _ in range(2))
    states = [rule.start(found) for rule in (wrapped, plain)]
    for step in range(3):
        slope = {"w": torch.arange(4.0, dtype=torch.float64) - step}
        wrapped.step_(found, slope, states[0], torch.tensor(0.0))
        plain.step_(expected, slope, states[1], torch.tensor(0.0))
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=0)


def test_the_critic_moves_twice_as_far_and_g_half_as_far():
    plain, fast = trainer(dtype=torch.float64), trainer("ttur", dtype=torch.float64)
    before = {name: t.detach().clone() for name, t in plain.replicas.tensors.items()}
    for player, factor in (("D", 2), ("G", 0.5)):
        for made in (plain, fast):
            x, noise = made.draws(0, made.turns.index(player))
            made.moves[player](x, Moment(noise, torch.zeros(())))
        for name in plain.replicas.owned[player]:
            moved = [made.replicas.tensors[name] - before[name] for made in (fast, plain)]
            torch.testing.assert_close(moved[0], factor * moved[1])
            for made in (plain, fast):
                made.replicas.tensors[name].data.copy_(before[name])


def test_a_ratio_may_change_in_the_run():
    rule = TTUR(ratio={"from": 1.0, "to": 9.0}).update(SGD(lr=1.0), "D")
    for progress, step in ((0.0, 1.0), (1.0, 3.0)):
        weight = {"w": torch.zeros(1)}
        rule.step_(weight, {"w": torch.ones(1)}, rule.start(weight), torch.tensor(progress))
        assert weight["w"].item() == pytest.approx(-step)


def test_it_leaves_the_momentum_to_be_seen():
    assert TTUR().update(Adam(betas=[0.7, 0.9]), "D").momentum == 0.7


@pytest.mark.parametrize("ratio", [0.0, -1.0])
def test_a_ratio_is_positive(ratio):
    with pytest.raises(ValueError, match="ratio must be above 0"):
        TTUR(ratio=ratio)
