"""Compiled programs that call no library: their products of matrices are their own (``product.h``).

Torch's compiler has a list of choices for each product: on the CPU, a call of torch's library. Ours
takes its place. It needs no trial: it was quicker at all sizes that were tried. Where nothing is
called, tensors need not be torch's either: the compiler lays small ones on the stack.

This file is imported with torch's compiler alone, for it derives from a class within that.
"""

import logging
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
import torch._inductor.lowering  # first: the files of the next line import each other in a circle
from torch._inductor.codegen import cpp_wrapper_cpu_array_ref as on_stack
from torch._inductor.codegen.cpp_template import CppTemplate
from torch._inductor.codegen.cpp_utils import DTYPE_TO_CPP
from torch._inductor.codegen.cpp_wrapper_cpu_array_ref import MAX_STACK_ALLOCATION_SIZE
from torch._inductor.ir import FixedLayout
from torch._inductor.select_algorithm import get_algorithm_selector_cache
from torch._inductor.utils import parallel_num_threads

from mcgan.errors import one_line

log = logging.getLogger(__name__)

SOURCE = Path(__file__).with_name("product.h").read_text(encoding="utf-8")
STACK = 2**20  # bytes of a program's tensors; a thread's stack has 2 or 8 times as many
KINDS = ("mm", "bmm")  # a product, and products of pairs
KERNEL = """{source}
extern "C"
{head}
{{
    mcgan::products<{type}>({arguments});
}}
"""


class Product(CppTemplate):
    """A kernel that calls ``mcgan::products`` for one product, as torch's compiler makes them."""

    def __init__(self, choice: Any) -> None:
        given = choice.layout
        rows_whole = FixedLayout(given.device, given.dtype, given.size)
        super().__init__("product", choice.input_nodes, rows_whole, parallel_num_threads())

    def render(self, kernel: Any, template_buffer_node: Any = None, **_: Any) -> str:  # type: ignore[override]
        """The kernel's source; of the node that it has in the program, once there is one."""
        y: Any = template_buffer_node or self.output_node
        x, b = template_buffer_node.inputs if template_buffer_node else self.input_nodes
        *pairs, rows, columns = y.get_size()
        sizes = [*(pairs or [1]), rows, columns, x.get_size()[-1], self.num_threads]
        head = kernel.def_kernel({"x": x, "b": b}, {"y": y})  # names the tensors of what follows
        arguments = [*place(kernel, x), *place(kernel, b), "y", *map(str, sizes)]
        return KERNEL.format(
            source=SOURCE,
            head=head,
            type=DTYPE_TO_CPP[y.get_dtype()],
            arguments=", ".join(arguments),
        )


def place(kernel: Any, matrices: Any) -> list[str]:
    """Where matrices lie, in C++: the first one, and how far on the next one begins."""
    strides = matrices.get_stride()
    first = kernel.index(matrices, [0] * len(strides))
    return [f"{{&{first}, {strides[-2]}, {strides[-1]}}}", str(strides[0] if strides[2:] else 0)]


@contextmanager
def own_products() -> Iterator[None]:
    """Within it programs are compiled with our products, and with more room on the stack."""
    looks = get_algorithm_selector_cache().preprocessing_fns
    looks.append(choose)
    on_stack.MAX_STACK_ALLOCATION_SIZE = STACK
    try:
        yield
    finally:
        looks.remove(choose)
        on_stack.MAX_STACK_ALLOCATION_SIZE = MAX_STACK_ALLOCATION_SIZE


def choose(choices: list[Any]) -> list[Any]:
    """Of the ways to compute something ours, if it is a product that we know; else all of them."""
    if choices and choices[0].name in KINDS and fits(choices[0].layout):
        try:
            return [make(choices[0])]
        except Exception as error:  # within another torch
            log.info("a product stays a call of torch's library: %s", one_line(error)[:200])
    return choices


def fits(layout: Any) -> bool:
    """Whether ours computes that, where it was measured: on Linux, in vectors of x86."""
    known = sys.platform == "linux" and platform.machine() == "x86_64"
    floats = layout.dtype in (torch.float32, torch.float64)
    return known and floats and layout.device.type == "cpu" and bool(layout.is_contiguous())


def make(choice: Any) -> Any:
    """Ours, in place of a choice of torch's."""
    for each in choice.input_nodes:
        each.freeze_layout()  # strides are written into the source
    return Product(choice).generate()  # type: ignore[no-untyped-call]
