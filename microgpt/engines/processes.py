"""Is this process alone? What can be known of that without any library.

`torchrun`, the starter of PyTorch, runs the same program several times, and tells each of these *processes*
in its environment which of them it is and how many there are. `microgpt.engines.several` makes use of it.
The first one prints, saves and draws samples, the others only help to compute.
"""

import os


def count() -> int:
    """Say how many processes work together.

    Examples:
        >>> import os
        >>> os.environ["WORLD_SIZE"] = "4"
        >>> count()
        4
        >>> del os.environ["WORLD_SIZE"]
        >>> count()
        1
    """
    return int(os.environ.get("WORLD_SIZE", "1"))


def number() -> int:
    """Say which of the processes this one is, from 0.

    Examples:
        >>> number()
        0
    """
    return int(os.environ.get("RANK", "0"))


def is_first() -> bool:
    """Say whether this is the process that prints and saves.

    Examples:
        >>> is_first()
        True
    """
    return number() == 0
