r"""The bug clinic: copies of the package with one edit too many, known by their symptoms.

A patient is the true source with one edit that does harm (or only seems to). One sees what one would see in
life: a loss, slopes, samples, an exception, looked at under settings that show it. What is looked at is a
piece of code, the *probe*. It is run in the sick package and in the true one, so no symptom is a story.

>>> patient = patients()[1]
>>> sick, healthy = probed(patient, patient.package()), probed(patient, altered())
>>> sick == healthy
False
"""

import pkgutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from microgpt.spelling import nearest
from microgpt.study.comparing import mismatch, simple
from microgpt.study.edits import Edit, altered
from microgpt.study.running import run_code, worded
from microgpt.study.source import module_source


class PatientError(ValueError):
    """There is no such patient. The message says which there are."""


@dataclass(frozen=True)
class Patient:
    """A sick package.

    Attributes:
        number: Its number in the clinic.
        name: What is wrong, for who knows already; the list of the clinic does not show it.
        symptom: What a reader sees.
        edit: What was done to the true source.
        probe: Code whose last expression shows the symptom, with the names of the package.
        command: Flags of `python -m microgpt` under which one can see something; "" if none does.
        hints: Up to three, each a little more.
        story: What is wrong, why it looks like that, and where one meets it in life.
        caught_by: What notices it: an example ("microgpt.vectors.softmax"), a check or a look.
        by_loss: Whether a curve of the loss shows it.
        ill: Whether it is ill at all.
        steps: How many steps of a default run the site draws.
        port: Whether it belongs to the story of a port of the program to JavaScript.
        wrong_cures: Edits of the sick source that do not help, though one would think so.
    """

    number: int
    name: str
    symptom: str
    edit: Edit
    probe: str
    command: str
    hints: tuple[str, ...]
    story: str
    caught_by: str
    by_loss: bool
    ill: bool
    steps: int
    port: bool
    wrong_cures: tuple[Edit, ...]

    def package(self) -> ModuleType:
        """Import the sick package beside the true one."""
        return altered(self.edit)

    def source(self) -> str:
        """Give the text of the module that is sick."""
        return self.edit.applied(module_source(self.edit.module))


def _read(number: int, text: str) -> Patient:
    entry: dict[str, Any] = tomllib.loads(text)
    return Patient(
        number=number,
        edit=Edit(**entry.pop("edit")),
        hints=tuple(entry.pop("hints")),
        wrong_cures=tuple(Edit(**one) for one in entry.pop("wrong_cure", ())),
        ill=entry.pop("ill", True),
        steps=entry.pop("steps", 60),
        port=entry.pop("port", False),
        command=entry.pop("command", ""),
        **entry,
    )


@cache
def patients() -> dict[int, Patient]:
    """Read the files of all patients, by their numbers."""
    listed = (pkgutil.get_data("microgpt.study", "ward/order.txt") or b"").decode().split()
    texts = [(pkgutil.get_data("microgpt.study", f"ward/{name}.toml") or b"").decode() for name in listed]
    return {number: _read(number, text) for number, text in enumerate(texts, 1)}


def patient(number: str) -> Patient:
    """Find a patient.

    Raises:
        PatientError: If there is none of that number.

    Examples:
        >>> patient("1").number, patient("patient-1").number
        (1, 1)
        >>> try:
        ...     patient("one")
        ... except PatientError as error:
        ...     print(str(error).partition(";")[0])
        there is no patient 'one'
    """
    known = {str(one): one for one in patients()}
    bare = number.rstrip("/").rpartition("-")[2]
    if bare not in known:
        raise PatientError(f"there is no patient {number!r}; {nearest(bare, known)}")
    return patients()[known[bare]]


def probed(one: Patient, package: ModuleType) -> Any:
    """Run a patient's probe in a package; an exception is a result too.

    The probe finds the package as `microgpt`, and all that it passes on by name.
    """
    return run_code(one.probe, {**vars(package), "microgpt": package}).result


@dataclass(frozen=True)
class Finding:
    """How a treated patient is.

    Attributes:
        state: "cured", "better", "changed" or "sick".
        told: Why, in words.
    """

    state: str
    told: str


def treated(sources: Mapping[str, str]) -> ModuleType:
    """Import the package as a reader has left it.

    Args:
        sources: The texts of its modules, by their names below `microgpt`.
    """
    true = {name: module_source(name) for name in sources}
    return altered(*(Edit(name, true[name], text) for name, text in sources.items() if text != true[name]))


def examined(one: Patient, sources: Mapping[str, str]) -> Finding:
    """Say whether a treatment has helped.

    Cured is a package whose probe shows what the true one shows, and whose training agrees with it. Better is
    one whose training does not agree yet, changed one that shows another symptom.

    Args:
        one: The patient.
        sources: The texts of its modules, by their names below `microgpt`.
    """
    try:
        package = treated(sources)
    except (Exception, SystemExit) as error:
        return Finding("sick", f"it cannot even be imported: {worded(error)}")
    now = probed(one, package)
    symptom = mismatch(healthy_probe(one), now)
    if symptom and mismatch(sick_probe(one), now):
        return Finding("changed", f"the symptom is another one now: {symptom}")
    if symptom:
        return Finding("sick", f"the symptom is the same as before: {symptom}")
    if other := next(_other_differences(package), ""):
        return Finding("better", f"the symptom is gone, but something else is wrong now: {other}")
    return Finding("cured", "it does what the true package does: the symptom is gone, and all else agrees")


@cache
def healthy_probe(one: Patient) -> Any:
    """Run a patient's probe in the true package."""
    return probed(one, altered())


@cache
def sick_probe(one: Patient) -> Any:
    """Run a patient's probe in the sick package."""
    return probed(one, one.package())


@cache
def _healthy_look(what: str) -> Any:
    return simple(LOOKS[what](altered()))


def _other_differences(package: ModuleType) -> Iterator[str]:
    """Compare a short training, names that are invented and an exam with the true package."""
    for what, look in LOOKS.items():
        try:
            told = str(mismatch(_healthy_look(what), simple(look(package))) or "")
        except (Exception, SystemExit) as error:
            told = worded(error)
        if told:
            yield f"{what}: {told}"


def _losses(package: Any) -> list[float]:
    run = package.new_run(package.Config(steps=4, n_embd=8, n_head=2, n_layer=2), package.bundled_documents())
    return [step.loss for step in package.train(run)]


def _sample(package: Any) -> list[str]:
    run = package.new_run(package.Config(steps=2, n_embd=6, n_head=3), package.bundled_documents("elements"))
    for _ in package.train(run):
        pass
    model = package.as_floats(run.model)
    return [package.generate(model, run.rng, temperature=0.7) for _ in range(3)]


def _exam(package: Any) -> dict[str, float]:
    documents = package.bundled_documents("elements")  # some of them twice, as in the original's file
    run = package.new_run(package.Config(steps=3, n_embd=4, batch_size=2), documents + documents[:40])
    for _ in package.train(run):
        pass
    return {name: score.loss for name, score in package.evaluate(run, limit=20).items()}


LOOKS = {"four steps of training": _losses, "three samples": _sample, "the exam": _exam}
"""What is looked at beside the symptom."""
