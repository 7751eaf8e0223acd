"""Settings in a file: TOML in, dials out, and the other way round.

A TOML file has one `name = value` on each line; what stands after `#` is for people.
`python -m microgpt config` prints one with all dials and their defaults.
"""

import sys
import textwrap
from dataclasses import fields
from pathlib import Path
from typing import Any

from microgpt.config import Config, ConfigError, checked, summary
from microgpt.data import decoded
from microgpt.spelling import nearest


def read_config(path: str | Path) -> dict[str, Any]:
    r"""Read the dials that a TOML file sets. Their values are checked by `Config`.

    Args:
        path: The file; `-` is standard input.

    Returns:
        Dial to value, for those in the file.

    Raises:
        ConfigError: If the file cannot be read, is not TOML, or has a key that is no dial.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "mine.toml")
        ...     _ = path.write_text("steps = 3000  # three times the usual\nlearning_rate = 0.02")
        ...     settings = read_config(path)
        ...     _ = path.write_text("step = 3000")
        ...     try:
        ...         read_config(path)
        ...     except ConfigError as error:
        ...         print(str(error).partition("mine.toml' ")[2].partition(" There")[0])
        has 'step', which is no dial; did you mean 'steps'?
        >>> settings
        {'steps': 3000, 'learning_rate': 0.02}
    """
    import tomllib  # here, since few need it

    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else Path(path).read_bytes()
        settings = tomllib.loads(decoded(content))
    except FileNotFoundError:
        raise ConfigError(f"cannot read the settings {str(path)!r}: there is no such file") from None
    except OSError as error:
        raise ConfigError(f"cannot read the settings {str(path)!r}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            f"the settings {str(path)!r} are not TOML, which has lines like steps = 1000: {error}"
        ) from None
    dials = [dial.name for dial in fields(Config)]
    for key, value in settings.items():
        if key not in dials:
            raise ConfigError(f"the file {str(path)!r} has {key!r}, which is no dial; {nearest(key, dials)}")
        try:
            checked(key, value)
        except ConfigError as error:
            raise ConfigError(f"in the file {str(path)!r}: {error}") from None
    return settings


def as_toml(config: Config) -> str:
    r"""Write all dials of a config as a TOML file, each under a comment that says what it does.

    Args:
        config: The dials.

    Examples:
        >>> print(as_toml(Config()).rpartition("\n\n")[2].rstrip())
        # After how many steps the run is written to its file, to go on from there if it is stopped.
        save_every = 100
    """
    entries = []
    for dial in fields(config):
        comment = textwrap.fill(summary(dial.name), 100, initial_indent="# ", subsequent_indent="# ")
        entries.append(f"{comment}\n{dial.name} = {getattr(config, dial.name)!r}\n")
    return "\n".join(entries)
