"""A program's C++ files, translated at the same time: torch's compiler takes one after the other.

This file is imported with torch's compiler alone, for it changes a method within that.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from torch._inductor.cpp_builder import CppBuilder

PARTS = (".wrapper", ".kernel")  # the ends of their names: all that the linker is to wait for


@contextmanager
def translate_at_once() -> Iterator[None]:
    """Within it object files are begun and not waited for, until something else is built."""
    build = CppBuilder.build
    begun: list[Future[None]] = []
    with ThreadPoolExecutor() as pool:

        def begin(builder: CppBuilder) -> None:
            if builder._compile_only and builder._name.endswith(PARTS):
                begun.append(pool.submit(build, builder))
                return
            while begun:
                begun.pop().result()
            build(builder)

        CppBuilder.build = begin  # type: ignore
        try:
            yield
        finally:
            CppBuilder.build = build  # type: ignore
