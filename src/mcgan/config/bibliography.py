"""The papers that an option's YAML cites in its header, and their BibTeX entries."""

import re
import unicodedata

from mcgan.config.option_file import option_file, own_node
from mcgan.config.option_header import header
from mcgan.config.paths import conf_dirs

CITED = re.compile(
    r"([A-ZÀ-Ž][\w'-]+)(?:(?:, | & )[A-ZÀ-Ž][\w'-]+)*(?: et al\.)?,? "
    r"\(?((?:19|20)\d\d)\b"
)
ENTRY = re.compile(r"^@\w+\{([^,\s]+),\n.*?^\}\n", re.M | re.S)
NOT_SPLIT = str.maketrans("øØłŁı", "oOlLi")  # letters that Unicode does not take apart


def find_keys(text: str) -> list[str]:
    """The BibTeX keys of all citations in a text: `(Metz et al. 2017)` is `metz2017`."""
    return [*dict.fromkeys(plain(name) + year for name, year in CITED.findall(text))]


def plain(name: str) -> str:
    """The name in small letters without accents."""
    split = unicodedata.normalize("NFKD", name.translate(NOT_SPLIT).lower())
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def read_entries() -> dict[str, str]:
    """Every BibTeX entry by its key: those of conf/papers.bib and of a user's own papers.bib.

    An entry ends at a line that is a brace alone. Ours come first.
    """
    files = [folder / "papers.bib" for folder in reversed(conf_dirs())]
    texts = [file.read_text(encoding="utf-8") for file in files if file.is_file()]
    return {found[1]: found[0] for text in texts for found in ENTRY.finditer(text)}


def cited_by(group: str, name: str) -> list[str]:
    """The keys that the header of an option's YAML cites.

    Raises UserError where there is no such option.
    """
    return find_keys(header(option_file(group, name).read_text(encoding="utf-8")))


def options_of_class(group: str, target: str) -> list[str]:
    """The options of a group that make this class, for runs that do not say what was chosen."""
    files = [file for folder in conf_dirs() for file in sorted((folder / group).glob("*.yaml"))]
    return [
        file.stem
        for file in files
        if own_node(file.read_text(encoding="utf-8"), group).get("_target_") == target
    ]
