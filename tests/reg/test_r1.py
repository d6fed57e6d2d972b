import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.objective import NonSaturating, RelativisticPairing
from mcgan.reg.r1 import R1
from mcgan.schedule import Schedule
from small import d_turn, game, moment, real


def by_hand(turn, x: torch.Tensor, gamma: float) -> torch.Tensor:
    x = x.detach().clone().requires_grad_()
    slope = torch.autograd.grad(turn.critic(x).score.sum(), x, create_graph=True)[0]
    return gamma / 2 * slope.square().sum(1).mean()


def test_of_a_linear_critic_it_is_half_gamma_times_the_squared_slope():
    made = game(r1 := R1(gamma=3.0))
    expected = 1.5 * made.D.head.weight.square().sum()
    torch.testing.assert_close(r1.d_term(d_turn(made)), expected)


def test_it_is_taken_at_real_samples_and_moves_the_critic():
    made = game(r1 := R1(gamma=2.0), arch=MLP(latent=4, width=8))
    turn = d_turn(made)
    expected = by_hand(turn, turn.real.x, 2.0)
    found = r1.d_term(turn)
    torch.testing.assert_close(found, expected)
    weights = list(made.D.parameters())
    slopes = [
        torch.autograd.grad(each, weights, materialize_grads=True) for each in (found, expected)
    ]
    torch.testing.assert_close(*slopes)
    assert slopes[0][0].abs().max() > 0


def test_penalty_and_loss_share_the_critics_passes():
    made = game(R1(), arch=MLP(latent=4, width=8))
    seen = []
    made.D.trunk.register_forward_hook(lambda *_: seen.append(1))
    made.play("D", real(made), moment(made))
    assert len(seen) == 2  # real and fake, the penalty none of its own


def test_gamma_may_be_a_schedule():
    made = game(r1 := R1(gamma=Schedule(2.0, 0.0)))
    full, half = (r1.d_term(d_turn(made, progress=p)) for p in (0.0, 0.5))
    torch.testing.assert_close(half, full / 2)


@pytest.mark.parametrize(
    "objective, sides, noted",
    [
        (RelativisticPairing(), ["real"], True),
        (RelativisticPairing(), ["fake"], True),
        (RelativisticPairing(), ["real", "fake"], False),
        (NonSaturating(), ["real"], False),
    ],
)
def test_a_relativistic_loss_is_said_to_need_both_sides(objective, sides, noted):
    penalties = [type(f"R{i}", (R1,), {})(at=side) for i, side in enumerate(sides)]
    notes = game(*penalties, objective=objective).notes()
    assert any("add reg=[r1,r2]" in note for note in notes) == noted


def test_settings_out_of_range_are_refused():
    with pytest.raises(ValueError, match="gamma must be at least 0"):
        R1(gamma=-1.0)
    with pytest.raises(ValueError, match="at must be one of real, fake"):
        R1(at="both")
