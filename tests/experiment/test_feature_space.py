"""The features of a dataset's examples, and the settings that ask for them."""

import pytest
import torch

from mcgan.dataset.ring import Ring
from mcgan.errors import UserError
from mcgan.experiment.feature_space import FeatureSpace, as_samples, find_space

RING = Ring()


def test_vectors_are_seen_in_standard_deviations_of_the_data():
    space = FeatureSpace(RING, "auto")
    seen = space.see(RING.draw(500, torch.Generator().manual_seed(0)))
    assert seen.dtype == torch.float64 and seen.shape == (500, 2)
    assert torch.allclose(seen.std(0), torch.ones(2).double(), atol=0.1)
    assert "in standard deviations" in space.reason
    assert space.see(torch.full((3, 2), torch.nan)).isfinite().all()


def test_pictures_are_bytes():
    x = torch.tensor([-3.0, -1.0, 0.0, 1.0, torch.nan]).reshape(5, 1, 1, 1)
    found = as_samples(x, "x")
    assert found.kind == "pictures" and found.rows.ravel().tolist() == [0, 0, 128, 255, 128]


@pytest.mark.parametrize(
    ("settings", "wish"),
    [
        ({"verdict": "modes", "samples": 2}, None),  # of a run from before there was the setting
        ({"verdict": "neighbours", "features": None, "samples": 2}, None),
        ({"verdict": "features", "features": None, "samples": 2}, "auto"),
        ({"verdict": "modes", "features": "auto", "samples": 6}, "auto"),
    ],
)
def test_features_are_there_where_they_are_asked_for(settings, wish):
    space = find_space(RING, settings)
    assert (space and space.wish) == wish


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"features": "auto", "samples": 5}, "eval.features=auto needs eval.samples=6 or more"),
        ({"features": "pixel", "samples": 9}, "features=pixel is unknown; did you mean 'pixels'"),
        (
            {"features": "pixels", "samples": 9},
            "features=pixels are of pictures, and the data holds",
        ),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(settings, told):
    with pytest.raises(UserError, match=told):
        find_space(RING, settings | {"verdict": "modes"})
