"""A user's folder, the command in this process, and an experiment that only notes its calls."""

import gc
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import mcgan.experiment
from kept_configurations import keep_configurations
from kept_reference import keep_references
from mcgan.cli.main import main
from mcgan.errors import UserError
from mnist_files import MISSING, TO_DO
from noted_experiment import Experiment
from process_memory import give_back_what_grew, peak

MEMORY = 1600  # MB that a process of the tests may take at most; 550 of them are imports
EXTRA = {
    "objective/plain_loss.yaml": "# A loss without a class\nname: plain_loss\n",
    "objective/brings.yaml": "# Brings a strategy\ndefaults:\n  - /reg/wave\nname: brings\n",
    "reg/jitter.yaml": "# @package reg.jitter\n# Shakes the data (Nobody 2001)\n"
    "_target_: mine.Jitter\nstrength: 0.1\n",
    "reg/wave.yaml": "# @package reg.wave\n# Waves\n_target_: mine.Wave\nheight: 2\n",
}


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected is kept to the end, so that nobody searches it for garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    with skipped_without_mnist():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    with skipped_without_mnist():
        return (yield)


@contextmanager
def skipped_without_mnist() -> Iterator[None]:
    """Real MNIST is no part of the repository: a test that asks for it in vain is left out."""
    try:
        yield
    except UserError as error:
        if MISSING not in str(error):
            raise
        pytest.skip(TO_DO)


class Ended(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """For the runs of a module, in this process and in others; torch keeps its threads."""
    import torch

    before = torch.get_num_threads()
    yield tmp_path_factory.mktemp("runs")
    torch.set_num_threads(before)


@pytest.fixture(scope="session", autouse=True)
def kept() -> Iterator[None]:
    """What is slow and does not change is made once in a process."""
    with pytest.MonkeyPatch.context() as patch:
        keep_configurations(patch)
        keep_references(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def undrawn() -> Iterator[dict[str, Any]]:
    """Runs end without pictures, which take longer than all the rest of a small run.

    A module that looks at them uses the fixture `pictures`. Yields what draws them.
    """
    from mcgan.experiment import evaluator, trained

    assert trained.pictures is evaluator.pictures  # `TrainedRun.figure` keeps what draws
    drawing = {name: getattr(evaluator, name) for name in ("pictures", "critic_surface")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluator, "pictures", lambda *_, **__: {})
        patch.setattr(evaluator, "critic_surface", lambda *_: None)
        yield drawing


@pytest.fixture(scope="module")
def pictures(undrawn: dict[str, Any]) -> Iterator[None]:
    """From here to the end of the module, runs draw their pictures as they do outside of tests."""
    from mcgan.experiment import evaluator

    with pytest.MonkeyPatch.context() as patch:
        for name, function in undrawn.items():
            patch.setattr(evaluator, name, function)
        yield


@pytest.fixture(autouse=True)
def subnormal_numbers() -> Iterator[None]:
    """A run switches them off for the whole process; the next test starts as Python does."""
    yield
    if "torch" in sys.modules:
        sys.modules["torch"].set_flush_denormal(False)


@pytest.fixture(autouse=True)
def forgotten_modules() -> Iterator[None]:
    """A user's module lies in a folder of its test: the next test's may have the same name."""
    before = {*sys.modules}
    yield
    for name in {*sys.modules} - before:
        file = getattr(sys.modules[name], "__file__", None) or ""
        if "/pytest-of-" in file:
            del sys.modules[name]


@pytest.fixture(autouse=True)
def bounded_memory() -> Iterator[None]:
    """Fails the one test with which this process has come to need more than `MEMORY`."""
    before = peak()
    yield
    give_back_what_grew()
    assert before > MEMORY or peak() <= MEMORY, (
        f"the tests of this process have come to {peak():.0f} MB, more than {MEMORY}: "
        "find out what keeps memory, such as a cache of datasets or of compiled graphs"
    )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory; MCGAN_CONF names a folder with options of the user's."""
    for name, text in EXTRA.items():
        file = tmp_path / "options" / "conf" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setenv("MCGAN_CONF", str(tmp_path / "options" / "conf"))
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.chdir(work)
    return work


@pytest.fixture
def cli(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """`cli("train", "seed=1")` as typed in `home`."""

    def call(*words: str) -> Ended:
        capsys.readouterr()
        code = main(words)
        return Ended(code, *capsys.readouterr())

    return call


@pytest.fixture
def experiment(monkeypatch: pytest.MonkeyPatch) -> Experiment:
    stub = Experiment()
    for module in ("fit", "verbs"):
        monkeypatch.setitem(sys.modules, f"mcgan.experiment.{module}", stub)
        monkeypatch.setattr(mcgan.experiment, module, stub, raising=False)
    return stub
