"""The elements in which a reader writes: exercises, pairs of versions, patients (docs/scripts/bench.js).

What they say without asking Python is worded here, by the same functions as everything else.
"""

import html
import json
from typing import Any

from microgpt.study.apart import Pair, Told, pair_file
from microgpt.study.checking import Verdict
from microgpt.study.exercises import Exercise
from microgpt.study.live.clinic import Checked
from microgpt.study.patients import Finding, Patient
from microgpt.study.task_files import task_file
from microgpt.study.wording import apart_of, endless, evidence_of, head_of, state_of

LIMIT = 10
"""After how many seconds a check is stopped; the slowest right answer needs two."""

PATIENT = 4
"""About how many seconds the check of a patient takes in the page."""

PATIENT_LIMIT = 60
"""After how many seconds the check of a patient is stopped."""


def exercise(one: Exercise) -> str:
    """Write the element of an exercise."""
    found = Verdict("endless", endless(LIMIT))
    words = {
        "passed": head_of(one.name, Verdict("passed")),
        "endless": {
            "kind": found.kind,
            "head": head_of(one.name, found),
            "evidence": evidence_of(found, "", []),
            "idea": "",
            "line": 0,
        },
    }
    data = {"task": task_file(one), "words": words, "limit": LIMIT}
    return _element("exercise", {"name": one.name}, data)


def apart(one: Pair) -> str:
    """Write the element of a pair; what the reader writes stands for itself."""
    head, mark, example = pair_file(one).partition("def example")
    words = {"endless": apart_of(one.name, Told("neither", endless(LIMIT)))}
    data = {"task": {"head": head, "example": mark + example}, "words": words, "limit": LIMIT}
    return _element("apart", {"of": one.name}, data)


def patient(one: Patient) -> str:
    """Write the element of a patient."""
    sick = Checked("sick", state_of(one.number, Finding("sick", endless(PATIENT_LIMIT))))
    data = {"words": {"sick": sick.told, "endless": endless(PATIENT_LIMIT)}, "limit": PATIENT_LIMIT}
    return _element("patient", {"number": str(one.number), "seconds": str(PATIENT)}, data)


def _element(name: str, attributes: dict[str, str], data: dict[str, Any]) -> str:
    """Write an element in one line of HTML; nothing in its data looks like a tag or like Markdown's end."""
    texts = {
        f"data-{key}": json.dumps(value).replace("<", "\\u003c").replace("&", "\\u0026")
        for key, value in data.items()
    }
    written = "".join(f' {key}="{html.escape(value)}"' for key, value in {**attributes, **texts}.items())
    return f"<div><study-{name}{written}></study-{name}></div>"
