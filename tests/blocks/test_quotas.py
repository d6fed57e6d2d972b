import torch

from mcgan.blocks.quotas import Quotas


def test_the_first_of_each_kind_get_the_places():
    quotas = Quotas(torch.tensor([7, 3, 7, 7]))
    came = torch.tensor([3, 3, 7, 5, 7, 3])
    assert quotas.take(came).tolist() == [True, False, True, False, True, False]
    assert quotas.left == 1
    assert quotas.take(torch.tensor([3, 9, 7, 7])).tolist() == [False, False, True, False]
    assert quotas.left == 0 and not quotas.take(came).any()


def test_places_of_one_kind_are_filled_in_order():
    quotas = Quotas(torch.zeros(3, dtype=torch.int64))
    assert quotas.take(torch.zeros(2, dtype=torch.int64)).all() and quotas.left == 1
    assert quotas.take(torch.zeros(2, dtype=torch.int64)).tolist() == [True, False]


def test_nobody_comes():
    quotas = Quotas(torch.tensor([1, 2]))
    assert quotas.take(torch.zeros(0, dtype=torch.int64)).tolist() == [] and quotas.left == 2
