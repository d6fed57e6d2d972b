import numpy as np
import pytest
import torch

from mcgan.arch.mlp import MLP
from mcgan.functional import cosines, gdpp, spectrum
from mcgan.functional.diversity import EPS
from mcgan.reg.gdpp import GDPP
from small import game, moment, real


def features(rows: int, seed: int = 0, wide: int = 12) -> torch.Tensor:
    return torch.randn(rows, wide, generator=torch.Generator().manual_seed(seed)).double()


def by_hand(real: np.ndarray, fake: np.ndarray, magnitude: float) -> float:
    found = []
    for f in (real, fake):
        phi = f / np.sqrt((f**2).sum(1, keepdims=True) + EPS)
        found.append(np.linalg.eigh(phi @ phi.T))
    (r, v_r), (f, v_f) = found
    share = (r - r.min()) / (r.max() - r.min() + EPS)
    cosine = [abs(v_r[:, i] @ v_f[:, i]) * (f[i] > EPS) for i in range(len(r))]
    return magnitude * ((f - r) ** 2).mean() - (share * cosine).sum()


def test_it_is_the_papers_formula():
    made = game(gdpp := GDPP(weight=3.0, magnitude=0.5), arch=MLP(latent=4, width=8)).double()
    now = moment(made)
    turn = made.turn(real(made), made.generate(now), now)
    each = [v.features.detach().numpy() for v in (turn.on_real, turn.on_fake)]
    assert gdpp.g_term(turn).item() == pytest.approx(3 * by_hand(*each, magnitude=0.5))


def test_real_data_themselves_are_the_best():
    made = game(gdpp := GDPP(), arch=MLP(latent=4, width=8)).double()
    now = moment(made)
    fresh = made.generate(now)
    fakes = [fresh._replace(x=x) for x in (real(made), real(made) * 0 + 1, fresh.x)]
    same, *others = (gdpp.g_term(made.turn(real(made), each, now)) for each in fakes)
    assert all(same < other for other in others)


def test_slopes_are_those_of_the_eigenvectors_where_eigenvalues_are_apart():
    f = features(6).requires_grad_()
    target = features(6, seed=1, wide=6)
    found, exact = spectrum(cosines(f)), torch.linalg.eigh(cosines(f))
    for mine, known in zip(found, exact, strict=True):
        torch.testing.assert_close(mine, known)
    losses = [(v * target).sum(0).abs().sum() + (w * w).sum() for w, v in (found, exact)]
    slopes = [torch.autograd.grad(loss, f, retain_graph=True)[0] for loss in losses]
    torch.testing.assert_close(*slopes, rtol=1e-2, atol=1e-4)


def test_more_examples_than_features_give_the_same_term_and_slope():
    known, f = features(9, wide=4), features(9, seed=1, wide=4).requires_grad_()
    mine = gdpp(known, f)
    assert mine.item() == pytest.approx(by_hand(known.numpy(), f.detach().numpy(), 1e-4), abs=1e-5)
    step = 1e-4 * features(9, seed=2, wide=4)
    ends = [by_hand(known.numpy(), (f + s * step).detach().numpy(), 1e-4) for s in (-0.5, 0.5)]
    slope = torch.autograd.grad(mine, f)[0]
    assert (slope * step).sum().item() == pytest.approx(ends[1] - ends[0], rel=1e-2)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_equal_eigenvalues_and_empty_features_have_finite_slopes(dtype):
    few = features(8, wide=2)  # six eigenvalues are 0
    same = few[:1].expand(8, -1)
    for f in (few, same, torch.zeros(8, 2)):
        f = f.detach().to(dtype).requires_grad_()
        values, vectors = spectrum(cosines(f))
        slope = torch.autograd.grad(values.square().sum() + vectors.abs().sum(), f)[0]
        assert slope.isfinite().all() and slope.abs().max() < 1e6


def test_only_the_generator_is_told():
    made = game(GDPP(), arch=MLP(latent=4, width=8))
    assert "gdpp" not in made.play("D", real(made), moment(made))[1].scalars
    _, report = made.play("G", real(made), moment(made))
    slopes = torch.autograd.grad(report.scalars["gdpp"], list(made.G.parameters()))
    assert all(slope.abs().max() > 0 for slope in slopes)


def test_settings_out_of_range_are_refused():
    for name in ("weight", "magnitude"):
        with pytest.raises(ValueError, match=f"{name} must be at least 0"):
            GDPP(**{name: -1.0})
