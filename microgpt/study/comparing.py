r"""Two results compared: equal but for rounding, or where they part, in words and as a drawing.

>>> mismatch([1.0, 2.0], [1.0, 2.0 + 1e-15])
>>> print(mismatch([1.0, 2.0], [1.0, 2.5]))
2.5 at [1], and 2.0 is right
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import zip_longest
from typing import Any, NamedTuple

CLOSE = 1e-9
"""How far two numbers may be apart, as a share of the larger one: other orders of adding round otherwise."""

WIDEST, LONGEST = 63, 12
"""How many columns and lines a drawing may have; a terminal of 80 has room for two matrices of three."""


@dataclass(frozen=True)
class Raised:
    """An exception in the place of a result."""

    name: str
    message: str


class Fields(dict[str, Any]):
    """What has fields, as a dictionary that knows its name."""

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.name = name


def simple(result: Any) -> Any:
    """Turn a result into numbers, texts, lists and the like, so that those of two packages can be compared.

    A `Value` becomes its number, and what has fields becomes a dictionary: of which package they are, does
    not matter.

    Examples:
        >>> from microgpt.autograd import Value
        >>> simple([Value(2.0), (1, "a")])
        [2.0, (1, 'a')]
        >>> from microgpt.evaluation import score_of
        >>> simple(score_of([[1.0, 2.0], [1.0, 2.0]]))
        {'loss': 1.5, 'standard_error': 0.0, 'documents': 2, 'tokens': 4}
    """
    if type(result).__name__ == "Value" and hasattr(result, "data"):
        return simple(result.data)
    if is_dataclass(result) and not isinstance(result, type):
        named = {field.name: simple(getattr(result, field.name)) for field in fields(result)}
        return Fields(type(result).__name__, named)
    if isinstance(result, Mapping):
        return {simple(key): simple(value) for key, value in result.items()}
    if isinstance(result, tuple):
        return tuple(simple(part) for part in result)
    if isinstance(result, list):
        return [simple(part) for part in result]
    return result


class Mismatch(NamedTuple):
    """Where two results part.

    Attributes:
        got: What came out.
        right: What is right.
        place: Where in the whole this is, as one writes it in Python; "" for the whole.
    """

    got: str
    right: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.got_there}, and {self.right} is right"

    @property
    def got_there(self) -> str:
        """What came out, and where."""
        return f"{self.got} at {self.place}" if self.place else self.got


def mismatch(right: Any, got: Any, place: str = "") -> Mismatch | None:
    """Say where two simple results part; None if they are equal.

    Args:
        right: What is right.
        got: What came out.
        place: Where in the whole this is.

    Examples:
        Kind and length come before the numbers.

        >>> print(mismatch([1.0], None))
        nothing (None), and a list of 1 is right
        >>> print(mismatch([1.0, 2.0], [1.0]))
        a list of 1, and a list of 2 is right
        >>> print(mismatch([1.0], Raised("ValueError", "no")))
        ValueError (no), and a list of 1 is right
        >>> mismatch([[1.0], [2.0]], [[1.0], [3.0]])
        Mismatch(got='3.0', right='2.0', place='[1][0]')
        >>> mismatch((True, 1), (True, 1.0)), mismatch(1.0, math.nan)
        (None, Mismatch(got='nan', right='1.0', place=''))
    """
    if _is_number(right) and _is_number(got):
        equal = right == got or math.isclose(right, got, rel_tol=CLOSE, abs_tol=1e-12)
        both_nan = right != right and got != got
        return None if equal or both_nan else Mismatch(repr(got), repr(right), place)
    if _kind(right) != _kind(got):
        return Mismatch(_kind(got), _kind(right), place)
    if isinstance(right, Mapping):
        pairs = [(key, right[key], got.get(key)) for key in right]
    elif isinstance(right, list | tuple):
        pairs = [(index, one, other) for index, (one, other) in enumerate(zip(right, got))]
    else:
        return None if right == got else Mismatch(repr(got), repr(right), place)
    inner = (mismatch(one, other, f"{place}[{key!r}]") for key, one, other in pairs)
    return next(filter(None, inner), None)


def _is_number(result: Any) -> bool:
    return isinstance(result, int | float)


def _kind(result: Any) -> str:
    """Name the kind of a result, and how large it is."""
    if result is None:
        return "nothing (None)"
    if _is_number(result):
        return "a number"
    if isinstance(result, Fields):
        return f"a {result.name}"
    if isinstance(result, Raised):
        return f"{result.name} ({result.message})"
    name = {"str": "a text", "dict": "a dictionary"}.get(type(result).__name__, f"a {type(result).__name__}")
    return f"{name} of {len(result)}" if isinstance(result, list | tuple | dict) else name


def drawn(right: Any, got: Any) -> list[str]:
    r"""Draw a vector or a matrix beside the right one, line by line; a mark shows where they part.

    Examples:
        >>> print("\n".join(drawn([0.5, 0.25], [0.5, 0.75])))
              right    yours
        0       0.5      0.5
        1      0.25     0.75  <
        >>> print("\n".join(drawn([[1.0, 2.0], [3.0, 4.0]], [[1.0, 3.0], [2.0, 4.0]])))
              right             yours
        0         1        2        1        3  <
        1         3        4        2        4  <
        >>> print("\n".join(drawn([0.5, 0.25], [0.5])))
              right    yours
        0       0.5      0.5
        1      0.25           <
        >>> drawn(1.0, 2.0)
        []

        Of many lines those are drawn that differ.

        >>> print("\n".join(drawn([0.0] * 36, [0.0] * 35 + [1.0])))
              right    yours
        35        0        1  <
        1 of 36 lines differ
    """
    rows = _rows(right, got)
    width, wide = (9 * max((len(pair[side]) for pair in rows), default=0) for side in (0, 1))
    if not rows or width + wide > WIDEST:
        return []
    lines = [f"  {'right':>9}{'':{width - 9}}{'yours':>9}"]
    marks = [index for index, (one, other) in enumerate(rows) if mismatch(one, other)]
    for index in range(len(rows)) if len(rows) <= LONGEST else marks[:LONGEST]:
        one, other = (_numbers(row) for row in rows[index])
        lines.append(f"{index:<2}{one:{width}}{other:{wide}}{'  <' if index in marks else ''}")
    return lines if len(rows) <= LONGEST else [*lines, f"{len(marks)} of {len(rows)} lines differ"]


def _is_vector(result: Any) -> bool:
    return isinstance(result, list | tuple) and bool(result) and all(map(_is_number, result))


def _rows(right: Any, got: Any) -> list[tuple[Sequence[float], Sequence[float]]]:
    """Pair the rows of two matrices, or the numbers of two vectors; none if they are neither."""
    both = (right, got)
    if all(map(_is_vector, both)):
        both = ([[number] for number in right], [[number] for number in got])
    if all(isinstance(one, list | tuple) and one and all(map(_is_vector, one)) for one in both):
        return list(zip_longest(*both, fillvalue=()))
    return []


def _numbers(row: Sequence[float]) -> str:
    return "".join(f"{number:9.4g}" for number in row)
