"""Chapter 13: the exam, with the reader beside the counters and the model."""

from typing import Any

from microgpt.study.calls import jsonable
from microgpt.study.live.guess import END, exam_names, sit
from sitemaker.live import Widget


def words(found: dict[str, Any]) -> str:
    """Tell in a table what the others guess at the first name."""
    name = exam_names()[0]
    sitting = jsonable(sit([(0, name + END)]))
    heads = "".join(f'<th scope="col">{player}</th>' for player in ("letter", *found["players"][1:]))
    rows = "".join(_row(one) for one in sitting["letters"])
    hits = "".join(f"<td>{count} of {sitting['asked']}</td>" for count in sitting["hits"][1:])
    return (
        f"<table><caption>The first name, {name}: the letter, and what they hold for the likeliest</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>"
        f'<tfoot><tr><th scope="row">right</th>{hits}</tr></tfoot></table>'
    )


def _row(one: dict[str, Any]) -> str:
    guesses = "".join(f"<td>{guess}</td>" for guess in one["guesses"][1:])
    return f'<tr><th scope="row">{one["letter"]}</th>{guesses}</tr>'


WIDGETS = (
    Widget(
        "guess",
        "microgpt.study.live.guess.sit",
        [[[0, ""]]],
        words,
        "Names of the exam, letter by letter; the full stop is the end of a name. The chance in brackets is "
        "what each gave to the right letter. Counters and model are those of the default run.",
    ),
)
