import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.gan.autodiff import Classic, Functional
from mcgan.objective import NonSaturating, Wasserstein
from mcgan.reg.consensus import Consensus
from small import Straight, d_turn, game, moment, real

WEIGHT = "D.head.weight"


def dirac(consensus: Consensus, w: float, c: float):
    """f(x) = w x against the point c, data at 0, WGAN's loss: L_D = w c, L_G = -w c."""
    made = game(consensus, arch=Straight(latent=1), objective=Wasserstein(), shape=(1,)).double()
    for tensor, value in (
        (made.D.head.weight, w),
        (made.D.head.bias, 0.0),
        (made.G.net[0].weight, 0.0),
        (made.G.net[0].bias, c),
    ):
        tensor.data.fill_(value)
    return made, made.turn(torch.zeros(8, 1).double(), made.generate(moment(made)), moment(made))


def squared_field(turn, w: float, c: float) -> float:
    """v = (dL_D/dw, dL_G/dc, dL_G/da) with y = a z + c."""
    mean = turn.moment.noise["z"].mean().item()
    return c**2 + w**2 + (w * mean) ** 2


@pytest.mark.parametrize("autodiff", [Classic(), Functional()], ids=["classic", "functional"])
@pytest.mark.parametrize("w, c", [(1.0, 0.5), (-2.0, 3.0), (0.0, 0.0)])
def test_of_a_dirac_gan_it_is_the_squared_distance_from_the_solution(w, c, autodiff):
    made, turn = dirac(consensus := Consensus(gamma=3.0), w, c)
    made.autodiff = autodiff
    for term in (consensus.d_term(turn), consensus.g_term(turn)):
        assert term.item() == pytest.approx(1.5 * squared_field(turn, w, c), abs=1e-12)


def test_it_draws_both_players_of_a_dirac_gan_to_the_solution():
    made, turn = dirac(consensus := Consensus(gamma=3.0), 2.0, 0.5)
    mean = turn.moment.noise["z"].mean().item()
    w, c = torch.autograd.grad(consensus.d_term(turn), [made.D.head.weight, made.G.net[0].bias])
    assert w.item() == pytest.approx(3.0 * 2.0 * (1 + mean**2))
    assert c.item() == pytest.approx(3.0 * 0.5)


def field_by_hand(made, x, z) -> torch.Tensor:
    """As in the paper, by autograd on one graph of both players."""
    f, r = made.D(made.G.net(z)).score, made.D(x).score
    losses = {"D": (made.objective.d_loss(r, f)).mean(), "G": made.objective.g_loss(None, f).mean()}
    own = {"D": made.D, "G": made.G}
    v = [
        torch.autograd.grad(loss, list(own[p].parameters()), create_graph=True)
        for p, loss in losses.items()
    ]
    return torch.cat([g.flatten() for grads in v for g in grads])


@pytest.mark.parametrize("player", ["D", "G"])
def test_of_any_nets_it_is_half_the_squared_norm_of_the_games_gradient_field(player):
    nets = {"arch": MLP(latent=4, width=8), "objective": NonSaturating()}
    made = game(consensus := Consensus(gamma=2.0), **nets).double()
    x, now = real(made), moment(made)
    _, report = made.play(player, x, now)
    mine = list({"D": made.D, "G": made.G}[player].parameters())
    expected = field_by_hand(made, x, now.noise["z"]).square().sum()
    torch.testing.assert_close(report.scalars["consensus"], expected)
    found = consensus.d_term(d_turn(made))
    expected = field_by_hand(made, real(made), moment(made).noise["z"]).square().sum()
    slopes = [torch.autograd.grad(each, mine, materialize_grads=True) for each in (found, expected)]
    torch.testing.assert_close(*slopes)
    assert max(s.abs().max() for s in slopes[0]) > 1e-4


def test_settings_out_of_range_are_refused():
    with pytest.raises(ValueError, match="gamma must be at least 0"):
        Consensus(gamma=-1.0)
