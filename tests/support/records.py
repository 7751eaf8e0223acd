"""Picking records out of a trace."""

from microgpt.records import Record


def of(records: list[Record], kind: str) -> list[Record]:
    """List the records of a kind; there must be some."""
    found = [record for record in records if record["kind"] == kind]
    assert found
    return found
