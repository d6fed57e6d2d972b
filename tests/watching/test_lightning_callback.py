"""The callback in the real Lightning's loop, with manual optimisation as GANs need it."""

import sys
import warnings
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

import pytest
import torch
from torch import nn

import mcgan
from mcgan.errors import UserError
from mcgan.watching.lightning_callback import find_package

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of Lightning's own imports
    import lightning.pytorch as pl
    from lightning.pytorch.loggers import CSVLogger

pytestmark = pytest.mark.filterwarnings("ignore")  # Lightning advises on small loops
REAL = torch.randn(200, 2, generator=torch.Generator().manual_seed(1))


class Net(pl.LightningModule):
    """Both players step in each batch, so that Lightning counts two steps for one."""

    def __init__(self) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.g = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
        self.g[1].eval()  # a part that is to stay as it is
        self.modes = []

    def training_step(self, batch, index):
        for optimiser, loss in zip(self.optimizers(), (0.5, 1.5), strict=True):
            optimiser.step()
            self.log("d_loss" if loss < 1 else "g_loss", loss)

    def configure_optimizers(self):
        return [torch.optim.SGD(self.g.parameters(), lr=0.0) for _ in range(2)]

    def train_dataloader(self):
        return torch.utils.data.DataLoader(torch.zeros(12, 2), batch_size=2)

    def sample(self, n):
        self.modes.append(self.training)
        return 0.01 * self.g(torch.randn(n, 2))


def trainer_with(callback, folder, **settings):
    return pl.Trainer(
        max_epochs=2,
        accelerator="cpu",
        callbacks=[callback],
        logger=CSVLogger(folder, flush_logs_every_n_steps=1),
        enable_progress_bar=False,
        log_every_n_steps=1,
        enable_model_summary=False,
        **settings,
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A watch, a module and a trainer that the watch has stopped."""
    folder = tmp_path_factory.mktemp("lightning")
    watch = mcgan.Watch(REAL, every=4, n=100, patience=2, stop_on="collapse")
    module = Net()
    callback = watch.lightning(Net.sample, losses={"D": "d_loss", "G": "g_loss"})
    trainer = trainer_with(callback, folder)
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


def test_a_checkpoint_carries_the_watch(trained):
    watch, _, _, folder = trained
    again = mcgan.Watch(REAL, every=4, n=100)
    trainer = trainer_with(again.lightning(Net.sample), folder, limit_train_batches=0)
    trainer.fit(Net(), ckpt_path=folder / "last.ckpt")
    assert again.history == watch.history


def test_a_loss_that_is_not_logged_is_named(tmp_path):
    watch = mcgan.Watch(REAL, every=1, n=50)
    callback = watch.lightning(Net.sample, losses={"D": "dloss"})
    with pytest.raises(UserError, match="logs no 'dloss'; it logs: d_loss, g_loss"):
        trainer_with(callback, tmp_path).fit(Net())


def test_other_processes_do_not_look_and_stop_with_the_main_one():
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
    callback = watch.lightning(Net.sample)
    callback.on_train_batch_end(trainer, None)
    assert not asked
    trainer.fit_loop.total_batch_idx = 3
    callback.on_train_batch_end(trainer, None)
    assert asked == [(False, False)] and trainer.should_stop and not watch.history


def test_the_package_is_that_of_the_users_trainer(monkeypatch):
    assert find_package() is pl
    other = ModuleType("pytorch_lightning")
    other.__spec__ = ModuleSpec("pytorch_lightning", None)
    monkeypatch.delitem(sys.modules, "lightning.pytorch")
    monkeypatch.setitem(sys.modules, "pytorch_lightning", other)
    assert find_package() is other
