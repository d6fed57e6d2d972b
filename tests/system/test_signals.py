import os
import signal

import pytest

from mcgan.system import signals, worker


@pytest.fixture
def ignored():
    """SIGUSR2 has a handler, which notes its calls, as in a job of submitit."""
    heard = []
    before = signal.signal(signal.SIGUSR2, lambda number, frame: heard.append(number))
    yield heard
    signal.signal(signal.SIGUSR2, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_is_a_wish_and_the_second_acts_as_always(number):
    before = signal.getsignal(number)
    with signals.interruptible() as seen:
        assert signal.getsignal(number) != before
        os.kill(os.getpid(), number)
        assert seen == [number] and signal.getsignal(number) == before
    assert signal.getsignal(number) == before


def test_a_job_of_submitit_stops_when_it_is_to_be_requeued_and_not_before(ignored, monkeypatch):
    assert signals.list_heeded() == [signal.SIGINT, signal.SIGTERM]
    monkeypatch.setenv("SUBMITIT_EXECUTOR", "slurm")
    with signals.interruptible() as seen:
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL  # submitit's own, in a job
        os.kill(os.getpid(), signal.SIGUSR2)
    assert seen == [signal.SIGUSR2] and not ignored
    signals.hand_on(seen[0])
    assert ignored == seen


def test_submitit_may_be_told_another_signal(monkeypatch):
    monkeypatch.setenv("SUBMITIT_EXECUTOR", "slurm")
    monkeypatch.setenv("SUBMITIT_PREEMPT_SIGNAL", "USR1")
    # Nobody waits for the signal: this is no job of submitit's.
    assert signals.list_heeded() == [signal.SIGINT, signal.SIGTERM]
    before = signal.signal(signal.SIGUSR1, lambda number, frame: None)
    assert signals.list_heeded() == [signal.SIGINT, signal.SIGUSR1]
    signal.signal(signal.SIGUSR1, before)


def test_a_users_signal_is_not_handed_on():
    heard = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        signals.hand_on(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not heard


def test_without_workers_a_signal_acts_as_always():
    with pytest.raises(KeyboardInterrupt), signals.pass_on() as seen:
        os.kill(os.getpid(), signal.SIGINT)
    assert seen == []


class Worker:
    def __init__(self):
        self.ended = 0

    def terminate(self):
        self.ended += 1


def test_workers_are_told_once(monkeypatch):
    workers = [Worker(), Worker()]
    monkeypatch.setattr(signals.multiprocessing, "active_children", lambda: workers)
    with signals.pass_on() as seen:
        os.kill(os.getpid(), signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert seen == [signal.SIGTERM] and [each.ended for each in workers] == [1, 1]


def test_a_worker_goes_by_what_its_parent_said(monkeypatch):
    monkeypatch.setattr(worker, "stop", [])
    worker.enlisted.set()
    try:
        with signals.interruptible() as seen:
            assert seen is worker.stop
    finally:
        worker.enlisted.clear()
