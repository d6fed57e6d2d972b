"""Classes of the samples: from a file, their folders or a column of their table."""

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from mcgan.dataset.array_files import DAMAGED
from mcgan.errors import UserError, near_or_all, one_line
from mcgan.judging.raw import text_labels
from mcgan.judging.samples import Array, Samples
from mcgan.judging.tables import as_texts

OWN = "folders"  # the word for labels that come with the real samples
NEIGHBOURS = 5  # real samples that say the class of a fake
CHUNK = 1000  # rows whose distances are held at a time


class CodedClasses(NamedTuple):
    """The class of every fake (n,) and of every real sample (m,) as int64, and their names."""

    fakes: Array
    real: Array
    names: list[str]
    notes: list[str]


def given_labels(labels: Any) -> Array | None:
    """Labels that are given as they are, or by a file of them; None for a word or nothing."""
    if labels is None or (isinstance(labels, str) and not Path(labels).expanduser().is_file()):
        return None
    return read_labels(Path(labels)) if isinstance(labels, (str, Path)) else text_labels(labels)


def read_labels(path: Path) -> Array:
    """One label for each line of a text, or for each entry of a .npy file."""
    try:
        if path.suffix == ".npy":
            return text_labels(np.load(path, allow_pickle=False))
        return np.array(path.expanduser().read_text(encoding="utf-8-sig").split("\n")[:-1])
    except (*DAMAGED, TypeError) as error:
        raise UserError(
            f"cannot read labels from {path}: {one_line(error)}; give a text with one "
            "label a line, or a .npy file"
        ) from error


def settle_labels(fakes: Samples, real: Samples, word: str | None) -> tuple[Samples, Samples]:
    """Both sides with the labels that the word names, as far as a side has them.

    A column of a table that is taken as labels is no longer one of its columns. Raises UserError
    where the real side has no such labels.
    """
    if word is None:
        return fakes, real
    if word == OWN:
        if real.labels is None:
            raise UserError(
                f"{real.name} has no labels of its own: put each class into a folder, "
                "or give labels=FILE with one label a line"
            )
        return fakes, real
    if word not in (real.columns or []):
        hint = near_or_all(word, [OWN, *(real.columns or [])], "there is")
        raise UserError(f"labels={word}: no such file, and no such column of {real.name}{hint}")
    return from_column(fakes, word), from_column(real, word)


def from_column(samples: Samples, name: str) -> Samples:
    """The samples with that column as labels; as they are where they have no such column."""
    if samples.columns is None or name not in samples.columns:
        return samples
    number = samples.columns.index(name)
    return replace(
        samples,
        labels=np.array(as_texts(samples.rows[:, number])),
        rows=np.delete(samples.rows, number, 1),
        columns=[each for each in samples.columns if each != name],
    )


def code_classes(fakes: tuple[Samples, Array], real: tuple[Samples, Array]) -> CodedClasses:
    """Whole numbers for the classes of both sides, each given as samples with their features.

    Fakes without labels, or with other ones altogether, get the class that most of their five
    nearest real samples have; how often that is right is measured on the real samples, each left
    out in turn. Raises UserError for single labels of fakes that no real sample has.
    """
    assert real[0].labels is not None
    names, codes = np.unique(real[0].labels, return_inverse=True)
    known: list[str] = names.tolist()
    labels = [] if fakes[0].labels is None else fakes[0].labels.tolist()
    if {*labels} & {*known}:
        check_known(labels, known, fakes[0].name)
        return CodedClasses(np.searchsorted(names, labels), codes, known, [])
    near = nearest(fakes[1], real[1], NEIGHBOURS)
    others = nearest(real[1], real[1], NEIGHBOURS + 1)[:, 1:]
    right = float((vote(codes[others], len(known)) == codes).mean())
    note = (
        f"the fakes have no labels: each gets the class of its {NEIGHBOURS} nearest real "
        f"samples, which is right for {right:.0%} of the real samples"
    )
    return CodedClasses(vote(codes[near], len(known)), codes, known, [note])


def check_known(labels: list[str], known: list[str], name: str) -> None:
    """Raises UserError for labels of fakes that no real sample has."""
    strange = sorted({*labels} - {*known})
    if strange:
        raise UserError(
            f"{name} has the class {strange[0]!r}, which no real sample has"
            f"{near_or_all(strange[0], known, 'they have')}"
        )


def nearest(rows: Array, among: Array, count: int) -> Array:
    """The places (n, count) of the nearest rows of ``among``, the nearest first."""
    known = torch.from_numpy(among)
    count = min(count, len(among))
    parts = [
        torch.cdist(part, known).topk(count, largest=False).indices
        for part in torch.from_numpy(rows).split(CHUNK)
    ]
    return torch.cat(parts).numpy()


def vote(codes: Array, classes: int) -> Array:
    """The commonest code of each row (n, k), the smallest of equals."""
    counts: Array = np.eye(classes, dtype=np.int64)[codes].sum(1)
    return np.asarray(counts.argmax(1))
