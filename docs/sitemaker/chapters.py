"""What stands around a lesson: its place in the book at its beginning, and at its end what to do with it."""

import re
from functools import cache
from itertools import pairwise

from microgpt import contents
from microgpt.study.exercises import exercises
from microgpt.study.patients import patients
from microgpt.study.routes import about, minutes
from sitemaker import progress, ward
from sitemaker.cache import ROOT
from sitemaker.names import homes, number
from sitemaker.practice import link
from sitemaker.teaching import needs
from sitemaker.writing import prose

MAIN = {
    "first_steps": "wheel",
    "data": "read_documents",
    "tokenizer": "Tokenizer",
    "autograd": "Value",
    "vectors": "softmax",
    "config": "Config",
    "model": "forward",
    "loss": "document_loss",
    "adam": "Adam",
    "training": "train",
    "sampling": "generate",
    "evaluation": "evaluate",
    "checkpoint": "Checkpoint",
    "stages": "stage",
    "graphs": "as_mermaid",
    "records": "step_record",
    "recorder": "Recorder",
    "engines.engine": "Engine",
    "engines.scalars": "stepwise",
    "engines.dots": "engine",
    "engines.by_hand": "attention_and_back",
    "engines.lists": "gradient",
    "engines.matrices": "gradient",
    "engines.loops": "gradient",
    "engines.tensors": "logits",
    "engines.launches": "gradient",
    "engines.several": "mean_slopes",
    "engines.swarm": "train_swarm",
    "engines.operations": "step_operations",
    "engines.trials": "fixed_exam",
    "engines.ablations": "tried",
}
"""What a chapter is about, where it is not named like the chapter."""


def main(module: str) -> str:
    """Name what comes first among the code of a chapter; "" for the first thing that stands there."""
    last = module.rpartition(".")[2]
    return MAIN.get(module, last if f"microgpt.{module}.{last}" in homes() else "")


def place(module: str) -> str:
    """Say where a reader is: the part, the number, the time it takes, and what it needs, as Markdown."""
    place = number(module)
    needed = [link(one) for one in needs(module)]
    parts = [
        contents.CHAPTERS[place - 1].part,
        f"{place} of {len(contents.CHAPTERS)}",
        about(minutes(module)),
    ]
    parts += [f"needs {_listed(needed)}"] if needed else []
    return f"{' · '.join(parts)}\n{{ .place }}\n"


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[:-1] else names)


def card(module: str) -> str:
    """Write what stands at the end of a lesson, as Markdown: exercises, patients, and the next chapter."""
    return "\n".join([*_practice(module), *_review(module), *_next(module), progress.ending(module)])


def _practice(module: str) -> list[str]:
    """List the exercises and the patients of a chapter."""
    own = [one for one in exercises().values() if one.chapter == module]
    sick = [one for one in patients().values() if one.edit.module == module]
    if not own and not sick:
        return []
    up = "../" * (module.count(".") + 1)  # from the page of the chapter
    lines = ["# Now do it\n", *(["**Write it yourself:**\n"] if own else [])]
    lines += [
        f"- [`{one.name}`]({up}practice/exercises/{one.name}.md), {one.minutes} minutes: "
        f"{prose(one.teaches, homes())}"
        for one in own
    ]
    lines += [f"\n**Find what is wrong,** in [the clinic]({up}practice/clinic/index.md):\n"] if sick else []
    lines += [
        f"- [{ward.name(one)}]({up}practice/clinic/{one.number}.md): {prose(one.symptom, homes())}"
        for one in sick
    ]
    return [*lines, ""]


def _review(module: str) -> list[str]:
    """Ask once more, at the end of a part, what its chapters and those before it have asked."""
    last = {chapter.part: chapter.module for chapter in contents.CHAPTERS}
    return [f'# Review\n\n<div data-review="{part}"></div>\n' for part in last if last[part] == module]


def _next(module: str) -> list[str]:
    """Ask the question of the next chapter."""
    for one, following in pairwise(contents.CHAPTERS):
        if one.module == module:
            return [f"{following.question} {link(following.module)}\n{{ .next-chapter }}\n"]
    return []


ROW = re.compile(r"^\| (\d+)(?:–(\d+))? \|.*?\|(.*)\|$", re.MULTILINE)
NAME = re.compile(r"\]\[(microgpt\.[\w.]+)\]")


@cache
def original() -> dict[str, str]:
    """Say for each function which lines of the original it stands for."""
    text = (ROOT / "docs/pages/original.md").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for first, last, names in ROW.findall(text):
        for name in NAME.findall(names):
            found.setdefault(name, []).append(f"{first} to {last}" if last else first)
    return {
        name: f"line{'s' * (len(lines) > 1 or ' ' in lines[0])} {_listed(lines)}"
        for name, lines in found.items()
    }
