"""Packages in the cache: found whole, or not at all."""

import os

import pytest

from mcgan.engine import packages
from mcgan.engine.packages import Package, find, folder, keep, link
from mcgan.engine.traced import Form

FORM = Form([("loss", "grad_norm"), ("loss",)], listed=True)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def kept(tmp_path, *keys, data=b"program"):
    path = tmp_path / "new.pt2"
    path.write_bytes(data)
    keep(Package(path, FORM), keys)
    return folder() / f"{packages.hashlib.sha256(data).hexdigest()}.pt2"


def test_a_package_is_found_under_each_of_its_keys(tmp_path):
    path = kept(tmp_path, "early", "graph")
    assert find("early") == find("graph") == Package(path, FORM)
    assert path.read_bytes() == b"program" and find("another") is None


def test_a_link_is_one_more_key(tmp_path):
    kept(tmp_path, "graph")
    link("graph", ["early"])
    assert find("early") == find("graph") is not None
    link("nothing", ["here"])
    assert find("here") is None


@pytest.mark.parametrize("cut", [0, 3])
def test_a_damaged_package_is_none(tmp_path, cut):
    path = kept(tmp_path, "key")
    path.write_bytes(b"programs"[:cut] if cut else b"prograM")
    assert find("key") is None
    path.unlink()
    assert find("key") is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"package": 3}', '{"package": "../x"}', "\x00"])
def test_a_damaged_note_is_none(tmp_path, text):
    kept(tmp_path, "key")
    (folder() / "key.json").write_text(text)
    assert find("key") is None


@pytest.mark.skipif(os.name != "posix", reason="folders have no modes there")
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o701])
def test_a_folder_that_others_may_enter_is_not_used(tmp_path, mode):
    kept(tmp_path, "key")
    assert find("key")
    folder().chmod(mode)
    assert find("key") is None
    assert not kept(tmp_path, "other", data=b"other").exists()


def test_a_cache_that_cannot_be_written_is_none(tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("a file")
    path = kept(tmp_path, "key")
    assert not path.exists() and find("key") is None


def test_packages_that_were_not_used_for_long_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(packages, "KEPT", {".pt2": 2, ".json": 2})
    paths = [kept(tmp_path, f"key{i}", data=b"%d" % i) for i in range(2)]
    for age, each in enumerate(sorted(folder().iterdir())):
        os.utime(each, (age, age))
    assert find("key0")  # so it is used last
    kept(tmp_path, "key2", data=b"2")
    assert paths[0].exists() and not paths[1].exists()
    assert find("key0") and find("key2") and not find("key1")
