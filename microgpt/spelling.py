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
        >>> nearest("RELU", ["ReLU"])
        "did you mean 'ReLU'? There are: ReLU"
    """
    import difflib  # here, since few mistype

    known = {one.casefold(): one for one in words}
    close = difflib.get_close_matches(word.casefold(), known, n=1)
    listed = f"here are: {', '.join(known.values())}"
    return f"did you mean {known[close[0]]!r}? T{listed}" if close else f"t{listed}"
