"""No kill loses a checkpoint and no damaged one is ever used."""

import io
import os
import random
import resource
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

from damage import damage
from mcgan.errors import UserError
from mcgan.run import checkpoint

MUTANTS = 300
KILLS = 20
NURSERY = """
import os, sys
from pathlib import Path
import torch
from mcgan.run import checkpoint

def say(text):  # in one piece, which no kill cuts in two
    os.write(1, f"{text}\\n".encode())

for line in sys.stdin:
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        say("dead")
        continue
    say(f"born {os.getpid()}")
    step = int(line)
    while True:
        step += 1
        checkpoint.save(Path(sys.argv[1]), step, {"w": torch.full((20_000,), float(step))})
        say(f"saved {step}")
"""


def state(step: int) -> dict[str, Any]:
    return {"nets": {"w": torch.arange(50.0) + step, "b": torch.tensor(True)},
            "log": [1, 2.5, "three", None]}  # fmt: skip


def same(one: Any, two: Any) -> bool:
    if isinstance(one, torch.Tensor):
        return torch.equal(one, two)
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(same(one[k], two[k]) for k in one)
    return one == two


def test_round_trip_keeps_two(tmp_path: Path) -> None:
    for step in (5, 10, 99_999_999, 100_000_000):
        checkpoint.save(tmp_path, step, state(step))
    names = [path.name for path in checkpoint.files(tmp_path)]
    assert names == ["step-100000000.pt", "step-99999999.pt"]
    step, loaded = checkpoint.load(tmp_path)
    assert step == 100_000_000 and same(loaded, state(step))


def test_none_yet(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no checkpoint"):
        checkpoint.load(tmp_path)


def test_mutants_are_never_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """By every way of damage, `make torture` has many more."""
    checkpoint.save(tmp_path, 1, state(1))
    newest = checkpoint.save(tmp_path, 2, state(2))
    whole, draw = newest.read_bytes(), random.Random(7)
    for mutant in range(MUTANTS):
        newest.write_bytes(damage(whole, draw, mutant))
        caplog.clear()
        step, loaded = checkpoint.load(tmp_path)
        assert step == 1 and same(loaded, state(1)), mutant
        assert "skipping" in caplog.text and newest.name in caplog.text


def test_reasons(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = checkpoint.save(tmp_path, 3, state(3), origin="ours")
    good = path.read_bytes()
    foreign = torch.save({"w": 1}, tmp_path / "other") or (tmp_path / "other").read_bytes()
    payload = b"no pickle"
    cases = {
        b"": "the file is empty",
        foreign: "not a checkpoint of mcgan",
        good[:-1]: "truncated or damaged",
        good[:20]: "truncated or damaged",
        checkpoint.header(payload) + payload: "it cannot be read",
        checkpoint.pack(3, state(3), "theirs"): "another configuration",
        checkpoint.pack(1, state(1), "ours"): "holds step 1, not the one in its name",
    }
    for data, reason in cases.items():
        path.write_bytes(data)
        caplog.clear()
        with pytest.raises(UserError, match="none of its checkpoints can be used"):
            checkpoint.load(tmp_path, origins={"ours"})
        assert reason in caplog.text


def test_a_newer_format_is_named(tmp_path: Path, monkeypatch, caplog) -> None:
    monkeypatch.setattr(checkpoint, "FORMAT", 2)
    checkpoint.save(tmp_path, 3, state(3))
    monkeypatch.setattr(checkpoint, "FORMAT", 1)
    with pytest.raises(UserError):
        checkpoint.load(tmp_path)
    assert "its format is 2, this mcgan reads 1" in caplog.text


def test_a_full_disk_keeps_both_checkpoints(tmp_path: Path) -> None:
    for step in (1, 2):
        checkpoint.save(tmp_path, step, state(step))
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))
    try:
        with pytest.raises(UserError, match=r"step-00000003.pt: file too large"):
            checkpoint.save(tmp_path, 3, state(3))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert [path.stem for path in checkpoint.files(tmp_path)] == ["step-00000002", "step-00000001"]
    assert checkpoint.load(tmp_path)[0] == 2
    assert len(list(tmp_path.iterdir())) == 2


def test_loading_runs_no_code(tmp_path: Path) -> None:
    """A pickle that would make a file is refused, also behind a good checksum."""

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "pwned",))

    path = checkpoint.save(tmp_path, 1, state(1))
    path.write_bytes(checkpoint.pack(1, {"x": Evil()}, ""))
    with pytest.raises(UserError):
        checkpoint.load(tmp_path)
    assert not (tmp_path / "pwned").exists()


HOSTILE = {
    "its format, step or origin is not what mcgan writes": lambda: {"step": "3"},
    "it names '__builtin__ bytearray'": lambda: {"state": {"x": Large()}},
}


class Large:
    """A few bytes that make 300 MB of memory, without any code."""

    def __reduce__(self) -> tuple[Any, ...]:
        return bytearray, (300_000_000,)


@pytest.mark.parametrize("reason", HOSTILE)
def test_a_record_that_mcgan_never_writes_is_refused(tmp_path: Path, caplog, reason) -> None:
    path, payload = checkpoint.save(tmp_path, 1, state(1)), io.BytesIO()
    torch.save({"format": 1, "step": 1, "origin": "", "state": {}, **HOSTILE[reason]()}, payload)
    path.write_bytes(checkpoint.header(payload.getvalue()) + payload.getvalue())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UserError):
        checkpoint.load(tmp_path)
    assert reason in caplog.text
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_a_record_that_is_there_twice_is_refused(tmp_path: Path, caplog) -> None:
    """Two readers of such an archive may see two things."""
    path = checkpoint.save(tmp_path, 1, state(1))
    archive = io.BytesIO(path.read_bytes()[checkpoint.HEADER_SIZE :])
    with zipfile.ZipFile(archive, "a") as more, pytest.warns(UserWarning, match="Duplicate name"):
        more.writestr(more.namelist()[0], b"N.")
    path.write_bytes(checkpoint.header(archive.getvalue()) + archive.getvalue())
    with pytest.raises(UserError):
        checkpoint.load(tmp_path)
    assert "is there twice" in caplog.text


@pytest.fixture
def nursery(tmp_path: Path):
    """A process that imports torch once and forks a saving child for each line it is sent."""
    words = [sys.executable, "-c", NURSERY, str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as own:
        yield own
        own.stdin.close()


def test_kills_lose_nothing(tmp_path: Path, nursery: subprocess.Popen[str]) -> None:
    """SIGKILL at random moments of a saving process: what it announced is there, and good."""
    draw, last = random.Random(11), 0
    for _ in range(KILLS):
        nursery.stdin.write(f"{last}\n")
        nursery.stdin.flush()
        child = int(nursery.stdout.readline().split()[1])
        said = [nursery.stdout.readline()]  # one is whole, then at any moment of those to come
        time.sleep(draw.uniform(0, 0.03))
        os.kill(child, signal.SIGKILL)
        said += iter(nursery.stdout.readline, "dead\n")
        step, loaded = checkpoint.load(tmp_path)
        assert step >= int(said[-1].split()[1])
        assert torch.equal(loaded["w"], torch.full((20_000,), float(step)))
        last = step
    assert last >= KILLS
    checkpoint.save(tmp_path, last + 1, {})  # makes up for pruning that a kill prevented
    assert len(checkpoint.files(tmp_path)) == 2


def test_a_small_file_with_large_records_is_refused_before_it_is_unpacked(tmp_path, caplog):
    """torch reads packed records too: these few kB would take 4 MB."""
    path = checkpoint.save(tmp_path, 1, {"x": torch.zeros(1_000_000)})
    payload, packed = path.read_bytes()[checkpoint.HEADER_SIZE :], io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(payload)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    small = packed.getvalue()
    assert len(small) < 20_000
    path.write_bytes(checkpoint.header(small) + small)
    with pytest.raises(UserError):
        checkpoint.load(tmp_path)
    assert "its records claim to be larger than the file" in caplog.text
