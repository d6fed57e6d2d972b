from dataclasses import dataclass

import pytest
import torch
from torch.func import functional_call

from mcgan.arch.mlp import MLP
from mcgan.errors import UserError
from mcgan.objective import Minimax, NonSaturating, RelativisticPairing, Wasserstein
from mcgan.optim import SGD, Adam, Optim, RMSprop
from mcgan.reg.optimistic import Optimistic
from mcgan.reg.unrolled import Unrolled
from small import Straight, game, moment, real, run, sample, trainer

BOTH = pytest.mark.parametrize("through", [True, False])
NETS = MLP(latent=4, width=8)


def grads_of_g(made) -> list[torch.Tensor]:
    loss, _ = made.play("G", real(made), moment(made))
    return list(torch.autograd.grad(loss, list(made.G.parameters())))


def value(made, critic: dict[str, torch.Tensor], x, y) -> torch.Tensor:
    """f(G, D), which D raises: E log D(x) + E log(1 - D(y)) (Goodfellow et al. 2014, eq. 1)."""
    r, f = (functional_call(made.D, critic, (batch,)).score for batch in (x, y))
    return (r.sigmoid().log() + (1 - f.sigmoid()).log()).mean()


def unrolled(made, x, y, k: int, lr: float, through: bool = True) -> dict[str, torch.Tensor]:
    """theta_D^k by plain ascent of f (Metz et al., eq. 7 and 8), written out."""
    critic = {name: p.detach().requires_grad_() for name, p in made.D.named_parameters()}
    for _ in range(k):
        grads = torch.autograd.grad(
            value(made, critic, x, y),
            list(critic.values()),
            create_graph=through,
            retain_graph=True,
        )
        moved = zip(critic.items(), grads, strict=True)
        critic = {name: p + lr * grad for (name, p), grad in moved}
    return critic


def test_of_minimax_its_gradient_is_the_papers():
    """That of f(G, D^k(G, D)), the whole value at the unrolled critic (eq. 9 and 10)."""
    made = game(Unrolled(k=3, lr=0.5), arch=NETS, objective=Minimax()).double()
    x, y = real(made), made.G(moment(made).noise["z"], None)
    f = value(made, unrolled(made, x, y, 3, 0.5), x, y)
    expected = list(torch.autograd.grad(f, list(made.G.parameters())))
    torch.testing.assert_close(grads_of_g(made), expected)


@BOTH
def test_of_another_loss_its_own_gradient_goes_beside_that_of_the_value_through_the_steps(through):
    made = game(
        Unrolled(k=3, lr=0.5, through_updates=through), arch=NETS, objective=NonSaturating()
    ).double()
    x, y = real(made), made.G(moment(made).noise["z"], None)
    critic = unrolled(made, x, y, 3, 0.5)
    held = {name: p.detach() for name, p in critic.items()}
    direct = -functional_call(made.D, held, (y,)).score.sigmoid().log().mean()
    loss = direct + (value(made, critic, x, y.detach()) if through else 0)
    torch.testing.assert_close(
        grads_of_g(made), list(torch.autograd.grad(loss, [*made.G.parameters()]))
    )


@pytest.mark.parametrize("inner", ["sgd", "own"])
@pytest.mark.parametrize("objective", [Minimax, NonSaturating, RelativisticPairing])
def test_data_made_by_g_before_a_critic_that_knows_nothing_are_a_fixed_point(objective, inner):
    """p_G = p_data and D = 1/2: a shift of G changes nothing that D can become."""
    made = game(each := Unrolled(k=5, lr=0.01, inner=inner), arch=NETS, objective=objective())
    made.chain.update(Adam(lr=0.01), "D")
    made.double()
    torch.nn.init.zeros_(made.D.head.weight)
    torch.nn.init.zeros_(made.D.head.bias)
    shift = torch.zeros(3).double().requires_grad_()
    x = real(made)
    turn = made.turn(x, sample(x + shift, 4), moment(made))
    made.bare = lambda player, x, moment: (
        made.turn(x, sample(x + shift, 4), moment).d_losses().mean()
    )
    against = turn.against(each.opponent(turn.critic, turn))
    loss = against.g_losses().mean() + each.g_term(against)
    [grad] = torch.autograd.grad(loss, shift)
    assert grad.abs().max() < 1e-14


def test_the_gradient_through_the_updates_is_another_than_that_of_a_look_ahead():
    made = [
        game(Unrolled(k=3, lr=0.5, through_updates=through), arch=NETS, objective=NonSaturating())
        for through in (True, False)
    ]
    through, ahead = (torch.cat([s.flatten() for s in grads_of_g(each)]) for each in made)
    assert (through - ahead).norm() > 0.1 * ahead.norm()


@BOTH
def test_before_a_linear_critic_the_second_term_pulls_to_the_data(through):
    """D(x) = w x moves to w' = w - lr (mean y - mean x), and G's loss is w' (mean x - mean y)."""
    made = game(Unrolled(k=1, lr=0.25, through_updates=through), objective=Wasserstein())
    y, x = made.G(moment(made).noise["z"], None).mean(0), real(made).mean(0)
    moved = made.D.head.weight[0] - 0.25 * (y - x)
    expected = -moved + (0.25 * (y - x) if through else 0)
    torch.testing.assert_close(grads_of_g(made)[1], expected)  # of the bias: of mean y


def test_steps_of_d_by_its_own_rule_are_those_that_it_would_take():
    """After k turns of D on one batch D is where G saw it."""
    made = trainer("unrolled", dtype=torch.float64, unrolled={"k": 3, "inner": "own"}, eps=1e-8)
    run(made, 2)
    each, played, (x, noise) = made.game.reg["unrolled"], made.game, made.draws(2, 1)
    now = moment(played)._replace(noise=noise)
    turn = played.turn(x, played.generate(now), now)
    ahead = {name: t.detach() for name, t in each._unroll(turn).items()}
    for _ in range(3):
        made.moves["D"](x, now)
    for name, tensor in ahead.items():
        torch.testing.assert_close(made.replicas.replica(0)[name], tensor, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("optim", [Adam(lr=0.1), RMSprop(lr=0.1), SGD(lr=0.1, momentum=0.5)])
def test_the_gradient_flows_through_steps_of_ds_own_rule(optim):
    """Against differences: minus D's loss where D's steps go, as G's bias moves."""
    made = game(
        each := Unrolled(k=2, inner="own"), Optimistic(), arch=Straight(), objective=Minimax()
    )
    made.chain.update(optim, "D")
    made.double()
    for slot in each.rule.slots:  # as after some turns of D
        for buffer in each.state[slot].current().values():
            buffer.fill_(0.3)
    each.turns.fill_(4.0)
    bias = made.G.net[0].bias

    def term(by: float = 0.0) -> torch.Tensor:
        """The term with fakes as they are, which D's steps see moved."""
        now = moment(made)
        turn = made.turn(real(made), made.generate(now), now)
        with torch.no_grad():
            bias[0] += by
        found = each.g_term(turn)
        with torch.no_grad():
            bias[0] -= by
        return found

    [grad] = torch.autograd.grad(term(), bias)
    slope = (term(1e-5) - term(-1e-5)) / 2e-5
    assert grad[0].item() == pytest.approx(slope.item(), rel=1e-5) and abs(slope) > 1e-4


@dataclass
class Odd(Optim):
    """A rule of somebody's own."""

    def apply(self, lists, lr, progress) -> None:
        """Moves nothing."""


def test_another_rule_than_torchs_is_refused():
    made = game(Unrolled(inner="own"))
    with pytest.raises(UserError, match=r"reg.unrolled: inner=own .* by Odd: take inner=sgd"):
        made.chain.update(Odd(), "D")


def test_both_terms_share_the_steps():
    made = game(each := Unrolled(k=2), arch=NETS)
    seen = []
    loss_with = each._take_steps
    each._take_steps = lambda turn: seen.append(1) or loss_with(turn)
    made.play("G", real(made), moment(made))
    assert len(seen) == 1


def test_the_critics_own_turn_is_as_ever():
    losses = [game(*each).play("D", real(game()), moment(game()))[0] for each in ([], [Unrolled()])]
    assert torch.equal(*losses)


def test_a_look_ahead_leaves_the_critic_where_it_is():
    made = game(Unrolled(k=2))
    before = {name: p.detach().clone() for name, p in made.named_parameters()}
    grads_of_g(made)
    assert all(torch.equal(p, before[name]) for name, p in made.named_parameters())


@pytest.mark.parametrize("settings", [{"k": -1}, {"lr": 0.0}, {"inner": "adam"}])
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ValueError, match=f"{next(iter(settings))} must be"):
        Unrolled(**settings)
