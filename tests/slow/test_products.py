"""Products within compiled programs: of every layout, against torch's own."""

import zipfile

import pytest
import torch

from mcgan.engine.packaged import compile_graph
from mcgan.engine.traced import trace

# Pairs, rows, columns, depth: whole vectors, parts of them, single numbers, more than one depth.
SIZES = [(1, 64, 64, 64), (3, 13, 30, 7), (2, 2, 2, 3), (1, 5, 100, 2), (1, 70, 33, 300)]
SIZES += [(1, 64, 3, 64), (2, 83, 2, 29), (1, 70, 4, 530)]  # few columns


def factors(dtype):
    """Two matrices for each size, with their rows, their columns or nothing whole in memory."""
    generator = torch.Generator().manual_seed(0)
    for pairs, rows, columns, depth in SIZES:
        x = torch.randn(pairs, rows, depth, generator=generator, dtype=dtype)
        b = torch.randn(pairs, depth, columns, generator=generator, dtype=dtype)
        yield x, b
        yield x.mT.contiguous().mT, b.mT.contiguous().mT
        yield x[:1].expand_as(x), torch.cat([b, b], 2)[..., 1 : columns + 1]
    yield x[0], b[0]  # two matrices rather than pairs of them


def multiply(*tensors):
    """All products in a row, as a move returns what it measured."""
    found = [x @ b for x, b in zip(tensors[::2], tensors[1::2], strict=True)]
    return ("products",), torch.cat([each.flatten() for each in found])


@pytest.mark.slow
@pytest.mark.parametrize(
    "dtype, near, threads", [(torch.float32, 1e-4, 1), (torch.double, 1e-12, 2)]
)
def test_a_compiled_program_has_its_own_products(dtype, near, threads, tmp_path):
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    given = [each for pair in factors(dtype) for each in pair]
    path = compile_graph(trace(multiply, given), given, tmp_path)
    loader = torch._C._aoti.AOTIModelPackageLoader(str(path), "model", True)
    [found] = loader.boxed_run([*given])
    torch.set_num_threads(before)
    exact = multiply(*(each.double() for each in given))[1]
    assert (found - exact).abs().max() < near
    assert sources(path).count("mcgan::products<") == len(given) // 2


def sources(path):
    """The C++ of a package, without that of the products themselves."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".cpp")]
        return "".join(archive.read(name).decode() for name in names)
