"""Write a card for every strategy into docs/cards/: what it claims, how to use it, what it costs.

    python scripts/cards.py            # after adding or changing a strategy

A card is made of the docstrings, the YAML, trial compositions with every other strategy, and what
scripts/catalogue.py measured (docs/catalogue.json). The YAML's comments have what no code knows:
`# Claim:` of the paper, where `# Defaults:` come from, what it `# Goes with:`, and `# Here:` why
it may show less in the catalogue than in its paper.
"""

import functools
import inspect
import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import catalogue
import yaml

from mcgan.cli import options
from mcgan.config.compose import compose
from mcgan.config.paths import conf_dir
from mcgan.errors import UserError
from mcgan.experiment.components import Parts
from mcgan.gan.strategy import Strategy
from mcgan.metrics.measures import measure

DOCS = Path(__file__).resolve().parents[1] / "docs"
CARDS = DOCS / "cards"
SMALL = ("arch.latent=4", "arch.width=8", "train.batch_size=8", "protocol.samples=8", "name=card")
TINY = {"size": 16, "generators": 2, "kernels": 2}
LINE = re.compile(r"^(\w+):\s*(.*?)\s*(?:#\s*(.*))?$")
SAID = re.compile(r"^# (Claim|Defaults|Goes with|Here): (.+)$", re.M)


def names() -> list[str]:
    return [option.name for option in options.groups()["reg"] if option.name != "none"]


def text(strategy: str) -> str:
    return (conf_dir() / "reg" / f"{strategy}.yaml").read_text(encoding="utf-8")


def strategy_class(strategy: str) -> type[Strategy]:
    module, _, name = yaml.safe_load(text(strategy))["_target_"].rpartition(".")
    return getattr(import_module(module), name)


def said(strategy: str) -> dict[str, str]:
    """What the YAML's comments say of it. Raises SystemExit where one is missing."""
    found = dict(SAID.findall(text(strategy)))
    if missing := {"Claim", "Defaults", "Goes with", "Here"} - found.keys():
        raise SystemExit(f"conf/reg/{strategy}.yaml says nothing of {', '.join(sorted(missing))}")
    return found


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
    return json.dumps(compose(*SMALL).config)


class Tried(NamedTuple):
    """A chain of strategies: why it cannot be built, or what the log would say of it."""

    refusal: str
    notes: frozenset[str]


@functools.cache
def tried(*strategies: str) -> Tried:
    config = json.loads(base())
    config["reg"] = {name: small(yaml.safe_load(text(name))) for name in strategies}
    parts = Parts(config)
    try:
        parts.trainer(compiled=False)
    except UserError as error:
        return Tried(str(error), frozenset())
    return Tried("", frozenset(parts.notes))


def small(node: dict[str, Any]) -> dict[str, Any]:
    return {key: min(value, TINY[key]) if key in TINY else value for key, value in node.items()}


def company(strategy: str) -> str:
    """With whom it composes in either order, in one only, or not at all; and what the log says."""
    alone = tried(strategy)
    if alone.refusal:
        return f"On vectors it is refused: {alone.refusal}.\n"
    others = [name for name in names() if name != strategy and not tried(name).refusal]
    lines = [*grouped(strategy, others, refusals), *grouped(strategy, others, warnings)]
    notes = "".join(f"Alone, the log says: {note}.\n\n" for note in sorted(alone.notes))
    rest = "It composes with every other strategy, in either order"
    return notes + (f"{rest}.\n" if not lines else
                    f"{rest}, but for what is said here:\n\n" + "\n".join(lines) + "\n")


def grouped(strategy: str, others: list[str], of: Callable[[str, str], dict[str, str]]
            ) -> list[str]:
    """One line for each thing that is said, with all the chains of which it is."""
    chains: dict[str, list[str]] = {}
    for other in others:
        for chain, words in of(strategy, other).items():
            chains.setdefault(words, []).append(f"`{chain}`")
    return [f"* {', '.join(each)}: {words}" for words, each in chains.items()]


def refusals(strategy: str, other: str) -> dict[str, str]:
    pairs = ((strategy, other), (other, strategy))
    found = {f"[{a},{b}]": tried(a, b).refusal for a, b in pairs}
    if len(set(found.values())) == 1:  # the order is not what matters
        found = {other: next(iter(found.values()))}
    return {chain: f"refused, {words}" for chain, words in found.items() if words}


def warnings(strategy: str, other: str) -> dict[str, str]:
    new = tried(strategy, other).notes - tried(strategy).notes - tried(other).notes
    return {other: f"the log says, {'; '.join(sorted(new))}"} if new else {}


def measured(strategy: str) -> str:
    """Its rows of the catalogue, beside doing nothing."""
    file = DOCS / "catalogue.json"
    found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    lines = [row(dataset, found[key], found[f"{dataset}/reg-none"], catalogue.cost(found, key))
             for dataset in catalogue.DATASETS
             if (key := f"{dataset}/reg-{strategy}") in found and "metrics" in found[key]]
    if not lines:
        return "Not measured in the catalogue.\n"
    head = ["| dataset | strict modes | quality | KL | step time |",
            "| --- | ---: | ---: | ---: | ---: |"]
    return "\n".join([*head, *lines]) + "\n"


def row(dataset: str, mine: dict[str, Any], none: dict[str, Any], cost: str) -> str:
    cells = [f"{measure(key).show(mine['metrics'][key]['mean'])} "
             f"(none: {measure(key).show(none['metrics'][key]['mean'])})"
             for key in ("modes_strict", "quality", "kl")]
    return f"| {dataset} | {' | '.join(cells)} | {cost} |"


def head(strategy: str) -> str:
    """The part that docstrings and the YAML make."""
    option = next(o for o in options.groups()["reg"] if o.name == strategy)
    made, words = strategy_class(strategy), said(strategy)
    source = inspect.getdoc(inspect.getmodule(made)) or ""
    return f"""# `reg={strategy}`

{option.what} ({option.paper}).

**Claim.** {sentence(words["Claim"])}

**What it does.** {plain(inspect.getdoc(made) or "")}

**How to use it.** `mcgan train reg={strategy}`; with another: `{beside(strategy)}`.

{settings(strategy)}
**Defaults.** {sentence(words["Defaults"])}

**Goes with.** {sentence(words["Goes with"])}

**Source.** {plain(source)}

"""


def sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def plain(docstring: str) -> str:
    """A docstring as Markdown: one kind of backtick, and stars that are stars."""
    return docstring.replace("``", "`").replace("*", r"\*")


def beside(strategy: str) -> str:
    return f"'reg=[{strategy},{'r1' if strategy == 'ema' else 'ema'}]'"


def card(strategy: str) -> str:
    return f"""{head(strategy)}**Company.** {company(strategy)}
**Measured** alone, under the small budget of `experiment=catalogue` ([RESULTS](../RESULTS.md)).

{measured(strategy)}
**Why it may differ here.** {sentence(said(strategy)["Here"])}
"""


def index() -> str:
    rows = [f"| [{o.name}]({o.name}.md) | {o.what} | {o.paper} |"
            for o in options.groups()["reg"] if o.name != "none"]
    return "\n".join(["# The strategies", "", "| strategy | what it does | source |",
                      "| --- | --- | --- |", *rows, ""])


def main() -> None:
    CARDS.mkdir(exist_ok=True)
    for name in names():
        (CARDS / f"{name}.md").write_text(card(name), encoding="utf-8")
    (CARDS / "README.md").write_text(index(), encoding="utf-8")


if __name__ == "__main__":
    main()
