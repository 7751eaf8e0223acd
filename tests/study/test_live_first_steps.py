"""What the figures of the first chapter compute, against the chapter itself."""

import math

import pytest

from microgpt.study.live.first_steps import rolled


@pytest.mark.parametrize("count", [1, 60, 6_000])
def test_all_rolls_are_counted(count: int) -> None:
    die = rolled(count, 7)
    assert sum(die.counts) == count
    assert math.isclose(math.fsum(die.shares), 1)
    assert die.off == max(abs(share - 1 / 6) for share in die.shares)
    assert die == rolled(count, 7)


def test_another_seed_rolls_otherwise() -> None:
    assert rolled(60, 7) != rolled(60, 8)
