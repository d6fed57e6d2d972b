"""Where constructed samples lie, of data whose answer is plain."""

import pytest
import torch

from mcgan.dataset.ring import Ring
from mcgan.engine.draws import stream
from mcgan.verdict import distances, groups
from mcgan.verdict.places import Places

DATA = Ring(std=0.02)
POINTS = DATA.draw(1024, stream(0, "x"))


def look(x: torch.Tensor, points: torch.Tensor = POINTS) -> dict[str, float]:
    found = groups.find(points)
    places, x = Places(found), x.flatten(1).double()
    near, index = distances.between(x, found.points).min(1)
    group = found.group[index]
    seen = places.look(x, group, places.find_near(near, group))
    return {key: value.item() for key, value in seen.items()}


def test_fresh_data_lie_on_the_data():
    seen = look(DATA.draw(2000, stream(1, "x")))
    assert seen["on_data"] == pytest.approx(0.99, abs=0.02)
    assert seen["between"] == seen["elsewhere"] == 0
    assert seen["blur"] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("factor", [0.5, 2.0, 4.0])
def test_blur_is_the_factor_by_which_modes_are_too_wide(factor):
    x = DATA.draw(2000, stream(1, "x"))
    centres = DATA.law.centres[DATA.recognise(x).mode].float()
    assert look(centres + factor * (x - centres))["blur"] == pytest.approx(factor, rel=0.1)


def test_each_place_is_known():
    radius = DATA.radius / DATA.scale
    assert look(torch.zeros(50, 2))["between"] == 1
    assert look(torch.full((50, 2), 5 * radius))["elsewhere"] == 1
    beside = DATA.law.centres.float() * (1 - 6 * DATA.std)
    seen = look(beside)
    assert seen == {**seen, "on_data": 0, "between": 0, "elsewhere": 0}


def test_wide_and_narrow_groups_have_their_own_measure():
    x = torch.cat([normal(600) * 0.01 - 5, normal(424) + 5])
    narrow, wide = normal(300) * 0.01 - 5, normal(300) + 5
    for own in (narrow, wide):
        assert look(own, x)["on_data"] > 0.95
    assert look(narrow + 0.5, x)["on_data"] == 0


def normal(n: int) -> torch.Tensor:
    return torch.randn(n, 2, generator=stream(n, "normal"))


def test_data_that_repeat_have_a_measure_too():
    few = DATA.draw(60, stream(2, "x"))
    repeated = few[torch.arange(1024) % 60]
    assert look(repeated[:300], repeated)["on_data"] == 1
    assert look(torch.zeros(50, 2), repeated)["on_data"] == 0


def test_the_scale_does_not_matter():
    x = DATA.draw(500, stream(1, "x")) * 1.05
    one, other = look(x), look(1000 * x, 1000 * POINTS)
    assert one == pytest.approx(other, rel=1e-3)
