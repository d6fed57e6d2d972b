import pytest
import torch

from mcgan.objective import NonSaturating
from mcgan.optim import SGD, Adam
from mcgan.reg.extragradient import Extragradient
from mcgan.rule import Rule
from small import game

NOW = torch.tensor(0.0)
BOTH = pytest.mark.parametrize("past", [False, True])


class Bilinear:
    """min_x max_y x y, from (1, 1), both players by the rule."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.x, self.y = {"x": torch.ones(1)}, {"y": torch.ones(1)}
        self.states = [rule.start(self.x), rule.start(self.y)]

    def step(self, alternate: bool = False) -> torch.Tensor:
        """Where they stand after a step, (2,)."""
        slopes = {"x": self.y["y"].clone()}, {"y": -self.x["x"]}
        self.rule.step_(self.y, slopes[1], self.states[1], NOW)
        met = {"x": self.y["y"].clone()} if alternate else slopes[0]
        self.rule.step_(self.x, met, self.states[0], NOW)
        return torch.cat([self.x["x"], self.y["y"]])


def field(w: torch.Tensor) -> torch.Tensor:
    x, y = w
    return torch.stack([y, -x])


def test_every_other_step_looks_ahead_and_the_next_leaves_from_before():
    eta, made = 0.1, Bilinear(Extragradient(past=False).update(SGD(lr=0.1), "G"))
    w = torch.ones(2)
    for _ in range(3):
        ahead = w - eta * field(w)
        torch.testing.assert_close(made.step(), ahead)
        w = w - eta * field(ahead)
        torch.testing.assert_close(made.step(), w)


def test_from_the_past_the_last_slope_stands_for_the_one_ahead():
    eta, made = 0.1, Bilinear(Extragradient(past=True).update(SGD(lr=0.1), "G"))
    w = ahead = torch.ones(2)  # the first slope is at the start
    for _ in range(5):
        slope = field(ahead)
        w = w - eta * slope
        ahead = w - eta * slope
        torch.testing.assert_close(made.step(), ahead)


@pytest.mark.whole
@pytest.mark.parametrize("alternate", [False, True])
@BOTH
def test_it_finds_the_equilibrium_of_a_bilinear_game(past, alternate):
    made = Bilinear(Extragradient(past=past).update(SGD(lr=0.1), "G"))
    for _ in range(4000):
        found = made.step(alternate)
    assert found.norm() < 1e-2


def test_which_plain_descent_leaves():
    made = Bilinear(SGD(lr=0.1))
    assert [made.step() for _ in range(1000)][-1].norm() > 100


@BOTH
def test_adams_averages_take_in_every_move(past):
    rule = Extragradient(past=past).update(Adam(lr=0.1, betas=[0.5, 0.9]), "G")
    params = {"w": torch.zeros(2)}
    state = rule.start(params)
    for _ in range(4):
        rule.step_(params, {"w": torch.ones(2)}, state, NOW)
    assert state["step"]["w"] == (8 if past else 4)
    assert rule.momentum == 0.5


@BOTH
def test_what_else_moves_the_parameters_moves_where_they_come_from(past):
    """As if the jump had been there all along: slopes are constant, so moves don't see it."""
    jumped, plain = ({"w": torch.zeros(2)} for _ in range(2))
    rule = Extragradient(past=past).update(SGD(lr=0.1), "G")
    states = [rule.start(jumped), rule.start(plain)]
    for step in range(5):
        rule.step_(jumped, {"w": torch.ones(2)}, states[0], NOW)
        rule.step_(plain, {"w": torch.ones(2)}, states[1], NOW)
        if step == 2:
            jumped["w"] += 7
    torch.testing.assert_close(jumped["w"], plain["w"] + 7)


@pytest.mark.parametrize(
    "past, turns, noted", [(False, 2, True), (False, 1, False), (True, 2, False)]
)
def test_players_that_look_ahead_at_different_times_are_noted(past, turns, noted):
    game(made := Extragradient(past=past), objective=NonSaturating(critic_steps=turns))
    assert any("critic_steps=1" in note for note in made.notes) == noted
