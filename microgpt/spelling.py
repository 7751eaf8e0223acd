"""For messages about a word that nobody knows: which one was probably meant?"""

from collections.abc import Iterable


def nearest(word: str, words: Iterable[str]) -> str:
    """Say which word was probably meant, and which ones there are.

    Args:
        word: What was given.
        words: What there is.

    Examples:
        >>> nearest("n_heads", ["n_head", "n_embd"])
        "did you mean 'n_head'? There are: n_head, n_embd"
        >>> nearest("volume", ["n_head", "n_embd"])
        'there are: n_head, n_embd'
    """
    import difflib  # here, since few mistype

    words = list(words)
    close = difflib.get_close_matches(word, words, n=1)
    listed = f"here are: {', '.join(words)}"
    return f"did you mean {close[0]!r}? T{listed}" if close else f"t{listed}"
