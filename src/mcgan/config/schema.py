"""The settings of every run, with their types and ranges: the root of the configuration.

Composition checks the types. `__post_init__` holds the ranges, which `check` asks for once all
values are final. What a group's option may set is checked by its own class.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, cast

from hydra.core.config_store import ConfigStore
from omegaconf import MISSING, DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from mcgan.config.messages import describe
from mcgan.errors import UserError, at_least

Device = Enum("Device", ["auto", "cpu", "cuda", "mps"])
Precision = Enum("Precision", ["float32", "tf32", "bf16"])
StopOn = Enum("StopOn", ["none", "collapse"])
JudgedBy = Enum("JudgedBy", ["modes", "neighbours"])


@dataclass
class Train:
    steps: int = 10_000  # one step = one generator update
    batch_size: int = 64
    device: Device = Device.auto
    precision: Precision = Precision.float32  # of products and convolutions, not of penalties
    compile: bool | str = "auto"  # auto: a function of the config, kept by resume
    threads: int | None = None  # of torch; null: torch's own choice
    checkpoint_every: int = 1000  # steps
    log_every: int = 50  # steps
    stop_on: StopOn = StopOn.none  # collapse: stop, exit code 3

    def __post_init__(self) -> None:
        at_least(1, train__steps=self.steps, train__batch_size=self.batch_size,
                 train__threads=self.threads, train__checkpoint_every=self.checkpoint_every,
                 train__log_every=self.log_every)
        if self.compile not in (True, False, "auto"):
            raise ValueError(f"train.compile must be auto, true or false, not {self.compile!r}")


@dataclass
class Eval:
    every: int = 1000  # steps; 0: only at the end
    samples: int = 10_000  # drawn from each replica
    verdict: JudgedBy = JudgedBy.modes  # neighbours: as if the modes were not known

    def __post_init__(self) -> None:
        at_least(0, eval__every=self.every)
        at_least(1, eval__samples=self.samples)


@dataclass
class Root:
    optim: Any = MISSING
    arch: Any = MISSING
    dataset: Any = MISSING
    objective: Any = MISSING
    protocol: Any = MISSING
    reg: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    replicas: int = 1
    name: str = MISSING
    runs_dir: str = "runs"
    resume: bool = True
    train: Train = field(default_factory=Train)
    eval: Eval = field(default_factory=Eval)

    def __post_init__(self) -> None:
        at_least(0, seed=self.seed)
        at_least(1, replicas=self.replicas)


def check(config: DictConfig) -> dict[str, Any]:
    """The configuration as plain values, resolved: what is trained, compared and stored.

    Raises UserError for an unknown setting, a wrong type, a value out of range or a missing one.
    """
    try:
        values = OmegaConf.to_container(config, resolve=True, throw_on_missing=True,
                                        enum_to_str=True)
        typed = OmegaConf.merge(OmegaConf.structured(Root), cast(dict[str, Any], values))
        OmegaConf.to_object(typed)  # runs every __post_init__
        return cast(dict[str, Any], OmegaConf.to_container(typed, enum_to_str=True))
    except (ValueError, OmegaConfBaseException) as error:
        raise UserError(describe(error)) from error


def register() -> None:
    """Makes the schema known to conf/config.yaml, which names it first."""
    ConfigStore.instance().store(name="root_schema", node=Root)
