"""Which of the processes that a launcher started this one is."""

import pytest

from mcgan.errors import UserError
from mcgan.system.launched import WANTED, LaunchedRank, find_rank

LAUNCHED = {"RANK": "5", "WORLD_SIZE": "8", "MASTER_ADDR": "node1", "MASTER_PORT": "29500"}


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    for name in (*WANTED, "LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)


def say(monkeypatch, **words: str) -> None:
    for name, word in words.items():
        monkeypatch.setenv(name, word)


def test_a_process_that_nobody_launched_is_alone(monkeypatch):
    assert find_rank() == LaunchedRank(0, 1, 0)
    say(monkeypatch, **LAUNCHED | {"MASTER_ADDR": ""})  # such as of another program
    assert find_rank() == LaunchedRank(0, 1, 0)


def test_a_launched_process_knows_its_number_here_and_among_all(monkeypatch):
    say(monkeypatch, **LAUNCHED)
    assert find_rank() == LaunchedRank(5, 8, 5)
    say(monkeypatch, LOCAL_RANK="1")
    assert find_rank() == LaunchedRank(5, 8, 1)


def test_words_for_numbers_are_a_mistake(monkeypatch):
    say(monkeypatch, **LAUNCHED | {"RANK": "first"})
    with pytest.raises(UserError, match=r"must be whole numbers \(.*'first'\)"):
        find_rank()
