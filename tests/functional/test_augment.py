"""Noise and changes of images by random numbers that are given."""

import pytest
import torch

from mcgan import functional


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_instance_noise_has_the_std_asked_for():
    x = torch.full((50_000, 1), 3.0)
    moved = functional.instance_noise(x, 0.2, generator=seeded()) - x
    assert moved.mean().item() == pytest.approx(0.0, abs=5e-3)
    assert moved.std().item() == pytest.approx(0.2, rel=2e-2)


def test_diffusion_mixes_by_the_share_that_is_kept():
    x, noise = torch.tensor([[2.0], [2.0]]), torch.tensor([[1.0], [1.0]])
    found = functional.diffuse(x, torch.tensor([[1.0], [0.36]]), noise_std=0.5, noise=noise)
    torch.testing.assert_close(found, torch.tensor([[2.0], [0.6 * 2 + 0.8 * 0.5]]))


def test_images_are_changed_each_by_its_own_numbers():
    x = torch.arange(2 * 1 * 4 * 4.0).reshape(2, 1, 4, 4)
    draws = torch.full((7, 2), 0.5)  # no colour, no shift, a square in the middle
    draws[3, 1] = 0.99  # the second image moves down
    found = functional.diffaugment(x, draws, translation=0.25, cutout=0.0)
    torch.testing.assert_close(found[0], x[0])
    torch.testing.assert_close(found[1, 0, 1:], x[1, 0, :3])
    assert not found[1, 0, 0].any()


def test_a_square_is_cut_out():
    found = functional.diffaugment(torch.ones(1, 1, 4, 4), torch.full((7, 1), 0.5), cutout=0.5)
    expected = torch.ones(4, 4)
    expected[1:3, 1:3] = 0
    torch.testing.assert_close(found[0, 0], expected)


def test_colours_change_as_they_are_told():
    x = torch.tensor([1.0, 3.0]).reshape(1, 2, 1, 1)  # a grey of 2
    by = torch.zeros(3, 1, 1, 1, 1)
    for which, expected in ((0, [1.25, 3.25]), (1, [0.5, 3.5]), (2, [0.75, 3.25])):
        changed = functional.recolour(x, by.index_fill(0, torch.tensor(which), 0.25))
        torch.testing.assert_close(changed.flatten(), torch.tensor(expected))


def test_numbers_that_are_not_given_are_drawn():
    x = torch.rand(4, 3, 8, 8, generator=seeded())
    once, again = (functional.diffaugment(x, generator=seeded()) for _ in range(2))
    assert torch.equal(once, again) and not torch.equal(once, x)
    assert not torch.equal(functional.diffaugment(x), once)
