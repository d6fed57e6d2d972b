from itertools import pairwise

import pytest
import torch
import yaml

from mcgan.arch.dcgan import DCGAN
from mcgan.arch.mlp import MLP
from mcgan.blocks.clustering import (
    cluster,
    find_nearest,
    match_centres,
    mean_starts,
    spread_starts,
)
from mcgan.blocks.wrapped_critic import attach_code
from mcgan.config.paths import conf_dir
from mcgan.gan.sampling import sampler
from mcgan.reg.mixture import GeneratorMixture
from mcgan.reg.r1 import R1
from mcgan.reg.self_conditioned import SelfConditioned
from mcgan.types import Sample
from small import Straight, d_turn, game, moment, real, run, trainer

NETS = MLP(latent=4, width=8)


def node_of(name: str) -> dict[str, object]:
    return yaml.safe_load((conf_dir() / "reg" / f"{name}.yaml").read_text())


def blobs(centres: torch.Tensor, each: int = 40) -> torch.Tensor:
    noise = torch.randn(
        each * len(centres), centres.shape[1], generator=torch.Generator().manual_seed(0)
    )
    return centres.repeat(each, 1) + 0.05 * noise


def conditioned(**settings):
    strategy = SelfConditioned(**{"classes": 3, "examples": 64} | settings)
    return game(strategy, arch=NETS), strategy


def test_k_means_finds_blobs_that_are_apart():
    true = torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 3.0], [5.0, 5.0]])
    points = blobs(true)
    found = cluster(points, spread_starts(points, 4))
    away = torch.cdist(true, found)
    assert sorted(away.argmin(1).tolist()) == [0, 1, 2, 3] and away.amin(1).max() < 0.05


def test_a_cluster_keeps_its_name_from_one_clustering_to_the_next():
    points = blobs(torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 3.0], [5.0, 5.0]]))
    centres = cluster(points, spread_starts(points, 4))
    labels = find_nearest(points, centres)
    again = match_centres(centres[[2, 0, 3, 1]] + 0.1, points, labels)
    assert torch.equal(find_nearest(points, again), labels)


RECTANGLE = torch.tensor([[0.0, 0.0], [0.0, 1.0], [3.0, 0.0], [3.0, 1.0]])


def test_k_means_goes_on_from_the_classes_as_they_were():
    """Two rows of a rectangle are a resting point of k-means, though its two sides are nearer."""
    rows = torch.tensor([0, 1, 0, 1])
    starts = mean_starts(RECTANGLE, rows, 2)
    assert torch.equal(starts, torch.tensor([[1.5, 0.0], [1.5, 1.0]]))
    assert torch.equal(cluster(RECTANGLE, starts), starts)
    anew = cluster(RECTANGLE, spread_starts(RECTANGLE, 2))
    assert sorted(anew.tolist()) == [[0.0, 0.5], [3.0, 0.5]]


def test_a_class_without_examples_starts_at_a_point():
    starts = mean_starts(RECTANGLE, torch.zeros(4, dtype=torch.int64), 2)
    assert torch.equal(starts[0], torch.tensor([1.5, 0.5]))
    assert (RECTANGLE == starts[1]).all(1).any()


def test_clusters_that_still_fit_are_kept():
    """The features are x itself, and the classes are the rows of the rectangle."""
    made = game(strategy := SelfConditioned(classes=2, examples=4), arch=Straight(), shape=(2,))
    strategy.centres.copy_(torch.tensor([[1.5, 1.0], [1.5, 0.0]]))
    found = strategy.on_interval(made, made.tensors(), lambda n: RECTANGLE)
    kept = found[strategy.key("centres")]
    assert torch.equal(kept, torch.tensor([[1.5, 1.0], [1.5, 0.0]]))


def test_twenty_clusterings_in_a_default_run():
    assert node_of("self_conditioned")["period"] == 10_000 / 20


def test_classes_are_drawn_by_their_shares_of_real_data():
    made, strategy = conditioned()
    strategy.shares.copy_(torch.tensor([0.7, 0.1, 0.2]))
    origin = sampler(made)(made.tensors(), 5000, torch.Generator().manual_seed(0)).origin
    shares = origin.bincount(minlength=3) / 5000
    torch.testing.assert_close(shares, strategy.shares, atol=0.03, rtol=0)
    assert "shares taken from real data" in made.notes()[0]


def test_g_is_told_the_class():
    made, _ = conditioned()
    sample = made.generate(moment(made))
    assert torch.equal(sample.z[:, 4:].argmax(1), sample.origin)
    assert made.G.net[0][0].in_features == 4 + 3


def test_a_fake_is_judged_by_the_class_it_was_made_for():
    made, _ = conditioned()
    turn = d_turn(made)
    plain = made.D.inner(turn.fake.x[:, :3])
    own = made.D.each(plain.features)[torch.arange(8), turn.fake.origin]
    torch.testing.assert_close(turn.on_fake.score, plain.score + own)


def test_a_real_example_is_judged_by_the_class_of_the_nearest_centre():
    made, strategy = conditioned()
    plain = made.D.inner(x := real(made))
    label = torch.cdist(plain.features, strategy.centres).argmin(1)
    own = made.D.each(plain.features)[torch.arange(8), label]
    for seen in (d_turn(made).real.x, x):
        torch.testing.assert_close(made.D(seen).score, plain.score + own)
    assert label.unique().numel() > 1


def test_a_real_example_keeps_its_class_while_d_learns_until_the_next_clustering():
    made, strategy = conditioned()
    x = real(made)
    before = strategy.view(Sample(x, x, torch.full((8,), -1)), moment(made)).x
    torch.manual_seed(5)
    for weight in made.D.parameters():
        weight.data += torch.randn_like(weight)
    now = made.D.inner(x).features
    assert not torch.equal(find_nearest(now, strategy.centres), strategy.classify(x))  # drifted
    assert torch.equal(strategy.view(Sample(x, x, torch.full((8,), -1)), moment(made)).x, before)
    found = strategy.on_interval(made, made.tensors(), lambda n: real(made).repeat(n // 8, 1))
    for name, value in found.items():
        made.get_buffer(name).copy_(value)
    torch.testing.assert_close(find_nearest(now, strategy.centres), strategy.classify(x))


def test_a_penalty_is_on_x_alone():
    made = game(SelfConditioned(classes=3, examples=64), R1(), arch=NETS)
    pair = attach_code(real(made), torch.eye(3)[torch.arange(8) % 3]).requires_grad_()
    slope = torch.autograd.grad(made.D(pair).score.sum(), pair)[0]
    assert slope[:, :3].abs().max() > 0 and (slope[:, 3:] == 0).all()


def test_clusters_are_found_anew_every_period_from_features_as_they_are_then():
    words = {"self_conditioned": {"period": 3}}
    made = trainer("self_conditioned", **words)
    held = [made.replicas.tensors["reg.self_conditioned.centres"].clone()]
    for _ in range(4):
        run(made, 1)
        held.append(made.replicas.tensors["reg.self_conditioned.centres"].clone())
    assert [not torch.equal(a, b) for a, b in pairwise(held)] == [False, False, True, False]
    assert made.replicas.tensors["reg.self_conditioned.shares"].sum() == pytest.approx(1)


def test_images_too():
    made = game(
        SelfConditioned(classes=3, examples=16),
        shape=(1, 8, 8),
        arch=DCGAN(latent=10, width=2, critic_width=2),
    )
    assert d_turn(made).on_fake.score.shape == (8,)


def test_refusals():
    for settings, sentence in (
        ({"classes": 0}, "classes must be at least 1"),
        ({"period": 0}, "period must be at least 1"),
        ({"examples": 9}, "examples must be at least classes=50"),
    ):
        with pytest.raises(ValueError, match=sentence):
            SelfConditioned(**settings)
    for chain in ((SelfConditioned(), GeneratorMixture()), (GeneratorMixture(), SelfConditioned())):
        with pytest.raises(ValueError, match="use one of the two"):
            game(*chain, arch=NETS)
