import math

import pytest
import torch

from mcgan.reg.pulling_away import PullingAway
from small import d_turn, game, moment, real


def term(*features: list[float]) -> float:
    """Of fakes with these features: the critic of a straight game has its input as features."""
    turn = d_turn(game(shape=(2,), batch=len(features)))
    turn.fake = turn.fake._replace(x=torch.tensor(features))
    return PullingAway(weight=1.0).g_term(turn).item()


def test_it_is_the_mean_squared_cosine_of_all_pairs():
    assert term([1.0, 0.0], [0.0, 5.0]) == pytest.approx(0, abs=1e-7)
    assert term([1.0, 1.0], [-2.0, -2.0]) == pytest.approx(1)
    turned = [[math.cos(t), 3 * math.sin(t)] for t in (0.1, 0.9, 2.0)]
    cosines = [
        sum(p * q for p, q in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b)
        for i, a in enumerate(turned)
        for j, b in enumerate(turned)
        if i != j
    ]
    assert term(*turned) == pytest.approx(sum(c * c for c in cosines) / 6, rel=1e-5)


def test_it_does_not_see_how_long_features_are_nor_fails_at_none():
    assert term([1.0, 0.5], [0.3, -1.0]) == pytest.approx(term([10.0, 5.0], [0.03, -0.1]), rel=1e-4)
    assert term([0.0, 0.0], [1.0, 1.0]) == 0


def test_it_is_the_generators_and_scales_with_its_weight():
    found = []
    for weight in (1.0, 2.0):
        made = game(PullingAway(weight=weight))
        _, report = made.play("G", real(made), moment(made))
        found.append(report.scalars["pullingaway"])
        assert "pullingaway" not in made.play("D", real(made), moment(made))[1].scalars
        loss = made.play("G", real(made), moment(made))[0] - report.scalars["loss"]
        torch.testing.assert_close(loss, found[-1])
    torch.testing.assert_close(2 * found[0], found[1])


def test_settings_and_batches_that_do_not_go_are_refused():
    with pytest.raises(ValueError, match="weight must be at least 0"):
        PullingAway(weight=-1.0)
    with pytest.raises(ValueError, match=r"take a larger train\.batch_size"):
        game(PullingAway(), batch=1)
