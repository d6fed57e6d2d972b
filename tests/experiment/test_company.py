"""A run of two processes: it is killed, stopped and taken up; and where there can be none."""

import os
import signal
import socket
import subprocess
import threading
import time

import pytest

from mcgan.errors import UserError
from mcgan.experiment import company
from mcgan.experiment.company import ranks_of
from mcgan.gan.ranks import ALONE
from processes import COMMON, Child, newest, words
from small import parts

TWO = "train.devices=2"
SMALL = ["reg=[minibatch,ema]", "arch.latent=4", "arch.width=8", "train.batch_size=8", TWO,
         "train.steps=100", "train.checkpoint_every=10", "eval.every=0", *COMMON]  # fmt: skip
PATIENCE = 120.0  # seconds


def helper_of(first: int) -> int:
    """The process that trains along with this one."""
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True).stdout
    pairs = [line.split() for line in table.splitlines()]
    [helper] = [int(pid) for pid, parent in pairs if int(parent) == first]
    return helper


def wait_until(holds) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.long
def test_whoever_is_killed_the_others_end_and_the_run_goes_on_also_alone(tmp_path):
    folder = tmp_path / "two"

    def begin(*command: str, after: int) -> tuple[Child, int]:
        child = Child(folder, *command)
        wait_until(lambda: newest(child.run) > after)
        return child, helper_of(child.process.pid)

    child, helper = begin(*words(folder, SMALL), after=0)
    os.kill(helper, signal.SIGKILL)
    assert child.end() == 2
    status = child.run.status()
    assert status["state"] == "failed" and status["compiled"] is False
    assert "process 1 of this run" in status["error"] and "signal 9" in status["error"]

    child, helper = begin(*words(folder, SMALL), after=newest(child.run))
    assert child.stop(signal.SIGKILL) == -signal.SIGKILL
    wait_until(lambda: is_gone(helper))
    assert child.run.status()["state"] == "running"

    child, helper = begin("resume", str(folder), after=newest(child.run))
    os.kill(helper, signal.SIGTERM)  # as schedulers send it to all: the first one decides
    assert child.stop(signal.SIGTERM) == 143
    wait_until(lambda: is_gone(helper))
    assert child.run.status()["state"] == "interrupted"

    assert Child(folder, "resume", str(folder), "train.devices=1").end() == 0
    assert child.run.status()["state"] == "done" and newest(child.run) == 100


def launch(folder, *words: str) -> list[Child]:
    """The command in two processes, as torchrun or srun start it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    return [Child(folder, *words, RANK=str(rank), **said) for rank in (0, 1)]


@pytest.mark.long
def test_launched_processes_train_one_run_which_is_killed_stopped_and_taken_up(tmp_path):
    folder = tmp_path / "two"
    first, second = launch(folder, *words(folder, SMALL))
    second.tell(signal.SIGKILL)
    assert second.end() == -signal.SIGKILL and first.end() == 2
    assert "another process of this run has ended" in first.run.status()["error"]

    done = newest(first.run)
    first, second = launch(folder, *words(folder, SMALL))
    second.tell(signal.SIGTERM, after=done)  # as launchers tell all: the first one decides
    assert first.stop(signal.SIGTERM, after=done) == 143 and second.end() == 0
    assert first.run.status()["state"] == "interrupted"

    first, second = launch(folder, "resume", str(folder))
    assert first.end() == 0 and second.end() == 0
    assert first.run.status()["state"] == "done" and newest(first.run) == 100
    assert [path.name for path in tmp_path.iterdir()] == ["two"]


LAUNCHED = {"RANK": "0", "WORLD_SIZE": "4", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"}


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        (TWO, "with train.devices=2: take train.devices=4, or unset WORLD_SIZE"),
        ("-m", "which train one run: leave -m out, or unset WORLD_SIZE"),
    ],
)
def test_what_was_launched_must_be_one_run_of_so_many(cli, home, monkeypatch, word, sentence):
    for name, value in LAUNCHED.items():
        monkeypatch.setenv(name, value)
    run = cli("train", *SMALL, word, "name=no")
    assert run.code == 2 and not (home / "runs").exists()
    assert run.err.startswith("mcgan train: a launcher has started") and sentence in run.err


class Helper:
    """A process that ends by a signal, or has not ended."""

    def __init__(self, returncode: int | None) -> None:
        self.returncode = returncode

    def poll(self) -> int | None:
        return self.returncode


def test_on_a_gpu_the_first_ends_with_another_but_not_once_the_run_is_over(monkeypatch, capsys):
    codes: list[int] = []
    over = threading.Event()
    monkeypatch.setattr(company.os, "_exit", lambda code: (codes.append(code), over.set()))
    company.outlive([Helper(None), Helper(1)], over)
    assert codes == [2] and "process 2 of this run" in capsys.readouterr().err
    company.outlive([Helper(-9)], over)
    assert codes == [2]


def changed(**train):
    config = parts().config
    return config | {"train": config["train"] | {"device": "cpu", "devices": 2, **train}}


@pytest.mark.parametrize(
    ("train", "compiled", "sentence"),
    [
        ({}, True, "no compiled run: take train.compile=false"),
        ({"device": "cuda"}, False, "torch finds 1 here; take train.devices=1"),
        ({"device": "mps"}, False, "needs CPUs or CUDA"),
    ],
)
def test_where_so_many_cannot_train_it_is_said(monkeypatch, train, compiled, sentence):
    monkeypatch.setattr(company, "device_of", lambda wish: wish)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    with pytest.raises(UserError, match=sentence):
        ranks_of(changed(**train), compiled)


def test_a_worker_of_a_sweep_and_a_process_of_a_group_start_no_others(monkeypatch):
    monkeypatch.setattr(company.worker, "is_worker", lambda: True)
    with pytest.raises(UserError, match="leave hydra/launcher=cores out"):
        ranks_of(changed(), compiled=False)
    monkeypatch.undo()
    monkeypatch.setattr("torch.distributed.is_initialized", lambda: True)
    with pytest.raises(UserError, match=r"belongs to torch\.distributed already"):
        ranks_of(changed(), compiled=False)


def test_one_device_is_alone_and_a_run_of_before_had_one():
    assert ranks_of(changed(devices=1), compiled=True) is ALONE
    before = changed()
    del before["train"]["devices"]
    assert ranks_of(before, compiled=True) is ALONE


def test_auto_does_not_compile_for_several_devices():
    made = parts(words=("train.devices=2",))
    assert made.compiles() == (False, "auto: train.devices is above 1")


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        (
            "train.batch_size=7",
            "train.batch_size=7 does not part over train.devices=2: take train.batch_size=6 or "
            "another number of devices",
        ),
        (
            "train.compile=true",
            "train.devices=2 trains no compiled run: take train.compile=false, or one device",
        ),
    ],
)
def test_what_several_cannot_train_is_refused_before_anything_is_written(cli, home, word, sentence):
    run = cli("train", *SMALL, word, "name=no")
    assert run.code == 2 and not (home / "runs").exists()
    assert run.err == f"mcgan train: {sentence}\n"
