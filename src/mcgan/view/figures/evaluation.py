"""The pictures that an evaluation draws."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from matplotlib.figure import Figure
from torch import Tensor

from mcgan.dataset.base import ModalDataset
from mcgan.metrics.measures import measure
from mcgan.metrics.mode_history import Visits
from mcgan.view.figures.cube import cube_faces
from mcgan.view.figures.histogram import mode_histogram
from mcgan.view.figures.image_grid import image_grid
from mcgan.view.figures.landscape import Surface, critic_landscape
from mcgan.view.figures.scatter import samples_over_density
from mcgan.view.figures.timeline import mode_timeline

__all__ = ["image_grid", "mode_histogram", "pictures", "samples_over_density"]

HEADED = ("modes_covered", "modes_strict", "quality")  # what the head of each panel says
Values = Mapping[str, Sequence[float | None]]


def pictures(
    samples: Tensor,
    dataset: ModalDataset,
    *,
    step: int,
    seeds: Sequence[int],
    values: Values,
    reference: Mapping[str, Mapping[str, float | None]],
    counts: Tensor | None = None,
    visits: Visits | None = None,
    surface: Surface | None = None,
) -> dict[str, Figure]:
    """Pictures by name, for samples (R, n, *S) of R replicas, on the CPU in net units.

    Always `samples` and `modes`; `cube` where modes are triples; `timeline` of at least two
    `visits`; `critic` where there is its `surface`. `values` and `reference` are an evaluation's
    scores, for the captions; `counts` (R, K) its high-quality samples per mode, counted here when
    not given.
    """
    names = [head(seed, index, values, dataset) for index, seed in enumerate(seeds)]
    title = f"{type(dataset).__name__}, step {step:,}"
    caption = "A perfect sampler: " + phrase(reference.get("perfect", {}), dataset)
    words: dict[str, Any] = {"title": title, "names": names, "caption": caption}
    if counts is None:
        counts = torch.stack([mode_counts(x, dataset) for x in samples])
    made = {
        "samples": draw_samples(samples, dataset, counts, words),
        "modes": draw_modes(samples, dataset, counts, words),
    }
    if len(dataset.factors) == 3:
        made["cube"] = draw_cube(samples, dataset, counts, title)
    if visits and len(visits.steps) > 1:
        made["timeline"] = draw_timeline(visits, dataset, seeds, title)
    if surface:
        made["critic"] = critic_landscape(surface, dataset, f"{title}: the critic's view", names)
    return made


def draw_samples(
    samples: Tensor, dataset: ModalDataset, counts: Tensor, words: Mapping[str, Any]
) -> Figure:
    """Sheets of images, or points over the density of the data."""
    if len(dataset.shape) == 3:
        return image_grid(samples, **words)
    return samples_over_density(samples, dataset, counts, **words)


def draw_modes(
    samples: Tensor, dataset: ModalDataset, counts: Tensor, words: Mapping[str, Any]
) -> Figure:
    """Samples in each mode, against what a perfect sampler would have there."""
    target, drawn = dataset.weights * dataset.ceiling, samples.shape[1]
    return mode_histogram(counts, target, drawn, **words, modes=dataset.mode_names)


def draw_cube(samples: Tensor, dataset: ModalDataset, counts: Tensor, title: str) -> Figure:
    """Modes that are triples, seen from three sides."""
    target, drawn = dataset.weights * dataset.ceiling, samples.shape[1]
    sides = f"{title}: the cube of modes from three sides"
    return cube_faces(counts, target, drawn, dataset.factors, sides)


def draw_timeline(
    visits: Visits, dataset: ModalDataset, seeds: Sequence[int], title: str
) -> Figure:
    """Modes of each replica, evaluation by evaluation."""
    seen = torch.stack(visits.counts)[:, : len(seeds)]
    names = [f"seed {seed}" for seed in seeds]
    return mode_timeline(
        visits.steps, seen, dataset.weights, f"{title}: modes visited", names, dataset.mode_names
    )


def mode_counts(x: Tensor, dataset: ModalDataset) -> Tensor:
    """High-quality samples (n, *S) per mode: (K,)."""
    seen = dataset.recognise(x)
    return torch.bincount(seen.mode[seen.good], minlength=dataset.num_modes)


def head(seed: int, index: int, values: Values, dataset: ModalDataset) -> str:
    """The line above a replica's picture: its seed and its chief scores."""
    scores = {key: values[key][index] for key in HEADED if key in values}
    return f"seed {seed} · {phrase(scores, dataset)}"


def phrase(scores: Mapping[str, float | None], dataset: ModalDataset) -> str:
    """The chief scores of a picture: `covered 7/8, strict 6 · quality 93.2 %`."""
    covered, strict, quality = (measure(key).show(scores.get(key)) for key in HEADED)
    return f"covered {covered}/{dataset.num_modes:,}, strict {strict} · quality {quality}"
