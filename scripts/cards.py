"""Write a card for every strategy into docs/cards/: what it claims, how to use it, what it costs.

    python scripts/cards.py            # after adding or changing a strategy

A card is made of the docstrings, the YAML, trial compositions with every other strategy, and what
scripts/catalogue.py measured (docs/catalogue.json).
"""

import functools
import inspect
import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

import mcgan.train  # noqa: F401  registers what a configuration needs
from mcgan import listing
from mcgan.errors import UserError
from mcgan.parts import Parts
from mcgan.paths import conf_dir
from mcgan.strategy import Strategy
from mcgan.view.measures import measure

DOCS = Path(__file__).resolve().parents[1] / "docs"
CARDS = DOCS / "cards"
SMALL = ("arch.latent=4", "arch.width=8", "train.batch_size=8", "protocol.samples=8", "name=card")
TINY = {"size": 16, "generators": 2, "kernels": 2}
LINE = re.compile(r"^(\w+):\s*(.*?)\s*(?:#\s*(.*))?$")


def names() -> list[str]:
    return [option.name for option in listing.groups()["reg"] if option.name != "none"]


def text(strategy: str) -> str:
    return (conf_dir() / "reg" / f"{strategy}.yaml").read_text(encoding="utf-8")


def strategy_class(strategy: str) -> type[Strategy]:
    module, _, name = yaml.safe_load(text(strategy))["_target_"].rpartition(".")
    return getattr(import_module(module), name)


def settings(strategy: str) -> str:
    """The YAML's own table: setting, default, and its comment."""
    found = [m.groups() for m in map(LINE.match, text(strategy).splitlines()) if m]
    rows = [f"| `{key}` | `{value}` | {(comment or '').replace('|', 'or')} |"
            for key, value, comment in found if key != "_target_"]
    if not rows:
        return "It has no settings.\n"
    return "\n".join(["| setting | default | |", "| --- | --- | --- |", *rows]) + "\n"


@functools.cache
def base() -> str:
    with initialize_config_dir(str(conf_dir()), version_base=None):
        config = compose("config", [*SMALL])
    return json.dumps(OmegaConf.to_container(config, resolve=True, enum_to_str=True))


def refused(*strategies: str) -> str:
    """Why a chain of strategies cannot be built; empty where it can."""
    config = json.loads(base())
    config["reg"] = {name: small(yaml.safe_load(text(name))) for name in strategies}
    try:
        Parts(config).game(0)
    except UserError as error:
        return str(error)
    return ""


def small(node: dict[str, Any]) -> dict[str, Any]:
    return {key: min(value, TINY[key]) if key in TINY else value for key, value in node.items()}


def company(strategy: str) -> str:
    """With whom it composes in either order, in one only, or not at all."""
    alone = refused(strategy)
    if alone:
        return f"On vectors it is refused: {alone}.\n"
    lines = [line for other in names() if other != strategy and not refused(other)
             for line in pair(strategy, other)]
    rest = "It composes with every other strategy, in either order"
    return f"{rest}.\n" if not lines else f"{rest}, except:\n\n" + "\n".join(lines) + "\n"


def pair(strategy: str, other: str) -> list[str]:
    why = {f"[{a},{b}]": refused(a, b) for a, b in ((strategy, other), (other, strategy))}
    return [f"* `reg={order}`: {words}" for order, words in why.items() if words]


def measured(strategy: str) -> str:
    """Its rows of the catalogue, beside doing nothing."""
    file = DOCS / "catalogue.json"
    found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    lines = [row(dataset, found[key], found[f"{dataset}/reg-none"]) for dataset in ("ring", "grid")
             if (key := f"{dataset}/reg-{strategy}") in found and "metrics" in found[key]]
    if not lines:
        return "Not measured in the catalogue.\n"
    head = ["| dataset | strict modes | quality | KL | step time |",
            "| --- | ---: | ---: | ---: | ---: |"]
    return "\n".join([*head, *lines]) + "\n"


def row(dataset: str, mine: dict[str, Any], none: dict[str, Any]) -> str:
    cells = [f"{measure(key).show(mine['metrics'][key]['mean'])} "
             f"(none: {measure(key).show(none['metrics'][key]['mean'])})"
             for key in ("modes_strict", "quality", "kl")]
    return f"| {dataset} | {' | '.join(cells)} | {mine['ms'] / none['ms']:.2f} x |"


def head(strategy: str) -> str:
    """The part that docstrings and the YAML make."""
    option = next(o for o in listing.groups()["reg"] if o.name == strategy)
    made = strategy_class(strategy)
    source = inspect.getdoc(inspect.getmodule(made)) or ""
    return f"""# `reg={strategy}`

{option.what} ({option.paper}).

**Source.** {source}

**What it does.** {inspect.getdoc(made)}

**How to use it.** `mcgan train reg={strategy}`; with another: `{beside(strategy)}`.

{settings(strategy)}
"""


def beside(strategy: str) -> str:
    return f"'reg=[{strategy},{'r1' if strategy == 'ema' else 'ema'}]'"


def card(strategy: str) -> str:
    return f"""{head(strategy)}**Company.** {company(strategy)}
**Measured** alone, under the small budget of `experiment=catalogue` ([RESULTS](../RESULTS.md)).

{measured(strategy)}"""


def index() -> str:
    rows = [f"| [{o.name}]({o.name}.md) | {o.what} | {o.paper} |"
            for o in listing.groups()["reg"] if o.name != "none"]
    return "\n".join(["# The strategies", "", "| strategy | what it does | source |",
                      "| --- | --- | --- |", *rows, ""])


def main() -> None:
    CARDS.mkdir(exist_ok=True)
    for name in names():
        (CARDS / f"{name}.md").write_text(card(name), encoding="utf-8")
    (CARDS / "README.md").write_text(index(), encoding="utf-8")


if __name__ == "__main__":
    main()
