"""Write docs/refusals.json and docs/refusals.md: which parts of a game refuse each other, and why.

    python scripts/refusals.py         # after adding or changing a strategy; then scripts/cards.py

Every ordered pair of strategies, and every strategy under each objective and on each kind of nets,
is built as a small game. The tests hold that what is refused is what stands in the table.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TABLE, PAGE = ROOT / "docs" / "refusals.json", ROOT / "docs" / "refusals.md"
Table = dict[str, dict[str, str]]  # first -> second -> sentence


def build_table() -> dict[str, Any]:
    """All refusals, and what the log says of pairs that are built."""
    sys.path.append(str(ROOT / "tests"))  # the small games of the tests
    from small import NETS_OF, OBJECTIVES, STRATEGIES, outcome

    alone = {name: outcome(name) for name in STRATEGIES}
    pairs = {(a, b): outcome(a, b) for a in STRATEGIES for b in STRATEGIES if a != b}
    objectives = {(o, s): outcome(s, objective=o) for o in OBJECTIVES for s in STRATEGIES}
    nets = {
        (kind, s): outcome(s, words=words) for kind, words in NETS_OF.items() for s in STRATEGIES
    }
    new = {
        (a, b): sorted({*tried.notes} - {*alone[a].notes, *alone[b].notes})
        for (a, b), tried in pairs.items()
    }
    return {
        "pairs": nest({key: tried.refusal for key, tried in pairs.items()}),
        "objectives": nest({key: tried.refusal for key, tried in objectives.items()}),
        "nets": nest({key: tried.refusal for key, tried in nets.items()}),
        "notes": {name: sorted(tried.notes) for name, tried in alone.items() if tried.notes},
        "notes of pairs": nest(new),
    }


def nest(found: dict[tuple[str, str], Any]) -> dict[str, dict[str, Any]]:
    """What is said, as first -> second -> words; nothing said is left out."""
    nested: dict[str, dict[str, Any]] = defaultdict(dict)
    for (first, second), said in found.items():
        if said:
            nested[first][second] = said
    return dict(nested)


def load() -> dict[str, Any]:
    """The stored table."""
    table: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table


def page(table: dict[str, Any]) -> str:
    """The table for people, by reason."""
    alone = table["nets"].get("mlp", {})
    pairs = {
        first: {b: why for b, why in found.items() if b not in alone}
        for first, found in table["pairs"].items()
        if first not in alone
    }
    return f"""# What refuses what

Made by `python scripts/refusals.py`, which builds every ordered pair of strategies; the tests build
them again, and what refuses must be what stands here, with the same sentence. What is not here
composes. `a + b` is refused in either order, `[a,b]` in this one.

## Pairs of strategies

{by_reason(pairs, symmetric)}
## Strategies under objectives

{by_reason(table["objectives"], lambda keys: across(keys, "objective="))}
## Strategies on nets

{by_reason(table["nets"], lambda keys: across(keys, "arch="))}"""


def by_reason(table: Table, show: Any) -> str:
    """A Markdown table: each sentence with all that it is said of."""
    said = defaultdict(set)
    for first, found in table.items():
        for second, why in found.items():
            said[why].add((first, second))
    lines = [f"| {why} | {', '.join(show(keys))} |" for why, keys in sorted(said.items())]
    return "\n".join(["| refused because | what |", "| --- | --- |", *lines, ""])


def symmetric(keys: set[tuple[str, str]]) -> list[str]:
    """Pairs as people read them: both orders at once where both are refused alike."""
    return sorted(
        {
            f"`{' + '.join(sorted(key))}`" if key[::-1] in keys else f"`[{','.join(key)}]`"
            for key in keys
        }
    )


def across(keys: set[tuple[str, str]], lead: str) -> list[str]:
    """Strategies with the objectives or nets that they are refused under."""
    return sorted(f"`{second}` with `{lead}{first}`" for first, second in keys)


def main() -> None:
    table = build_table()
    text = json.dumps(table, indent=1, sort_keys=True, ensure_ascii=False)
    TABLE.write_text(text + "\n", encoding="utf-8")
    PAGE.write_text(page(table), encoding="utf-8")


if __name__ == "__main__":
    main()
