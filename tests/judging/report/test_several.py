"""Several generators in one table."""

from judged import judged_blocks, judged_ring
from mcgan.judging.report.several import line_of, rows_of, tell_several


def test_a_row_for_each_with_what_is_missing_and_what_is_seen():
    found = [judged_ring(), judged_blocks()]
    text = tell_several(found)
    assert max(map(len, text.splitlines())) <= 80
    table = text.split("\n\n")[0].splitlines()
    assert len(table) == 5 and table[0].startswith("generator ")
    low, high = found[0].missing.interval
    share = f"{100 * found[0].missing.share:.0f} ({100 * low:.0f} to {100 * high:.0f})"
    assert f"missing          {share}" in table[1]
    assert f"{found[0].measures['coverage'].value:.2f}*" in table[1]
    assert f"{found[0].measures['coverage'].null_mean:.2f}" in table[3]
    for judged in found:
        assert " ".join(f"{judged.name}: {judged.verdict}.".split()) in " ".join(text.split())
    assert text.count("What people try") == 1
    assert len(rows_of(found)) == 2


def test_a_long_name_loses_its_beginning():
    line = line_of(("some/very/long/folder/of/fakes.npy", "healthy", "0", "1", "2", "3"))
    assert line.startswith("…") and "fakes.npy healthy" in line and len(line) <= 80
