"""What GitHub runs: it parses, its make targets exist, and it promises what pyproject.toml does."""

import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
FILES = [*sorted((ROOT / ".github").rglob("*.yml")), ROOT / ".pre-commit-config.yaml"]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
NEED = re.compile(r"([\w-]+)(.*)")  # name, versions
TARGET = re.compile(r"\bmake ([a-z]+)")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps(workflow: Path) -> Iterator[dict[str, Any]]:
    for job in read(workflow)["jobs"].values():
        yield from job["steps"]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_yaml(path):
    assert isinstance(read(path), dict)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_step_does_something_that_exists(path):
    found = [*steps(path)]
    assert all(("run" in step) != ("uses" in step) for step in found)
    asked = {name for step in found for name in TARGET.findall(step.get("run", ""))}
    assert not asked - targets()
    assert all(re.fullmatch(r"[\w./-]+@[\w./-]+", s["uses"]) for s in found if "uses" in s)


def test_the_workflows_use_make():
    asked = {n for path in WORKFLOWS for s in steps(path) for n in TARGET.findall(s.get("run", ""))}
    assert asked == {"venv", "test", "long", "check", "site"}


def test_the_matrix_has_the_ends_of_what_is_supported():
    matrix = read(ROOT / ".github/workflows/tests.yml")["jobs"]["test"]["strategy"]["matrix"]
    oldest, newest = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project()["requires-python"]).groups()
    assert matrix["python"] == [f"3.{oldest}", f"3.{int(newest) - 1}"]
    [least] = [need[7:] for need in project()["dependencies"] if need.startswith("torch>=")]
    assert matrix["torch"] == [f"torch=={least}.*", "torch"]
    assert len(matrix["system"]) == 3
    [candidate] = [each for each in matrix["include"] if each.get("allowed_to_fail")]
    assert "rc" in candidate["hydra"]


def test_the_trackers_are_tested_by_their_own_packages():
    said = [step.get("run", "") for step in steps(ROOT / ".github/workflows/tests.yml")]
    [fetch] = [line for line in said if "pip install '.[" in line]
    extras = set(re.search(r"\[(.*)\]", fetch)[1].split(","))
    assert extras == {"trackio", "wandb", "mlflow"} <= project()["optional-dependencies"].keys()
    [tests] = [line for line in said[said.index(fetch) :] if "pytest" in line]
    assert (ROOT / tests.split()[-1]).is_file()


def test_a_release_needs_no_password():
    text = (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")
    publish = read(ROOT / ".github/workflows/release.yml")["jobs"]["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert "secrets." not in text and "password:" not in text


def test_uv_lock_is_of_these_needs_and_of_public_places():
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    [own] = [each for each in tomllib.loads(text)["package"] if each["name"] == "mcgan"]
    locked = {
        (need.get("marker", ""), need["name"], need.get("specifier", ""))
        for need in own["metadata"]["requires-dist"]
    }
    extras = project()["optional-dependencies"].items()
    marked = [(f"extra == '{extra}'", need) for extra, needs in extras for need in needs]
    plain = [("", need) for need in project()["dependencies"]]
    assert locked == {(mark, *NEED.fullmatch(need).groups()) for mark, need in [*plain, *marked]}, (
        "type: uv lock"
    )
    places = set(re.findall(r'"https?://([^/"]+)', text))
    assert places == {"pypi.org", "files.pythonhosted.org"}


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        ("bug", {"command", "seen", "wanted", "machine"}),
        ("strategy", {"paper", "equation", "hooks", "claim"}),
    ],
)
def test_a_form_asks_for_what_is_needed(form, asked):
    body = read(ROOT / f".github/ISSUE_TEMPLATE/{form}.yml")["body"]
    assert {part["id"] for part in body} >= asked
    for part in body:
        assert part["attributes"]["label"]


def test_a_form_names_hooks_that_a_strategy_has():
    from mcgan.gan.strategy import Strategy

    body = read(ROOT / ".github/ISSUE_TEMPLATE/strategy.yml")["body"]
    [hooks] = [part["attributes"]["options"] for part in body if part["id"] == "hooks"]
    names = {name for line in hooks[:-1] for name in re.split(r", | or ", line.partition(" (")[0])}
    assert not [name for name in names if name not in vars(Strategy)]
    helpers = {"key", "get_noise", "noise", "setup", "play_with"}  # every strategy may have these
    methods = {name for name, member in vars(Strategy).items() if inspect.isfunction(member)}
    assert names == {name for name in methods if not name.startswith("_")} - helpers
