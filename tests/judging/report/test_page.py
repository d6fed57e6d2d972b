"""The page: it needs nothing else, escapes what others wrote, and shows what is lost."""

import html
import json
import re
import shutil
import subprocess

import pytest

from judged import judged_blocks, judged_ring
from mcgan.judging.report.page import page


def test_one_page_for_two_generators_that_needs_nothing_else():
    text = page([judged_ring(), judged_blocks()], "mcgan judge '<b>' x")
    assert (
        "&lt;b&gt;" in text
        and "<b>" not in text
        and "http" not in re.sub(r"base64,[^\"]+", "", text)
    )
    assert not re.search(r"src=\"(?!data:)|url\(|@import", text)
    assert text.count("<h2>") == 2 and text.count("Shares of groups") == 4  # alt and caption
    for judged in (judged_ring(), judged_blocks()):
        assert f"<strong>{judged.verdict}.</strong>" in text
    for tag in ("div", "article", "table", "figure"):
        assert len(re.findall(rf"<{tag}[ >]", text)) == text.count(f"</{tag}>")
    lost = len(judged_ring().missing) + len(judged_blocks().missing)
    assert text.count("<article>") == text.count("</article>") == lost


def test_pictures_stand_beside_the_nearest_fakes_and_copies_are_told():
    text = page([judged_blocks()])
    groups = len(judged_blocks().missing)
    assert text.count("image/png") == groups + 2  # copies of each other, and of training pictures
    assert "closer to a real one, which the generator was trained on" in text
    ring = page([judged_ring()])
    assert "image/png" not in ring.replace("svg", "") and "Group f: " in ring
    assert re.search(r"real \d+<", ring) and "trained on" not in ring


BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), "")
TELLS = """<script>
addEventListener("load", () => document.title = JSON.stringify({
  wide: document.documentElement.scrollWidth, window: window.innerWidth,
  drawn: [...document.images].filter(i => i.complete && i.naturalWidth > 100).length,
  images: document.images.length, paper: getComputedStyle(document.body).backgroundColor,
  requests: performance.getEntriesByType("resource")
    .filter(entry => !entry.name.startsWith("data:")).length,
}));
</script>"""


@pytest.mark.skipif(not BROWSER, reason="no Chromium here")
def test_a_narrow_dark_browser_without_network_shows_all_of_it(tmp_path):
    file = tmp_path / "a.html"
    file.write_text(page([judged_ring(), judged_blocks()]).replace("</body>", TELLS + "</body>"))
    words = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--window-size=500,900",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--blink-settings=preferredColorScheme=0",
        "--virtual-time-budget=5000",
        "--dump-dom",
        file.as_uri(),
    ]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=120)
    seen = json.loads(html.unescape(re.search(r"<title>(.*?)</title>", ended.stdout)[1]))
    assert seen["wide"] <= seen["window"] and seen["requests"] == 0
    assert seen["images"] == seen["drawn"] > 4 and seen["paper"] == "rgb(20, 22, 24)"
