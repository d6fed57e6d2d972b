"""What decides which program a game is compiled to, as one digest, found without tracing it."""

import hashlib
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cache, partial
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType, UnionType
from typing import Any

import torch
from torch import Tensor

from mcgan.engine.lane_numbers import read_attributes
from mcgan.engine.traced import layout
from mcgan.version import BEGUN

PLAIN = (bool, int, float, complex, str, bytes, type(None), torch.dtype, torch.device, Enum)
STANDARD = {"builtins", "collections", "functools", "math", "operator", "types", "typing"}
KNOWN = {"mcgan", "torch", *STANDARD}


class Unknown(Exception):
    """A part whose code is not known: of others, whose sources are not looked at, or changed."""


def fingerprint(parts: Iterable[Any]) -> str:
    """Equal in every process for parts that compute the same. Raises Unknown, with the reason."""
    walk = Walk()
    return digest([sources(), *(word for part in parts for word in walk.words(part))])


def digest(words: Iterable[str]) -> str:
    """Of these words and of the machine that programs are compiled on."""
    return hashlib.sha256("\n".join([machine(), *words]).encode()).hexdigest()


def sources() -> str:
    """A digest of mcgan's own sources. Raises Unknown where they may not be what was loaded."""
    root = Path(__file__).parents[1]
    found = [*root.rglob("*.py"), *root.rglob("*.h")]
    files = {path.relative_to(root).as_posix(): path for path in sorted(found)}
    if not files or max(path.stat().st_mtime for path in files.values()) > BEGUN:
        raise Unknown("sources of mcgan that changed since it was loaded")
    content = hashlib.sha256()
    for name, path in files.items():
        content.update(f"{name}\n".encode() + path.read_bytes())
    return content.hexdigest()


def machine() -> str:
    """What programs depend on besides their graph: torch, its settings, and the processor."""
    settings = torch.get_num_threads(), torch.get_default_dtype(), sys.version_info[:3]
    return f"torch {torch.__version__} {torch.version.git_version} {settings} {processor()}"


@cache
def processor() -> str:
    """The processor and what it can do: programs are compiled for it alone."""
    able = torch.backends.cpu.get_cpu_capability()
    found = [platform.system(), platform.machine(), platform.processor(), able]
    about = Path("/proc/cpuinfo")
    if about.exists():
        lines = about.read_text(encoding="utf-8", errors="replace").partition("\n\n")[0]
        kept = ("model name", "flags", "Features", "CPU part")
        found += [line for line in lines.splitlines() if line.startswith(kept)]
    return " ".join(found)


class Walk:
    """A walk over all that can be reached from some parts, in words.

    Of a module's parameters and buffers these are the shapes: a graph is given their values.
    """

    def __init__(self) -> None:
        self.seen: dict[int, tuple[int, Any]] = {}  # kept alive, or another could get its id

    def words(self, part: Any) -> Iterator[str]:
        """Words that say what a part is. Raises Unknown."""
        if isinstance(part, PLAIN):
            yield f"{type(part).__qualname__} {part!r}"
        elif isinstance(part, (type, BuiltinFunctionType, ModuleType)):
            yield name_of(part)
        elif id(part) in self.seen:
            yield f"again {self.seen[id(part)][0]}"
        else:
            self.seen[id(part)] = len(self.seen), part
            yield from self.inside(part)

    def inside(self, part: Any) -> Iterator[str]:
        """The words of a part that holds others."""
        if isinstance(part, Tensor):
            yield f"{layout(part)} {part.tolist()!r}"
            return
        if not isinstance(part, CodeType):
            yield name_of(type(part))
        for member in members(part):
            yield from self.words(member)
        yield "end"


def members(part: Any) -> list[Any]:
    """What a part is made of, in an order that is the same in every process."""
    if isinstance(part, Mapping):
        return [each for pair in part.items() for each in pair]
    if isinstance(part, (list, tuple)):
        return [*part]
    if isinstance(part, (set, frozenset)):
        return sorted(part)
    if isinstance(part, UnionType):
        return [*part.__args__]
    if isinstance(part, CodeType):
        return [part.co_code.hex(), part.co_names, part.co_consts]
    if isinstance(part, (FunctionType, MethodType, partial)):
        return open_code(part)
    if hasattr(part, "__dict__") or hasattr(part, "__slots__"):
        return [*read_attributes(part).items()]
    raise Unknown(f"a {type(part).__qualname__}")


def open_code(function: Any) -> list[Any]:
    """What a function, a method or a partial does, and what it holds."""
    if isinstance(function, MethodType):
        return [function.__self__, function.__func__]
    if isinstance(function, partial):
        return [function.func, function.args, function.keywords]
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    held = function.__defaults__, function.__kwdefaults__, cells
    return [name_of(function), function.__code__, held]


def name_of(part: Any) -> str:
    """The full name of a class, function or module. Raises Unknown for the code of others."""
    name = part.__name__ if isinstance(part, ModuleType) else part.__qualname__
    module = name if isinstance(part, ModuleType) else part.__module__ or "builtins"
    if module.partition(".")[0] not in KNOWN:
        raise Unknown(f"{module}.{name}")
    return f"{module}.{name}"
