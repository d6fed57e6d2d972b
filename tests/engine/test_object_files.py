"""Object files of a program: made at the same time, and there before the linker begins."""

import threading
from types import SimpleNamespace

import pytest


@pytest.fixture
def files(monkeypatch):
    """The module, which is imported with torch's compiler; here a function is what is compiled."""
    from mcgan.engine import object_files

    def build(builder):
        builder.work()
        object_files.built.append(builder._name)

    monkeypatch.setattr(object_files.CppBuilder, "build", build)
    monkeypatch.setattr(object_files, "built", [], raising=False)
    return object_files


def nothing():
    pass


def build(files, name, work=nothing, compile_only=True):
    files.CppBuilder.build(SimpleNamespace(_name=name, work=work, _compile_only=compile_only))


def test_the_two_files_of_a_program_are_translated_at_once(files):
    both = threading.Barrier(2, timeout=20)  # broken where one waits for the other's end
    with files.translate_at_once():
        build(files, "a.wrapper", both.wait)
        build(files, "a.kernel", both.wait)
        build(files, "a", compile_only=False)
    assert sorted(files.built[:2]) == ["a.kernel", "a.wrapper"] and files.built[2:] == ["a"]


def test_other_object_files_are_there_when_their_building_returns(files):
    with files.translate_at_once():
        build(files, "constants")
        assert files.built == ["constants"]


def test_what_a_compiler_says_is_raised_before_linking(files):
    def fail():
        raise RuntimeError("no such header")

    with pytest.raises(RuntimeError, match="no such header"), files.translate_at_once():
        build(files, "a.kernel", fail)
        build(files, "a", compile_only=False)
    assert files.built == []


def test_afterwards_files_are_built_as_before(files):
    before = files.CppBuilder.build
    with pytest.raises(KeyError), files.translate_at_once():
        raise KeyError
    assert files.CppBuilder.build is before
