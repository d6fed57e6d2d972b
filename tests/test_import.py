"""`import mcgan` is quick and light, and shows all there is; what a run ends with comes late."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import mcgan

HEAVY = ("torch", "hydra", "omegaconf", "numpy", "matplotlib", "rich")
SCRIPT = f"""
import sys, time
begin = time.process_time()  # other processes may be busy
import mcgan
print(time.process_time() - begin)
assert not [name for name in {HEAVY} if name in sys.modules]
assert set(mcgan.__all__) <= set(dir(mcgan))
"""


def seconds() -> float:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


def test_it_is_quick_and_imports_nothing_heavy():
    assert min(seconds() for _ in range(3)) < 0.15


def test_every_public_name_is_there():
    assert {*mcgan.__all__} == {*mcgan.HOMES, "__version__"}
    for name in mcgan.__all__:
        assert getattr(mcgan, name) is not None
    assert mcgan.train.__module__ == "mcgan.experiment.api"


def test_another_name_is_an_error_as_python_has_it():
    with pytest.raises(AttributeError, match="module 'mcgan' has no attribute 'tra'"):
        _ = mcgan.tra


def test_editors_are_shown_the_same_names():
    tree = ast.parse(Path(mcgan.__file__).read_text())
    [block] = [part for part in tree.body if isinstance(part, ast.If)]
    shown = {alias.name: f"{line.module}" for line in block.body for alias in line.names}
    assert shown == {
        name: "mcgan" if name == home else f"mcgan.{home}" for name, home in mcgan.HOMES.items()
    }


LATER = ("torch._dynamo", "sympy", "matplotlib", "scipy.linalg", "scipy.cluster", "scipy.stats",
         "sklearn", "pandas", "mcgan.judging.features", "mcgan.view.figures")  # fmt: skip
FIRST_STEP = f"""
import os, sys
from mcgan.cli.main import main
from mcgan.engine.trainer import Trainer

def step(trainer):
    print(*(name for name in {LATER} if name in sys.modules), "begun", flush=True)
    os._exit(0)

Trainer.step = step
main(["train", "train.steps=1000"])
"""


def test_the_first_step_waits_for_nothing_that_is_needed_later(home):
    """The compiler alone takes as long to import as half of torch."""
    done = subprocess.run([sys.executable, "-c", FIRST_STEP], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["begun"], done.stdout + done.stderr
