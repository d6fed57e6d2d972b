import pytest
import torch

from mcgan.reg.ndiv import NDiv
from small import d_turn, game

Z = torch.tensor([[0.0], [1.0], [3.0]])


def term(y: torch.Tensor, **settings: float) -> torch.Tensor:
    turn = d_turn(game(shape=(2,), batch=3))
    turn.raw_fake = turn.raw_fake._replace(x=y, z=Z)
    return NDiv(**settings).g_term(turn)


def by_hand(y: torch.Tensor, alpha: float) -> float:
    def shares(a: torch.Tensor) -> list[list[float]]:
        rows = [[(p - q).norm().item() for q in a] for p in a]
        return [[d / sum(row) for d in row] for row in rows]

    pairs = [(i, j) for i in range(3) for j in range(3) if i != j]
    dz, dy = shares(Z), shares(y)
    return sum(max(0.0, alpha * dz[i][j] - dy[i][j]) for i, j in pairs) / len(pairs)


@pytest.mark.parametrize("alpha", [0.5, 0.8, 1.0])
def test_it_is_the_papers_sum_over_pairs(alpha):
    y = torch.tensor([[0.0, 0.0], [5.0, 1.0], [5.0, 1.5]])
    expected = by_hand(y, alpha)
    assert expected > 0
    assert term(y, weight=7.0, alpha=alpha).item() == pytest.approx(7 * expected, rel=1e-5)


def test_fakes_in_proportion_to_their_latents_cost_nothing_at_any_scale():
    y = torch.cat([Z, Z], dim=1)
    for scale in (0.01, 1.0, 100.0):
        assert term(scale * y).item() == pytest.approx(0, abs=1e-6)


def test_the_rows_sum_is_taken_as_given():
    """So that a pair too close is pushed apart, and the others' distances are left alone."""
    y = torch.tensor([[0.0, 0.0], [0.1, 0.0], [9.0, 0.0]], requires_grad=True)
    (slope,) = torch.autograd.grad(term(y), y)
    assert slope[0, 0] > 0 > slope[1, 0]  # descent moves them apart
    assert slope[2].abs().max() == 0


def test_collapsed_fakes_have_a_finite_gradient():
    y = torch.ones(3, 2, requires_grad=True)
    (slope,) = torch.autograd.grad(term(y), y)
    assert slope.isfinite().all()


def test_settings_and_batches_that_do_not_go_are_refused():
    with pytest.raises(ValueError, match="alpha must be above 0"):
        NDiv(alpha=0.0)
    with pytest.raises(ValueError, match="weight must be at least 0"):
        NDiv(weight=-1.0)
    with pytest.raises(ValueError, match=r"take train\.batch_size=3"):
        game(NDiv(), batch=2)
