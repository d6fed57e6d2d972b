"""Archives of `torch.save` from a stranger's folder, looked at before they are unpacked."""

import io
import zipfile


def check_sizes(payload: bytes) -> None:
    """Raises ValueError for an archive whose records are larger than it: torch packs none."""
    try:
        records = zipfile.ZipFile(io.BytesIO(payload)).infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise ValueError(f"it cannot be read ({type(error).__name__})") from error
    packed = any(record.compress_type != zipfile.ZIP_STORED for record in records)
    if packed or sum(record.file_size for record in records) > len(payload):
        raise ValueError("its records claim to be larger than the file")
