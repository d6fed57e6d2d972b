from pathlib import Path

import pytest

from mcgan.config.paths import with_absolute_root


@pytest.mark.parametrize("root, stored", [
    ("data", "{here}/data"), ("../x/./y", "{here.parent}/x/y"), ("~/z", "{home}/z"), ("/a", "/a"),
    (None, None), ("", ""), ("s3://a/b", "s3://a/b"), (3, 3),
])
def test_a_relative_root_is_stored_absolute(tmp_path, monkeypatch, root, stored):
    monkeypatch.chdir(tmp_path)
    config = {"seed": 1, "dataset": {"root": root, "size": 8}}
    told = stored.format(here=tmp_path, home=Path.home()) if isinstance(stored, str) else stored
    assert with_absolute_root(config) == {"seed": 1, "dataset": {"root": told, "size": 8}}
    assert config["dataset"]["root"] == root
    assert with_absolute_root({"dataset": {"modes": 8}}) == {"dataset": {"modes": 8}}
