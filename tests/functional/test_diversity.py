"""Terms for diverse fakes, on batches small enough for a pencil."""

import math

import pytest
import torch

from mcgan import functional

LINE = torch.tensor([[0.0], [1.0], [4.0]])  # distances 1, 4, 3


def test_mode_seeking_is_the_ratio_of_distances():
    fake = torch.tensor([[0.0, 0.0], [1.0, 1.0], [2.0, 4.0], [1.0, 3.0]])  # 2, 4, 0, 2 apart
    z = torch.tensor([[0.0], [0.0], [1.0], [3.0]])  # 1, 3
    assert functional.between_halves(fake).item() == 2.0
    found = functional.mode_seeking(fake, z)
    assert found.item() == pytest.approx(1 / (2 / 2 + 1e-5))
    capped = functional.mode_seeking(fake, z, furthest=torch.tensor(0.5))
    assert capped.item() == pytest.approx(1 / (0.5 / 2 + 1e-5))


def test_mode_seeking_takes_a_number_as_its_cap():
    fake, z = torch.tensor([[0.0], [4.0]]), torch.tensor([[0.0], [1.0]])
    capped = functional.mode_seeking(fake, z, furthest=0.5)
    torch.testing.assert_close(capped, functional.mode_seeking(fake, z, torch.tensor(0.5)))
    assert capped > functional.mode_seeking(fake, z)


def test_mode_seeking_pushes_fakes_and_not_latents():
    fake, z = LINE.clone().requires_grad_(), LINE.clone().requires_grad_()
    functional.mode_seeking(fake, z).backward()
    assert fake.grad.abs().max() > 0 and z.grad is None


def test_ndiv_is_what_pairs_lack_of_their_latents_shares():
    shares = torch.tensor([[0, 1 / 5, 4 / 5], [1 / 4, 0, 3 / 4], [4 / 7, 3 / 7, 0]])
    torch.testing.assert_close(functional.normalised_distances(LINE), shares)
    assert functional.ndiv(LINE, LINE).item() == 0.0
    even = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.5, math.sqrt(0.75)]])  # shares of a half
    lacking = [0.8 * 4 / 5 - 0.5, 0.8 * 3 / 4 - 0.5]  # the other pairs have enough
    assert functional.ndiv(even, LINE).item() == pytest.approx(sum(lacking) / 6, abs=1e-6)


def test_pulling_away_is_the_mean_squared_cosine():
    rows = torch.tensor([[1.0, 0.0], [0.0, 5.0], [2.0, 2.0]])
    assert functional.pulling_away(rows).item() == pytest.approx((0 + 0.5 + 0.5) / 3)


def test_feature_matching_compares_moments():
    real, fake = torch.tensor([[0.0, 0.0], [2.0, 4.0]]), torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    assert functional.feature_matching(real, fake).item() == 2.0  # of means (1, 2) and (1, 0)
    torch.testing.assert_close(functional.covariance(real), torch.tensor([[2.0, 4.0], [4.0, 8.0]]))
    assert functional.covariance_matching(real, fake).item() == 4 + 16 + 16 + 64


def test_imle_leaves_no_real_example_out():
    real, fake = torch.tensor([[0.0, 0.0], [3.0, 3.0]]), torch.tensor([[1.0, 0.0], [0.0, 9.0]])
    assert functional.imle(real, fake).item() == pytest.approx(((1 + 0) / 2 + (4 + 9) / 2) / 2)


def test_bourgan_compares_logarithms_of_distances():
    fake, z = torch.tensor([[0.0], [math.e]]), torch.tensor([[0.0], [1.0]])
    assert functional.bourgan(fake, z).item() == pytest.approx(1.0)
    assert functional.bourgan(fake, z, log_scale=1.0).item() == pytest.approx(0.0, abs=1e-9)
    assert functional.log_steps(torch.zeros(2, 1)).isfinite().all()


def test_meg_is_the_jensen_shannon_bound():
    found = functional.meg(torch.tensor([[math.log(2)]]), torch.tensor([[-math.log(2)]]))
    assert found.item() == pytest.approx(2 * math.log(1.5))


def test_gdpp_of_features_whose_spectra_are_known():
    real = torch.tensor([[1.0, 0.0], [1.0, 0.0]])  # cosines all 1: eigenvalues 0 and 2
    assert functional.gdpp(real, real).item() == pytest.approx(-1.0, abs=1e-4)
    apart = torch.eye(2)  # eigenvalues 1 and 1
    values, _ = functional.spectrum(functional.cosines(apart))
    torch.testing.assert_close(values, torch.ones(2).double(), atol=1e-5, rtol=0)
    far, near = (functional.gdpp(real, apart, magnitude=m).item() for m in (2.0, 0.0))
    assert far - near == pytest.approx(2.0 * (1 + 1) / 2, abs=1e-4)


def test_gdpp_pulls_fakes_only():
    real, fake = (torch.randn(4, 6, requires_grad=True) for _ in range(2))
    functional.gdpp(real, fake).backward()
    assert real.grad is None and fake.grad.abs().max() > 0
