"""What holds for every dataset. ``make()`` builds a new one, its files loaded."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Generator

from mcgan.dataset.base import ModalDataset
from mcgan.dataset.vectors import GaussianModes
from mcgan.experiment.laws.holding import require

Make = Callable[[], ModalDataset]
MANY = 20_000  # examples that shares are estimated of


def make_generator(seed: int = 0) -> Generator:
    """A generator of random numbers with this seed."""
    return Generator().manual_seed(seed)


def samples_have_the_shape(make: Make) -> None:
    """Examples are float32 on the CPU, of the shape that the dataset says."""
    data = make()
    x = data.draw(7, make_generator())
    require(
        x.shape == (7, *data.shape),
        f"7 examples have the shape {tuple(x.shape)}, not {(7, *data.shape)}",
    )
    require(
        x.dtype == torch.float32 and x.device.type == "cpu",
        f"examples are {x.dtype} on {x.device}, not float32 on the CPU",
    )


def draws_follow_the_generator(make: Make) -> None:
    """What is drawn is a function of the generator's state alone, and moves it on."""
    data, generator, again = make(), make_generator(3), make_generator(3)
    first, second = data.draw(9, generator), data.draw(9, generator)
    torch.rand(5)  # the global state plays no part
    require(torch.equal(data.draw(9, again), first), "the same generator gives other examples")
    require(
        torch.equal(make().draw(9, again), second),
        "another instance of the dataset draws other examples",
    )
    require(not torch.equal(first, second), "the generator does not move on")


def weights_are_a_distribution(make: Make) -> None:
    """One positive float64 weight for each mode, of sum 1; scale and ceiling make sense."""
    data = make()
    require(
        data.weights.shape == (data.num_modes,) and data.weights.dtype == torch.float64,
        f"weights are {tuple(data.weights.shape)} {data.weights.dtype}, "
        f"not ({data.num_modes},) float64",
    )
    require(abs(data.weights.sum().item() - 1) < 1e-12, "weights do not sum to 1")
    require(bool((data.weights > 0).all()), "a weight is not above 0")
    require(data.scale > 0, f"scale is {data.scale}")
    require(0 < data.ceiling <= 1, f"ceiling is {data.ceiling}")


def every_sample_is_recognised(make: Make) -> None:
    """A mode, a quality and a distance for each sample."""
    data = make()
    seen = data.recognise(data.draw(50, make_generator()))
    for name, part in seen._asdict().items():
        require(part.shape == (50,), f"{name} of 50 samples has the shape {tuple(part.shape)}")
    require(
        seen.mode.dtype == torch.int64 and seen.good.dtype == torch.bool,
        f"mode is {seen.mode.dtype} and good {seen.good.dtype}, not int64 and bool",
    )
    require(bool(((seen.mode >= 0) & (seen.mode < data.num_modes)).all()), "a mode is none")
    require(bool((seen.distance >= 0).all()), "a distance is below 0")


def samples_are_recognised_one_by_one(make: Make) -> None:
    """The order of samples plays no part."""
    data = make()
    x, order = data.draw(50, make_generator()), torch.randperm(50, generator=make_generator(1))
    straight, shuffled = data.recognise(x), data.recognise(x[order])
    require(
        torch.equal(straight.mode[order], shuffled.mode)
        and torch.equal(straight.good[order], shuffled.good),
        "what a sample is depends on the others beside it",
    )
    require(
        torch.allclose(straight.distance[order], shuffled.distance, 1e-3, 1e-4, True),
        "a sample's distance depends on the others beside it",
    )


def real_data_meets_the_ceiling(make: Make) -> None:
    """The share of real data that is of high quality is the ceiling."""
    data = make()
    good = data.recognise(data.draw(MANY, make_generator())).good.double().mean().item()
    require(
        abs(good - data.ceiling) <= 0.004,
        f"{good:.3f} of real data are of high quality, the ceiling is {data.ceiling:.3f}",
    )


def real_data_follows_the_weights(make: Make) -> None:
    """Modes come as often as their weights say."""
    data = make()
    mode = data.recognise(data.draw(MANY, make_generator())).mode
    share = torch.bincount(mode, minlength=data.num_modes).double() / MANY
    away = (share - data.weights).abs().max().item()
    require(away <= 0.02, f"a mode's share of real data is {away:.3f} away from its weight")


def default_protocol_keeps_its_rule(make: Make) -> None:
    """protocol=default counts by the dataset's own rule."""
    data = make()
    require(
        data.with_rule("l2", None) is data,
        "with_rule('l2', None) must return the dataset itself, since the default protocol "
        "changes no rule",
    )


def centre_is_its_own_mode(make: Make) -> None:
    """A centre is recognised as its mode, of high quality, at distance 0."""
    data = make()
    assert isinstance(data, GaussianModes)
    seen = data.recognise(data.law.centres)
    require(
        torch.equal(seen.mode, torch.arange(data.num_modes)),
        "a centre is recognised as another mode",
    )
    require(
        bool(seen.good.all()) and bool((seen.distance == 0).all()),
        "a centre is not of high quality at distance 0",
    )


def vectors_have_unit_spread(make: Make) -> None:
    """In net units the root mean square of the standard deviations is 1."""
    spread = make().draw(50_000, make_generator()).var(0).mean().sqrt().item()
    require(abs(spread - 1) <= 0.02, f"in net units the data's std is {spread:.3f}, not 1")


def vectors_are_regions(make: Make) -> None:
    """A classifier names the modes only where ``facts`` records it, such as its accuracy."""
    data = make()
    require(
        not data.classified or bool(data.facts()),
        "classified is True, which is for classes that a network names: set it to False, since "
        "modes of vectors are regions; or let facts() record the classifier's accuracy",
    )


LAWS: dict[str, Callable[[Make], None]] = {
    "its samples have the shape": samples_have_the_shape,
    "its draws follow the generator": draws_follow_the_generator,
    "its weights are a distribution": weights_are_a_distribution,
    "every sample is recognised": every_sample_is_recognised,
    "samples are recognised one by one": samples_are_recognised_one_by_one,
    "real data meets the ceiling": real_data_meets_the_ceiling,
    "real data follows the weights": real_data_follows_the_weights,
    "the default protocol keeps its rule": default_protocol_keeps_its_rule,
}
OF_VECTORS: dict[str, Callable[[Make], None]] = {
    "vectors have unit spread": vectors_have_unit_spread,
    "vectors are regions, not classes": vectors_are_regions,
}
OF_CENTRES: dict[str, Callable[[Make], None]] = {
    "a centre is its own mode": centre_is_its_own_mode,
}


def laws_of(make: Make) -> dict[str, Callable[[], None]]:
    """The laws of a dataset: those of vectors and of centres only where it has them."""
    data = make()
    laws = LAWS | (OF_VECTORS if len(data.shape) == 1 else {})
    laws |= OF_CENTRES if isinstance(data, GaussianModes) else {}
    return {name: partial(law, make) for name, law in laws.items()}
