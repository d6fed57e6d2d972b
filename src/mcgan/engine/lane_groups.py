"""Which lanes can be trained as one: those of one structure, whose other numbers can be tensors."""

from collections.abc import Sequence

from mcgan.engine.lane_numbers import Differences, LaneNumber, Unlike
from mcgan.engine.lane_trainer import LaneTrainer, find_differences
from mcgan.engine.trainer import Lane

Group = list[int]  # places of lanes in the order given


def group_lanes(lanes: Sequence[Lane]) -> tuple[list[Group], set[str]]:
    """Groups of lanes that one trainer each can train, and the numbers that parted others.

    Such a number decides what a hook does next, so it cannot be a tensor: lanes of different
    values are of different groups. It is found by a step of two lanes.
    """
    found: list[Group] = []
    parting: set[str] = set()
    for group in group_by_structure(lanes):
        split, numbers = group_by_numbers(lanes, group)
        found += split
        parting |= numbers
    return found, parting


def group_by_structure(lanes: Sequence[Lane]) -> list[Group]:
    """Groups of lanes that differ in numbers and seeds alone."""
    groups: list[Group] = []
    for i, lane in enumerate(lanes):
        home = next((g for g in groups if are_alike(lanes[g[0]], lane)), None)
        if home is None:
            groups.append([i])
        else:
            home.append(i)
    return groups


def are_alike(one: Lane, other: Lane) -> bool:
    """Whether two runs can be trained as lanes of one program."""
    try:
        find_differences([one, other])
    except Unlike:
        return False
    return True


def group_by_numbers(lanes: Sequence[Lane], group: Group) -> tuple[list[Group], set[str]]:
    """A group of one structure, parted by the values of the numbers that must be plain ones."""
    members = [lanes[i] for i in group]
    differences = find_differences(members)
    numbers = [*differences.of_game, *differences.of_rules]
    if not numbers or works(members, differences):
        return [group], set()
    parting = [n for n in differences.of_game if not works(members, Differences([n]))]
    parting += [n for n in differences.of_rules if not works(members, Differences((), [n]))]
    parting = parting or numbers  # each may work alone, but not all at once
    values = zip(*(number.values for number in parting), strict=True)
    parted: dict[tuple[float, ...], Group] = {}
    for i, key in zip(group, values, strict=True):
        parted.setdefault(key, []).append(i)
    return [*parted.values()], {number.where for number in parting}


def works(lanes: Sequence[Lane], differences: Differences) -> bool:
    """Whether two lanes that differ in these numbers train together for a step."""
    pair = Differences(*([*map(narrow, numbers)] for numbers in differences))
    try:
        LaneTrainer(lanes[:2], pair).step()
    except Exception:  # whatever a hook does with a tensor that it takes for a number
        return False
    return True


def narrow(number: LaneNumber) -> LaneNumber:
    """A number of two lanes: the first value, and one that differs from it."""
    first = number.values[0]
    return number._replace(values=(first, next(v for v in number.values if v != first)))
