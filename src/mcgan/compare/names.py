"""What groups are called: by the name that was given, else by what was typed, else by settings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mcgan.run.identity import MEASURED, OUTSIDE, WITHOUT_EFFECT


@dataclass
class Origin:
    """What is known of how one group's runs were asked for."""

    commands: Sequence[Sequence[str]]  # the words of each run
    settings: str  # in which the group differs from the others, which no other has alike

    @property
    def given(self) -> str:
        """The name of all its runs, if they were given one."""
        names = {value_of("name", words) for words in self.commands}
        return names.pop() if len(names) == 1 else ""

    @property
    def typed(self) -> list[str]:
        """The words that tell what the group is: of the run that was asked for in the fewest."""
        told = [[word for word in words if is_told(word)] for words in self.commands]
        return min(told, key=lambda words: (len(words), words), default=[])


def call(origins: Sequence[Origin]) -> list[str]:
    """A name for each group, no two alike.

    A sweep gives one name to all its groups, which tells nothing; then its words do, without those
    that every group has.
    """
    names = Counter(origin.given for origin in origins)
    typed = [origin.typed for origin in origins]
    shared = set.intersection(*map(set, typed)) if len(typed) > 1 else set()
    texts = [" ".join(word for word in words if word not in shared) for words in typed]
    seen = Counter(texts)
    return avoid_doubles(
        [
            origin.given
            if origin.given and names[origin.given] == 1
            else text
            if text and seen[text] == 1
            else origin.settings
            for origin, text in zip(origins, texts, strict=True)
        ],
        origins,
    )


def avoid_doubles(names: list[str], origins: Sequence[Origin]) -> list[str]:
    """Settings instead of names wherever one group's name is another's settings."""
    if len(set(names)) == len(names):
        return names
    return [origin.settings for origin in origins]


def is_told(word: str) -> bool:
    """Whether a word makes the group: not its seeds, its place, its machine or its table."""
    group, _, setting = word.partition("=")[0].lstrip("+~").partition(".")
    return not (
        group in {*OUTSIDE, *MEASURED}
        or group.startswith("hydra")
        or setting in WITHOUT_EFFECT.get(group, ())
    )


def value_of(key: str, words: Sequence[str]) -> str:
    """What the last of such words says; nothing where there is none."""
    found = [word.partition("=")[2] for word in words if word.partition("=")[0] == key]
    return found[-1] if found else ""
