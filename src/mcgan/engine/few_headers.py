"""A program's wrapper without the headers of torch's tensors, which take longer than the wrapper.

This file is imported with torch's compiler alone, for it changes a method within that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch._inductor.codegen.cpp_wrapper_cpu_array_ref import CppWrapperCpuArrayRef

INCLUDE = Path(torch.__file__).with_name("include")
ASKED = "get_device_include_path_aot"  # the method that says what a wrapper includes
PLACE = "torch/csrc/inductor"
# What torch's aoti_include/array_ref.h includes, but for array_ref_impl.h: of that, programs that
# take tensors by their handles, as ours do, use nothing.
HEADERS = (
    f"{PLACE}/aoti_include/common.h",
    f"{PLACE}/aoti_runtime/arrayref_tensor.h",
    f"{PLACE}/aoti_runtime/arrayref_tensor_conversion.h",
    f"{PLACE}/aoti_runtime/thread_local.h",
    f"{PLACE}/cpp_wrapper/device_internal/cpu.h",
)


@contextmanager
def few_headers() -> Iterator[None]:
    """Within it wrappers include ``HEADERS``, where this torch asks for headers and has these."""
    before = CppWrapperCpuArrayRef.__dict__.get(ASKED)
    if before is None or not all((INCLUDE / header).is_file() for header in HEADERS):
        yield
        return
    setattr(CppWrapperCpuArrayRef, ASKED, staticmethod(lambda device: lines()))
    try:
        yield
    finally:
        setattr(CppWrapperCpuArrayRef, ASKED, before)


def lines() -> str:
    """The lines that include them."""
    return "\n".join(f"#include <{header}>" for header in HEADERS)
