"""Run names: readable, bounded, one for one set of settings, and inside runs_dir."""

import glob
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mcgan.config.naming import LIMIT, make_default_name, run_folder, slug
from mcgan.errors import UserError


@pytest.mark.parametrize(
    ("overrides", "name"),
    [
        ([], "default"),
        (["reg=minibatch", "seed=1"], "reg-minibatch_seed-1"),
        (["seed=1", "reg=[minibatch, replay]"], "reg-minibatch+replay_seed-1"),
        (["reg=[]"], "reg-none"),
        (["train.steps=5", "name=x", "runs_dir=y", "resume=false"], "train.steps-5"),
        (["hydra.verbose=true", "hydra/launcher=joblib"], "default"),
        (["+reg=wave"], "reg-wave"),
        (["~reg.clip"], "no-reg.clip"),
        (["optim.lr=1e-3"], "optim.lr-1e-3"),
    ],
)
def test_slugs_are_readable(overrides, name):
    assert slug(overrides) == name


def test_order_of_strategies_counts_and_order_of_overrides_does_not():
    assert slug(["reg=[a,b]"]) != slug(["reg=[b,a]"])
    assert slug(["a=1", "b=2"]) == slug(["b=2", "a=1"])


def test_changed_or_cut_values_get_a_digest():
    assert slug(["a=x y"]) != slug(["a=x?y"]) != slug(["a=x-y"])
    long = [f"key{i}=value{i}" for i in range(60)]
    assert len(slug(long)) <= LIMIT + 9
    assert slug(long) != slug([*long, "z=1"])


@given(some.lists(some.text(max_size=150), max_size=3))
def test_any_slug_is_a_safe_folder_name(overrides):
    name = slug([f"key={text}" for text in overrides])
    assert re.fullmatch(r"[A-Za-z0-9_.+-]+", name) and name not in (".", "..")
    assert Path(run_folder("runs", name)) == Path("runs", name)


def test_a_slug_can_be_globbed(tmp_path):
    path = tmp_path / slug(["reg=[minibatch,replay]", "arch.width=[1,2]"])
    path.mkdir()
    assert glob.glob(str(path)) == [str(path)]


def test_default_names_say_what_was_typed_and_differ():
    names = [make_default_name(["reg=[a,b]", "seed=1"]) for _ in range(50)]
    assert names[0].startswith("reg-a+b_seed-1_20")
    assert len(set(names)) > 1 and all(run_folder("runs", name) for name in names)
    assert make_default_name(None).startswith("default_20")
    assert len(make_default_name([f"key{i}=value" for i in range(60)])) < 100


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "../x",
        "a/../../x",
        "/etc",
        "",
        ".",
        "a//b",
        "a/",
        "a\0b",
        "a\nb",
        "-x",
        ".hidden",
        "a b",
        "a:b",
        "a*",
        "[a]",
        "\ud800",
        "💥",
        "\u202ea",
        "a=b",
        "~",
        "$HOME",
    ],
)
def test_names_that_could_land_elsewhere_are_refused(name):
    with pytest.raises(UserError, match="is no folder name: use letters") as raised:
        run_folder("runs", name)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["demo", "übung-1", "ablation/first", "v1.2+x", "2026"])
def test_ordinary_names_are_taken(name):
    assert run_folder("runs", name) == f"runs/{name}"


def test_a_link_out_of_runs_is_refused(tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "away").symlink_to(tmp_path)
    with pytest.raises(UserError, match="leads out of runs_dir"):
        run_folder(tmp_path / "runs", "away")
    with pytest.raises(UserError, match="leads out of runs_dir"):
        run_folder("runs\0", "x")


@pytest.mark.parametrize("name", ["x" * 201, "ü" * 101, "a/" + "x" * 201])
def test_a_name_that_is_too_long_is_told_so(name):
    with pytest.raises(UserError, match="is too long for a folder: use names of at most 200"):
        run_folder("runs", name)
