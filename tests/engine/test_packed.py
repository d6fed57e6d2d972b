import torch

from mcgan.engine.packed import Packed, pick

NAMED = {
    "w": torch.arange(12.0).view(2, 3, 2),
    "scale": torch.tensor([7.0, 8.0]),
    "b": torch.tensor([[1.0], [2.0]]),
}


def test_packed_tensors_come_out_as_they_went_in():
    packed = Packed(NAMED)
    one = packed.pack(NAMED)
    assert one.shape == (2, 6 + 1 + 1)
    assert one[1].tolist() == [6, 7, 8, 9, 10, 11, 8, 2]
    for name, tensor in packed.unpack(one).items():
        assert torch.equal(tensor, NAMED[name])


def test_unpacked_tensors_are_views_and_packed_ones_a_copy():
    packed = Packed(NAMED)
    one = packed.pack(NAMED)
    packed.unpack(one)["b"].fill_(5.0)
    assert one[:, -1].tolist() == [5, 5] and NAMED["b"].tolist() == [[1], [2]]


def test_tensors_are_packed_in_the_order_they_were_announced_in():
    shuffled = pick(NAMED, ["b", "w", "scale"])
    assert [*shuffled] == ["b", "w", "scale"]
    assert torch.equal(Packed(NAMED).pack(shuffled), Packed(NAMED).pack(NAMED))
