"""Layers of a critic on batches small enough for a pencil."""

import math

import pytest
import torch

from mcgan import functional

H = torch.tensor([[0.0, 1.0], [2.0, 1.0], [5.0, 0.0], [5.0, 8.0]])


def test_minibatch_std_is_of_each_group():
    found = functional.minibatch_std(H, group=2)
    torch.testing.assert_close(found, torch.tensor([[0.5], [0.5], [2.0], [2.0]]), atol=1e-4, rtol=0)


def test_minibatch_std_of_images_is_over_all_their_numbers():
    images = torch.stack([torch.zeros(3, 2, 2), torch.full((3, 2, 2), 4.0)])
    torch.testing.assert_close(functional.minibatch_std(images), torch.full((2, 1), 2.0))


@pytest.mark.parametrize(("rows", "group"), [(1, 4), (4, 0), (4, 1), (6, 4)])
def test_minibatch_std_says_what_it_needs_in_its_own_words(rows, group):
    with pytest.raises(
        ValueError,
        match=f"a batch of {rows} does not part into groups of {group}: take groups of 2 or more",
    ) as caught:
        functional.minibatch_std(torch.randn(rows, 3), group)
    assert "train." not in str(caught.value)


def test_minibatch_discrimination_averages_what_is_close():
    f = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])  # L1 distances 1, 2, 3
    e = [math.exp(-d) for d in (1, 2, 3)]
    torch.testing.assert_close(
        functional.minibatch_discrimination(f),
        torch.tensor([[e[0] + e[1]], [e[0] + e[2]], [e[1] + e[2]]]) / 2,
    )
    torch.testing.assert_close(
        functional.minibatch_discrimination(f, similarity="l1"), torch.tensor([[1.5], [2.0], [2.5]])
    )
    with pytest.raises(ValueError, match="similarity must be exp or l1, not 'l2'"):
        functional.minibatch_discrimination(f, similarity="l2")


def test_kernels_project_and_scales_stretch():
    f = torch.tensor([[0.0, 0.0], [1.0, 2.0]])
    tensor = torch.tensor([[[1.0, 0.0]], [[0.0, 3.0]]])  # (K=2, C=1, F=2): distances 1 and 6
    found = functional.kernel_distances(f, tensor, scale=torch.tensor([1.0, 0.5]))
    torch.testing.assert_close(found[:, 0, 1], torch.tensor([1.0, 3.0]))


@pytest.mark.parametrize("dims", [3, 12])
def test_few_dimensions_and_many_have_the_same_distances(dims):
    f = torch.arange(dims * 2.0).reshape(2, dims)  # dims apart in each
    assert functional.kernel_distances(f)[0, 0, 1].item() == dims * dims


def test_a_normalised_score_is_bounded_and_has_no_scale():
    def critic(x: torch.Tensor) -> torch.Tensor:
        return 3 * x[:, :1] + 4 * x[:, 1:]

    x = torch.tensor([[1.0, 1.0], [-5.0, 0.0]])  # scores 7 and -15, a gradient of length 5
    torch.testing.assert_close(functional.gradient_norm(critic, x), torch.tensor([7 / 12, -0.75]))
    torch.testing.assert_close(
        functional.gradient_norm(lambda x: 100 * critic(x), x), torch.tensor([7 / 12, -0.75])
    )
    flat = functional.normalise_gradient(torch.zeros(1), torch.zeros(1, 2))
    assert flat.item() == 0.0


def test_power_iteration_finds_the_longest_axis():
    weight, u = torch.tensor([[0.0, 3.0], [1.0, 0.0]]), torch.tensor([0.6, 0.8])
    once = functional.power_iteration(weight, u)  # W W^T = diag(9, 1)
    torch.testing.assert_close(once, torch.nn.functional.normalize(torch.tensor([5.4, 0.8]), dim=0))
    for _ in range(10):
        u = functional.power_iteration(weight, u)
    assert torch.linalg.vector_norm(weight.T @ u).item() == pytest.approx(3.0)


def test_packs_join_neighbours():
    torch.testing.assert_close(functional.pack(H, 2), H.reshape(2, 4))
    assert functional.pack(torch.zeros(6, 3, 4, 4), 3).shape == (2, 9, 4, 4)
    with pytest.raises(ValueError, match="packs of m=3 need a batch divisible by it, not 4"):
        functional.pack(H, 3)
