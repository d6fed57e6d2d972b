"""The part of the real data that samples lack where classes overlap, so that no group is empty."""

from functools import cache

import pytest
import torch
from torch import Tensor

from mcgan.judging.groups import MissingGroup
from mcgan.judging.inputs import read_sets
from mcgan.judging.judgement import Judgement, judge_features
from mcgan.judging.regions import find_region, lies_elsewhere, order_rows

N, M, COLUMNS = 1000, 2000, 8
APART = 1.9  # standard deviations between the two classes
RARE = 0.15  # share of the second one


def draw(n: int, seed: int, rare: float = RARE) -> tuple[Tensor, Tensor]:
    """Rows (n, 8) of two classes that overlap, and whether each is of the second one."""
    generator = torch.Generator().manual_seed(seed)
    second = torch.rand(n, generator=generator) < rare
    x = torch.randn(n, COLUMNS, generator=generator).double()
    x[second, 0] += APART
    return x, second


def look_for(fakes: Tensor) -> tuple[MissingGroup, ...]:
    sets = read_sets(fakes, draw(M, 0)[0], None, None, 0)
    return find_region(sets, 0.01, torch.Generator().manual_seed(0))


@cache
def judged() -> Judgement:
    """Of samples that lack the second class."""
    return judge_features(draw(N, 2, rare=0)[0], draw(M, 0)[0], draws=2)


def test_the_rows_of_the_part_are_those_of_the_class_that_is_gone():
    [part] = look_for(draw(N, 2, rare=0)[0])
    second = draw(M, 0)[1]
    assert not part.whole and second[[*part.rows]].double().mean() > 0.75
    assert len({*part.rows}) == len(part.rows) == round(part.share * M) >= 0.02 * M
    assert part.fake_share < 0.2 * part.share and part.interval[0] < part.share < part.interval[1]


def test_what_two_real_samples_show_is_no_part():
    assert not any(look_for(draw(N, seed)[0]) for seed in (1, 2))


STATES = {
    "noisy": lambda x: x + torch.randn(x.shape, generator=torch.Generator().manual_seed(2)),
    "narrowed": lambda x: 0.6 * x,
    "shifted": lambda x: x + 0.7,
}


@pytest.mark.parametrize("state", STATES)
def test_samples_off_the_data_lack_no_part(state):
    fakes = STATES[state](draw(N, 1)[0])
    ordered = order_rows(fakes, draw(M, 0)[0], torch.Generator().manual_seed(0))
    assert lies_elsewhere(ordered) and not look_for(fakes)


def test_a_class_that_is_only_rarer_is_not_gone():
    assert not look_for(draw(N, 1, rare=RARE / 3)[0])


def test_rows_that_are_alike_do_not_lean_to_a_side():
    generator = torch.Generator().manual_seed(3)
    fakes, real = (torch.randint(3, (n, 1), generator=generator).double() for n in (300, 600))
    ordered = order_rows(fakes, real, generator)
    assert 0.2 < ordered.is_fake[:200].mean() < 0.47


def test_the_judgement_names_the_part_and_is_as_it_was_where_a_group_is_missing():
    found = judged()
    [part] = found.missing
    assert found.kind == "missing" and found.collapsed and not part.whole
    assert found.verdict.startswith("A part of the real data is missing that is no group")
    assert max(map(len, str(found).splitlines())) <= 80
    assert found.scalars()["missing"] == part.share and part.title.startswith("A part")
    labels = draw(N, 2, rare=0)[1].long(), draw(M, 0)[1].long()
    named = judge_features(draw(N, 2, rare=0)[0], draw(M, 0)[0], labels=labels, draws=2)
    assert [group.name for group in named.missing] == ["1"] and named.missing[0].whole
