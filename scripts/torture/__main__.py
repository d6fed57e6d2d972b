"""Try every promise of docs/RELIABILITY.md for some minutes; a line for each, what failed is kept.

    make torture MINUTES=10                     # into torture/: totals.json, and what failed
    make torture ONLY=damage SEED=7             # one promise, the round of one seed
    make torture RECORD=1                       # adds to the figures of docs/RELIABILITY.md

Seeds go on where the totals end, so that each campaign tries something new.
"""

import argparse
import gc
from pathlib import Path

from torture import page
from torture.campaign import Campaign, Total
from torture.promise import Promise, find_promises
from torture.small import warm_up


def main() -> int:
    """Returns 0 if all tries held, 1 where one did not."""
    args = parser().parse_args()
    found = choose(args.only)
    warm_up()
    gc.freeze()  # a fork copies what the collector touches
    campaign = Campaign(args.folder, page.TOTALS if args.record else args.folder / "totals.json")
    if args.seed is not None:
        campaign.totals = {promise.number: Total(args.seed) for promise in found}
        campaign.file = args.folder.resolve() / "again.json"
    held = campaign.run(found, 60 * args.minutes)
    if args.record:
        page.write()
    if not held:
        print(f"what failed is in {args.folder}, with its seed and the reason in failure.txt")
    return int(not held)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="torture", description=__doc__.partition("\n")[0])
    made.add_argument("--minutes", type=float, default=10, help="for all promises together")
    made.add_argument("--only", nargs="*", default=[], metavar="NAME", help="some promises alone")
    made.add_argument("--seed", type=int, metavar="N", help="try the round of this seed again")
    made.add_argument("--folder", type=Path, default=Path("torture"), help="for what failed")
    made.add_argument("--record", action="store_true", help=f"into {page.TOTALS.name} of the docs")
    return made


def choose(names: list[str]) -> list[Promise]:
    """The promises of these names, all without any; those that take longest come last."""
    known = {promise.name: promise for promise in find_promises()}
    unknown = set(names) - set(known)
    if unknown:
        raise SystemExit(f"no promise {', '.join(unknown)} (choose from: {', '.join(known)})")
    return [known[name] for name in names or known]


if __name__ == "__main__":
    raise SystemExit(main())
