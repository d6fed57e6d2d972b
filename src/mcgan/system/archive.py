"""What may stand in an archive of `torch.save`: looked at before torch unpacks anything."""

import io
import pickletools
import re
import zipfile
from collections import Counter

ZIP_ERRORS = (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, RuntimeError)
NAMES = re.compile(r"collections OrderedDict|torch\._utils _rebuild_tensor_v2|torch \w+Storage")
"""What pickles of tensors and plain values name. torch takes more, such as bytearray(10**9)."""
NAMING = {"GLOBAL", "INST", "STACK_GLOBAL", "OBJ", "EXT1", "EXT2", "EXT4"}  # codes that name things


def find_fault(payload: bytes) -> str:
    """Why these bytes are no archive of tensors and plain values; nothing where they are."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(payload))
        return find_large(archive, len(payload)) or find_strange(archive)
    except ZIP_ERRORS as error:
        return f"it cannot be read ({type(error).__name__})"


def find_large(archive: zipfile.ZipFile, size: int) -> str:
    """Records that are packed, there twice, or together larger than the file: torch has none."""
    records = archive.infolist()
    packed = any(record.compress_type != zipfile.ZIP_STORED for record in records)
    if packed or sum(record.file_size for record in records) > size:
        return "its records claim to be larger than the file"
    twice = [name for name, count in Counter(archive.namelist()).items() if count > 1]
    return f"its record {twice[0]!r:.60} is there twice" if twice else ""


def find_strange(archive: zipfile.ZipFile) -> str:
    """A name in its pickle that tensors and plain values do not need."""
    pickles = [name for name in archive.namelist() if name.endswith(".pkl")]
    if len(pickles) != 1:
        return "it is not a file of mcgan"
    for code, name, _ in pickletools.genops(archive.read(pickles[0])):
        if code.name in NAMING and not (code.name == "GLOBAL" and NAMES.fullmatch(str(name))):
            return f"it names {name!r:.60}, which no file of mcgan needs"
    return ""
