"""What TAB offers in a shell: verbs, flags, settings, runs, and what else a verb takes."""

import io
import os
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout, suppress
from pathlib import Path

from mcgan.run.find import LATEST

MARK = "\N{WORD JOINER}"  # stands at the cursor: nobody types it
FLAG = re.compile(r"(?<![\w-])--[a-z][\w-]*")
INSTALL = {  # A word is typed as it is, quoted or not: the shell gets back what follows it.
    "bash": r"""_mcgan() {
    local IFS=$'\n' typed="${COMP_LINE:0:COMP_POINT}"
    local found=($(COMP_LINE="$typed" mcgan -sc query=bash 2>/dev/null))
    typed="${typed##*[[:space:]]}"; typed="${typed#[\'\"]}"
    COMPREPLY=("${found[@]/#"$typed"/"$2"}")
}
complete -o nospace -o default -F _mcgan mcgan
""",
    "zsh": r"""_mcgan() {
    local -a found
    found=(${(f)"$(COMP_LINE="${(j: :)words[1,CURRENT]}" mcgan -sc query=zsh 2>/dev/null)"})
    compadd -S '' -a found || _files
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u }
compdef _mcgan mcgan
""",
}
Load = Callable[[str], Callable[[Sequence[str]], int]]


def split(line: str) -> list[str]:
    """The words of a line that is cut at the cursor, also inside quotes; the last may be empty."""
    for closing in ("", "'", '"'):
        with suppress(ValueError):
            return [word.replace(MARK, "") for word in shlex.split(line + MARK + closing)]
    return line.split(" ")


def offer(words: Sequence[str], verbs: Mapping[str, object], load: Load) -> list[str]:
    """All words that may stand in the place of the last; ``words`` are those behind `mcgan`."""
    verb, word = words[0], words[-1]
    if len(words) == 1:
        found: Iterable[str] = [*verbs, "--help", "--version"]
    elif word.startswith("-"):
        found = flags(verb, load) if verb in verbs else []
    else:
        plain = [each for each in words[1:-1] if not each.startswith("-")]
        found = TAKES[verb](word, plain) if verb in TAKES else []
    return sorted({each for each in found if each.startswith(word)})


def flags(verb: str, load: Load) -> list[str]:
    """The long flags of a verb: those that its help names; of train Hydra's."""
    if verb == "train":
        from mcgan.cli.hydra_app import BARE, VALUED

        return [flag for flag in BARE | VALUED if flag.startswith("--")]
    said = io.StringIO()
    with redirect_stdout(said), suppress(SystemExit):
        load(verb)(["--help"])
    return ["--help", *FLAG.findall(said.getvalue())]


def settings(word: str, before: Sequence[str]) -> list[str]:
    """What a setting of `mcgan train` may become."""
    from mcgan.config.completion import complete_setting  # imports Hydra

    return complete_setting(word, before)


def row_and_settings(word: str, before: Sequence[str]) -> list[str]:
    """Rows of papers as the first word of `mcgan reproduce`, then settings of that row."""
    from mcgan.cli.reproduce import row_names

    if not before:
        return row_names()
    return settings(word, [f"experiment=paper/{before[0]}", *before[1:]])


def run_and(allowed: str) -> Callable[[str, Sequence[str]], list[str]]:
    """Completes a run, and then the settings that this list of `mcgan.config.overrides` allows."""

    def complete(word: str, before: Sequence[str]) -> list[str]:
        from mcgan.config import overrides

        if not before:
            return runs()
        keys = getattr(overrides, allowed)
        return settings(word, []) if word.partition("=")[0] in keys else [f"{k}=" for k in keys]

    return complete


def runs() -> list[str]:
    """The names of the runs under runs/, and of those of its sweeps."""
    home = Path("runs")
    shown = ("[!.]*/config.yaml", "[!.]*/[!.]*/config.yaml")  # not .hydra/, which has one as well
    files = [file for form in shown for file in home.glob(form)]
    names = [file.parent.relative_to(home).as_posix() for file in files]
    return [*names, LATEST] if names else []


def folders(word: str, before: Sequence[str]) -> list[str]:
    """Runs and sweeps, of which `mcgan compare` takes several."""
    return [*runs(), *{name.rpartition("/")[0] for name in runs() if "/" in name}]


def sources(word: str, before: Sequence[str]) -> list[str]:
    """Runs and settings of `mcgan judge`; the shell adds files where there is none of these."""
    from mcgan.cli.judge import KEYS

    return [*runs(), *(f"{key}=" for key in KEYS)]


def option_of_group(word: str, before: Sequence[str]) -> list[str]:
    """Groups as the first word of `mcgan list`, then the group's options."""
    from mcgan.cli.options import groups

    known = groups()
    return [each.name for each in known.get(before[0], [])] if before else [*known]


def topic(word: str, before: Sequence[str]) -> list[str]:
    """Topics of `mcgan explain`; nothing after the first."""
    from mcgan.cli.explain import ALL, topics

    return [*topics(), ALL] if not before else []


def tracker_or_run(word: str, before: Sequence[str]) -> list[str]:
    """Trackers and runs for `mcgan export`; runs alone once a tracker is chosen."""
    from mcgan.view.trackers import TRACKERS

    asked = any(each.startswith("to=") for each in before)
    return runs() if asked else [*(f"to={name}" for name in TRACKERS), *runs()]


TAKES: dict[str, Callable[[str, Sequence[str]], list[str]]] = {
    "train": settings,
    "check": settings,
    "reproduce": row_and_settings,
    "resume": run_and("RESUMED"),
    "evaluate": run_and("EVALUATED"),
    "sample": lambda word, before: [] if before else runs(),
    "cite": lambda word, before: [] if before else runs(),
    "compare": folders,
    "judge": sources,
    "dashboard": folders,
    "export": tracker_or_run,
    "list": option_of_group,
    "explain": topic,
}


def respond(words: Sequence[str], verbs: Mapping[str, object], load: Load) -> int:
    """Answers `-sc install=SHELL` and `-sc query=SHELL`; the rest is Hydra's. The exit code."""
    asked, _, shell = words[1].partition("=") if len(words) == 2 else ("", "", "")
    if asked == "install" and shell in INSTALL:
        print(INSTALL[shell], end="")
    elif asked == "query":
        for each in offer(split(line_to_cursor())[1:] or [""], verbs, load):
            print(each)
    else:
        return load("train")(words)
    return 0


def line_to_cursor() -> str:
    """What the shell says was typed before the cursor."""
    line, point = os.environ.get("COMP_LINE", ""), os.environ.get("COMP_POINT", "")
    return line[: int(point)] if point.isdecimal() else line
