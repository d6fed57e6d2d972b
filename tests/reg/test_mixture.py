import copy

import pytest
import torch
from scipy.stats import chisquare
from torch.nn.functional import cross_entropy

from mcgan.arch.mlp import MLP
from mcgan.config.build import build
from mcgan.gan.networks import Generator
from mcgan.gan.sampling import sampler
from mcgan.gan.strategy import Strategy
from mcgan.objective import NonSaturating
from mcgan.reg.bourgan import BourGAN
from mcgan.reg.mixture import GeneratorMixture
from mcgan.reg.replay import Replay
from small import d_turn, game, moment, real, solo_difference

NETS = MLP(latent=4, width=8)
R = torch.tensor([0.5, 0.3, 0.2])


def learned(**settings):
    mixture = GeneratorMixture(generators=3, manager="learned", **settings)
    made = game(mixture, arch=NETS, objective=NonSaturating())
    mixture.logits.data = R.log() + 0.3
    return made, mixture


def shown(made, n: int = 4000):
    return sampler(made)(made.tensors(), n, torch.Generator().manual_seed(0))


def test_random_picks_are_even():
    counts = shown(game(GeneratorMixture(generators=3), arch=NETS)).origin.bincount(minlength=3)
    assert chisquare(counts.numpy()).pvalue > 1e-3


def test_a_managers_picks_follow_its_weights():
    made, mixture = learned()
    torch.testing.assert_close(mixture.weights(), R)
    counts = shown(made).origin.bincount(minlength=3)
    assert chisquare(counts.numpy(), (R.double() / R.double().sum() * 4000).numpy()).pvalue > 1e-3


def test_an_example_is_made_by_the_net_its_origin_names():
    nets = [NETS.generator(4, (3,)) for _ in range(3)]
    left = iter(copy.deepcopy(nets))
    made = GeneratorMixture(generators=3).generator(lambda latent: Generator(next(left)))(4)
    z, origin = torch.randn(8, 4), torch.tensor([0, 2, 1, 1, 0, 2, 2, 0])
    expected = torch.cat([nets[which](z[i : i + 1]) for i, which in enumerate(origin)])
    torch.testing.assert_close(made(z, origin), expected)


@pytest.mark.parametrize("shared", [0, 1, 2, 3])
def test_the_last_blocks_are_one_for_all(shared):
    made = game(GeneratorMixture(generators=4, shared=shared), arch=NETS)
    blocks = [sum(p.numel() for p in block.parameters()) for block in game(arch=NETS).G.net]
    own = len(blocks) - shared
    expected = 4 * sum(blocks[:own]) + sum(blocks[own:])
    assert sum(p.numel() for p in made.G.parameters()) == expected


def test_only_the_picked_generators_get_a_gradient():
    made = game(GeneratorMixture(generators=3), arch=NETS)
    now = moment(made)
    made.chain.strategies[0].weights = lambda device: torch.tensor([0.5, 0.5, 0.0])
    loss, report = made.play("G", real(made), now)
    assert set(report.fake.origin.tolist()) == {0, 1}
    weight = next(p for n, p in made.G.named_parameters() if n.endswith("weight"))
    slope = torch.autograd.grad(loss, weight)[0].flatten(1).norm(dim=1)  # (K,)
    assert (slope[:2] > 0).all() and slope[2] == 0


def prior_slope(made, mixture, progress: float) -> torch.Tensor:
    loss, _ = made.play("G", real(made), moment(made, progress=progress))
    return torch.autograd.grad(loss, mixture.logits)[0]


def explained(made, mixture) -> torch.Tensor:
    return mixture._guesses.last(made.D(real(made)).features).softmax(1).mean(0).detach()


def test_the_manager_moves_towards_the_real_mass_each_generator_explains():
    made, mixture = learned(entropy=0.0)
    torch.testing.assert_close(prior_slope(made, mixture, 0.0), R - explained(made, mixture))


def test_entropy_holds_the_weights_even_as_long_as_it_is_scheduled():
    made, mixture = learned(entropy={"from": 2.0, "to": 0.0, "until": 0.5})
    r, log_r = R, R.log()
    even = r * (log_r - (r * log_r).sum())
    for progress, weight in ((0.0, 2.0), (0.25, 1.0), (0.5, 0.0), (1.0, 0.0)):
        expected = r - explained(made, mixture) + weight * even
        torch.testing.assert_close(prior_slope(made, mixture, progress), expected)


def test_the_critic_learns_which_generator_made_a_fake():
    made, mixture = learned(identify=0.5)
    turn = d_turn(made)
    guess = mixture._guesses.last(made.D(turn.fake.x).features)
    torch.testing.assert_close(mixture.d_term(turn), cross_entropy(guess, turn.fake.origin))
    assert turn.fake.origin.unique().numel() > 1
    slopes = torch.autograd.grad(mixture.d_term(turn), [*made.D.guess.parameters()])
    assert all(slope.abs().max() > 0 for slope in slopes)


def test_the_generators_part_to_be_told_apart():
    found = []
    for identify in (0.0, 1.0):
        each, _ = learned(identify=identify, entropy=0.0)
        loss, _ = each.play("G", real(each), moment(each))
        found.append(torch.autograd.grad(loss, [*each.G.parameters()])[0])
    assert (found[0] - found[1]).flatten(1).norm(dim=1).min() > 1e-5  # each head feels it


def test_who_owns_what():
    made, _ = learned()
    assert "reg.generatormixture.logits" in made.owned("G")
    assert {"D.guess.weight", "D.guess.bias"} <= set(made.owned("D"))


def test_replayed_fakes_keep_their_generators_name():
    mixture = GeneratorMixture(generators=3, manager="learned")
    made = game(mixture, replay := Replay(size=8, probability=1.0), arch=NETS)
    replay.old_origin += 2
    replay.old_x += 1.0
    replay.seen += 1
    _, report = made.play("D", real(made), moment(made))
    guess = mixture._guesses.last(made.D(torch.ones(8, 3)).features)
    expected = cross_entropy(guess, torch.full((8,), 2))
    torch.testing.assert_close(report.scalars["generatormixture"], expected)


@pytest.mark.parametrize("manager", ["random", "learned"])
def test_replicas_are_solo_runs(manager):
    assert solo_difference("mixture", manager=manager) < 1e-9


def test_settings_out_of_range_are_refused():
    for settings, sentence in (
        ({"generators": 0}, "generators must be at least 1"),
        ({"manager": "boss"}, "manager must be one of random, learned"),
        ({"shared": -2}, "shared must be at least -1"),
        ({"identify": -1.0}, "identify must be at least 0"),
    ):
        with pytest.raises(ValueError, match=sentence):
            GeneratorMixture(**settings)
    with pytest.raises(ValueError, match=r"^reg\.generatormixture: shared=4: .* share at most 3"):
        game(GeneratorMixture(shared=4), arch=NETS)


def gated(**settings):
    mixture = GeneratorMixture(generators=3, manager="gumbel", **settings)
    made = game(mixture, arch=NETS, objective=NonSaturating())
    mixture.logits.data = R.log()
    return made, mixture


def test_gumbel_picks_follow_the_weights():
    counts = shown(gated()[0]).origin.bincount(minlength=3)
    assert chisquare(counts.numpy(), (R.double() / R.double().sum() * 4000).numpy()).pvalue > 1e-3


def test_straight_through_the_output_is_ones_and_the_gradient_a_softmaxs():
    made, mixture = gated(tau=0.7)
    now = moment(made)
    u = now.noise["generatormixture.gumbel"].clamp(1e-6, 1 - 1e-6)
    soft = ((mixture.logits.log_softmax(0) - (-u.log()).log()) / 0.7).softmax(1)
    sample = made.generate(now)
    z = now.noise["z"]
    each = torch.stack([made.G(torch.cat([z, soft], 1), torch.full((8,), k)) for k in range(3)], 1)
    assert torch.equal(sample.origin, soft.argmax(1)) and sample.origin.unique().numel() > 1
    picked = each[torch.arange(8), sample.origin]
    torch.testing.assert_close(sample.x, picked)
    way = torch.randn(8, 3)
    found = torch.autograd.grad((sample.x * way).sum(), mixture.logits)[0]
    mean = (soft.unsqueeze(2) * each.detach()).sum(1)
    torch.testing.assert_close(found, torch.autograd.grad((mean * way).sum(), mixture.logits)[0])


def test_a_gate_is_held_even_by_its_entropy_and_cools():
    made, mixture = gated(entropy=1e3)
    slope = prior_slope(made, mixture, 0.0)
    even = R * (R.log() - (R * R.log()).sum())
    torch.testing.assert_close(slope, 1e3 * even, rtol=0.02, atol=1.0)
    hot, cold = (made.generate(moment(made, progress=p)).z[:, 4:].amax(1).mean() for p in (0, 1))
    assert hot < cold


def test_a_gumbel_gate_is_refused_where_it_would_not_be_found():
    with pytest.raises(ValueError, match="widens them first: put this before it, or take"):
        game(GeneratorMixture(manager="gumbel"), BourGAN(points=64), arch=NETS)


def test_the_rate_scales_how_fast_weights_move_and_not_what_they_are():
    made, mixture = learned(rate=4.0, entropy=0.0)
    mixture.logits.data = R.log() / 4.0
    torch.testing.assert_close(mixture.weights(), R)
    torch.testing.assert_close(prior_slope(made, mixture, 0.0), 4 * (R - explained(made, mixture)))


def test_configurations_of_earlier_runs_name_it_shorter():
    node = {"_target_": "mcgan.reg.mixture.Mixture", "generators": 3}
    built = build(node, Strategy, "reg.mixture")
    assert isinstance(built, GeneratorMixture) and built.generators == 3
