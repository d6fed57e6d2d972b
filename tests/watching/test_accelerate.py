"""A watch in a loop of the real Accelerate: on the main process, and in its checkpoints."""

import warnings

import torch
from torch import nn

import mcgan

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of its own imports
    from accelerate import Accelerator

REAL = torch.randn(200, 2, generator=torch.Generator().manual_seed(1))


def test_a_watch_is_kept_in_the_accelerators_checkpoints(tmp_path):
    accelerator = Accelerator(cpu=True)
    generator = accelerator.prepare(nn.Linear(2, 2))
    watch = mcgan.Watch(REAL, every=2, n=100)
    accelerator.register_for_checkpointing(watch)
    for step in range(1, 4):
        if accelerator.is_main_process:
            watch(step, lambda n: accelerator.unwrap_model(generator)(torch.randn(n, 2)))
    accelerator.save_state(str(tmp_path))
    before, watch._course.looks = watch.history, []
    accelerator.load_state(str(tmp_path))
    assert [look.step for look in before] == [2] and watch.history == before
