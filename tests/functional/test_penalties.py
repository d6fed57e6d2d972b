"""Penalties of critics whose gradient is known: a line, and a parabola."""

import pytest
import torch

from mcgan import functional

X = torch.tensor([[1.0, 2.0], [-3.0, 0.0]])
Y = torch.tensor([[0.0, 0.0], [1.0, -4.0]])


def line(x: torch.Tensor) -> torch.Tensor:
    return 3 * x[:, 0] - 4 * x[:, 1]  # a gradient of length 5


def gentle(x: torch.Tensor) -> torch.Tensor:
    return line(x).unsqueeze(1) / 10  # of length 1/2; scores (B, 1)


def parabola(x: torch.Tensor) -> torch.Tensor:
    return x.square().sum(1) / 2  # a gradient of x


@pytest.mark.parametrize(
    "critic, penalty, expected",
    [
        (line, functional.r1, 12.5),
        (gentle, functional.r1, 0.125),
        (line, functional.r2, 12.5),
        (parabola, functional.r1, (5 + 9) / 4),
    ],
)
def test_r1_and_r2_are_half_gamma_times_the_squared_gradient(critic, penalty, expected):
    assert penalty(critic, X).item() == pytest.approx(expected)
    assert penalty(critic, X, gamma=4.0).item() == pytest.approx(4 * expected)


@pytest.mark.parametrize(
    "critic, penalty, expected",
    [
        (line, functional.gradient_penalty, 10 * 4**2),
        (gentle, functional.gradient_penalty, 10 * 0.5**2),
        (line, functional.lp, 10 * 4**2),
        (gentle, functional.lp, 0.0),
        (line, functional.zero_gp, 10 * 25.0),
        (gentle, functional.zero_gp, 10 * 0.25),
        (line, functional.wgan_div, 2 * 5.0**6),
        (gentle, functional.wgan_div, 2 * 0.5**6),
    ],
)
def test_penalties_between_real_and_fake(critic, penalty, expected):
    assert penalty(critic, X, Y).item() == pytest.approx(expected)
    assert penalty(critic, X, Y, weight=1.0).item() == pytest.approx(
        expected / (2 if penalty is functional.wgan_div else 10)
    )


def test_the_points_between_are_those_of_eps():
    eps = torch.tensor([[1.0], [0.25]])  # x itself, and three quarters of y
    points = torch.tensor([[1.0, 2.0], [0.0, -3.0]])
    torch.testing.assert_close(functional.interpolate(X, Y, eps), points)
    found = functional.gradient_penalty(parabola, X, Y, eps, weight=1.0, centre=0.0)
    assert found.item() == pytest.approx((5 + 9) / 2)


def test_images_have_one_eps_each():
    x, y = torch.ones(6, 3, 4, 4), torch.zeros(6, 3, 4, 4)
    found = functional.interpolate(x, y, generator=torch.Generator().manual_seed(0))
    assert found.shape == x.shape and len(found.unique()) == 6
    assert found.flatten(1).std(1).max() == 0


@pytest.mark.parametrize("critic, expected", [(line, 10 * 4**2), (gentle, 10 * 0.25)])
def test_dragan(critic, expected):
    assert functional.dragan(critic, X).item() == pytest.approx(expected)


def test_a_perturbation_is_half_a_std_at_most_and_one_way():
    share = torch.tensor([[1.0], [0.5]])
    moved = functional.perturb(X, way=torch.ones(2, 2), share=share) - X
    std = ((1 + 4 + 9) / 4) ** 0.5  # the mean of X is 0
    torch.testing.assert_close(moved, std / 2 * share.expand(2, 2))


def test_each_example_draws_a_share_of_its_own():
    x = torch.randn(6, 3, 4, 4)
    moved = (
        functional.perturb(x, way=torch.ones_like(x), generator=torch.Generator().manual_seed(0))
        - x
    )
    shares = moved.flatten(1) / (0.5 * x.std(correction=0))
    assert (shares.amax(1) - shares.amin(1) < 1e-5).all() and len(shares[:, 0].unique()) == 6


def test_a_generator_makes_the_points_repeatable():
    def once(penalty, *given) -> float:
        return penalty(parabola, *given, generator=torch.Generator().manual_seed(3)).item()

    for penalty, given in ((functional.gradient_penalty, (X, Y)), (functional.dragan, (X,))):
        assert once(penalty, *given) == once(penalty, *given)
        assert penalty(parabola, *given).item() != once(penalty, *given)


def test_penalties_reach_the_weights_and_leave_x_alone():
    w, x = torch.tensor([3.0, -4.0], requires_grad=True), X.clone().requires_grad_()
    functional.r1(lambda x: x @ w, x, gamma=2.0).backward()
    torch.testing.assert_close(w.grad, torch.tensor([6.0, -8.0]))  # of |w|^2
    assert x.grad is None


def test_they_work_where_gradients_are_switched_off():
    with torch.no_grad():
        assert functional.r1(line, X).item() == pytest.approx(12.5)


def test_a_critic_of_packs_has_a_row_for_each_score():
    found = functional.input_gradient(lambda x: x.reshape(1, 4).sum(1), X)
    torch.testing.assert_close(found, torch.ones(1, 4))


def test_the_formulas_on_gradients_work_under_vmap():
    gradients = torch.stack([X, Y])
    each = [functional.squared_norm(g) for g in gradients]
    torch.testing.assert_close(
        torch.func.vmap(functional.squared_norm)(gradients), torch.stack(each)
    )
    each = [functional.norm_penalty(g) for g in gradients]
    torch.testing.assert_close(
        torch.func.vmap(functional.norm_penalty)(gradients), torch.stack(each)
    )
