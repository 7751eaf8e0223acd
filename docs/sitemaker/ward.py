"""The pages of the clinic: each patient, its symptom first and its story last."""

import difflib

from microgpt.study.patients import Patient, patients
from microgpt.study.source import module_source
from sitemaker import desks
from sitemaker.names import homes
from sitemaker.practice import BEHIND, hidden, hints
from sitemaker.writing import fenced, folded, front, prose


def index() -> str:
    """List the patients by their symptoms only."""
    lines = [
        front("All patients", BEHIND),
        "# The clinic\n",
        "Each patient is this whole package with one edit too many, or with one that only seems to do harm. "
        "You see a symptom, as one does in life: a loss, slopes, invented names, an exception. Find the "
        "place and cure it, on the page of the patient or in the terminal:\n",
        fenced("sh", "python -m microgpt clinic\npython -m microgpt clinic start 1\n"),
        "The first command lists the patients, the second writes one into a folder, where it runs. `check` "
        "says whether it is cured, better or not, and why. Some of these faults can be seen in no curve of "
        "the loss.\n",
        "| patient | what one sees |",
        "|---|---|",
        *(
            f"| [{name(one)}]({one.number}.md) | {prose(one.symptom, homes())} |"
            for one in patients().values()
        ),
    ]
    return "\n".join([*lines, ""])


def name(one: Patient) -> str:
    """Name a patient, without saying what is wrong."""
    return f"Patient {one.number}"


def page(one: Patient) -> str:
    """Write the page of a patient."""
    return "\n".join(
        [
            front(name(one), BEHIND),
            f"# {name(one)}\n",
            f"{prose(one.symptom, homes())}\n{{ .lead }}\n",
            _seen(one),
            _home(one),
            "## Hints\n",
            *hints(one.hints),
            "## The story\n",
            hidden(folded("success", "What it is, and what catches it", story(one))),
        ]
    )


def _home(one: Patient) -> str:
    clinic = "python -m microgpt clinic"
    commands = [
        f"{clinic} start {one.number}",
        f"cd patient-{one.number}",
        f"python -m microgpt {one.command}".rstrip(),
        f"cd .. && {clinic} check {one.number}",
    ]
    return (
        "## Take it home\n\nOpen the module that you suspect, change it, and look whether it helped.\n\n"
        f"{desks.patient(one)}\n\n{fenced('sh', chr(10).join(commands))}\n"
        f"You find its source in `patient-{one.number}/microgpt`. Change it there; the last command says "
        "whether it helped.\n"
    )


def _seen(one: Patient) -> str:
    return "\n".join(
        [
            "## What one sees\n",
            "This was run in the sick package, with all names that `microgpt` has:\n",
            fenced("python", one.probe),
            "It shows:\n",
            fenced("patient", f"{one.number} sick"),
            folded("abstract", "What the true package shows", fenced("patient", f"{one.number} true")),
            "And how it learns. Look for the place where the thin line leaves the broad one, if it does:\n",
            f"```figure\npatient-{one.number}\n```\n",
        ]
    )


def story(one: Patient) -> str:
    """Tell what is wrong, with the edit, and what notices it."""
    curve = f"A curve of the loss {'shows' if one.by_loss else 'does not show'} it."
    file = f"microgpt/{one.edit.module.replace('.', '/')}.py"
    return "\n".join(
        [
            f"**{sentence(one.name)}**\n",
            f"In `{file}`, the true line with `-` and the patient's with `+`:\n",
            fenced("diff", difference(one)),
            f"{prose(one.story, homes())}\n",
            f"**What catches it:** {prose(one.caught_by, homes()).rstrip('.')}. {curve}\n",
        ]
    )


def sentence(text: str) -> str:
    """Write a text that begins small and ends without a mark as a sentence of its own."""
    first = text[0] if text[1:2] == " " else text[0].upper()  # a letter alone is a name, such as m or v
    return f"{prose(first + text[1:], homes()).rstrip('.')}."


def difference(one: Patient) -> str:
    """Compare the true source with the sick one, whole line by whole line."""
    true, sick = module_source(one.edit.module), one.source()
    lines = difflib.unified_diff(true.splitlines(), sick.splitlines(), n=1, lineterm="")
    return "\n".join(line for line in list(lines)[2:] if not line.startswith("@@"))
