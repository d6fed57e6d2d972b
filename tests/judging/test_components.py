"""Principal components and standard scores, against numpy's own."""

import numpy as np
import pytest

from mcgan.judging.components import (
    COMPONENTS,
    AsTheyAre,
    PrincipalComponents,
    StandardScores,
    leading,
)

GENERATOR = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(200, 12), (12, 200), (5, 3)])
def test_the_axes_are_those_of_the_singular_values(shape):
    rows = GENERATOR.normal(size=shape) * np.linspace(3, 1, shape[1])
    rows -= rows.mean(0)
    variance, axes = leading(rows, 4)
    _, sizes, right = np.linalg.svd(rows, full_matrices=False)
    count = min(4, *shape)
    assert variance == pytest.approx((sizes**2 / shape[0])[:count])
    assert np.abs((axes * right[:count].T).sum(0)) == pytest.approx(np.ones(count))
    assert all(axes[np.abs(axes[:, k]).argmax(), k] > 0 for k in range(count))


def test_rows_that_are_alike_have_one_component_without_variance():
    law = PrincipalComponents()
    law.fit(np.ones((5, 1, 3), np.float32))
    assert law.apply(np.ones((2, 1, 3), np.float32)).tolist() == [[0], [0]]


def test_components_keep_distances_up_to_their_unit():
    rows = GENERATOR.normal(size=(100, 1, 6)).astype(np.float32)
    law = PrincipalComponents()
    law.fit(rows)
    found = law.apply(rows)
    assert found.dtype == np.float32 and found.std(0).max() == pytest.approx(1, rel=1e-4)
    ratio = np.linalg.norm(found[:50] - found[50:], axis=1) / np.linalg.norm(
        rows[:50, 0] - rows[50:, 0], axis=1
    )
    assert ratio == pytest.approx(np.full(50, ratio[0]), rel=1e-4)


def test_views_share_components():
    rows = GENERATOR.normal(size=(500, 3, 100)).astype(np.float32)
    law = PrincipalComponents()
    law.fit(rows)
    found = law.apply(rows)
    assert found.shape == (500, 3 * COMPONENTS)
    assert law.apply(rows[:, ::-1])[:, :COMPONENTS] == pytest.approx(found[:, -COMPONENTS:])


@pytest.mark.parametrize(("count", "components"), [(30, 8), (400, 20), (2000, COMPONENTS)])
def test_few_rows_have_few_components_which_hold_other_rows_as_well(count, components):
    sizes = 1 / np.arange(1, 101)
    rows, others = GENERATOR.normal(size=(2, count, 1, 100)) * sizes
    law = PrincipalComponents()
    law.fit(rows)
    held, other = law.apply(rows), law.apply(others)
    assert held.shape == (count, components)
    if count >= 400:
        assert other.var() == pytest.approx(held.var(), rel=0.25)


def test_standard_scores_are_of_the_real_side():
    law = StandardScores()
    law.fit(np.array([[1.0, 5.0], [3.0, 5.0]]))
    assert law.apply(np.array([[4.0, 6.0]])).tolist() == [[2.0, 1.0]]


def test_features_as_they_are():
    rows = np.arange(12.0).reshape(2, 2, 3)
    AsTheyAre().fit(rows)
    assert AsTheyAre().apply(rows).tolist() == rows.reshape(2, 6).tolist()


def test_scores_that_32_bits_cannot_hold_are_far_and_finite():
    law = StandardScores()
    law.fit(np.array([[0.0], [2.0]]))
    assert law.apply(np.array([[1e300], [-1e300], [3.0]]))[:, 0] == pytest.approx([1e30, -1e30, 2])
