"""Every ordered pair of strategies trains together, or is refused as docs/refusals.json has it."""

import pytest
import torch

from mcgan.errors import UserError
from small import STRATEGIES, refusal, refused, run, trainer


def wrong(first: str, second: str) -> str:
    """What is wrong with a pair; empty where it trains or is refused, each as the table says."""
    stored = refused("pairs", first, second)
    try:
        pair = trainer(first, second)
    except UserError as error:
        found = refusal(error)
        return "" if found == stored else f"{first}, {second}: refused, {found}, not {stored!r}"
    if stored:
        return f"{first}, {second}: trains, but the table says {stored}"
    if list(pair.game.reg) != [first, second]:
        return f"{first}, {second}: the order is lost"
    values = [value for _, scalars in run(pair, 2) for value in scalars.values()]
    return "" if torch.stack(values).isfinite().all() else f"{first}, {second}: not finite"


def near(first: str) -> list[str]:
    """The next strategy and the one before, around the end: in all, pairs in both orders."""
    start = STRATEGIES.index(first)
    return [STRATEGIES[(start + step) % len(STRATEGIES)] for step in (1, -1)]


@pytest.mark.parametrize("first", STRATEGIES)
def test_it_trains_with_its_neighbours_or_is_refused_as_stored(first):
    found = [wrong(first, second) for second in near(first)]
    assert not [each for each in found if each], "mend it, or run python scripts/refusals.py"


@pytest.mark.long
@pytest.mark.parametrize("first", STRATEGIES)
def test_it_trains_with_every_other_or_is_refused_as_stored(first):
    rest = [name for name in STRATEGIES if name not in (first, *near(first))]
    found = [wrong(first, second) for second in rest]
    assert not [each for each in found if each], "mend it, or run python scripts/refusals.py"
