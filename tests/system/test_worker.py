import multiprocessing

import pytest

from mcgan.system import device, worker


@pytest.fixture
def named(monkeypatch):
    def call(name: str) -> None:
        monkeypatch.setattr(multiprocessing.current_process(), "_name", name)

    return call


def test_workers_take_the_gpus_in_turn(named):
    taken = []
    for number in range(1, 6):
        named(f"LokyProcess-{number}")
        taken.append(device.gpu(3))
    assert taken == [0, 1, 2, 0, 1]


def test_a_process_that_is_no_worker_takes_the_first_gpu():
    assert not worker.is_worker()
    assert device.gpu(3) == 0


def test_only_a_worker_is_enlisted(named):
    with worker.working():
        assert worker.busy.locked() and not worker.enlisted.is_set()
    assert not worker.busy.locked()
