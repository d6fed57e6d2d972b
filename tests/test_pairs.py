"""Every ordered pair of strategies trains together, or says in a sentence why not."""

from itertools import permutations

import pytest
import torch

from mcgan.errors import UserError
from small import STRATEGIES, refusal, run, trainer


@pytest.mark.parametrize("first, second", [*permutations(STRATEGIES, 2)])
def test_a_pair_trains_or_is_refused(first, second):
    try:
        pair = trainer(first, second)
    except UserError as error:
        refusal(error)
        return
    assert list(pair.game.reg) == [first, second]
    values = [value for _, scalars in run(pair, 2) for value in scalars.values()]
    assert torch.stack(values).isfinite().all()
