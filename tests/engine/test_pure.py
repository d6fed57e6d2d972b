import torch

from mcgan.engine.pure import channels_last, where, write_living


def test_where_keeps_the_dead_as_they_were():
    new, old = {"w": torch.ones(2, 3), "shared": torch.tensor(2.0)}, {"w": torch.zeros(2, 3)}
    kept = where(torch.tensor([True, False]), new, old | {"shared": torch.tensor(1.0)})
    assert kept["w"].tolist() == [[1.0] * 3, [0.0] * 3] and kept["shared"] == 2


def test_only_living_replicas_are_written():
    old = {"w": torch.zeros(2, 3)}
    kept = old["w"]
    write_living(torch.tensor([True, False]), {"w": torch.ones(2, 3)}, old)
    assert old["w"] is kept and kept.tolist() == [[1.0] * 3, [0.0] * 3]
    write_living(torch.tensor([True, True]), {"w": torch.full((2, 3), 2.0)}, old)
    assert kept.tolist() == [[2.0] * 3] * 2


def test_kernels_alone_are_laid_out_anew():
    kernel, matrix = torch.randn(4, 3, 2, 2), torch.randn(4, 3)
    assert channels_last(kernel).is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(channels_last(kernel), kernel) and channels_last(matrix) is matrix
