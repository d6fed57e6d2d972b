"""A small loop of the real Lightning; its import takes seconds and 200 MB."""

import warnings

import torch
from torch import nn

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of Lightning's own imports
    import lightning.pytorch as pl
    from lightning.pytorch.loggers import CSVLogger


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
