import sys
from collections.abc import Sequence
from math import exp
from operator import mul

from microgpt.vectors import EPSILON

Row = Sequence[float]
Rows = Sequence[Row]

if sys.version_info >= (3, 12):
    from math import sumprod

    def row_products(rows: Rows, matrix: Rows) -> list[list[float]]:
        return [[sumprod(row, other) for other in matrix] for row in rows]

else:

    def row_products(rows: Rows, matrix: Rows) -> list[list[float]]:
        return [[sum(map(mul, row, other)) for other in matrix] for row in rows]


def columns(rows: Rows) -> list[tuple[float, ...]]:
    return list(zip(*rows))


def added(rows: Rows, others: Rows) -> list[list[float]]:
    return [[a + b for a, b in zip(row, other)] for row, other in zip(rows, others)]


def normalized(rows: Rows) -> tuple[list[list[float]], list[float]]:
    n = len(rows[0])
    scales = [(sum(map(mul, row, row)) / n + EPSILON) ** -0.5 for row in rows]
    return [[scale * x for x in row] for row, scale in zip(rows, scales)], scales


def normalized_slopes(slopes: Rows, outputs: Rows, scales: Row) -> list[list[float]]:
    n = len(outputs[0])
    found = []
    for slope, output, scale in zip(slopes, outputs, scales):
        along = sum(map(mul, slope, output)) / n
        found.append([scale * (s - along * y) for s, y in zip(slope, output)])
    return found


def shares_of(scores: Row, scale: float = 1.0) -> list[float]:
    largest = max(scores)
    exps = [exp(scale * (score - largest)) for score in scores]
    whole = sum(exps) ** -1
    return [e * whole for e in exps]


def shares_slopes(slopes: Row, shares: Row, scale: float = 1.0) -> list[float]:
    mean = sum(map(mul, slopes, shares))
    return [scale * share * (slope - mean) for slope, share in zip(slopes, shares)]
