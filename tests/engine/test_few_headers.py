"""The wrappers of programs include few headers, and those are all that torch's own has for us."""

import re

import pytest

from mcgan.engine import packaged

HEAVY = "torch/csrc/inductor/array_ref_impl.h"  # it includes ATen's tensors


@pytest.fixture(scope="module")
def module():
    with packaged.own_code():  # the first import of the compiler's files has an order
        from mcgan.engine import few_headers
    if few_headers.ASKED not in vars(few_headers.CppWrapperCpuArrayRef):
        pytest.skip("a torch that asks for headers in another way")
    return few_headers


def lines(module) -> list[str]:
    text = module.CppWrapperCpuArrayRef.get_device_include_path_aot("cpu")
    return re.findall(r"#include <(.+)>", text)


def test_all_that_torchs_header_includes_but_the_heavy_one(module):
    text = (module.INCLUDE / f"{module.PLACE}/aoti_include/array_ref.h").read_text()
    torchs = {*re.findall(r"#include <(torch.+)>", text)}
    assert HEAVY in torchs and torchs - {HEAVY} <= {*module.HEADERS}


def test_outside_torchs_own_header_is_included_again(module):
    before = lines(module)
    with pytest.raises(KeyError), module.few_headers():
        assert lines(module) == [*module.HEADERS] != before
        raise KeyError
    assert lines(module) == before


def test_another_torch_is_left_as_it_is(module, monkeypatch):
    monkeypatch.setattr(module, "ASKED", "asked_in_another_way")
    with module.few_headers():
        assert not hasattr(module.CppWrapperCpuArrayRef, "asked_in_another_way")


def test_where_a_header_is_missing_nothing_changes(module, monkeypatch):
    before = lines(module)
    monkeypatch.setattr(module, "HEADERS", (*module.HEADERS, "torch/no/such.h"))
    with module.few_headers():
        assert lines(module) == before
