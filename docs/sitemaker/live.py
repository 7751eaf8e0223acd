"""Figures that one can touch: a function of the package, what it returns at first, and who draws it.

The drawing is an element of docs/scripts, which extends `Widget` (widget.js). It calls the same function in
the page when somebody touches it. What stands inside the element is for readers without scripts, and for
paper.
"""

import html
import importlib
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from microgpt.study.calls import jsonable
from sitemaker.cache import LIVE, cached

MODULES = (
    "home",
    "first_steps",
    "autograd",
    "vectors",
    "attention",
    "loss",
    "adam",
    "training",
    "evaluation",
)
"""The modules of `sitemaker.touch` that have widgets; each has a tuple WIDGETS."""


class Widget(NamedTuple):
    """A figure that one can touch.

    Attributes:
        element: The custom element that draws it is `study-ELEMENT`, in docs/scripts/ELEMENT.js.
        function: The full name of the function that computes what is drawn.
        arguments: For the first view.
        words: Says the same as the drawing, as HTML: a table or sentences.
        caption: What to look for, as HTML.
        more: What else the script needs, by the name of its attribute, `data-NAME`.
    """

    element: str
    function: str
    arguments: list[Any]
    words: Callable[[Any], str]
    caption: str
    more: dict[str, Any] = {}  # noqa: RUF012 (never changed)


def widgets() -> dict[str, Widget]:
    """Collect all figures that one can touch, by their elements."""
    found = [importlib.import_module(f"sitemaker.touch.{name}").WIDGETS for name in MODULES]
    return {widget.element: widget for some in found for widget in some}


def drawing(name: str) -> str:
    """Return a figure as HTML, in its first view."""
    one = widgets()[name]
    made_by = f"{LIVE} docs/sitemaker/live.py docs/sitemaker/touch/*.py"
    first = cached(f"live {one.function} {one.arguments}", lambda: computed(one), made_by)
    data = {"call": one.function, "args": json.dumps(one.arguments), "first": json.dumps(first)}
    data |= {key: json.dumps(value) for key, value in one.more.items()}
    attributes = "".join(f' data-{key}="{html.escape(value)}"' for key, value in data.items())
    element = f"<study-{name}{attributes}>{one.words(first)}</study-{name}>"
    caption = f"<figcaption>{one.caption}</figcaption>"
    return f'<figure class="drawn live" id="figure-{name}">{element}{caption}</figure>'


def computed(one: Widget) -> Any:
    """Call the function of a figure for its first view."""
    module, _, function = one.function.rpartition(".")
    return jsonable(getattr(importlib.import_module(module), function)(*one.arguments))
