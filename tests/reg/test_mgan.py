import torch
from torch.nn.functional import cross_entropy

from mcgan.arch.mlp import MLP
from mcgan.objective import NonSaturating
from mcgan.reg.mixture import GeneratorMixture
from small import d_turn, game, moment, node, real

NETS = MLP(latent=4, width=8, depth=3)


def made_of(**settings):
    words = {k: v for k, v in node("mgan").items() if k != "_target_"} | {"generators": 3}
    mixture = GeneratorMixture(**words | settings)
    return game(mixture, arch=NETS, objective=NonSaturating()), mixture


def test_all_but_the_first_block_is_one_for_all():
    made, _ = made_of()
    first, *rest = (sum(p.numel() for p in block.parameters()) for block in game(arch=NETS).G.net)
    assert sum(p.numel() for p in made.G.parameters()) == 3 * first + sum(rest)


def test_d_lowers_the_cross_entropy_of_the_maker_and_g_beta_times_it():
    made, _ = made_of(identify=0.3)
    turn = d_turn(made)
    guess = made.D.guess(made.D(turn.fake.x).features)
    confusion = cross_entropy(guess, turn.fake.origin)
    assert turn.fake.origin.unique().numel() > 1
    for player, weight in (("D", 1.0), ("G", 0.3)):
        _, report = made.play(player, real(made), moment(made))
        torch.testing.assert_close(report.scalars["generatormixture"], weight * confusion)


def test_the_classifiers_gradient_has_weight_1_in_ds_features_and_beta_in_g():
    made, mixture = made_of(identify=0.3)
    turn = made.turn(real(made), made.generate(moment(made)), moment(made))
    confusion = cross_entropy(made.D.guess(turn.on_fake.features), turn.fake.origin)
    trunk, own = next(made.D.trunk.parameters()), next(made.G.parameters())
    for term, at, weight in ((mixture.d_term(turn), trunk, 1.0), (mixture.g_term(turn), own, 0.3)):
        (found,) = torch.autograd.grad(term, at, retain_graph=True)
        (expected,) = torch.autograd.grad(confusion, at, retain_graph=True)
        assert expected.abs().max() > 1e-4
        torch.testing.assert_close(found, weight * expected)


def test_generators_are_picked_evenly_and_nobody_trains_weights():
    made, mixture = made_of()
    torch.testing.assert_close(mixture.weights(), torch.full((3,), 1 / 3))
    assert not [name for name, _ in made.named_parameters() if name.startswith("reg.")]


def test_without_beta_there_is_no_classifier():
    made, mixture = made_of(identify=0.0)
    assert mixture.d_term(d_turn(made)) is None and mixture.g_term(d_turn(made)) is None
    assert not [name for name, _ in made.D.named_parameters() if "guess" in name]
