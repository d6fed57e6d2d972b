"""Write a card for every strategy into docs/cards/: what it claims, how to use it, what it costs.

    python scripts/cards.py            # after adding or changing a strategy

A card is made of the docstrings, the declared settings, the YAML, the trial compositions with every
other strategy (docs/refusals.json, by scripts/refusals.py) and what scripts/catalogue.py and
scripts/rescue.py measured (docs/catalogue.json, docs/rescue.json). The YAML's comments have what no
code knows: `# Claim:` of the paper, where `# Defaults:` come from, what it `# Goes with:`, and
`# Here:` why it may show less in the catalogue than in its paper.
"""

import functools
import inspect
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import catalogue
import refusals as refusals_table
import rescue_rows
import tables
import yaml

from mcgan.cli import options
from mcgan.config import option_file
from mcgan.config.option_header import read_comments
from mcgan.config.paths import conf_dir
from mcgan.gan.strategy import Strategy
from mcgan.metrics.measures import measure

DOCS = Path(__file__).resolve().parents[1] / "docs"
CARDS = DOCS / "cards"


def names() -> list[str]:
    return [option.name for option in options.groups()["reg"] if option.name != "none"]


def text(strategy: str) -> str:
    return (conf_dir() / "reg" / f"{strategy}.yaml").read_text(encoding="utf-8")


def strategy_class(strategy: str) -> type[Strategy]:
    module, _, name = yaml.safe_load(text(strategy))["_target_"].rpartition(".")
    return getattr(import_module(module), name)


def said(strategy: str) -> dict[str, str]:
    """What the YAML's comments say of it. Raises SystemExit where one is missing."""
    found = read_comments(text(strategy))
    if missing := {"Claim", "Defaults", "Goes with", "Here"} - found.keys():
        raise SystemExit(f"conf/reg/{strategy}.yaml says nothing of {', '.join(sorted(missing))}")
    return found


def settings(strategy: str) -> str:
    """A table: each setting, its default, what it may be, and the YAML's comment."""
    found = option_file.rows(text(strategy), "reg", strategy)
    if not found:
        return "It has no settings.\n"
    lines = [
        f"| `{r.name}` | `{r.default}` | {r.allowed} | {tables.cell(r.explanation)} |"
        for r in found
    ]
    return "\n".join(
        ["| setting | default | allowed | meaning |", "| --- | --- | --- | --- |", *lines, ""]
    )


table = functools.cache(refusals_table.load)


def company(strategy: str) -> str:
    """With whom it composes in either order, in one only, or not at all; and what the log says."""
    alone = table()["nets"]["mlp"]
    if strategy in alone:
        return f"On vectors it is refused: {alone[strategy]}.\n"
    others = [name for name in names() if name != strategy and name not in alone]
    lines = [*grouped(strategy, others, refusals), *grouped(strategy, others, warnings)]
    notes = "".join(
        f"Alone, the log says: {note}.\n\n" for note in table()["notes"].get(strategy, [])
    )
    rest = "It composes with every other strategy, in either order"
    return notes + (
        f"{rest}.\n"
        if not lines
        else f"{rest}, but for what is said here:\n\n" + "\n".join(lines) + "\n"
    )


def grouped(
    strategy: str, others: list[str], of: Callable[[str, str], dict[str, str]]
) -> list[str]:
    """One line for each thing that is said, with all the chains of which it is."""
    chains: dict[str, list[str]] = {}
    for other in others:
        for chain, words in of(strategy, other).items():
            chains.setdefault(words, []).append(f"`{chain}`")
    return [f"* {', '.join(each)}: {words}" for words, each in chains.items()]


def refusals(strategy: str, other: str) -> dict[str, str]:
    pairs = ((strategy, other), (other, strategy))
    found = {f"[{a},{b}]": table()["pairs"].get(a, {}).get(b, "") for a, b in pairs}
    if len(set(found.values())) == 1:  # the order is not what matters
        found = {other: next(iter(found.values()))}
    return {chain: f"refused, {words}" for chain, words in found.items() if words}


def warnings(strategy: str, other: str) -> dict[str, str]:
    new = table()["notes of pairs"].get(strategy, {}).get(other, [])
    return {other: f"the log says, {'; '.join(new)}"} if new else {}


def measured(strategy: str) -> str:
    """Its rows of the catalogue, beside doing nothing."""
    file = DOCS / "catalogue.json"
    found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    lines = [
        row(dataset, found[key], found[f"{dataset}/reg-none"], catalogue.cost(found, key))
        for dataset in catalogue.DATASETS
        if (key := f"{dataset}/reg-{strategy}") in found and "metrics" in found[key]
    ]
    if not lines:
        return "Not measured in the catalogue.\n"
    head = [
        "| dataset | strict modes | quality | KL | step time |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    return "\n".join([*head, *lines]) + "\n"


def rescues(strategy: str) -> str:
    """What it does for the games that fail, where scripts/rescue.py has measured it."""
    file = DOCS / "rescue.json"
    found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    lines = rescue_rows.for_card(found, f"reg-{strategy}")
    if not lines:
        return ""
    about = "**Added** alone to games that fail (`scripts/rescue.py`, [RESULTS](../RESULTS.md))."
    return "\n".join([about, "", *lines, "", ""])


def row(dataset: str, mine: dict[str, Any], none: dict[str, Any], cost: str) -> str:
    cells = [
        f"{measure(key).show(mine['metrics'][key]['mean'])} "
        f"(none: {measure(key).show(none['metrics'][key]['mean'])})"
        for key in ("modes_strict", "quality", "kl")
    ]
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
{rescues(strategy)}**Why it may differ here.** {sentence(said(strategy)["Here"])}
"""


def index() -> str:
    rows = [
        f"| [{o.name}]({o.name}.md) | {tables.cell(o.what)} | {o.paper} |"
        for o in options.groups()["reg"]
        if o.name != "none"
    ]
    more = "Which of them refuse each other, and why: [refusals](../refusals.md)."
    return "\n".join(
        [
            "# The strategies",
            "",
            more,
            "",
            "| strategy | what it does | source |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def main() -> None:
    CARDS.mkdir(exist_ok=True)
    for name in names():
        (CARDS / f"{name}.md").write_text(card(name), encoding="utf-8")
    (CARDS / "README.md").write_text(index(), encoding="utf-8")


if __name__ == "__main__":
    main()
