"""Moves and steps as packages: compiled once, and later loaded without torch's compiler.

A package is found by what decides its program (`fingerprint`), which takes milliseconds. Where that
is not known, or new, the move is traced: the graph may still be one that was compiled before. Only
for a new graph is the compiler loaded.
"""

import logging
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import torch
from torch import Tensor
from torch.utils._pytree import tree_leaves, tree_structure

from mcgan.engine import packages
from mcgan.engine.calls import Calls, Leaves
from mcgan.engine.compiled import compile_lean
from mcgan.engine.fingerprint import Unknown, digest, fingerprint
from mcgan.engine.packages import Package
from mcgan.engine.traced import HELD, TracedGraph, layout, list_turns, trace, words_of_graph
from mcgan.errors import one_line

log = logging.getLogger(__name__)

OPTIONS: dict[str, Any] = {
    "aot_inductor.package": True,
    # Torch reads its headers ahead for later programs. Here that takes longer than a program.
    "aot_inductor.precompile_headers": False,
    "epilogue_fusion": False,  # what follows our own products is a kernel of its own
}
if sys.platform == "linux":
    # To see which vectors torch's library has it would build a program for each kind.
    OPTIONS["cpp.vec_isa_ok"] = True
    # Where a program calls no library its tensors may lie on the stack: no memory is asked for.
    OPTIONS["aot_inductor.allow_stack_allocation"] = True
OWN_CODE = ("products.py", "product.h")  # beside this file: they make the products of programs


class LoadedProgram:
    """A package that is loaded for its calls, which say what tensors it writes into."""

    def __init__(self, package: Package, calls: Calls) -> None:
        # torch._inductor.aoti_load_package makes the same, and loads torch's compiler first.
        self.loader = torch._C._aoti.AOTIModelPackageLoader(str(package.path), "model", True)
        self.form, self.calls = package.form, calls

    def __call__(self, *given: Any) -> Any:
        self.calls.begin()
        turns = self.calls.part(list_turns(given[HELD:]))
        found = [self.run(*each) for each in zip(self.calls.held, turns, strict=True)]
        self.calls.end()
        return self.form.fill([join(rows) for rows in zip(*found, strict=True)])

    def run(self, held: Leaves, turns: Leaves) -> list[Tensor]:
        """What one call measures: copies, for the next call writes into what this one returned."""
        return [rows.clone() for rows in self.loader.boxed_run([*held, *turns])]


def join(rows: tuple[Tensor, ...]) -> Tensor:
    """What calls measured, (M, size) each, as (M, N); of one call, as it is."""
    return rows[0] if len(rows) == 1 else torch.cat(rows, 1)


class Packaged:
    """What runs a move or a step on the CPU: a package, which its first call finds or compiles.

    ``run(parameters, buffers, state, alive, numbers, *given)`` writes into the first four; the
    first five are the same tensors at every call. ``parts`` are all that decides what it computes
    of its tensors. The package is called for ``size`` networks at a time, or for all.
    Where torch cannot make a package the log says why, and torch.compile does it.
    """

    def __init__(self, run: Callable[..., Any], parts: Sequence[Any], size: int) -> None:
        self.run, self.parts, self.size = run, parts, size
        self.call: Callable[..., Any] = self.begin

    def __call__(self, *given: Any) -> Any:
        return self.call(*given)

    def begin(self, *given: Any) -> Any:
        """The first call, which waits for the program."""
        try:
            self.call = self.prepare(given)
        except Exception as error:  # whatever torch's tracer and compilers raise
            log.warning(
                "no package can be made, so each start compiles anew: %s", one_line(error)[:200]
            )
            self.call = compile_lean(self.run, tree_leaves(given)[0].device)
        return self.call(*given)

    def prepare(self, given: Sequence[Any]) -> LoadedProgram:
        """The program for tensors like these: kept by its parts, or by its graph, or new."""
        calls = Calls(given, self.size)
        early = keys_of_parts(self.parts, calls.first)
        for key in early:
            if known := load(key, calls):
                return known
        graph = trace(self.run, calls.first)
        key = digest([words_of_graph(graph, tree_leaves(calls.first)), *read_recipe()])
        if known := load(key, calls):
            packages.link(key, early)
            return known
        with TemporaryDirectory() as folder:
            package = Package(compile_graph(graph, calls.first, Path(folder)), graph.form)
            packages.keep(package, [key, *early])
            return LoadedProgram(package, calls)


@cache
def read_recipe() -> list[str]:
    """All that decides how a graph is compiled."""
    files = [Path(__file__).with_name(name) for name in OWN_CODE]
    return [repr(OPTIONS), *(file.read_text("utf-8") for file in files)]


def keys_of_parts(parts: Sequence[Any], given: Sequence[Any]) -> list[str]:
    """The key by which a package is found without tracing; none where code is not known."""
    layouts = [layout(tensor) for tensor in tree_leaves(given)]
    with suppress(Unknown):
        return [fingerprint([parts, layouts, str(tree_structure(given))])]
    return []


def load(key: str, calls: Calls) -> LoadedProgram | None:
    """The program that was kept under a key, if there is one that this machine can load."""
    with suppress(RuntimeError):
        return LoadedProgram(package, calls) if (package := packages.find(key)) else None
    return None


def compile_graph(graph: TracedGraph, given: Sequence[Any], folder: Path) -> Path:
    """Compiles a graph to a package in this folder."""
    from torch._inductor import aot_compile  # with the compiler: three seconds
    from torch._inductor.package.package import package_aoti

    path = folder / "program.pt2"
    with own_code(), quiet_compiler():
        files: Any = aot_compile(graph.module, tuple(tree_leaves(given)), options=OPTIONS)
        package_aoti(str(path), files)
    return path


@contextmanager
def quiet_compiler() -> Iterator[None]:
    """Within it torch does not tell what concerns its own code alone: no user can change it."""
    log_of_calls = logging.getLogger("torch._inductor.ir")
    level = log_of_calls.level
    log_of_calls.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=FutureWarning, module=r"torch\.")
            yield
    finally:
        log_of_calls.setLevel(level)


@contextmanager
def own_code() -> Iterator[None]:
    """Within it torch's compiler is changed as our programs want it, where this torch can be."""
    with (
        enter("products", "own_products"),
        enter("few_headers", "few_headers"),
        enter("object_files", "translate_at_once"),
    ):
        yield


def enter(module: str, name: str) -> AbstractContextManager[None]:
    """A change to torch's compiler, or none where this torch has no place for it."""
    try:
        change = getattr(import_module(f"mcgan.engine.{module}"), name)
    except ImportError as error:
        log.info("programs are compiled without %s: %s", module, one_line(error)[:200])
        return nullcontext()
    return cast(AbstractContextManager[None], change())


def compile_run(
    run: Callable[..., Any], parts: Sequence[Any], device: torch.device, size: int
) -> Callable[..., Any]:
    """A move or a step compiled: as a package on the CPU, by torch.compile on other devices."""
    return Packaged(run, parts, size) if device.type == "cpu" else compile_lean(run, device)
