import torch

from mcgan.engine.scalars import Scalars, stack_scalars


def test_scalars_are_rows_by_name():
    loss = torch.tensor([1.0, 2.0], requires_grad=True)
    names, rows = stack_scalars({"loss": loss, "r1": torch.tensor([3.0, 4.0])}, torch.ones(2))
    assert names == ("loss", "r1", "grad_norm") and rows.shape == (3, 2) and not rows.requires_grad
    scalars = Scalars(names, rows)
    assert [*scalars] == [*names] and len(scalars) == 3
    assert scalars["r1"].tolist() == [3, 4] and scalars["grad_norm"].tolist() == [1, 1]


def test_those_of_one_network_are_single_numbers():
    scalars = Scalars(*stack_scalars({"loss": torch.tensor(1.5)}, torch.tensor(2.0)))
    assert scalars["loss"].shape == () and scalars["loss"] == 1.5
