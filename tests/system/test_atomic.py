"""Files are written whole or not at all, in the order that lasts through a power cut."""

import errno
import json
import os
import resource
from pathlib import Path

import pytest

from mcgan.errors import UserError
from mcgan.system import atomic

FULL = Path("/dev/full")


def test_replaces_the_old_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    atomic.write_text(path, "old")
    atomic.write_json(path, {"x": [1, None]})
    assert json.loads(path.read_text()) == {"x": [1, None]}
    assert list(tmp_path.iterdir()) == [path]


def test_strict_json(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        atomic.write_json(tmp_path / "a.json", {"x": float("nan")})
    assert not list(tmp_path.iterdir())


def test_syncs_the_file_before_the_rename_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    sync, replace = os.fsync, os.replace

    def noted_sync(handle: int) -> None:
        calls.append("folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "file")
        sync(handle)

    def noted_replace(source: Path, target: Path) -> None:
        assert source.read_bytes() == b"whole"  # flushed before it gets its name
        calls.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(os, "replace", noted_replace)
    atomic.write_bytes(tmp_path / "a", b"whole")
    assert calls == ["file", "rename", "folder"]


@pytest.mark.parametrize("room", [0, 1, 100, 4095])
def test_a_full_disk_keeps_the_old_file(tmp_path: Path, room: int) -> None:
    path = tmp_path / "a"
    atomic.write_bytes(path, b"old")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limit[1]))
    try:
        with pytest.raises(UserError, match=r"cannot write .*a: file too large; free some space"):
            atomic.write_bytes(path, b"n" * 4096)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_no_such_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="not a directory"):
        atomic.write_text(tmp_path / "file" / "a", "x")


@pytest.mark.skipif(not FULL.exists(), reason="Linux has such a device")
def test_the_system_words_for_a_full_disk() -> None:
    with pytest.raises(UserError, match="no space left on device"), atomic.disk_errors(FULL):
        with open(FULL, "w") as file:
            file.write("x")


def test_sweeps_leftovers_alone(tmp_path: Path) -> None:
    leftover = atomic.temporary_name(tmp_path / "status.json")
    for path in (leftover, tmp_path / ".lock", tmp_path / "mine.tmp", tmp_path / "a.json"):
        path.write_text("")
    atomic.sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "a.json", "mine.tmp"]


def test_a_folder_that_cannot_be_synced_is_one_sentence(tmp_path: Path, monkeypatch) -> None:
    def refuse(handle: int) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(UserError, match=r"cannot write .*: disk quota exceeded; free some space"):
        atomic.sync_folder(tmp_path)


def test_a_link_stays_one_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "a.json", tmp_path / "link.json"
    link.symlink_to(target)
    atomic.write_text(link, "new")
    assert link.is_symlink() and target.read_text() == "new"
    assert [*target.parent.iterdir()] == [target]


def test_a_pipe_gets_what_is_written_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        atomic.write_text(pipe, "told")
        assert os.read(reader, 10) == b"told" and pipe.is_fifo()
    finally:
        os.close(reader)
