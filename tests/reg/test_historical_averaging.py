import pytest
import torch

from mcgan.reg.gman import GMAN
from mcgan.reg.historical_averaging import HistoricalAveraging
from small import d_turn, game, moment, real, run, trainer

NAME = "historical_averaging"


def test_each_players_mean_is_over_all_its_weights_so_far():
    made = trainer(NAME, dtype=torch.float64, objective="wgan_gp")  # two turns of D in a step
    strategy, seen = made.game.reg[NAME], {}
    for player, copy in strategy.means.items():
        means = copy.buffers
        seen |= {name: [made.replicas.tensors[name].detach().clone()] for name in means}
        assert means.keys() == set(made.replicas.owned[player])
    for _ in range(3):
        for turn, player in enumerate(made.turns):
            x, noise = made.draws(made.count, turn)
            made.moves[player](x, moment(made.game)._replace(noise=noise))
            for name in strategy.means[player].buffers:
                seen[name].append(made.replicas.tensors[name].detach().clone())
        made.count += 1
    for means in strategy.means.values():
        for name, own in means.buffers.items():
            expected = torch.stack(seen[name]).mean(0)
            torch.testing.assert_close(made.replicas.tensors[strategy.key(own)], expected)


def test_both_players_pay_their_squared_distance():
    made = game(each := HistoricalAveraging(weight=0.5))
    for player, cost in (("D", 4.0), ("G", 9.0)):
        for name, own in each.means[player].buffers.items():
            each.get_buffer(own).copy_(made.get_parameter(name).detach() + cost**0.5)
        _, report = made.play(player, real(made), moment(made))
        count = sum(made.get_parameter(n).numel() for n in each.means[player].buffers)
        term = report.scalars["historicalaveraging"]
        torch.testing.assert_close(term.item(), 0.5 * cost * count, rtol=1e-5, atol=0.0)
        first = next(iter(each.means[player].buffers))
        slope = torch.autograd.grad(term, made.get_parameter(first))[0]
        torch.testing.assert_close(slope, torch.full_like(slope, -(cost**0.5)))  # to the mean


def test_it_counts_once_where_there_are_several_critics():
    made = game(GMAN(critics=3), each := HistoricalAveraging())
    for own in each.means["D"].buffers.values():
        each.get_buffer(own).add_(1.0)
    assert any(name.startswith("reg.gman.more") for name in each.means["D"].buffers)
    _, report = made.play("D", real(made), moment(made))
    torch.testing.assert_close(report.scalars["historicalaveraging"], each.d_term(d_turn(made)))
    other = d_turn(made).before(made.D)
    assert each.d_term(other) is None


def test_it_holds_the_players_back():
    tied, free = (trainer(NAME, **{NAME: {"weight": w}}) for w in (100.0, 0.0))
    tensors, names = tied.replicas.tensors, tied.replicas.owned["G"]
    start = {name: tensors[name].detach().clone() for name in names}
    run(tied, 10)
    run(free, 10)
    moved = [
        sum((each.replicas.tensors[n] - old).square().sum() for n, old in start.items())
        for each in (tied, free)
    ]
    assert moved[0] < moved[1]


def test_a_weight_below_zero_is_refused():
    with pytest.raises(ValueError, match="weight must be at least 0"):
        HistoricalAveraging(weight=-1.0)
