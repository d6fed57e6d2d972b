"""Words that people mistype and attackers type: hostile texts, and mutations of good ones."""

from random import Random

HOSTILE = [
    "..", ".", "../x", "../../x", "a/../../x", "/etc/x", "/", "//x", "~", "~/x", "$HOME/x",
    "%TEMP%", "", " ", "a b", "a ", " a", "a.", "a..", ".a", "-x", "--help", "-", "--", "a\0b",
    "a\nb", "a\rb", "a\tb", "a\x1b[31mb", "\x7f", "a" * 300, "a/" * 200 + "a", "é" * 200,
    "\u202eabc", "a\u200bb", "💥", "\ud800", "\udcff", "ﬁ", "İ", "中文", "CON", "nul", "a:b", "a*",
    "a?", "[a]", "{a}", "a=b", "a,b", "a;b", "a|b", "a&b", "a>b", "`touch x`", "$(touch x)",
    "a'; echo foo", 'a"=0"', "a\\=", "a\\b", "a 0", "null", "None", "true", "1e400", "nan", "-0",
    "0x10", "1_000", "${seed}", "${oc.env:HOME}", "${mcgan_name:x}", "???", "!!python/object",
    "&a", "*a", "<<", "%s", "{0}", "@", "#", "runs", "one/.lock", "one/status.json", ".hydra",
    "last", "checkpoints", "file:///x", "pkg://os",
]  # fmt: skip
NUMBERS = [
    "0", "-1", "1e400", "-1e400", ".nan", ".inf", "1e-400", "9" * 30, "1" + "0" * 400, "0.5",
    "1e9", "2147483648", "-0.0", "1e5", "10000000000", "true", "null", "[]", "{}", "''", "[1]",
    "{a: 1}", "{from: 1, to: .nan}", "1,2", "range(0,3)", "glob(*)", "${seed}", "${nothing}",
    "${", "[", "]", "[[1]]", "{{}}", "((", "'", '"', "\\",
]  # fmt: skip
PIECES = [
    "[", "]", "{", "}", "(", ")", ",", "=", "'", '"', "\\", "$", "${", "~", "+", "-", "/", ".",
    "..", ":", " ", "\0", "\n", "\t", "💥", "\ud800", "é", "\u202e", "9" * 20, "null", "#", "@",
    "*", "%", "&", "|", ";", "<", ">", "!", "?",
]  # fmt: skip


def mutate(draw: Random, word: str) -> str:
    """The word with a piece put in, taken out, doubled or changed."""
    at, end = sorted((draw.randint(0, len(word)), draw.randint(0, len(word))))
    piece = draw.choice([draw.choice(PIECES), word[at:end] * 2, "", draw.choice(HOSTILE)])
    return word[:at] + piece + word[end:]
