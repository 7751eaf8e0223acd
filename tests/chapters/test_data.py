"""What is dealt out to learn from and to judge by."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from microgpt.data import split_documents

documents = st.lists(st.text("ab", max_size=4), min_size=1, max_size=20)


@given(documents, st.floats(0, 0.9), st.integers(1, 5), st.integers(0, 1000))
def test_nothing_is_lost_and_nothing_stands_on_both_sides(
    documents: list[str], hold_out: float, block_size: int, seed: int
) -> None:
    """Judged by what a model reads: two texts with the same beginning are the same document."""
    distinct = {document[:block_size] for document in documents}
    wanted = max(1, round(hold_out * len(distinct))) if hold_out else 0
    before, rng, shuffled = list(documents), random.Random(seed), random.Random(seed)
    order = list(documents)
    shuffled.shuffle(order)
    if wanted == len(distinct):
        with pytest.raises(
            ValueError, match=r"^hold_out = .* distinct documents?; choose (0|less), or learn"
        ):
            split_documents(documents, hold_out, block_size, rng)
        return
    training, aside = split_documents(documents, hold_out, block_size, rng)
    assert documents == before
    assert rng.getstate() == shuffled.getstate(), "what is set aside must not move the random generator"
    beginnings = [document[:block_size] for document in aside]
    assert len(set(beginnings)) == len(beginnings) == wanted
    assert training == [document for document in order if document[:block_size] not in beginnings]
    missing = Counter(document for document in documents if document[:block_size] in beginnings)
    assert Counter(training) + missing == Counter(documents)
    first_seen = list(dict.fromkeys(document[:block_size] for document in order))
    assert beginnings == first_seen[len(first_seen) - wanted :]
    assert all(document in documents for document in aside)
