import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

FREEDOM = {"contract", "reassoc"}


def compiled(function: Callable[..., Any]) -> Any:
    return numba.njit(error_model="numpy", fastmath=FREEDOM, nogil=True)(function)


def inlined(function: Callable[..., Any]) -> Any:
    return numba.njit(error_model="numpy", fastmath=FREEDOM, nogil=True, forceinline=True)(function)


def exactly(function: Callable[..., Any]) -> Any:
    return numba.njit(error_model="numpy", nogil=True)(function)


def kept(function: Callable[..., Any]) -> Any:
    dispatcher = compiled(function)
    if vars(sys.modules[__name__]) is globals():
        try:
            dispatcher.enable_caching()
        except RuntimeError:  # there is no folder that could be written into
            return dispatcher
        dispatcher._cache._cache_file._source_stamp = _stamp()
    return dispatcher


def _stamp() -> str:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
