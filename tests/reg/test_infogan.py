import math

import pytest
import torch
from torch.nn.functional import cross_entropy

from mcgan.arch.mlp import MLP
from mcgan.gan.chain import Chain
from mcgan.gan.game import Game
from mcgan.objective import Minimax
from mcgan.reg.bourgan import BourGAN
from mcgan.reg.discrete_latent import DiscreteLatent
from mcgan.reg.mixture import GeneratorMixture
from mcgan.reg.pac import Pac
from mcgan.reg.replay import Replay
from small import d_turn, game, moment, node, real, solo_difference

NETS = MLP(latent=4, width=8)


def test_its_weight_is_the_papers():
    assert node("infogan")["identify"] == 1.0


def telling(*others, **settings):
    """A game whose G shows the codes, two of three values, and nothing else."""
    latent = DiscreteLatent(values=3, codes=2, **{"identify": 0.5, **settings})
    made = game(latent, *others, shape=(6,), batch=64)
    made.G.net[0].weight.data = torch.eye(6, 8).roll(2, 1)
    made.G.net[0].bias.data.zero_()
    return made, latent


@pytest.mark.parametrize("player", ["D", "G"])
def test_both_players_pay_for_codes_that_cannot_be_told(player):
    """A guess that knows nothing costs the codes' entropy, times the weight."""
    made, latent = telling()
    guess = latent._guesses.last
    guess.weight.data.zero_()
    guess.bias.data.zero_()
    _, report = made.play(player, real(made), moment(made))
    assert report.scalars["discretelatent"].item() == pytest.approx(0.5 * 2 * math.log(3))
    guess.weight.data = 50 * torch.eye(6)
    _, report = made.play(player, real(made), moment(made))
    assert report.scalars["discretelatent"].item() == pytest.approx(0, abs=1e-6)


def test_the_gap_to_the_entropy_is_the_mutual_information_where_the_guess_is_right():
    """x is the code but for a share of swaps, and q(c|x) the true posterior (eq. 5, tight)."""
    swapped = 0.3
    made, latent = telling(identify=1.0)
    # The posterior of a code that is shown truly with 1 - s, and else as one of the two others.
    right, wrong = math.log(1 - swapped), math.log(swapped / 2)
    guess = latent._guesses.last
    guess.bias.data.zero_()
    guess.weight.data = torch.block_diag(*[torch.eye(3) * (right - wrong) + wrong] * 2)
    turn = d_turn(made)
    shown = turn.fake.x.view(-1, 2, 3)
    flip = torch.rand(64, 2, generator=torch.Generator().manual_seed(3)) < swapped
    turn.fake = turn.fake._replace(
        x=torch.where(flip[:, :, None], shown.roll(1, 2), shown).flatten(1)
    )
    share = flip.double().mean().item()
    expected = -2 * ((1 - share) * right + share * wrong)
    assert latent.d_term(turn).item() == pytest.approx(expected, rel=1e-5)


def test_g_goes_where_its_code_is_told():
    made, latent = telling()
    made.G.net[0].weight.data *= 0.01
    latent._guesses.last.weight.data = torch.eye(6)
    weight = made.G.net[0].weight
    loss = latent.g_term(made.turn(real(made), made.generate(moment(made)), moment(made)))
    slope = torch.autograd.grad(loss, weight)[0][:, 2:]
    for own in (slope[:3, :3], slope[3:, 3:]):
        assert torch.equal(own < 0, torch.eye(3, dtype=torch.bool))


@pytest.mark.parametrize(
    "scheduled, now, weight", [({"from": 1.0, "to": 0.0}, 0.5, 0.5), (2.0, 0, 2)]
)
def test_the_weight_may_change_in_the_run(scheduled, now, weight):
    made, latent = telling(identify=scheduled)
    latent._guesses.last.weight.data.zero_()
    latent._guesses.last.bias.data.zero_()
    term = latent.d_term(d_turn(made, progress=float(now))).item()
    assert term == pytest.approx(weight * 2 * math.log(3))


@pytest.mark.parametrize("codes_first", [True, False])
def test_codes_are_told_behind_latents_that_another_strategy_replaces(codes_first):
    latent, other = DiscreteLatent(values=3, identify=1.0), BourGAN(points=64)
    chain = (latent, other) if codes_first else (other, latent)
    made = game(*chain, arch=NETS)
    turn = d_turn(made)
    guess = latent._guesses.last
    picked = turn.fake.z[:, other.width :].argmax(1)
    expected = cross_entropy(guess(turn.on_fake.features), picked)
    torch.testing.assert_close(latent.d_term(turn), expected)


def test_an_old_fake_is_told_by_its_own_code():
    made, latent = telling(replay := Replay(size=64, probability=1.0))
    guess = latent._guesses.last
    guess.weight.data, guess.bias.data = 50 * torch.eye(6), torch.zeros(6)
    replay.old_x[:] = replay.old_z[:, :, 2:] = torch.tensor([0.0, 1, 0, 0, 0, 1])
    replay.seen += 1
    _, report = made.play("D", real(made), moment(made))
    assert report.scalars["discretelatent"].item() == pytest.approx(0, abs=1e-6)


def test_packs_do_not_tell_codes():
    with pytest.raises(ValueError, match="identify=0"):
        game(DiscreteLatent(identify=1.0), Pac(), arch=NETS, batch=8)


def test_a_code_of_one_value_tells_nothing():
    with pytest.raises(ValueError, match="values=2"):
        DiscreteLatent(values=1, identify=1.0)


def test_codes_stand_beside_several_generators_origin():
    made = game(
        GeneratorMixture(generators=2, identify=1.0), DiscreteLatent(identify=1.0), arch=NETS
    )
    _, report = made.play("D", real(made), moment(made))
    assert {"generatormixture", "discretelatent"} <= report.scalars.keys()


def test_replicas_that_tell_codes_are_solo_runs():
    assert solo_difference("discrete_latent", codes=2, identify=1.0) < 1e-9


def test_two_strategies_of_codes_have_a_guess_each():
    one, other = DiscreteLatent(values=3, identify=1.0), DiscreteLatent(values=5, identify=1.0)
    chain = Chain({"infogan": one, "discrete_latent": other}, NETS.latent)
    made = Game(NETS, Minimax(), chain, (3,), 16, 20)
    made.setup(lambda n: torch.randn(n, 3))
    _, report = made.play("D", real(made), moment(made))
    assert report.scalars["infogan"].item() != report.scalars["discrete_latent"].item()
    assert (one._start, other._start) == (4, 7)
