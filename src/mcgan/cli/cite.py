"""`mcgan cite`: BibTeX of mcgan and of everything that a run used."""

from collections.abc import Sequence

from mcgan.cli.run_verbs import RUN, Parser
from mcgan.config.bibliography import cited_by, find_keys, read_entries
from mcgan.errors import UserError
from mcgan.metrics.measures import measure
from mcgan.run.directory import RunDirectory
from mcgan.run.find import run_of
from mcgan.run.used import read_used
from mcgan.version import __version__

HOW = """% Cite mcgan by the entry below.
% `mcgan cite RUN` adds the papers of its objective, strategies, data, nets and measures.
"""
OURS = """@software{{mcgan,
  title = {{mcgan: training GANs and measuring mode collapse from one command line}},
  author = {{{{The mcgan developers}}}},
  year = {{2026}},
  version = {{{version}}},
}}
"""


def main(words: Sequence[str]) -> int:
    """`mcgan cite [RUN]`: prints BibTeX. Raises UserError where there is no such run."""
    args = parser().parse_args(words)
    if args.run is None:
        print(HOW + "\n" + own_entry(), end="")
        return 0
    print("\n".join([own_entry(), *entries(users(RunDirectory(run_of(args.run))))]), end="")
    return 0


def parser() -> Parser:
    """The arguments of `mcgan cite`: a run, or nothing for mcgan alone."""
    made = Parser(
        "mcgan cite",
        description="Print BibTeX: of mcgan, and of the papers behind all "
        "that a run used. Comments say what each paper is cited for.",
    )
    made.add_argument("run", metavar="RUN", nargs="?", help=RUN)
    return made


def own_entry() -> str:
    """The BibTeX of this version of mcgan."""
    return OURS.format(version=__version__)


def users(run: RunDirectory) -> dict[str, list[str]]:
    """What a run used, such as `reg=r1`, each with the keys of its papers."""
    chosen = {f"{group}={name}": known_keys(group, name) for group, name in read_used(run)}
    metrics = (run.result() or {}).get("metrics", {})
    measured = {f"measure {key}": find_keys(measure(key).paper) for key in metrics}
    return chosen | {user: keys for user, keys in measured.items() if keys}


def known_keys(group: str, name: str) -> list[str]:
    """The keys that an option cites; none where the option is no longer there."""
    try:
        return cited_by(group, name)
    except UserError:
        return []


def entries(users: dict[str, list[str]]) -> list[str]:
    """Each paper once, below a comment that says what it is cited for; then what has no paper."""
    known = read_entries()
    cited = dict.fromkeys(key for keys in users.values() for key in keys)
    told = [
        comment(key, users) + known.get(key, f"% papers.bib has no entry {key}\n") for key in cited
    ]
    silent = [user for user, keys in users.items() if not keys]
    return [*told, f"% without a paper: {', '.join(silent)}\n"] if silent else told


def comment(key: str, users: dict[str, list[str]]) -> str:
    """A BibTeX comment that names the options behind one entry; ``users`` is option -> keys."""
    return f"% {', '.join(user for user, keys in users.items() if key in keys)}\n"
