"""The page that shows a reader what is done: the build knows what there is, the browser how much is done."""

import html
import json
from typing import Any

from sitemaker.course import chapters, parts
from sitemaker.routes import next_links
from sitemaker.writing import fenced, front

WITHOUT_SCRIPTS = (
    "Here your browser would show what you have read, answered and solved, and let you export, import and "
    "erase it. That takes scripts, which are switched off; the tables show what there is."
)


def page() -> str:
    """Write the page."""
    tables = "".join(_table(part, members) for part, members in parts())
    return "\n".join(
        [
            front("Your progress"),
            "# Your progress { #your-progress }\n",
            "You mark a chapter as read at its end, or here. A question counts when you have answered it "
            "rightly, an exercise when its check has passed, a patient when it is cured. All of it is kept "
            "in this browser and nowhere else, and you need none of it: the book is the same without.\n",
            f'<div><study-progress><p class="without-scripts">{WITHOUT_SCRIPTS}</p>{tables}</study-progress>'
            "</div>\n",
            "## What you have written { #written }\n",
            "Exercises and patients that you work on in these pages are kept in this browser, too. The zip "
            "holds the folder `exercises` as the terminal has it, and what you have changed of a patient, in "
            "`patient-1` and so on; unpack it where you run `python -m microgpt exercises`, and where "
            "`clinic start` has written the patients. It also comes back: such a zip, or one file of an "
            "exercise.\n",
            "<div><study-files></study-files></div>\n",
            "## Exercises done in the terminal { #desk }\n",
            "`python -m microgpt exercises` keeps what has passed in the file `exercises/progress.json`. "
            "*Import* it here: what it says is done is added, and nothing is taken away.\n",
            "## The exported file { #file }\n",
            "*Export* writes this, and *Import* reads it again, in this browser or in another one:\n",
            fenced("json", json.dumps(_example(), indent=1)),
            "A name with `true` is done; one that is missing, or `false`, is not. Chapters are called by "
            "their modules; the place is the chapter that you visited last. The part `exercises` is that of "
            "`exercises/progress.json`: put the file in its place, and the terminal knows it too.\n",
        ]
    )


def ending(module: str) -> str:
    """Write what stands at the end of a chapter: a button to mark it as read, and where the routes go on."""
    read = f'<div><study-read chapter="{module}"></study-read></div>\n\n'
    links = next_links(module)
    on_routes = f"{links}\n{{ .routes }}\n" if links else ""
    return f'\n<div class="chapter-end" markdown="1" data-search-exclude>\n{read}{on_routes}</div>\n'


def _table(part: str, members: list[dict[str, Any]]) -> str:
    rows = "".join(map(_row, members))
    head = (
        '<tr><th scope="col">chapter</th><th scope="col">questions</th><th scope="col">exercises</th>'
        '<th scope="col">patients</th></tr>'
    )
    name = html.escape(part)
    return (
        f'<h2 id="part-{name.lower().replace(" ", "-")}">{name}</h2><p data-part="{name}"></p>'
        f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
    )


def _row(one: dict[str, Any]) -> str:
    counts = (one["questions"], *(len(one[kind]) for kind in ("exercises", "patients")))
    cells = "".join(
        f'<td data-count="{kind}">{count or ""}</td>'
        for kind, count in zip(("questions", "exercises", "patients"), counts, strict=True)
    )
    link = f'<a href="../{one["url"]}">{html.escape(str(one["called"]))}</a>'
    return f'<tr data-chapter="{one["module"]}"><th scope="row">{link}</th>{cells}</tr>'


def _example() -> dict[str, object]:
    """Show a file as the page exports it, with names that there are."""
    first = chapters()[0]
    exercise = first["exercises"][0]
    return {
        "chapters": {first["module"]: True},
        "questions": {},
        "exercises": {exercise: True},
        "patients": {},
        "place": first["module"],
        "route": "weekend",
    }
