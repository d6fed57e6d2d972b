"""A run's messages: in its file and on standard output, and only as long as it lasts."""

import logging

import pytest

from mcgan.system.logs import run_log

log = logging.getLogger("mcgan.test")


def test_all_is_written_and_what_matters_is_shown(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # as Python starts
    with run_log(tmp_path / "train.log", logging.WARNING):
        log.info("a note")
        log.warning("a warning")
    log.warning("afterwards")
    assert capsys.readouterr().out == "a warning\n"
    text = (tmp_path / "train.log").read_text()
    assert "[mcgan.test][INFO] - a note" in text and "a warning" in text and "after" not in text


@pytest.mark.parametrize(("level", "seen"), [(logging.INFO, ["note", "warning"]),
                                             (logging.WARNING, ["warning"])])  # fmt: skip
def test_where_logging_is_configured_that_decides(tmp_path, capsys, monkeypatch, level, seen):
    root, told = logging.getLogger(), []
    handler = logging.Handler()
    handler.emit = lambda record: told.append(record.getMessage())
    monkeypatch.setattr(root, "handlers", [handler])
    before = root.level
    root.setLevel(level)
    try:
        with run_log(tmp_path / "train.log", logging.INFO):
            log.info("note")
            log.warning("warning")
    finally:
        root.setLevel(before)
    assert told == seen and capsys.readouterr().out == ""
    assert len((tmp_path / "train.log").read_text().splitlines()) == 2


def test_without_a_message_there_is_no_file(tmp_path):
    logger = logging.getLogger("mcgan")
    before = logger.handlers[:], logger.level, logger.propagate
    with pytest.raises(KeyError), run_log(tmp_path / "train.log", logging.INFO):
        raise KeyError
    assert not any(tmp_path.iterdir())
    assert (logger.handlers, logger.level, logger.propagate) == before
