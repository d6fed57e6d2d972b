"""What people build upon, frozen: to change it is a decision, noted in the changelog.

`python tests/test_public_surface.py` writes public_surface.json anew.
"""

import contextlib
import dataclasses
import inspect
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

import mcgan
from mcgan.cli.main import COMMANDS, main
from mcgan.config.build import locate
from mcgan.config.option_file import own_node
from mcgan.config.paths import conf_dir
from mcgan.config.schema import Root

STORED = Path(__file__).with_name("public_surface.json")
OPEN = {"signs"}  # of result.json: a mapping whose keys depend on what was found
TINY = ("eval.samples=50", "train.batch_size=8", "arch.width=8", "train.threads=1")


def python() -> dict[str, Any]:
    """Public name -> its signature; of a class also those of its public members."""
    return {name: described(getattr(mcgan, name)) for name in sorted(mcgan.HOMES)}


def described(thing: Any) -> Any:
    if inspect.ismodule(thing):
        return {name: described(getattr(thing, name)) for name in sorted(thing.__all__)}
    if not inspect.isclass(thing):
        return signature(thing)
    if issubclass(thing, Exception):
        return "exception"
    ours = [base for base in reversed(thing.__mro__) if base.__module__.startswith("mcgan.")]
    fields = {name: "attribute" for base in ours for name in inspect.get_annotations(base)}
    members = {name: kind_of(member) for base in ours for name, member in vars(base).items()}
    public = {name for name in {**fields, **members} if not name.startswith("_")}
    return {"()": signature(thing)} | {name: (fields | members)[name] for name in sorted(public)}


def kind_of(member: Any) -> str:
    if inspect.isfunction(member):
        return signature(member)
    return "property" if isinstance(member, property | cached_property) else "attribute"


def signature(thing: Any) -> str:
    """As one reads it: without quotes, and without the modules, which may move."""
    text = re.sub(r"ForwardRef\((.*?)\)(?=[,) ])", r"\1", str(inspect.signature(thing)))
    return re.sub(r"\b(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_])", "", text.replace("'", "").replace('"', ""))


def verbs() -> dict[str, str]:
    """Verb -> its usage."""
    return {verb: usage(verb) for verb in COMMANDS}


def usage(verb: str) -> str:
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        assert main([verb, "--help"]) == 0
    return " ".join(told.getvalue().strip().partition("\n\n")[0].split())


def settings() -> dict[str, Any]:
    """The keys of every run, and of each option of each group."""
    groups = {file.parent.relative_to(conf_dir()).as_posix() for file in conf_dir().rglob("*.yaml")}
    options = {group: {file.stem: keys_of(file) for file in sorted((conf_dir() / group).glob("*"))
                       if file.suffix == ".yaml"} for group in sorted(groups - {"."})}  # fmt: skip
    return {"run": sorted(keys(Root)), **options}


def keys(cls: Any, path: str = "") -> Iterator[str]:
    for field in dataclasses.fields(cls):
        inner = field.default_factory
        if dataclasses.is_dataclass(inner):
            yield from keys(inner, f"{path}{field.name}.")
        else:
            yield path + field.name


def keys_of(file: Path) -> list[str]:
    """What an option may set: the keys of its YAML and the fields of its class."""
    node = own_node(file.read_text(), file.parent.name)
    target = node.pop("_target_", None)
    known = locate(target, object, file.stem) if str(target).startswith("mcgan.") else None
    fields = [field.name for field in dataclasses.fields(known) if field.init] if known else []
    return sorted({*node, *fields} - {"defaults"})


def result() -> Any:
    """The keys of result.json."""
    with tempfile.TemporaryDirectory() as folder:
        run = mcgan.train(*TINY, steps=1, folder=Path(folder) / "run", progress=False)
        return schema(run.result)


def schema(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: "…" if k in OPEN else schema(each) for k, each in sorted(value.items())}
    return [schema(value[0])] if isinstance(value, list) and value else "…"


SECTIONS: dict[str, Callable[[], Any]] = {
    "python": python, "verbs": verbs, "settings": settings, "result.json": result,
}  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS)
def test_the_public_surface_is_as_it_was(section):
    stored = json.loads(STORED.read_text(encoding="utf-8"))[section]
    now = json.loads(json.dumps(SECTIONS[section]()))
    assert now == stored, f"run `python {Path(__file__).name}` if this change is meant"


def test_every_section_is_stored():
    assert json.loads(STORED.read_text(encoding="utf-8")).keys() == SECTIONS.keys()


if __name__ == "__main__":
    found = {name: section() for name, section in SECTIONS.items()}
    STORED.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
