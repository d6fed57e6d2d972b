"""The classifier that names the modes of a run's pictures: one file in its folder."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from mcgan.config.paths import show_path
from mcgan.dataset.base import ModalDataset
from mcgan.dataset.trained_classifier import DAMAGED, Judge, unpack
from mcgan.errors import UserError
from mcgan.experiment.components import Components, build_components
from mcgan.run.directory import RunDirectory
from mcgan.system import atomic

log = logging.getLogger(__name__)

SHA256 = "classifier_sha256"  # a fact of every result that hangs on a classifier


def keep_classifier(run: RunDirectory, dataset: ModalDataset) -> None:
    """Writes the file where the run does not have it; data in whose space modes lie have none."""
    if dataset.judge is None:
        return
    kept = read_classifier(run)
    if kept is None or kept.sha256 != dataset.judge.sha256:
        atomic.write_bytes(run.classifier, dataset.judge.content)


def read_classifier(run: RunDirectory) -> Judge | None:
    """The classifier that a run has kept. None: it has none, as older runs, or a damaged one."""
    try:
        return unpack(run.classifier.read_bytes())
    except FileNotFoundError:
        return None
    except DAMAGED as error:
        log.warning(
            "%s is damaged (%s): modes are named by the classifier that new runs use",
            show_path(run.classifier),
            type(error).__name__,
        )
        return None


def build_as_kept(run: RunDirectory, config: Mapping[str, Any]) -> Components:
    """The components of a run that exists; its modes are named as before, or a warning says so."""
    parts = build_components(config, read_classifier(run))
    parts.dataset.notes = tell_changes(parts.dataset, run)
    for sentence in parts.dataset.notes:
        log.warning("%s", sentence)
    return parts


def tell_changes(dataset: ModalDataset, run: RunDirectory) -> tuple[str, ...]:
    """A sentence where modes are not named as in the run's own result, or not as in new runs."""
    now, then = dataset.facts().get(SHA256), read_mark(run)
    if dataset.notes or now is None or then in (None, now):
        return dataset.notes
    return (
        f"modes are named by another classifier ({now[:8]}) than in the run's own result "
        f"({str(then)[:8]}): the two are not comparable",
    )


def read_mark(run: RunDirectory) -> Any:
    """The sha256 of the classifier behind a run's own result, if it says one."""
    with suppress(UserError):  # a damaged result, which evaluating again stands in for
        return ((run.result() or {}).get("dataset") or {}).get(SHA256)
    return None
