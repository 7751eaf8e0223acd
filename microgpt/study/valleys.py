"""A long valley with two parameters, and two ways down: against the slope, and by Adam.

The figures of the chapter on Adam are drawn from it.

>>> plain, adaptive = descent(0.035, 40, adaptive=False), descent(0.25, 40, adaptive=True)
>>> valley(*adaptive[-1]) < valley(*plain[-1]) < valley(*plain[0])
True
"""

from typing import Any

from microgpt.adam import Adam
from microgpt.autograd import Value

BEGIN = (-4.0, 1.0)
"""Where both ways begin: 4 before the middle of the valley, and 1 beside it."""


def valley(x: Any, y: Any) -> Any:
    """Measure the height of a long valley, fifty times as steep across as along; for any kind of number.

    Args:
        x: How far along.
        y: How far across.

    Examples:
        >>> valley(1.0, 0.0), valley(0.0, 1.0)
        (0.5, 25.0)
    """
    return x**2 * 0.5 + y**2 * 25.0


def turn(x: Any, y: Any) -> tuple[Any, Any]:
    """Turn a place in the valley into one in the turned valley; twice is not at all.

    Examples:
        >>> [round(number, 6) for number in turn(*turn(3.0, 1.0))]
        [3.0, 1.0]
    """
    half = 0.5**0.5
    return (x + y) * half, (x - y) * half


def descent(
    learning_rate: float, steps: int, adaptive: bool, turned: bool = False
) -> list[tuple[float, float]]:
    """Walk down the valley, by Adam or against the slope.

    Args:
        learning_rate: Of every step.
        steps: How many.
        adaptive: By Adam.
        turned: Whether the valley is turned by 45 degrees, so that each parameter leads half along.

    Returns:
        The places, `[steps + 1]` pairs of the two parameters.

    Examples:
        One step against the slopes 4 and -50 is what one computes by hand.

        >>> descent(0.01, 1, adaptive=False)
        [(-4.0, 1.0), (-3.96, 0.5)]
    """
    x, y = map(Value, turn(*BEGIN) if turned else BEGIN)
    adam = Adam.start([x, y])
    path = [(x.data, y.data)]
    for _ in range(steps):
        for value in (x, y):
            value.grad = 0.0
        valley(*(turn(x, y) if turned else (x, y))).backward()
        if adaptive:
            adam.update([x, y], learning_rate)
        else:
            for value in (x, y):
                value.data -= learning_rate * value.grad
        path.append((x.data, y.data))
    return path
