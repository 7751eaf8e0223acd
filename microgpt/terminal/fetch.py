"""Fetching the 32,033 names that the original learns from, once, and making sure that it is them.

The file is not part of this package. It is Andrej Karpathy's, from the makemore repository on GitHub. It is
fetched when somebody asks for it, compared with a known fingerprint, and kept in the user's cache folder.
"""

from pathlib import Path

from microgpt.data import DataError

MAKEMORE = "makemore"
"""The name of the data set."""

MAKEMORE_IS = "The 32,033 first names of the original, fetched from Andrej Karpathy's makemore repository."
"""What it is."""

MAKEMORE_URL = "https://raw.githubusercontent.com/karpathy/makemore/988aa59/names.txt"
"""Where it comes from: a fixed commit."""

_SHA256 = "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d"
_SECONDS = 20


def cached() -> Path:
    """Say where the file is kept, whether it is there or not."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("microgpt", appauthor=False), "makemore-names.txt")


def is_cached() -> bool:
    """Say whether the file is in the cache, whole."""
    from hashlib import sha256

    try:
        return sha256(cached().read_bytes()).hexdigest() == _SHA256
    except (OSError, RuntimeError):  # RuntimeError: nobody knows where the user's folder is
        return False


def fetched(url: str = MAKEMORE_URL, sha256: str = _SHA256) -> Path:
    """Get the file, from the cache if it is there and whole, otherwise from the network.

    Pooch, which does the work, says on standard error what it fetches and where it puts it. It is imported
    here, since that takes as long as starting all the rest of the program.

    Args:
        url: Where from.
        sha256: The fingerprint that it must have.

    Returns:
        Its path in the cache.

    Raises:
        DataError: If it cannot be had, or is not the file it should be. Nothing is kept then.
    """
    import pooch
    import requests

    try:
        path = cached()
        downloader = pooch.HTTPDownloader(timeout=_SECONDS)
        pooch.retrieve(url, f"sha256:{sha256}", path.name, path.parent, downloader=downloader)
    except ValueError:
        reason = "what came is not the file it should be (another SHA-256)"
    except requests.HTTPError as error:
        reason = f"its server answered {error.response.status_code}"
    except requests.RequestException as error:
        reason = f"no connection to its server, or a broken one ({type(error).__name__})"
    except (OSError, RuntimeError) as error:
        reason = str(getattr(error, "strerror", error))
    else:
        return path
    raise DataError(
        f"cannot fetch {url}: {reason}; use --dataset names, which needs no network, or --input FILE"
    )
