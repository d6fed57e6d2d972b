"""Features on the disk: found by content, computed anew where the file is damaged."""

import os

import numpy as np
import pytest

from mcgan.judging import feature_cache
from mcgan.judging.feature_cache import cached


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "mcgan" / "features"


def compute(calls, value=1.0):
    def run():
        calls.append(value)
        return np.full((3, 2), value, np.float32)

    return run


def test_the_same_key_is_computed_once(cache):
    calls = []
    first, again = (cached("a", compute(calls)) for _ in range(2))
    assert (first == again).all() and again.dtype == np.float32 and calls == [1.0]
    assert cached("b", compute(calls, 2.0))[0, 0] == 2 and len([*cache.glob("*.npy")]) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content[:10],
        lambda content: b"",
        lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    ],
)
def test_a_damaged_file_is_never_trusted(cache, damage):
    calls = []
    cached("a", compute(calls))
    [path] = cache.glob("*.npy")
    path.write_bytes(damage(path.read_bytes()))
    assert cached("a", compute(calls))[0, 0] == 1 and len(calls) == 2
    cached("a", compute(calls))
    assert len(calls) == 2  # it was mended


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert cached("a", compute([])).shape == (3, 2)


def test_what_was_not_used_for_longest_goes(cache, monkeypatch):
    calls = []
    for age, key in enumerate("abc"):
        before = {*cache.glob("*.npy")}
        cached(key, compute(calls))
        [new] = {*cache.glob("*.npy")} - before
        os.utime(new, (age, age))
    cached("a", compute(calls))  # used again, so that b is the oldest
    monkeypatch.setattr(feature_cache, "MOST_BYTES", 3 * new.stat().st_size)
    cached("d", compute(calls))
    assert len(calls) == 4
    cached("a", compute(calls)), cached("c", compute(calls))
    assert len(calls) == 4
    cached("b", compute(calls))
    assert len(calls) == 5
