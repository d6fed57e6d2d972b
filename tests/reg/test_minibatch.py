from itertools import product

import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.config.compose import compose
from mcgan.config.settings import read_settings
from mcgan.engine.draws import stream
from mcgan.experiment.components import build_components
from mcgan.reg.minibatch import Closeness, Minibatch
from small import d_turn, game, real

FORMS, SIMILARITIES = (read_settings(Minibatch)[name].choices for name in ("form", "similarity"))
EVERY = pytest.mark.parametrize("form, similarity", [*product(FORMS, SIMILARITIES)])


def layer(form: str, similarity: str) -> Closeness:
    torch.manual_seed(0)
    return Closeness(5, form, similarity, kernels=3, dims=2).double()


def features(batch: int = 6) -> torch.Tensor:
    return torch.randn(batch, 5, generator=torch.Generator().manual_seed(1)).double()


def by_loops(layer: Closeness, f: torch.Tensor, similarity: str) -> torch.Tensor:
    """Salimans et al. 2016, section 3.2, but a mean over the others, where the paper has a sum."""
    batch, kernels = len(f), layer.kernels
    m = f if layer.project is None else layer.project(f)
    m = m.reshape(batch, kernels, -1) * layer.log_scale.exp().reshape(1, -1, 1)
    o = torch.zeros(batch, kernels, dtype=f.dtype)
    for i, j, k in product(range(batch), range(batch), range(kernels)):
        away = (m[i, k] - m[j, k]).abs().sum()
        if i != j:
            o[i, k] += (torch.exp(-away) if similarity == "exp" else away) / (batch - 1)
    return o


@EVERY
def test_it_is_the_papers_double_loop(form, similarity):
    made, f = layer(form, similarity), features()
    made.log_scale.data += torch.linspace(-0.5, 0.5, made.kernels)
    found = made(f)
    assert found.shape == (6, 3 if form == "tensor" else 1)
    torch.testing.assert_close(found, by_loops(made, f, similarity))


@EVERY
def test_it_follows_a_permutation_of_the_batch(form, similarity):
    made, f, order = layer(form, similarity), features(), torch.tensor([3, 0, 5, 1, 4, 2])
    torch.testing.assert_close(made(f[order]), made(f)[order])


@pytest.mark.parametrize("form", FORMS)
def test_a_collapsed_batch_stands_out(form):
    same = features()[:1].expand(6, -1)
    closeness, distance = (layer(form, similarity)(same) for similarity in ("exp", "l1"))
    torch.testing.assert_close(closeness, torch.ones_like(closeness))
    torch.testing.assert_close(distance, torch.zeros_like(distance))
    assert (layer(form, "exp")(features()) < 0.98).all()


@EVERY
def test_it_is_alive_at_the_start(form, similarity):
    made = game(
        Minibatch(form=form, similarity=similarity, kernels=4, dims=3), arch=MLP(latent=4, width=16)
    )
    x = real(made, seed=0).requires_grad_()  # what it was calibrated on
    layer, f = made.D.neck[0], made.D.trunk(x)
    typical = layer.distances(f).sum((1, 2)) / (8 * 7)
    torch.testing.assert_close(typical, torch.ones(layer.kernels))
    torch.testing.assert_close(layer(f).mean(0), torch.zeros(layer.kernels), atol=1e-6, rtol=0)
    slope = torch.autograd.grad((layer(f) + layer.centre).sum(0).square().sum(), x)[0]
    assert (slope.abs().amax(1) > 1e-3).all()


def test_the_authors_calibrate_by_the_nearest_other():
    """`mean_min_abs_dif` of their nn.py is half the mean distance to it, and distances are divided
    by it."""
    made = game(Minibatch(calibrate="nearest", kernels=4), arch=MLP(latent=4, width=16))
    layer, f = made.D.neck[0], made.D.trunk(real(made, seed=0))
    nearest = (layer.distances(f) + 1e6 * torch.eye(8)).amin(2)
    torch.testing.assert_close(nearest.mean(1), torch.full((4,), 2.0))


def on_the_ring(seed: int):
    """The default game's layer as a function x -> closeness, and real data."""
    parts = build_components(compose("reg=minibatch", "name=small").config)
    critic = parts.game(seed).D
    x = parts.dataset.draw(64, stream(seed, "look"))
    return lambda x: critic.neck[0](critic.trunk(x)), x


@pytest.mark.parametrize("seed", range(4))
def test_it_tells_how_a_batch_is_spread_and_not_how_sharp_it_is(seed):
    """By the nearest other, and summed, data had 1.62 and a batch of their spread 0.004."""
    closeness, x = on_the_ring(seed)
    draw = stream(seed, "fakes")
    noise = torch.randn(x.shape, generator=draw)
    blurred, even = x + 0.1 * noise, noise * x.std(0)
    collapsed = x[:1] + 0.05 * noise  # in one mode, 5 sigma wide
    batches = (x, blurred, even, collapsed)
    data, same, wide, one = (closeness(each).mean().item() for each in batches)
    assert abs(data) < 0.05 and abs(same) < 0.1 and abs(wide) < 0.1
    assert one > 0.4


@pytest.mark.parametrize("seed", range(4))
def test_its_gradient_is_bounded(seed):
    """By the nearest other, and summed, it was 600 a unit where fakes lie close."""
    closeness, x = on_the_ring(seed)
    noise = torch.randn(x.shape, generator=stream(seed, "fakes"))
    for batch in (x, noise, x[:1] + 0.01 * noise, x[:1] + 0.05 * noise):
        at = batch.clone().requires_grad_()
        slopes = torch.stack(
            [torch.autograd.grad(o.sum(), at, retain_graph=True)[0] for o in closeness(at).T]
        )
        assert slopes.norm(dim=2).max() < 6
        assert slopes.norm(dim=2).amax(0).min() > 1e-4


def test_real_and_fake_are_judged_apart():
    made = game(Minibatch())
    turn, alone = d_turn(made), made.D(real(made)).score
    torch.testing.assert_close(turn.on_real.score, alone)
    together = made.D(torch.cat([turn.real.x, turn.fake.x])).score[: made.batch]
    assert (together - alone).abs().max() > 1e-4


def test_the_head_hears_of_it_and_of_the_features():
    made = game(Minibatch(kernels=7), arch=MLP(latent=4, width=16))
    assert made.D.head.in_features == 16 + 7
    assert made.D.judges_batches
    assert made.D(real(made)).features.shape == (8, 16)


def test_what_it_cannot_do_is_refused():
    with pytest.raises(ValueError, match=r"reg\.minibatch: .* take train.batch_size=2 or more"):
        game(Minibatch(), batch=1)
    for settings in (
        {"form": "matrix"},
        {"similarity": "cosine"},
        {"kernels": 0},
        {"dims": 0},
        {"calibrate": "median"},
    ):
        with pytest.raises(ValueError, match=f"{next(iter(settings))} must be"):
            Minibatch(**settings)
