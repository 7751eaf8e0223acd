"""Files that are never half written: the old text stays until the new one is there as a whole."""

import os
from pathlib import Path


def write_whole(name: Path, text: str) -> None:
    r"""Write a text beside the old file, to take over its name and permissions when it is whole.

    Args:
        name: The file. Its folder is made where it is missing; a link to it stays a link.
        text: What shall stand there.

    Raises:
        OSError: If it cannot be written. The old file is then as it was.
        ValueError: If something stands there that is no regular file.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "runs", "one.json")
        ...     for text in ("old\n", "new\n"):
        ...         write_whole(file, text)
        ...     file.read_text(encoding="utf-8"), os.listdir(file.parent)
        ('new\n', ['one.json'])
    """
    path = Path(os.path.realpath(name))
    if path.exists() and not path.is_file():
        raise ValueError("it is no regular file")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(part, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            os.chmod(part, path.stat().st_mode)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
