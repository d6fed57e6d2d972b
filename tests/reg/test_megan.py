import copy

import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.config.build import build
from mcgan.gan.strategy import Strategy
from mcgan.objective import NonSaturating
from mcgan.reg.bourgan import BourGAN
from mcgan.reg.discrete_latent import DiscreteLatent
from mcgan.reg.megan import MEGAN
from small import game, moment, node, real, solo_difference

NETS = MLP(latent=4, width=8)
K = 3


def made_of(*others, **settings):
    gate = build(node("megan", generators=K, **settings), Strategy, "reg.megan")
    assert isinstance(gate, MEGAN)
    return game(gate, *others, arch=NETS, objective=NonSaturating()), gate


def latents(made, **where):
    """The latents of a moment as G gets them, the gate's draws among them."""
    return made.generate(moment(made, **where)).z


def test_an_example_is_made_by_the_generator_that_the_gate_picks():
    made, _ = made_of()
    z = latents(made)
    picks, firsts = made.G.choose(z)
    nets = [copy.deepcopy(made.G._form.last).to_empty(device="cpu") for _ in range(K)]
    for k, net in enumerate(nets):
        net.load_state_dict({name: stack[k] for name, stack in made.G.stacks().items()})
    each = torch.stack([net(z[:, :4]) for net in nets], 1)  # (B, K, 3)
    which = picks.argmax(1)
    assert which.unique().numel() > 1
    torch.testing.assert_close(made.G(z, which), each[torch.arange(8), which])
    torch.testing.assert_close(firsts[1], nets[1][0](z[:, :4]))


def test_the_pick_depends_on_z_and_its_gradient_reaches_the_latent():
    made, _ = made_of()
    z = latents(made).detach().requires_grad_()
    _, firsts = made.G.choose(z)
    logits = made.G.weigh(z[:, :4], firsts)
    (slope,) = torch.autograd.grad(logits[:, 0].sum(), z)
    assert (slope[:, :4].abs().amax(1) > 0).all() and (slope[:, 4:] == 0).all()
    assert logits.std(0).min() > 0  # one vector of weights for all would have none
    free = made.G.weigh(torch.zeros(8, 4), firsts)
    blind = made.G.weigh(z[:, :4], torch.zeros_like(firsts))
    assert not torch.equal(free, logits) and not torch.equal(blind, logits)  # it sees both


def test_straight_through_the_pick_is_one_hot_with_the_gradient_of_a_softmax():
    made, _ = made_of(tau=0.7)
    z = latents(made)
    picks, firsts = made.G.choose(z)
    noise = moment(made).noise["megan.gumbel"].clamp(1e-6, 1 - 1e-6)
    score = (made.G.weigh(z[:, :4], firsts) - (-noise.log()).log()) / 0.7
    assert torch.equal(picks.detach().round(), torch.eye(K)[score.argmax(1)])
    way, weight = torch.randn(8, K), made.G.chooser[0].weight
    (found,) = torch.autograd.grad((picks * way).sum(), weight, retain_graph=True)
    (expected,) = torch.autograd.grad((score.softmax(1) * way).sum(), weight)
    torch.testing.assert_close(found, expected)


def test_the_games_loss_trains_the_gate():
    """With no balance, and D's score alone, the gate still gets a gradient."""
    made, _ = made_of(balance=0.0)
    loss, report = made.play("G", real(made), moment(made))
    assert all(
        torch.autograd.grad(loss, weight, retain_graph=True)[0].abs().max() > 0
        for weight in (*made.G.chooser.parameters(), *made.G.read.parameters())
    )
    expected = made.objective.g_loss(None, made.D(report.fake.x).score).mean()
    torch.testing.assert_close(loss, expected)


def test_the_gate_moves_towards_the_generator_that_d_likes():
    """Generators that each make one point; D's score is the point's first coordinate."""
    made, _ = made_of(balance=0.0)
    for name in made.G.names:
        getattr(made.G, name).data.zero_()
    *_, bias = (getattr(made.G, name) for name in made.G.names)
    bias.data[:, 0] = torch.tensor([-1.0, 0.0, 1.0])
    slopes = sum(
        torch.autograd.grad(
            -made.generate(moment(made, seed=seed)).x[:, 0].mean(), made.G.chooser[-1].bias
        )[0]
        for seed in range(200)
    )
    assert slopes[2] < 0 < slopes[0]  # a step down the slope favours the third


@pytest.mark.parametrize("bias, shares", [([1e3, 0, 0], [1, 0, 0]), ([0, 0, 0], None)])
def test_the_balance_is_the_mean_squared_error_of_the_shares(bias, shares):
    made, _ = made_of(balance={"from": 6.0, "to": 0.0})
    made.G.chooser[-1].bias.data = torch.tensor(bias, dtype=torch.float32)
    z = latents(made)
    found = made.G.choose(z)[0].detach().mean(0)
    if shares:
        torch.testing.assert_close(found, torch.tensor(shares, dtype=torch.float32))
    expected = ((found - 1 / K) ** 2).sum() / K
    for progress, weight in ((0.0, 6.0), (0.5, 3.0), (1.0, 0.0)):
        _, report = made.play("G", real(made), moment(made, progress=progress))
        now = made.G.choose(latents(made, progress=progress))[0].detach().mean(0)
        torch.testing.assert_close(now, found)  # tau does not change which is the largest
        torch.testing.assert_close(report.scalars["megan"], weight * expected)


def test_the_balance_draws_the_gate_from_a_generator_that_makes_too_much():
    made, gate = made_of(balance=1.0)
    made.G.chooser[-1].bias.data = torch.tensor([2.0, 0.0, 0.0])
    slopes = torch.zeros(K)
    for seed in range(50):
        now = moment(made, seed=seed)
        turn = made.turn(real(made), made.generate(now), now)
        slopes += torch.autograd.grad(gate.g_term(turn), made.G.chooser[-1].bias)[0]
    assert slopes[0] > 0 > slopes[1:].max()


def test_latents_that_a_later_strategy_widens_are_seen_whole():
    made, _ = made_of(DiscreteLatent(values=5))
    z = latents(made)
    assert z.shape == (8, 4 + K + 1 + 5) and made.G.read.out_features == 9
    other = z.clone()
    other[:, -5:] = other[:, -5:].roll(1, 1)
    assert not torch.equal(made.G.choose(z)[1], made.G.choose(other)[1])


@pytest.mark.parametrize(
    "chain",
    [(BourGAN(points=64), MEGAN()), (DiscreteLatent(), MEGAN()), (MEGAN(), BourGAN(points=64))],
)
def test_latents_that_are_not_as_drawn_are_refused(chain):
    with pytest.raises(ValueError, match="how wide these are: put this before it, or use one"):
        game(*chain, arch=NETS)


def test_g_owns_the_gate_and_nothing_tells_generators_apart():
    made, _ = made_of()
    assert {"G.read.weight", "G.chooser.0.weight"} <= set(made.owned("G"))
    assert not [name for name, _ in made.D.named_parameters() if "guess" in name]


@pytest.mark.parametrize("shared", [0, -1])
def test_replicas_are_solo_runs(shared):
    assert solo_difference("megan", shared=shared) < 1e-9


def test_tau_is_the_schedules():
    made, _ = made_of(tau={"from": 2.0, "to": 0.5})
    for progress, tau in ((0.0, 2.0), (1.0, 0.5)):
        z = latents(made, progress=progress)
        torch.testing.assert_close(z[:, 4 + K], torch.full((8,), tau))
