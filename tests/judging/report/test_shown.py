"""Samples on a page: pictures, series and tables."""

import base64
import io
import re

import numpy as np
from PIL import Image

from mcgan.judging.report.shown import GAP, SIDE, show
from mcgan.judging.samples import Samples


def test_pictures_are_one_picture_row_below_row():
    rows = np.zeros((2, 1, 8, 8), np.uint8)
    rows[1] = 255
    pictures = Samples(rows, "pictures", "x")
    html = show([("real", pictures, [0, 1]), ("fake", pictures, [1, 0])], "<both>")
    assert "&lt;both&gt;" in html and "<both>" not in html
    data = base64.b64decode(re.search(r"base64,([^\"]+)", html)[1])
    sheet = np.asarray(Image.open(io.BytesIO(data)))
    assert sheet.shape == (2 * SIDE + 3 * GAP, 2 * SIDE + 3 * GAP, 3)
    first, second = GAP + SIDE // 2, 2 * GAP + SIDE + SIDE // 2
    assert sheet[first, first, 0] == sheet[second, second, 0] == 0
    assert sheet[first, second, 0] == sheet[second, first, 0] == 255


def test_values_of_unknown_range_and_other_channels_are_spread_to_bytes():
    values = np.zeros((2, 2, 64, 64), np.float32)
    values[0] -= 3
    values[1] += 5
    html = show([("real", Samples(values, "pictures", "x"), [0, 1])], "")
    sheet = np.asarray(
        Image.open(io.BytesIO(base64.b64decode(re.search(r"base64,([^\"]+)", html)[1])))
    )
    assert sheet[40, 40].tolist() == [0] * 3 and sheet[40, 120].tolist() == [255] * 3


def test_rows_of_a_table_have_their_numbers_in_the_source_and_are_escaped():
    table = np.array([[1.5, "<b>"], [None, "cook"]], dtype=object)
    samples = Samples(table, "table", "x", columns=["age", "job"], places=np.array([3, 1007]))
    html = show([("real", samples, [0]), ("fake", samples, [1])], "told")
    assert "real 3<" in html and "fake 1,007<" in html and "&lt;b&gt;" in html
    assert html.index("age") < html.index("real 3") < html.index("–")


def test_series_are_lines():
    series = Samples(np.random.default_rng(0).normal(size=(4, 20, 2)), "series", "x")
    html = show([("real", series, [0, 1]), ("fake", series, [2, 3])], "lines")
    assert "image/svg+xml" in html and 'class="drawn"' in html
