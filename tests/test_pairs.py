"""Every ordered pair of strategies trains together, or says in a sentence why not."""

import pytest
import torch

from mcgan.errors import UserError
from small import STRATEGIES, refusal, run, trainer


def outcome(first: str, second: str) -> str:
    """What is wrong with a pair; empty where it trains or is refused as it should be."""
    try:
        pair = trainer(first, second)
    except UserError as error:
        refusal(error)
        return ""
    values = [value for _, scalars in run(pair, 2) for value in scalars.values()]
    if list(pair.game.reg) != [first, second]:
        return f"{first}, {second}: the order is lost"
    return "" if torch.stack(values).isfinite().all() else f"{first}, {second}: not finite"


@pytest.mark.parametrize("first", STRATEGIES)
def test_it_trains_with_every_other_or_is_refused(first):
    wrong = [outcome(first, second) for second in STRATEGIES if second != first]
    assert not [each for each in wrong if each]
