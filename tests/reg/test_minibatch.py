from itertools import product

import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.config.settings import read_settings
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
    """Salimans et al. 2016, section 3.2, as written, an example never compared with itself."""
    batch, kernels = len(f), layer.kernels
    m = f if layer.project is None else layer.project(f)
    m = m.reshape(batch, kernels, -1) * layer.log_scale.exp().reshape(1, -1, 1)
    o = torch.zeros(batch, kernels, dtype=f.dtype)
    for i, j, k in product(range(batch), range(batch), range(kernels)):
        away = (m[i, k] - m[j, k]).abs().sum()
        if i != j:
            o[i, k] += torch.exp(-away) if similarity == "exp" else away / (batch - 1)
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
    torch.testing.assert_close(closeness, torch.full_like(closeness, 5.0))  # B - 1 others
    torch.testing.assert_close(distance, torch.zeros_like(distance))
    assert (layer(form, "exp")(features()) < 4.9).all()


@EVERY
def test_it_is_alive_at_the_start(form, similarity):
    made = game(Minibatch(form=form, similarity=similarity, kernels=4, dims=3),
                arch=MLP(latent=4, width=16))
    x = real(made, seed=0).requires_grad_()  # what it was calibrated on
    layer, f = made.D.neck[0], made.D.trunk(x)
    away = layer.distances(f) + 1e6 * torch.eye(8)
    typical = away.amin(2).T if similarity == "exp" else layer(f)
    torch.testing.assert_close(typical.mean(0), torch.ones(layer.kernels))
    slope = torch.autograd.grad(layer(f).sum(0).square().sum(), x)[0]
    assert (slope.abs().amax(1) > 1e-3).all()


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
    for settings in ({"form": "matrix"}, {"similarity": "cosine"}, {"kernels": 0}, {"dims": 0}):
        with pytest.raises(ValueError, match=f"{next(iter(settings))} must be"):
            Minibatch(**settings)
