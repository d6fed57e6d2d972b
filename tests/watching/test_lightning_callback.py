"""The callback in the real Lightning's loop, with manual optimisation as GANs need it."""

import sys
import warnings
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

import pytest
import torch

import mcgan
from mcgan.errors import UserError
from mcgan.watching.lightning_callback import find_package

# Lightning advises on small loops.
pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]
REAL = torch.randn(200, 2, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def loop():
    """Lightning is imported by the first test that needs it."""
    return import_module("lightning_loop")


@pytest.fixture(scope="module")
def trained(loop, tmp_path_factory):
    """A watch, a module and a trainer that the watch has stopped."""
    folder = tmp_path_factory.mktemp("lightning")
    watch = mcgan.Watch(REAL, every=4, n=100, patience=2, stop_on="collapse")
    module = loop.Net()
    callback = watch.lightning(loop.Net.sample, losses={"D": "d_loss", "G": "g_loss"})
    trainer = loop.trainer_with(callback, folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trainer.fit(module)
        trainer.save_checkpoint(folder / "last.ckpt")
    return watch, module, trainer, folder


def test_it_looks_every_few_batches_across_epochs_and_stops_the_trainer(trained):
    watch, _, trainer, _ = trained
    assert [look.step for look in watch.history] == [4, 8] and watch.collapsed_at == 4
    assert trainer.should_stop and trainer.global_step < 2 * 12
    assert watch.history[0].scalars["loss_D"] == 0.5
    assert watch.history[0].scalars["loss_G"] == 1.5


def test_samples_are_drawn_in_evaluation_mode_which_ends(trained):
    _, module, _, _ = trained
    assert module.modes == [False, False] and module.g.training and not module.g[1].training


def test_its_numbers_are_in_the_loggers(trained):
    [file] = trained[3].rglob("metrics.csv")
    heads = file.read_text().splitlines()[0].split(",")
    assert {"judge/collapsed", "judge/coverage", "judge/missing", "d_loss"} <= {*heads}


def test_a_checkpoint_carries_the_watch(loop, trained):
    watch, _, _, folder = trained
    again = mcgan.Watch(REAL, every=4, n=100)
    trainer = loop.trainer_with(again.lightning(loop.Net.sample), folder, limit_train_batches=0)
    trainer.fit(loop.Net(), ckpt_path=folder / "last.ckpt")
    assert again.history == watch.history


def test_a_loss_that_is_not_logged_is_named(loop, tmp_path):
    watch = mcgan.Watch(REAL, every=1, n=50)
    callback = watch.lightning(loop.Net.sample, losses={"D": "dloss"})
    with pytest.raises(UserError, match="logs no 'dloss'; it logs: d_loss, g_loss"):
        loop.trainer_with(callback, tmp_path).fit(loop.Net())


def test_other_processes_do_not_look_and_stop_with_the_main_one(loop):
    watch = mcgan.Watch(REAL, every=4, n=100)
    asked = []

    def reduce(stop, all):
        asked.append((stop, all))
        return True

    trainer = SimpleNamespace(
        fit_loop=SimpleNamespace(total_batch_idx=2),
        is_global_zero=False,
        should_stop=False,
        strategy=SimpleNamespace(reduce_boolean_decision=reduce),
    )
    callback = watch.lightning(loop.Net.sample)
    callback.on_train_batch_end(trainer, None)
    assert not asked
    trainer.fit_loop.total_batch_idx = 3
    callback.on_train_batch_end(trainer, None)
    assert asked == [(False, False)] and trainer.should_stop and not watch.history


def test_the_package_is_that_of_the_users_trainer(loop, monkeypatch):
    assert find_package() is loop.pl
    other = ModuleType("pytorch_lightning")
    other.__spec__ = ModuleSpec("pytorch_lightning", None)
    monkeypatch.delitem(sys.modules, "lightning.pytorch")
    monkeypatch.setitem(sys.modules, "pytorch_lightning", other)
    assert find_package() is other
