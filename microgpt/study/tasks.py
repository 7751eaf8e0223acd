"""Tools that the chapters speak of and leave to the reader: tasks for exercises.

Both look for faults in slopes, which raise no error by themselves. `gradient_check` compares slopes with
nudges, as `microgpt.autograd` does to test its operations, and refuses to pass when there was nothing to
compare. `silent_rows` shows where no slope arrives at all.
"""

from collections.abc import Callable, Mapping, Sequence

from microgpt.autograd import Matrix, Value

NUDGE = 1e-5
"""How far `gradient_check` moves a number, up and down."""


def gradient_check(function: Callable[[list[Value]], Value], point: Sequence[float]) -> float:
    """Find the largest difference between the slopes of `backward` and those that nudging both ways shows.

    Args:
        function: What to check: it makes one `Value` of a list of them.
        point: Where to check it, one number for each `Value`. The list is not changed.

    Returns:
        The largest distance, 0 or more. Rounding leaves about a billionth.

    Raises:
        ValueError: If all slopes are 0 by both ways: nothing was compared with nothing.

    Examples:
        The rules of the book are right.

        >>> from microgpt.autograd import relu
        >>> gradient_check(lambda x: x[0] * x[1] + x[1] ** 3, [2.0, 5.0]) < 1e-6
        True

        A square whose slope is the number itself, and not twice the number: at 3 it says 3, and not 6.

        >>> def wrong_square(x):
        ...     return Value(x.data**2, (x,), (x.data,))
        >>> round(gradient_check(lambda x: wrong_square(x[0]) + x[1], [3.0, 1.0]), 4)
        3.0

        Below 0 a relu is off. A check at such a point says nothing, so it must not pass.

        >>> gradient_check(lambda x: relu(x[0]), [-2.0])
        Traceback (most recent call last):
            ...
        ValueError: all slopes are 0 at [-2.0], so nothing was checked; choose another point
    """
    values = [Value(number) for number in point]
    function(values).backward()
    slopes = [value.grad for value in values]
    nudged = []
    for place, number in enumerate(point):
        up, down = (
            function([Value(x) for x in (*point[:place], moved, *point[place + 1 :])]).data
            for moved in (number + NUDGE, number - NUDGE)
        )
        nudged.append((up - down) / (2 * NUDGE))
    if not any(slopes) and not any(nudged):
        raise ValueError(f"all slopes are 0 at {list(point)}, so nothing was checked; choose another point")
    return max(abs(slope - other) for slope, other in zip(slopes, nudged))


def silent_rows(parameters: Mapping[str, Matrix[Value]]) -> dict[str, list[int]]:
    """Find the rows of parameters that no slope has reached.

    Where every row of a matrix is silent, the way to the whole matrix is cut. Single rows may have their
    reasons: a token that does not occur, or a detector that a relu switches off.

    Args:
        parameters: Matrices by name, after a `backward`.

    Returns:
        For each matrix that has such rows, their numbers; the other matrices are left out.

    Examples:
        The second detector is off, and nothing looks at the table at all.

        >>> from microgpt.autograd import relu, total
        >>> from microgpt.vectors import linear
        >>> table = [[Value(0.5)], [Value(0.25)]]
        >>> detectors = [[Value(1.0), Value(2.0)], [Value(-1.0), Value(-1.0)]]
        >>> inputs = [Value(3.0), Value(4.0)]
        >>> total([relu(score) for score in linear(inputs, detectors)]).backward()
        >>> silent_rows({"table": table, "detectors": detectors, "inputs": [inputs]})
        {'table': [0, 1], 'detectors': [1]}
    """
    silent = {
        name: [number for number, row in enumerate(matrix) if not any(value.grad for value in row)]
        for name, matrix in parameters.items()
    }
    return {name: rows for name, rows in silent.items() if rows}
