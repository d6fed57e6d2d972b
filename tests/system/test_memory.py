"""Freed memory is kept for the next step, where the C library is glibc."""

import os
import subprocess
import sys

import pytest

from mcgan.system.memory import of_glibc

SCRIPT = """
import resource
import torch
from mcgan.system.memory import TRIM_THRESHOLD, give_back_memory, keep_freed_memory, of_glibc

def count_faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        tensors = [torch.ones(2**19) for _ in range(12)]
        del tensors  # all at once, as at the end of a step
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

of_glibc("mallopt")(TRIM_THRESHOLD, 2**17)  # as glibc begins; what it learns is a matter of luck
count_faults()
before = count_faults()
keep_freed_memory()
count_faults()
kept = count_faults()
give_back_memory()
print(before, kept, count_faults())
"""
PAGES = 12 * 2**21 // 4096  # of the tensors of one round


def faults_of(**environment: str) -> list[int]:
    """Pages that the system had to map: by default, with memory kept, and once it is given back."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    run = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(run, env=mine | environment, check=True, capture_output=True, text=True)
    return [*map(int, done.stdout.split())]


@pytest.mark.skipif(not of_glibc("mallopt"), reason="another C library than glibc")
def test_tensors_of_a_step_take_the_memory_of_the_last():
    before, kept, given_back = faults_of()
    assert before > 5 * PAGES and kept < PAGES / 10 and given_back > PAGES / 2


@pytest.mark.skipif(not of_glibc("mallopt"), reason="another C library than glibc")
def test_what_the_user_has_set_stays():
    before, kept, _ = faults_of(MALLOC_TRIM_THRESHOLD_="131072")
    assert before > PAGES and kept > before / 2


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert of_glibc("malloc_trim") is None
