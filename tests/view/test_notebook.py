"""Tables for notebooks."""

from mcgan.view.notebook import html_table


def test_every_text_is_escaped():
    page = html_table("a<b>", ("", "<i>"), [("x & y", "1"), ("<script>", "2 > 1")])
    assert "<b>" not in page and "<i>" not in page and "<script>" not in page
    assert "a&lt;b&gt;" in page and "x &amp; y" in page and "<td>2 &gt; 1</td>" in page
    assert page.count("<tr>") == 3 and page.count("<thead>") == 1


def test_without_heads_there_is_no_head():
    assert "<thead>" not in html_table("title", (), [("a", "b")])
