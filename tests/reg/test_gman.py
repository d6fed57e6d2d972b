import pytest
import torch
from scipy.stats import binomtest

from mcgan.arch.mlp import MLP
from mcgan.gan.chain import Chain
from mcgan.gan.game import Game
from mcgan.objective import NonSaturating
from mcgan.reg.gman import GMAN, shares
from mcgan.reg.minibatch import Minibatch
from mcgan.reg.pac import Pac
from mcgan.reg.r1 import R1
from mcgan.reg.top_k import TopK
from small import d_turn, game, largest_difference, moment, real, run, trainer

NETS = MLP(latent=4, width=8)


def made(*strategies):
    return game(*strategies, arch=NETS, objective=NonSaturating())


def heard(gman: GMAN, keep: list[float], losses: list[float]) -> torch.Tensor:
    """G's loss where each critic's is a number, by the weights it follows."""
    gman.name = "gman"

    class Turn:
        main = True
        whole = part = staticmethod(lambda rows: rows)
        moment = moment(game())._replace(noise={"gman.keep": torch.tensor(keep)})
        left = iter(losses[1:])

        def before(self, critic):
            return self

        def weighed_g_losses(self, until):
            return torch.full((4,), next(self.left))

    gman.more.extend(torch.nn.Identity() for _ in losses[1:])
    return gman.weigh(torch.full((4,), losses[0]), Turn())[0]


@pytest.mark.parametrize("focus", [0.0, 1.0, 3.0])
def test_the_generators_loss_is_the_softmax_weighted_mean(focus):
    losses = torch.tensor([0.2, 1.5, 0.9])
    weights = (focus * losses).exp() / (focus * losses).exp().sum()
    found = heard(GMAN(critics=3, focus=focus), [0.5] * 3, losses.tolist())
    torch.testing.assert_close(found, (weights * losses).sum())


def test_a_sharp_focus_hears_the_harshest_alone():
    torch.testing.assert_close(heard(GMAN(focus=500.0), [0.5] * 3, [0.2, 1.5, 0.9]).item(), 1.5)


def test_it_asks_each_critic_with_weights_of_its_own():
    each = made(gman := GMAN(critics=3, focus=0.0))
    _, report = each.play("G", real(each), moment(each))
    nets = [each.D, *gman.more]
    by_hand = torch.stack([each.objective.g_loss(None, net(report.fake.x).score) for net in nets])
    torch.testing.assert_close(report.scalars["loss"], by_hand.mean())
    assert by_hand.mean(1).unique().numel() == 3


def own_share(losses: torch.Tensor, k: int, critics: int) -> torch.Tensor:
    """The mean over the k-th of equal parts of a batch."""
    size = len(losses) // critics
    return losses[k * size : (k + 1) * size].mean()


def test_every_critic_learns_from_its_share_with_the_penalties_of_others():
    each = made(gman := GMAN(critics=4), R1(gamma=2.0))
    turn = d_turn(each)
    total = torch.zeros(())
    for k, net in enumerate((each.D, *gman.more)):
        x = turn.real.x.clone().requires_grad_()
        slope = torch.autograd.grad(net(x).score.sum(), x, create_graph=True)[0]
        losses = each.objective.d_loss(net(turn.real.x).score, net(turn.fake.x).score)
        total = total + own_share(losses, k, 4) + slope.square().sum(1).mean()
    loss, _ = each.play("D", real(each), moment(each))
    torch.testing.assert_close(loss, total)
    slopes = torch.autograd.grad(loss, [net.head.weight for net in (each.D, *gman.more)])
    assert all(slope.abs().max() > 0 for slope in slopes)


def test_no_critic_learns_from_the_share_of_another():
    each = made(gman := GMAN(critics=4))
    x = real(each)
    x_elsewhere = x.clone()
    x_elsewhere[2:4] += 1.0  # the share of the second
    for k, net in enumerate((each.D, *gman.more)):
        before, after = (
            torch.autograd.grad(each.play("D", given, moment(each))[0], net.head.weight)[0]
            for given in (x, x_elsewhere)
        )
        assert (k == 1) != torch.allclose(before, after)


@pytest.mark.parametrize("critics, scores", [(1, 4), (3, 8), (4, 8), (5, 4), (3, 128)])
def test_shares_are_equal_and_use_every_score_once(critics, scores):
    found = shares(torch.zeros(critics, scores, dtype=torch.float64))
    torch.testing.assert_close(found.sum(1), torch.ones(critics, dtype=torch.float64))
    torch.testing.assert_close(found.mean(0), torch.full((scores,), 1 / scores).double())
    assert (found > 0).sum() <= critics + scores - 1  # neighbours meet in one score at most


def test_a_critic_that_judges_batches_sees_the_whole_batch():
    each = made(Minibatch(kernels=3, dims=2), gman := GMAN(critics=2))
    turn = d_turn(each)
    losses = [turn.before(net).d_losses() for net in (each.D, *gman.more)]
    loss, _ = each.play("D", real(each), moment(each))
    torch.testing.assert_close(loss, sum(own_share(part, k, 2) for k, part in enumerate(losses)))


def test_two_kinds_of_several_critics_part_the_batch_twice():
    one, other = GMAN(critics=2), GMAN(critics=4)
    chain = Chain({"one": one, "other": other}, NETS.latent)
    each = Game(NETS, NonSaturating(), chain, (3,), 8, 20)
    each.setup(lambda n: torch.randn(n, 3))
    turn = d_turn(each)
    expected = -turn.d_losses().mean()
    for kind in (one, other):
        nets = (each.D, *kind.more)
        losses = [turn.before(net).d_losses() for net in nets]
        expected = expected + sum(own_share(part, k, len(nets)) for k, part in enumerate(losses))
    loss, _ = each.play("D", real(each), moment(each))
    torch.testing.assert_close(loss, expected)


def test_what_weighs_the_losses_of_the_critic_weighs_those_of_the_others():
    """Top-k before it keeps the fakes that each critic rates highest, by that critic's scores."""
    each = made(TopK(share=0.5), gman := GMAN(critics=3, focus=0.0))
    _, report = each.play("G", real(each), moment(each))
    scores = [net(report.fake.x).score for net in (each.D, *gman.more)]
    best = [each.objective.g_loss(None, score.topk(4).values).mean() for score in scores]
    torch.testing.assert_close(report.scalars["loss"], torch.stack(best).mean())


def test_two_kinds_of_several_critics_are_heard_one_after_the_other():
    one, other = GMAN(critics=2, focus=0.0), GMAN(critics=3, focus=0.0)
    chain = Chain({"one": one, "other": other}, NETS.latent)
    each = Game(NETS, NonSaturating(), chain, (3,), 8, 20)
    each.setup(lambda n: torch.randn(n, 3))
    _, report = each.play("G", real(each), moment(each))
    first, second, third, fourth = (
        each.objective.g_loss(None, net(report.fake.x).score).mean()
        for net in (each.D, *one.more, *other.more)
    )
    mixed = (first + second) / 2
    torch.testing.assert_close(report.scalars["loss"], (mixed + third + fourth) / 3)


@pytest.mark.parametrize("order", [0, 1])
def test_its_critics_are_as_all_others_make_them(order):
    gman = GMAN(critics=2)
    each = made(*((gman, Pac()) if order else (Pac(), gman)))
    assert len(gman.more[0](real(each)).score) == 4 and gman.more[0].judges_batches


def test_a_critic_that_is_not_heard_gives_no_gradient():
    found = heard(GMAN(critics=3, focus=0.0, drop=0.4), [0.3, 0.5, 0.7], [9.0, 1.0, 2.0])
    torch.testing.assert_close(found.item(), 1.5)


def test_one_critic_is_the_game_without_it():
    words = {"objective": "minimax", "dtype": torch.float64}
    alone, without = trainer("gman", gman={"critics": 1}, **words), trainer(**words)
    for each in (alone, without):
        run(each, 3)
    assert largest_difference(alone.replicas.tensors, without.replicas.tensors) < 1e-12


@pytest.mark.whole
def test_each_is_dropped_with_the_probability_and_never_all():
    gman, count = GMAN(critics=2, focus=0.0, drop=0.6), 0
    draws = torch.rand(300, 2, generator=torch.Generator().manual_seed(0))
    for keep in draws.tolist():
        found = heard(GMAN(critics=2, focus=0.0, drop=gman.drop), keep, [1.0, 3.0]).item()
        assert found in (1.0, 2.0, 3.0)
        count += found == 2.0  # both heard
    assert binomtest(count, 300, 0.4**2).pvalue > 1e-3


def test_settings_out_of_range_are_refused():
    for settings in ({"critics": 0}, {"focus": -1.0}, {"drop": 1.5}):
        with pytest.raises(ValueError, match=f"{next(iter(settings))} must be"):
            GMAN(**settings)
