"""The page of the routes, and the links with which a chapter leads on along them."""

from itertools import pairwise

from microgpt.study.patients import patients
from microgpt.study.routes import MINUTES_AN_EXAMPLE, WORDS_A_MINUTE, Route, Stop, about, minutes, routes
from sitemaker import ward
from sitemaker.names import called, section
from sitemaker.writing import front, prose


def page() -> str:
    """Write the page of the routes."""
    return "\n".join(
        [
            front("Routes through the book"),
            "# Routes through the book\n",
            "The book is read from the first chapter to the last. Whoever has less time than that takes "
            "one of these ways: each is a course by itself, in the order of the book. "
            "[The machine](machine.md) shows beforehand what will be taken apart.\n",
            "Follow a route, and *Next* leads along it. Your browser keeps which; you can leave it on "
            "every page of it.\n",
            *(_section(route) for route in routes().values()),
            "## How long it takes { #how-long }\n",
            f"All durations are estimates, made from the text: {WORDS_A_MINUTE} words a minute, and "
            f"{MINUTES_AN_EXAMPLE} minutes for each example or diagram. Of a chapter only the lesson counts, "
            "not the functions below it. Exercises count as their pages say. Nobody knows beforehand "
            "how long a patient takes.\n",
        ]
    )


def _section(route: Route) -> str:
    first = route.stops[0].chapter
    return "\n".join(
        [
            f"## {route.name} {{ #{_anchor(route)} }}\n",
            f"{route.goal} {route.reader}\n",
            f"{len(route.stops)} chapters, {about(route.minutes)}. Begin with {_link(first)}.\n",
            f'<div><study-route route="{route.key}"></study-route></div>\n',
            *(f"{number}. {_stop(stop)}" for number, stop in enumerate(route.stops, 1)),
            "",
        ]
    )


def _anchor(route: Route) -> str:
    return f"route-{route.key}"


def _link(module: str) -> str:
    return f"[{called(module)}][microgpt.{module}]"


def _stop(stop: Stop) -> str:
    """Say in one paragraph what to read, to do and to skip at a stop."""
    sentences = [f"{_link(stop.chapter)}, {about(minutes(stop.chapter, stop.read))}.", stop.note]
    if stop.read:
        sections = (f"[{heading}][{section(stop.chapter, heading)}]" for heading in stop.read)
        sentences.append(f"Read {', '.join(sections)}.")
    tasks = [f"[{prose(name, ())}](practice/exercises/{name}.md)" for name in stop.do]
    tasks += [f"[{ward.name(patients()[one])}](practice/clinic/{one}.md)" for one in stop.patients]
    if tasks:
        sentences.append(f"Do {', '.join(tasks)}.")
    if stop.skip:
        sentences.append(f"{' and '.join(map(_link, stop.skip))} {stop.instead}")
    return " ".join(filter(None, sentences))


def next_links(module: str) -> str:
    """Say where each route goes on after a chapter, as Markdown; "" if the chapter is on none.

    A route that takes every chapter goes on as the book does, and is not mentioned.
    """
    lines = []
    for route in routes().values():
        following = dict(pairwise(stop.chapter for stop in route.stops))
        name = f"[{route.name}][{_anchor(route)}]"
        if all(stop.read == () == stop.skip for stop in route.stops):
            continue
        if module in following:
            lines.append(f"On the route {name}, next: {_link(following[module])}.")
        elif module == route.stops[-1].chapter:
            lines.append(f"The route {name} ends here.")
    return " ".join(lines)
