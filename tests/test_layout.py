"""The rooms of the source: in one order, without circles, few files at the root, no long file."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import mcgan

SOURCE = Path(mcgan.__file__).parent

# A room imports from lower floors alone, also inside functions and for annotations.
FLOORS = """
    version errors
    schedule
    types
    system functional rule
    config
    objective optim arch dataset
    metrics
    gan
    blocks
    reg
    engine
    run verdict
    view view/figures view/tensorboard view/terminal
    judging
    judging/report
    watching
    experiment
    experiment/laws experiment/lanes
    compare
    explain
    cli
    __init__ __main__
"""
FLOOR = {
    room: number for number, line in enumerate(FLOORS.strip().splitlines()) for room in line.split()
}
FILES = sorted(SOURCE.rglob("*.py"))
MODULES = {path.relative_to(SOURCE).with_suffix("").as_posix(): path for path in FILES}
NAMES = frozenset(MODULES)
MOST_LINES = 250
MOST_AT_THE_ROOT = 9
MOST_ROOMS = 28  # with scripts and benchmarks


def room_of(module: str) -> str:
    """The folder of a module, or the module itself at the root."""
    folder = module.rpartition("/")[0]
    return folder or module


def imports(path: Path) -> Iterator[str]:
    """Every module of ours that a file imports, wherever the import stands."""
    for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(part, ast.ImportFrom) and part.module:
            names = [f"{part.module}.{alias.name}" for alias in part.names]
        elif isinstance(part, ast.Import):
            names = [alias.name for alias in part.names]
        yield from filter(None, map(module_of, names))


def module_of(name: str) -> str | None:
    """The module that a dotted name of ours lies in."""
    package, _, rest = name.partition(".")
    words = rest.split(".") if rest else []
    for end in range(len(words), -1, -1):
        place = "/".join(words[:end])
        if package == "mcgan" and (found := {place, f"{place}/__init__".lstrip("/")} & NAMES):
            return found.pop()
    return None


@cache
def all_imports() -> dict[str, set[str]]:
    """The modules of ours that each module imports; who only collects tests reads no source."""
    return {module: {*imports(path)} - {module} for module, path in MODULES.items()}


def test_every_room_has_a_floor():
    rooms = {room_of(module) for module in MODULES}
    assert rooms == FLOOR.keys()


@pytest.mark.parametrize("room", sorted(FLOOR))
def test_a_room_imports_from_lower_floors_alone(room):
    wrong = [
        f"{module} imports {other}"
        for module, others in all_imports().items()
        for other in others
        if room_of(module) == room != room_of(other) and FLOOR[room_of(other)] >= FLOOR[room]
    ]
    assert not wrong


def test_no_circle_of_files():
    assert [
        *TopologicalSorter(all_imports()).static_order()
    ]  # raises CycleError, which names the circle


def test_few_files_at_the_root_and_few_rooms():
    assert len([*SOURCE.glob("*.py")]) <= MOST_AT_THE_ROOT
    folders = {path.parent for path in FILES}
    assert len(folders) + len(("scripts", "benchmarks")) <= MOST_ROOMS


@pytest.mark.parametrize(
    "room", sorted({path.parent.relative_to(SOURCE).as_posix() for path in FILES})
)
def test_a_room_says_in_one_line_what_it_is_for(room):
    text = (SOURCE / room / "__init__.py").read_text(encoding="utf-8")
    assert re.match(r'"""\w[^\n]+\."""\n', text)


def test_no_file_is_long():
    lines = {
        module: len(path.read_text(encoding="utf-8").splitlines())
        for module, path in MODULES.items()
    }
    assert not {module: count for module, count in lines.items() if count > MOST_LINES}
