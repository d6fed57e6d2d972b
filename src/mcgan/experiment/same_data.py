"""A run goes on with the data that it began with, or is told that they are others."""

import logging

from mcgan.config.overrides import INSISTS
from mcgan.config.paths import show_path
from mcgan.dataset.base import ModalDataset
from mcgan.dataset.data_mark import describe_change
from mcgan.errors import UserError, printable
from mcgan.run.directory import RunDirectory

log = logging.getLogger(__name__)


def check_data(run: RunDirectory, dataset: ModalDataset, insists: bool) -> None:
    """Raises UserError where the files of the data do not hold what they held when the run began.

    With ``insists`` other examples of the same classes are a warning. Runs of before there were
    fingerprints are not checked.
    """
    old, new = run.status().get("data"), dataset.fingerprint()
    change = printable(describe_change(old, new)) if old else ""
    if not change:
        return
    place = show_path(run.folder)
    if old and old.keys() != new.keys():
        raise UserError(
            f"the data of {place} have changed since it began ({change}): other "
            "classes are other modes; put them back, or train under another name"
        )
    if not insists:
        raise UserError(
            f"the data of {place} have changed since it began ({change}): put them "
            f"back, or go on all the same with `mcgan resume {place} {INSISTS}`"
        )
    log.warning(
        "the data have changed since the run began (%s): it goes on with what is there, "
        "and its config alone does not make it again",
        change,
    )
