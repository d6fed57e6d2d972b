import pytest
from torch import nn

from mcgan.blocks.references import References


def test_a_module_referred_to_is_no_part_of_the_one_that_refers():
    owner, layer = nn.Module(), nn.Linear(2, 1)
    owner.others = References(layer)
    assert owner.others.last is layer
    assert not list(owner.parameters()) and not list(owner.children())


def test_references_are_in_the_order_in_which_they_were_added():
    critics = References()
    with pytest.raises(IndexError):
        _ = critics.last
    layers = [critics.add(nn.Identity()) for _ in range(2)]
    assert list(critics) == layers and critics.last is layers[1] and len(critics) == 2
