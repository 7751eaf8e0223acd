r"""The review at the end of a part: questions from its chapters and from those of the parts before.

What is asked again after a while is kept better than what is read twice. Half of a review comes from earlier
parts, where there are any. The choice is always the same, is spread over chapters and kinds, and takes what
no earlier review has asked as long as there is such a question.

>>> parts_up_to("The model")
['Data and slopes', 'The model']
"""

import random
from collections import Counter
from collections.abc import Sequence
from functools import cache

from microgpt.contents import CHAPTERS
from microgpt.study.quiz import Item, quiz_of

ASKED = 6
"""How many questions a review has."""


@cache
def review_of(part: str) -> tuple[Item, ...]:
    """Choose the questions for the end of a part, in the order of their chapters.

    Args:
        part: A part of the book, as in `microgpt.contents`.

    Raises:
        ValueError: If there is no such part.

    Examples:
        >>> len(review_of("The model")) <= ASKED
        True
    """
    *earlier, this = parts_up_to(part)
    own = [item for chapter in chapters_of(this) for item in quiz_of(chapter)]
    old = [item for one in earlier for chapter in chapters_of(one) for item in quiz_of(chapter)]
    used = {item for one in earlier for item in review_of(one)}
    chosen = chosen_from(old, ASKED // 2, used, part)
    chosen += chosen_from(own, ASKED - len(chosen), used, part, chosen)
    order = [*old, *own]
    return tuple(sorted(chosen, key=order.index))


def parts_up_to(part: str) -> list[str]:
    """List the parts of the book up to one.

    Raises:
        ValueError: If there is no such part.
    """
    parts = list(dict.fromkeys(chapter.part for chapter in CHAPTERS))
    return parts[: parts.index(part) + 1]


def chapters_of(part: str) -> list[str]:
    """List the modules of a part's chapters.

    Examples:
        >>> chapters_of("Learning")
        ['adam', 'training', 'sampling']
    """
    return [chapter.module for chapter in CHAPTERS if chapter.part == part]


def chosen_from(
    items: Sequence[Item], count: int, used: set[Item], seed: str, beside: Sequence[Item] = ()
) -> list[Item]:
    """Choose items one by one: each time of the chapter, and then of the kind, that has been chosen least.

    Args:
        items: What there is to choose from.
        count: How many are wanted; there may be fewer.
        used: What comes last, since it has been asked elsewhere.
        seed: Decides where all else is equal.
        beside: What has been chosen already.

    Examples:
        >>> from microgpt.study.quiz import Order
        >>> items = [Order(chapter, title, "", (), "") for chapter in "ab" for title in "xyz"]
        >>> sorted(item.chapter for item in chosen_from(items, 4, set(), "a part"))
        ['a', 'a', 'b', 'b']
    """
    rest, chosen = list(items), list(beside)
    random.Random(seed).shuffle(rest)
    while rest and len(chosen) - len(beside) < count:
        chapters, kinds = Counter(one.chapter for one in chosen), Counter(one.kind for one in chosen)
        best = min(rest, key=lambda one: (one in used, chapters[one.chapter], kinds[one.kind]))
        rest.remove(best)
        chosen.append(best)
    return chosen[len(beside) :]
