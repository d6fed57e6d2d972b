import pytest
import torch

from mcgan.reg.top_k import TopK
from mcgan.schedule import Schedule
from small import d_turn, game, moment, real

SCORES = torch.tensor([0.3, -1.0, 2.0, 0.1, -5.0, 0.3, 1.0, 0.0])


def weighed(share: object, losses: torch.Tensor, progress: float = 0.0) -> torch.Tensor:
    turn = d_turn(game(), progress=progress)
    turn.outputs["fake"] = turn.on_fake._replace(score=SCORES)
    return TopK(share=share).weigh(losses, turn)


@pytest.mark.parametrize("share, k", [(1.0, 8), (0.5, 4), (0.25, 2), (0.3, 2), (0.0, 1)])
def test_the_mean_is_over_the_k_highest(share, k):
    losses = torch.arange(8.0)
    kept = SCORES.topk(k).indices
    torch.testing.assert_close(weighed(share, losses).mean(), losses[kept].mean())


def test_of_equal_scores_no_more_are_kept_than_k():
    assert (weighed(0.375, torch.ones(8)) > 0).sum() == 3  # the third and fourth are equal


def test_the_share_may_fall_over_the_run():
    share = Schedule(1.0, 0.5)
    kept = [(weighed(share, torch.ones(8), progress=p) > 0).sum().item() for p in (0.0, 0.5, 1.0)]
    assert kept == [8, 6, 4]


def test_by_default_all_are_kept_at_first_and_half_at_the_end():
    made = game(TopK())
    turns = [made.play("G", real(made), moment(made, progress=p)) for p in (0.0, 1.0)]
    seen = [report.scalars["loss"] for _, report in turns]
    losses = d_turn(made).g_losses()
    torch.testing.assert_close(seen[0], losses.mean())
    torch.testing.assert_close(seen[1], losses.sort().values[:4].mean())  # the loss falls in score


def test_the_rest_has_no_gradient_even_where_its_loss_is_not_finite():
    losses = torch.where(SCORES < 0, torch.inf, SCORES).requires_grad_()
    (slope,) = torch.autograd.grad(weighed(0.5, losses).mean(), losses)
    assert slope.isfinite().all() and (slope > 0).sum() == 4


def test_a_share_above_one_is_refused():
    with pytest.raises(ValueError, match="share must be at least 0 and at most 1"):
        TopK(share=1.5)
