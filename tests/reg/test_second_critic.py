import pytest
import torch
from torch.nn.functional import softplus as sp

from mcgan.arch.mlp import MLP
from mcgan.objective import FirstOfTwo
from mcgan.reg.r1 import R1
from mcgan.reg.second_critic import SecondCritic
from small import d_turn, game, moment, real

NETS = MLP(latent=4, width=8)


def made(second: SecondCritic, *others):
    return game(second, *others, arch=NETS, objective=FirstOfTwo())


def test_both_players_losses_are_the_papers():
    each = made(second := SecondCritic(beta=0.7))
    turn = d_turn(each)
    x, y = turn.real.x, turn.fake.x
    d1, d2 = (lambda x, net=net: sp(net(x).score) for net in (each.D, second.more[0]))
    loss, _ = each.play("D", real(each), moment(each))
    by_hand = -d1(x).log() + d1(y) + d2(x) - 0.7 * d2(y).log()
    torch.testing.assert_close(loss, by_hand.mean())
    loss, report = each.play("G", real(each), moment(each))
    y = report.fake.x
    torch.testing.assert_close(loss, (-d1(y) + 0.7 * d2(y).log()).mean())


def test_it_is_best_at_the_ratio_of_densities():
    p, q, beta = 0.2, 0.6, 0.7  # of real and of fake at one place
    score = torch.tensor(0.0, requires_grad=True)
    for _ in range(2000):
        loss = p * sp(score) - q * beta * sp(score).log()
        score = (score - torch.autograd.grad(loss, score)[0]).detach().requires_grad_()
    torch.testing.assert_close(sp(score).item(), beta * q / p, rtol=1e-4, atol=0.0)


def test_its_critic_is_one_more_of_the_critics_own_and_starts_elsewhere():
    each = made(second := SecondCritic())
    names = [name for name in each.owned("D") if name.startswith("reg.")]
    assert [n.removeprefix("reg.secondcritic.more.0.") for n in names] == [
        n.removeprefix("D.") for n in each.owned("D") if n.startswith("D.")
    ]
    assert not torch.equal(second.more[0].head.weight, each.D.head.weight)


def test_no_penalty_of_others_reaches_it():
    each = made(second := SecondCritic(), R1(gamma=100.0))
    slopes = []
    for other in (each, made(plain := SecondCritic())):
        loss, _ = other.play("D", real(other), moment(other))
        at = (second if other is each else plain).more[0].head.weight
        slopes.append(torch.autograd.grad(loss, at)[0])
    torch.testing.assert_close(*slopes)


def test_a_beta_below_zero_is_refused():
    with pytest.raises(ValueError, match="beta must be at least 0"):
        SecondCritic(beta=-1.0)
