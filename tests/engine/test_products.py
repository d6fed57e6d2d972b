"""Which products are ours; the compiled ones are in slow/."""

import importlib
import logging
import sys
from types import SimpleNamespace

import pytest
import torch

from mcgan.engine import packaged

ELSEWHERE = pytest.mark.skipif(
    sys.platform != "linux", reason="torch's library makes all products there"
)


@pytest.fixture
def products():
    """The module, which is imported with torch's compiler."""
    from mcgan.engine import products

    return products


def choices(name="bmm", dtype=torch.float32, device="cpu", whole=True):
    """Torch's one way to compute something."""
    device = torch.device(device)
    layout = SimpleNamespace(dtype=dtype, device=device, is_contiguous=lambda: whole)
    return [SimpleNamespace(name=name, layout=layout)]


@ELSEWHERE
def test_a_product_of_floats_has_one_way_which_is_ours(products, monkeypatch):
    monkeypatch.setattr(products, "make", lambda choice: "ours")
    assert [products.choose(choices(name)) for name in ("mm", "bmm")] == [["ours"]] * 2
    assert products.choose(choices(dtype=torch.float64)) == ["ours"]


@pytest.mark.parametrize(
    "words",
    [
        {"name": "convolution"},
        {"name": "addmm"},
        {"dtype": torch.int64},
        {"dtype": torch.bfloat16},
        {"device": "meta"},
        {"whole": False},
    ],
)
def test_all_else_is_torchs(products, monkeypatch, words):
    monkeypatch.setattr(products, "make", lambda choice: "ours")
    given = choices(**words)
    assert products.choose(given) is given and products.choose([]) == []


@ELSEWHERE
def test_what_another_torch_does_not_take_stays_its_librarys(products, monkeypatch, caplog):
    def fail(choice):
        raise TypeError("no such argument")

    monkeypatch.setattr(products, "make", fail)
    given = choices()
    with caplog.at_level(logging.INFO):
        assert products.choose(given) is given
    assert caplog.messages == ["a product stays a call of torch's library: no such argument"]


def test_other_graphs_are_compiled_as_before(products):
    looks = products.get_algorithm_selector_cache().preprocessing_fns
    before, room = [*looks], products.on_stack.MAX_STACK_ALLOCATION_SIZE
    with pytest.raises(KeyError), packaged.own_code():
        assert looks == [*before, products.choose]
        assert products.on_stack.MAX_STACK_ALLOCATION_SIZE == products.STACK > room
        raise KeyError
    assert looks == before and products.on_stack.MAX_STACK_ALLOCATION_SIZE == room


@pytest.mark.parametrize("missing", ["products", "few_headers", "object_files"])
def test_where_torch_has_no_place_for_one_change_there_is_the_other(missing, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, f"mcgan.engine.{missing}", None)
    with caplog.at_level(logging.INFO), packaged.own_code():
        (said,) = caplog.messages
        assert said.startswith(f"programs are compiled without {missing}: ")
        looks = importlib.import_module("torch._inductor.select_algorithm")
        names = [each.__name__ for each in looks.get_algorithm_selector_cache().preprocessing_fns]
        assert ("choose" in names) == (missing != "products")
