"""The settings of every run, with their types and ranges: the root of the configuration.

Composition checks the types. `__post_init__` holds the ranges, which `check` asks for once all
values are final. What a group's option may set is checked by its own class.
"""

import functools
import pickle
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from hydra.core.config_store import ConfigStore
from omegaconf import MISSING, DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from mcgan.config import data_kind, multiple, search_path
from mcgan.config.messages import describe
from mcgan.config.naming import register_resolver
from mcgan.config.paths import show_path
from mcgan.config.settings import AtLeast, AtMost, check_settings, read_settings
from mcgan.errors import UserError, check_finite

Device = Enum("Device", ["auto", "cpu", "cuda", "mps"])
Precision = Enum("Precision", ["float32", "tf32", "bf16"])
StopOn = Enum("StopOn", ["none", "collapse"])
JudgedBy = Enum("JudgedBy", ["modes", "neighbours", "features"])
KeptFiles = Enum("KeptFiles", ["full", "lean"])
UNTYPED = ("optim", "arch", "dataset", "objective", "protocol")  # their own classes check them
SCHEMA = "root_schema"  # as conf/config.yaml calls it


@dataclass
class Train:
    """How a run is trained: steps, batches, devices, precision, and what is saved when."""

    steps: Annotated[int, AtLeast(1)] = 40_000  # one step = one generator update
    batch_size: Annotated[int, AtLeast(1)] = 64
    device: Device = Device.auto
    # processes that train one run, each on its part of every batch
    devices: Annotated[int, AtLeast(1), AtMost(64)] = 1
    precision: Precision = Precision.float32  # of products and convolutions, not of penalties
    # auto: a function of the config, kept by resume
    compile: Annotated[bool | str, Literal["auto", True, False]] = "auto"
    capture: bool = False  # turns as CUDA graphs
    # of torch; null: torch's own choice
    threads: Annotated[int, AtLeast(1), AtMost(1024)] | None = None
    checkpoint_every: Annotated[int, AtLeast(1)] = 1000  # steps
    log_every: Annotated[int, AtLeast(1)] = 50  # steps
    stop_on: StopOn = StopOn.none  # collapse: stop, exit code 3; off the data is none

    def __post_init__(self) -> None:
        check_settings(self, "train.")


@dataclass
class Eval:
    """How often a run is measured, by how many samples, and how its verdict is found."""

    every: Annotated[int, AtLeast(0)] = 1000  # steps; 0: only at the end
    samples: Annotated[int, AtLeast(2)] = 10_000  # drawn from each replica; one has no distance
    verdict: JudgedBy = JudgedBy.modes  # neighbours, features: as if the modes were not known
    features: str | None = None  # in which more is measured; `choose_features` reads the word

    def __post_init__(self) -> None:
        check_settings(self, "eval.")


@dataclass
class Root:
    """A whole configuration: the options of every group, and the settings that belong to none."""

    optim: Any = MISSING
    arch: Any = MISSING
    dataset: Any = MISSING
    objective: Any = MISSING
    protocol: Any = MISSING
    reg: dict[str, Any] = field(default_factory=dict)
    # What the dataset holds, as its YAML says: some defaults depend on it.
    data_kind: Annotated[str, Literal["vectors", "images"]] = "vectors"
    seed: Annotated[int, AtLeast(0)] = 0
    replicas: Annotated[int, AtLeast(1), AtMost(10_000)] = 1
    start_from: str | None = None  # a run: its players' last weights are those of step 0
    # What a paper reports of this configuration, as `metrics.published` reads it; never trained on.
    published: dict[str, Any] | None = None
    name: str = MISSING
    runs_dir: str = "runs"
    resume: bool = True
    log: KeptFiles = KeptFiles.full  # lean: five small files, no events, pictures or train.log
    train: Train = field(default_factory=Train)
    eval: Eval = field(default_factory=Eval)

    def __post_init__(self) -> None:
        check_settings(self)


def describe_bounds() -> str:
    """The settings that have choices or bounds, a line each, for the help."""
    found = [
        (lead + name, setting.words())
        for lead, cls in (("", Root), ("train.", Train), ("eval.", Eval))
        for name, setting in read_settings(cls).items()
        if setting.range()
    ]
    return "\n".join(f"  {name:<23} {words}" for name, words in found)


@functools.cache
def pickle_root() -> bytes:
    """The root without values, to be copied: to make it anew takes longer than to check values."""
    return pickle.dumps(OmegaConf.structured(Root))


def check(config: DictConfig) -> dict[str, Any]:
    """The configuration as plain values, resolved: what is trained, compared and stored.

    Raises UserError for an unknown setting, a wrong type, a value out of range or a missing one.
    """
    try:
        values = cast(
            dict[str, Any],
            OmegaConf.to_container(config, resolve=True, throw_on_missing=True, enum_to_str=True),
        )
        check_packages(values)
        for name, value in values.items():
            check_finite(name, value)
        own = {name: values[name] for name in UNTYPED if name in values}
        typed: DictConfig = pickle.loads(pickle_root())
        typed.merge_with(values | dict.fromkeys(own))
        OmegaConf.to_object(typed)  # runs every __post_init__
        return cast(dict[str, Any], OmegaConf.to_container(typed, enum_to_str=True)) | own
    except (ValueError, OmegaConfBaseException) as error:
        raise UserError(describe(error)) from error


def check_packages(values: Any) -> None:
    """Raises UserError where a strategy's YAML forgot to say where its settings go."""
    target = (values.get("reg") or {}).get("_target_")
    if target:
        file = next(filter(lambda file: is_bare(file, target), search_path.list_files("reg")), None)
        name = file.stem if file else "NAME"
        raise UserError(
            f"{show_path(file) if file else f'the YAML under reg/ of {target}'} does "
            "not say where its settings go: let it begin with the line "
            f"'# @package reg.{name}'"
        )


def is_bare(file: Path, target: str) -> bool:
    """Whether a YAML names this class, and no package."""
    text = file.read_text(encoding="utf-8")
    return "# @package" not in text and f"_target_: {target}\n" in f"{text}\n"


def register() -> None:
    """Makes the schema known to conf/config.yaml, which names it first."""
    register_resolver("mcgan_allowed", describe_bounds)
    data_kind.register()
    multiple.register()
    store = ConfigStore.instance()
    if f"{SCHEMA}.yaml" not in store.repo:  # to store it again takes milliseconds
        store.store(name=SCHEMA, node=Root)
