import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.config.build import build
from mcgan.errors import UserError
from mcgan.gan.strategy import Strategy
from mcgan.reg.pac import Pac
from small import d_turn, game, node


def zero_gp(**settings) -> Strategy:
    return build(node("zero_gp", **settings), Strategy, "reg.zero_gp")


def places(turn) -> torch.Tensor:
    """The points on the line from fake to real."""
    eps = turn.moment.noise["gradientpenalty.eps"]
    return (eps * turn.real.x + (1 - eps) * turn.fake.x).requires_grad_()


def test_of_a_linear_logit_it_is_its_squared_gradient():
    made = game(penalty := zero_gp(weight=3.0, of="logit"))
    expected = 3.0 * made.D.head.weight.square().sum()
    torch.testing.assert_close(penalty.d_term(d_turn(made)), expected)


def test_of_a_linear_critic_that_knows_nothing_it_is_a_sixteenth_of_that():
    """At D = 1/2 the derivative of the sigmoid is 1/4."""
    made = game(penalty := zero_gp(weight=3.0), arch=MLP(latent=4, width=8))
    turn = d_turn(made)
    logit = zero_gp(weight=3.0, of="logit")
    logit.name = penalty.name
    made.D.head.weight.data *= 1e-3
    made.D.head.bias.data.zero_()
    ratio = logit.d_term(turn) / penalty.d_term(turn)
    assert ratio.item() == pytest.approx(16, rel=1e-3)


@pytest.mark.parametrize("packs", [[], [Pac(m=2)]], ids=["examples", "packs"])
def test_it_is_of_the_probability_on_the_line_from_fake_to_real_and_moves_the_critic(packs):
    made = game(*packs, penalty := zero_gp(weight=2.0), arch=MLP(latent=4, width=8))
    made.D.head.weight.data *= 30  # or D is near one half everywhere
    turn = d_turn(made)
    x = places(turn)
    output = turn.critic(x).score.sigmoid()
    slope = torch.autograd.grad(output.sum(), x, create_graph=True)[0].reshape(len(output), -1)
    pair = penalty.d_term(turn), 2.0 * slope.square().sum(1).mean()
    torch.testing.assert_close(*pair)
    weights = list(made.D.parameters())
    slopes = [torch.autograd.grad(each, weights, materialize_grads=True) for each in pair]
    torch.testing.assert_close(*slopes)
    assert slopes[0][0].abs().max() > 0


def test_at_unit_scale_it_weighs_what_the_authors_weigh_at_theirs():
    """A critic of x / s on data s times as wide has gradients 1 / s as large."""
    made, scale = game(penalty := zero_gp(), arch=MLP(latent=4, width=8)), 10.0
    turn = d_turn(made)
    x = (scale * places(turn)).detach().requires_grad_()
    theirs = torch.autograd.grad(turn.critic(x / scale).score.sigmoid().sum(), x)[0]
    torch.testing.assert_close(penalty.d_term(turn), 10.0 * theirs.square().sum(1).mean())


def test_a_flat_critic_pays_nothing_and_stays():
    made = game(penalty := zero_gp())
    torch.nn.init.zeros_(made.D.head.weight)
    term = penalty.d_term(d_turn(made))
    assert term == 0
    assert (torch.autograd.grad(term, made.D.head.weight)[0] == 0).all()


def test_what_is_penalised_is_one_of_two():
    with pytest.raises(UserError, match="of must be one of logit, probability"):
        zero_gp(of="slope")
