"""The book as the scripts know it: chapters with what there is to do, and routes."""

import json
from itertools import groupby
from typing import Any

from microgpt import contents
from microgpt.study.exercises import exercises
from microgpt.study.patients import patients
from microgpt.study.routes import Route, about, routes
from sitemaker import quiz
from sitemaker.names import called, page, section


def script() -> str:
    """Write the module `contents.js`."""
    parts = {"chapters": chapters(), "routes": [_route(one) for one in routes().values()]}
    return "".join(f"export const {name} = {json.dumps(part, indent=1)};\n" for name, part in parts.items())


def chapters() -> list[dict[str, Any]]:
    """List the chapters: what each is called, its part, its address, and how much there is to do."""
    return [
        {
            "module": one.module,
            "called": called(one.module),
            "part": one.part,
            "url": url(one.module),
            "questions": questions(one.module),
            "exercises": [task.name for task in exercises().values() if task.chapter == one.module],
            "patients": [str(sick.number) for sick in patients().values() if sick.edit.module == one.module],
        }
        for one in contents.CHAPTERS
    ]


def parts() -> list[tuple[str, list[dict[str, Any]]]]:
    """List the parts of the book, each with its chapters."""
    return [(part, list(members)) for part, members in groupby(chapters(), lambda one: str(one["part"]))]


def url(module: str) -> str:
    """Name the address of a chapter, below that of the site."""
    return page(module).removesuffix(".md") + "/"


def questions(module: str) -> int:
    """Count the questions of a chapter that a reader can answer."""
    return sum(bool(quiz.data(item)) for item in quiz.items().values() if item.chapter == module)


def _route(route: Route) -> dict[str, Any]:
    stops = [
        {
            "chapter": stop.chapter,
            "time": about(stop.minutes),
            "read": [[heading, section(stop.chapter, heading)] for heading in stop.read],
        }
        for stop in route.stops
    ]
    return {"key": route.key, "name": route.name, "stops": stops}
