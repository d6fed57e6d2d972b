"""When a run is loaded, traced or compiled; the real compiler is in slow/."""

import logging
import warnings

import pytest
import torch

from mcgan.engine import packaged, packages
from mcgan.engine.calls import Calls
from mcgan.engine.lane_numbers import LaneTensors
from mcgan.engine.packaged import Packaged, compile_run
from mcgan.engine.traced import Form
from mcgan.types import Moment

PROGRAMS = {}  # by the content of its file, what a package computes


class FakeLoader:
    """Torch's loader of a program that gives the same tensor at every call, as those do."""

    def __init__(self, *words):
        self.rows = torch.zeros(1, 1)

    def boxed_run(self, leaves):
        return [self.rows.add_(1)]


LoadedProgram = packaged.LoadedProgram


def test_what_a_call_measured_stays_as_it_was(monkeypatch):
    monkeypatch.setattr(torch._C._aoti, "AOTIModelPackageLoader", FakeLoader)
    words = given()
    package = packages.Package("path", Form([("loss",)], False))
    program = LoadedProgram(package, Calls(words, 1))
    first, second = program(*words)[1], program(*words)[1]
    assert (first.item(), second.item()) == (1, 2)


class FakeProgram:
    """A package whose file names a graph, which is run as it is."""

    def __init__(self, package, calls):
        self.module, self.form = PROGRAMS[package.path.read_text()], package.form

    def __call__(self, *given):
        return self.form.fill(self.module(*packaged.tree_leaves(given)))


@pytest.fixture(autouse=True)
def seen(tmp_path, monkeypatch):
    """What was traced and compiled, in their order."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found, trace = [], packaged.trace

    def fake_compile(graph, given, folder):
        found.append("compiled")
        path = folder / "program.pt2"
        path.write_text(f"program {len(PROGRAMS)}")
        PROGRAMS[path.read_text()] = graph.module
        return path

    monkeypatch.setattr(packaged, "LoadedProgram", FakeProgram)
    monkeypatch.setattr(packaged, "compile_graph", fake_compile)
    monkeypatch.setattr(packaged, "trace", lambda *each: found.append("traced") or trace(*each))
    return found


def update(parameters, buffers, state, alive, numbers, x, moment):
    """Adds to a parameter what a turn is given."""
    parameters["D"].add_(x.mean() * moment.progress)
    return ("loss",), parameters["D"].sum().reshape(1, 1)


def given(value=1.0):
    moment = Moment({"z": torch.zeros(2)}, torch.tensor(value))
    alive, numbers = torch.ones(1, dtype=torch.bool), LaneTensors({}, {})
    return {"D": torch.zeros(1, 2)}, {}, {}, alive, numbers, torch.ones(3), moment


def called(parts=("known",), run=update):
    """What a run measures in two calls, after which the parameter is as it must be."""
    made, words = Packaged(run, parts, 1), given()
    for turn in (1, 2):
        names, rows = made(*words)
        assert names == ("loss",) and rows.item() == 2 * turn and words[0]["D"].sum() == 2 * turn
    return made


def test_the_first_call_compiles_and_later_processes_load(seen):
    called()
    assert seen == ["traced", "compiled"]
    called()
    called()
    assert seen == ["traced", "compiled"]


def test_other_parts_with_the_same_graph_are_traced_once(seen):
    called()
    called(["other"])
    called(["other"])
    assert seen == ["traced", "compiled", "traced"]


def test_the_code_of_others_is_always_traced_and_compiled_once(seen):
    for _ in range(2):
        called([lambda: 1])
    assert seen == ["traced", "compiled", "traced"]
    assert len([*packages.folder().iterdir()]) == 2  # the program and its note


def test_other_shapes_are_another_program(seen):
    called()
    *held, x, moment = given()
    Packaged(update, ["known"], 1)(*held, x[:2], moment)
    assert seen == ["traced", "compiled"] * 2


def test_another_recipe_makes_another_program(seen, monkeypatch):
    called([lambda: 1])  # which is found by its graph
    recipe = packaged.read_recipe()
    monkeypatch.setattr(packaged, "read_recipe", lambda: [*recipe, "changed"])
    called([lambda: 1])
    assert seen == ["traced", "compiled"] * 2
    assert any("namespace mcgan" in each for each in recipe)  # our products, in C++


def test_what_cannot_be_loaded_is_compiled_anew(seen, monkeypatch):
    called()
    load = FakeProgram.__init__

    def refuse(self, package, calls):
        if "cache" in str(package.path):
            raise RuntimeError("made for another library")
        load(self, package, calls)

    monkeypatch.setattr(FakeProgram, "__init__", refuse)
    called()
    assert seen == ["traced", "compiled"] * 2


@pytest.mark.parametrize("where", ["trace", "compile_graph"])
def test_where_there_is_no_package_torch_compile_does_it(where, monkeypatch, caplog):
    def fail(*_):
        raise ValueError("no way\nwith advice")

    monkeypatch.setattr(packaged, where, fail)
    monkeypatch.setattr(packaged, "compile_lean", lambda run, device: run)
    called()
    [said] = [each.message for each in caplog.records if each.name.startswith("mcgan")]
    assert said == "no package can be made, so each start compiles anew: no way with advice"


def test_other_devices_are_compiled_by_torch(monkeypatch):
    monkeypatch.setattr(packaged, "compile_lean", lambda run, device: f"{device}")
    assert compile_run(update, [], torch.device("cuda"), 1) == "cuda"
    assert isinstance(compile_run(update, [], torch.device("cpu"), 1), Packaged)


def test_the_compiler_tells_nothing_of_its_own_code():
    log = logging.getLogger("torch._inductor.ir")
    level = log.level
    with packaged.quiet_compiler():
        warnings.warn_explicit("old", FutureWarning, "lowering.py", 1, "torch._inductor.lowering")
        assert not log.isEnabledFor(logging.WARNING)
        with pytest.raises(FutureWarning):
            warnings.warn_explicit("old", FutureWarning, "mine.py", 1, "mine")
    assert log.level == level
    with pytest.raises(FutureWarning):
        warnings.warn_explicit("old", FutureWarning, "lowering.py", 1, "torch._inductor.lowering")
