"""What a run changes in its process, and that a caller in Python gets back."""

import pytest
import torch

from mcgan.system import device
from mcgan.system.device import flushes_denormal, keep_settings, set_up

SETTINGS = {"threads": 1, "precision": "tf32"}


@pytest.mark.parametrize("flushing", [False, True])
def test_all_settings_are_put_back_also_after_an_error(flushing, monkeypatch):
    threads = torch.get_num_threads()
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    torch.set_flush_denormal(flushing)
    with pytest.raises(KeyError), keep_settings():
        torch.set_num_threads(threads + 1)
        set_up(SETTINGS)
        assert flushes_denormal() and torch.get_float32_matmul_precision() == "high"
        assert torch.backends.cudnn.allow_tf32
        raise KeyError
    assert torch.get_num_threads() == threads and flushes_denormal() is flushing
    assert torch.get_float32_matmul_precision() == "highest"
    assert torch.backends.cudnn.allow_tf32 is False


def test_the_chosen_gpu_is_put_back(monkeypatch):
    chosen = [2]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: chosen[-1])
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    with keep_settings():
        set_up({"threads": torch.get_num_threads()})
        assert chosen[-1] == 0
    assert chosen[-1] == 2


def test_processes_of_one_run_share_the_threads(monkeypatch):
    monkeypatch.setattr(device, "THREADS", 6)
    found = []
    with keep_settings():
        for settings in ({"devices": 2}, {"devices": 8}, {}, {"devices": 2, "threads": 5}):
            set_up({"threads": None, **settings})
            found.append(torch.get_num_threads())
    assert found == [3, 1, 6, 5]
