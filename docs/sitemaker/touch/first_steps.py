"""The figures of the first chapter that one can touch."""

from typing import Any

from microgpt.study.live.first_steps import SCORES
from sitemaker.live import Widget
from sitemaker.touch.pieces import bar, cell, head, number, strip, table, told

HERE = "microgpt.study.live.first_steps"


def _die(first: dict[str, Any]) -> str:
    rows = [
        [head(letter), number(count), number(share, 4), bar(share, 2 * first["fair"], first["fair"])]
        for letter, count, share in zip(first["letters"], first["counts"], first["shares"], strict=True)
    ]
    says = f"Furthest from 1/6, by {first['off']:.4f}: “{first['furthest']}”"
    return table(("face", "came", "share", ""), rows) + told(f"{sum(first['counts'])} rolls. {says}")


def _wheel(first: dict[str, Any]) -> str:
    rows = [
        [head(letter), number(share, 4), bar(share, 1)]
        for letter, share in zip(first["letters"], first["shares"], strict=True)
    ]
    return table(("field", "share", ""), rows)


def _target(first: dict[str, Any]) -> str:
    rows = [
        [head(right), *_chances(first, right), number(missing, 4)]
        for right, missing in zip(first["word"], first["missing"], strict=True)
    ]
    says = f"The mean of the penalties for “{first['word']}”: {first['loss']:.4f}"
    return table(("has to come", *first["letters"], "1 - p"), rows, "touch-dense") + told(says)


def _chances(first: dict[str, Any], right: str) -> list[str]:
    return [
        cell(f"{share:.2f}", "touch-right" if letter == right else "")
        for letter, share in zip(first["letters"], first["shares"], strict=True)
    ]


def _penalties(first: dict[str, Any]) -> str:
    columns = zip(first["chances"], first["missing"], first["surprises"], strict=True)
    rows = [
        [head(name), *(number(one, 4) for one in column)]
        for name, column in zip(("p", "half of it", "a quarter"), columns, strict=True)
    ]
    says = f"Each halving adds {first['added'][0]:.4f} to the surprise."
    return table(("chance", "", "1 - p", "-log p"), rows) + told(says)


def _walk(first: dict[str, Any]) -> str:
    rows = [
        [head(field["letter"]), *(number(field[key], 4) for key in ("before", "share", "left"))]
        for field in first["fields"]
    ]
    says = f"Less than nothing is left: the point lies on “{first['fields'][-1]['letter']}”."
    flat = strip(first["letters"], first["shares"], first["fields"][0]["before"])
    return flat + table(("field", "still to go", "its length", "left behind it"), rows) + told(says)


def _nudges(first: dict[str, Any]) -> str:
    keys = ("weights", "nudged", "slopes", "after")
    rows = [
        [head(letter), number(now, 4), number(nudged, 4), number(slope, 4, sign=True), number(then, 4)]
        for letter, now, nudged, slope, then in zip(
            first["letters"], *(first[key] for key in keys), strict=True
        )
    ]
    heads = ("weight of", "now", "loss if nudged", "slope", "then")
    words = ", ".join(f"“{word}”" for word in first["words"])
    says = (
        f"The loss is {first['loss']:.4f}. One more step makes it {first['loss_after']:.4f}. "
        f"Four words: {words}"
    )
    return strip(first["letters"], first["shares"]) + table(heads, rows, "touch-dense") + told(says)


WIDGETS = (
    Widget(
        "die",
        f"{HERE}.rolled",
        [60, 1],
        _die,
        "A die of six letters. The line in the bars stands at 1/6, the chance of each face.",
    ),
    Widget(
        "walk",
        f"{HERE}.walked",
        [list(SCORES), 0.53],
        _walk,
        "A walk to a point of the strip. The length of each field is taken from what is still to go.",
    ),
    Widget(
        "wheel",
        f"{HERE}.spun",
        [list(SCORES), 0],
        _wheel,
        "Scores become the fields of a wheel. The hand stops at a random point between 0 and 1, counted from "
        "the top, clockwise; the first spin has the seed 1, the next one the seed 2.",
    ),
    Widget(
        "target",
        f"{HERE}.judge_word",
        ["ann", list(SCORES)],
        _target,
        "What one wheel says to a word: a row for each letter that has to come, its chance marked among all "
        "six, and what that chance lacks to 1.",
    ),
    Widget(
        "penalties",
        f"{HERE}.penalized",
        [0.5],
        _penalties,
        "Two penalties for the same chance: what it lacks to 1, and the surprise.",
    ),
    Widget(
        "nudges",
        f"{HERE}.nudges",
        [0],
        _nudges,
        "Training by hand for the word ann. The wheel laid flat, and for each weight what the loss would be "
        "after a nudge of 0.01, the slope that follows, and the weight after the next step. The words are "
        "written by this wheel, always with the same four seeds.",
    ),
)
