import torch

from mcgan.optim import SGD, Adam
from mcgan.reg.optimistic import Optimistic

NOW = torch.tensor(0.0)


def slope(step: int) -> torch.Tensor:
    return torch.randn(3, generator=torch.Generator().manual_seed(step))


def test_it_is_optimistic_adam_as_the_paper_writes_it():
    eta, beta1, beta2, eps = 0.1, 0.5, 0.9, 1e-8
    rule = Optimistic().update(Adam(lr=eta, betas=[beta1, beta2], eps=eps), "G")
    params = {"w": torch.zeros(3)}
    state = rule.start(params)
    theta, m, v, last = torch.zeros(3), torch.zeros(3), torch.zeros(3), torch.zeros(3)
    for t in range(1, 6):
        rule.step_(params, {"w": slope(t)}, state, NOW)
        m, v = beta1 * m + (1 - beta1) * slope(t), beta2 * v + (1 - beta2) * slope(t) ** 2
        now = m / (1 - beta1**t) / ((v / (1 - beta2**t)).sqrt() + eps)
        theta = theta - 2 * eta * now + eta * last
        last = now
        torch.testing.assert_close(params["w"], theta)


def bilinear(wrapped: bool, alternate: bool) -> float:
    """Distance from the equilibrium 0 of min_x max_y x y after steps from (1, 1)."""
    rule = Optimistic().update(SGD(lr=0.1), "G") if wrapped else SGD(lr=0.1)
    x, y = {"x": torch.ones(2)}, {"y": torch.ones(2)}
    states = [rule.start(x), rule.start(y)]
    for _ in range(2000):
        now = y["y"].clone()
        if alternate:
            rule.step_(y, {"y": -x["x"]}, states[1], NOW)
            now = y["y"]
            rule.step_(x, {"x": now.clone()}, states[0], NOW)
        else:
            rule.step_(y, {"y": -x["x"]}, states[1], NOW)
            rule.step_(x, {"x": now}, states[0], NOW)
    return (x["x"].norm() + y["y"].norm()).item()


def test_it_finds_the_equilibrium_of_a_bilinear_game_that_descent_leaves():
    assert bilinear(wrapped=False, alternate=False) > 1e3
    assert bilinear(wrapped=False, alternate=True) > 0.5  # goes round in circles
    for alternate in (False, True):
        assert bilinear(wrapped=True, alternate=alternate) < 1e-2


def test_it_leaves_the_momentum_to_be_seen():
    assert Optimistic().update(Adam(betas=[0.7, 0.9]), "D").momentum == 0.7
