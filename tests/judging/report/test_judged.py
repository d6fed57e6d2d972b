"""What `mcgan.judge` returns: names and rows of the source, JSON, and what is printed."""

import json
from dataclasses import replace

import numpy as np
import pytest

from judged import draw_ring, judged_blocks, judged_ring
from mcgan.errors import UserError


def test_missing_rows_are_those_of_the_source_and_groups_have_names():
    found, mode = judged_ring(), draw_ring(700)[1]
    assert found.collapsed and found.kind == "missing"
    assert {group.name for group in found.missing.groups} == {*"fgh"}
    rows = found.missing.rows
    taken = np.isin(np.arange(700), found.pair.real_samples.places)
    assert taken.sum() == 600 and rows.tolist() == np.flatnonzero(taken & (mode >= 5)).tolist()
    assert rows.max() > 600  # so that numbers of the 600 would be seen
    assert found.missing.share == pytest.approx(len(rows) / 600)
    low, high = found.missing.interval
    assert low < found.missing.share < high and len(found.missing) == 3
    assert sorted(group.name for group in found.groups) == [*"abcdefgh"]


def test_nothing_missing_is_false_and_empty():
    found = judged_blocks()
    assert found.missing and len(found.missing.rows)
    healthy = replace(found, judgement=replace(found.judgement, missing=()))
    assert not healthy.missing and healthy.missing.interval == (0.0, 0.0)


def test_all_of_it_is_json():
    found = judged_ring()
    stored = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert stored["collapsed"] and stored["verdict"] == found.verdict
    assert stored["missing"]["rows"] == found.missing.rows.tolist()
    assert stored["groups"][0]["name"] in "abcdefgh" and stored["n"] == 400
    assert "standard deviations" in stored["features"]
    assert found.scalars()["collapsed"] == 1


def test_it_prints_as_the_command_in_the_order_of_the_questions():
    text = str(judged_ring())
    assert max(map(len, text.splitlines())) <= 80
    places = [
        text.index(part)
        for part in (
            "3 of 8 groups",
            "Missing: ",
            "Inside groups",
            "MMD² (test)",
            "400 samples against",
            "What people try",
            "reg=gradient_penalty",
            "Features: ",
            "Note: ",
        )
    ]
    assert places == sorted(places) and repr(judged_ring()) == text
    assert "600 of 700 samples are taken" in " ".join(text.split())


def test_a_notebook_shows_a_table_and_a_figure():
    html = judged_ring()._repr_html_()
    assert (
        html.startswith("<p>3 of 8 groups")
        and html.count("<tr>") == len(judged_ring().measures) + 1
    )
    assert judged_ring().figure()._repr_png_().startswith(b"\x89PNG")


def test_a_page_is_written_whole_or_refused(tmp_path):
    judged_ring().html(tmp_path / "a.html")
    assert (tmp_path / "a.html").read_text().startswith("<!DOCTYPE html>")
    with pytest.raises(UserError, match="no such file"):
        judged_ring().html(tmp_path / "no" / "a.html")
