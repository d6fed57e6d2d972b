from pathlib import Path

import pytest

from mcgan.config.paths import with_absolute_files


@pytest.mark.parametrize(
    "root, stored",
    [
        ("data", "{here}/data"),
        ("../x/./y", "{here.parent}/x/y"),
        ("~/z", "{home}/z"),
        ("/a", "/a"),
        (None, None),
        ("", ""),
        ("s3://a/b", "s3://a/b"),
        (3, 3),
    ],
)
@pytest.mark.parametrize("key", ["root", "labels"])
def test_a_relative_file_of_the_data_is_stored_absolute(tmp_path, monkeypatch, key, root, stored):
    monkeypatch.chdir(tmp_path)
    config = {"seed": 1, "dataset": {key: root, "size": 8}}
    told = stored.format(here=tmp_path, home=Path.home()) if isinstance(stored, str) else stored
    assert with_absolute_files(config) == {"seed": 1, "dataset": {key: told, "size": 8}}
    assert config["dataset"][key] == root
    assert with_absolute_files({"dataset": {"modes": 8}}) == {"dataset": {"modes": 8}}
