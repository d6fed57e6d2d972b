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


USUAL = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2]


@pytest.fixture(autouse=True)
def defaults():
    """As in a shell: what runs the tests may ignore some of them."""
    usual = {number: signal.SIG_DFL for number in USUAL} | {
        signal.SIGINT: signal.default_int_handler
    }
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [each for each in USUAL if each != signal.SIGHUP])
def test_the_first_signal_is_a_wish_and_the_second_acts_as_always(number):
    before = signal.getsignal(number)
    with signals.interruptible() as seen:
        assert signal.getsignal(number) != before
        os.kill(os.getpid(), number)
        assert seen == [number] and signal.getsignal(number) == before
    assert signal.getsignal(number) == before


def test_a_closed_terminal_may_say_so_twice():
    with signals.interruptible() as seen:
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGHUP)
        assert seen == [signal.SIGHUP]
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_DFL


def test_what_is_ignored_or_handled_stays_so():
    """nohup ignores SIGHUP; a program may use SIGUSR1 for itself."""
    heard = []
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGUSR1, lambda number, frame: heard.append(number))
    with signals.interruptible() as seen:
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGUSR1)
    assert (seen, heard) == ([], [signal.SIGUSR1])


def test_a_job_of_submitit_stops_when_it_is_to_be_requeued_and_not_before(ignored, monkeypatch):
    assert signals.list_heeded() == USUAL[:-1]
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
    assert signals.list_heeded() == USUAL
    before = signal.signal(signal.SIGUSR1, lambda number, frame: None)
    assert signals.list_heeded() == [signal.SIGINT, signal.SIGUSR1, signal.SIGHUP, signal.SIGUSR2]
    signal.signal(signal.SIGUSR1, before)


def test_a_signal_that_nobody_waits_for_is_not_handed_on():
    signals.hand_on(signal.SIGUSR1)  # it would end this process


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
