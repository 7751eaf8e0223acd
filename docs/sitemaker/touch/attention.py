"""Chapter 6: the heads before a name of one's own, with parts of the model switched off."""

from typing import Any

from microgpt.study.calls import jsonable
from microgpt.study.live.heads import look_through
from sitemaker.live import Widget

NAME = "anna"
ALL: tuple[bool, bool, list[int]] = (True, True, [])
CHANGES: dict[str, tuple[bool, bool, list[int]]] = {
    "as it was trained": ALL,
    "without the division by the root": (False, True, []),
    "without the places": (True, False, []),
    **{f"without head {head}": (True, True, [head]) for head in range(4)},
}


def words(found: dict[str, Any]) -> str:
    """Tell in a table what each change does to the last row of the heads, and to what is expected next."""
    rows = "".join(_row(title, jsonable(look_through(NAME, *change))) for title, change in CHANGES.items())
    heads = "".join(f'<th scope="col">head {head}</th>' for head in range(len(found["heads"])))
    return (
        f"<table><caption>What the last letter of {NAME} looks at, in per cent: "
        f"{', '.join(found['read'])}</caption><thead><tr><td></td>{heads}"
        f'<th scope="col">loss</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _row(title: str, seen: dict[str, Any]) -> str:
    cells = "".join(
        f"<td>{' '.join(f'{100 * weight:.0f}' for weight in head[-1])}</td>" for head in seen["heads"]
    )
    return f'<tr><th scope="row">{title}</th>{cells}<td>{seen["loss"]:.3f}</td></tr>'


WIDGETS = (
    Widget(
        "attention-heads",
        "microgpt.study.live.heads.look_through",
        [NAME, *ALL, ["wte", 0, 0, None]],
        words,
        "The model is that of the default run, finished. A row for each position that looks, a column for "
        "each that is looked at, in per cent. A head that is not heard still looks, but its columns in the "
        "last matrix are 0.",
    ),
)
