r"""What a check has found, in words: the same in the terminal and on the pages.

>>> verdict = Verdict("value", "1.0", "2.0", given="half(4.0)", idea="Divide.", line=2)
>>> print(head_of("half", verdict))
half: not yet.
>>> print("\n".join(lines_of(verdict, "half.py", ["def half(x):", "    return x / 4"])))
  given     half(4.0)
  got       1.0
  expected  2.0
  half.py, line 2:  return x / 4
  Look at this: Divide.
"""

from microgpt.study.apart import Told
from microgpt.study.checking import Verdict
from microgpt.study.own_gpt import Report
from microgpt.study.patients import Finding

HEADS = {
    "passed": "right.",
    "syntax": "Python cannot read it.",
    "missing": "the function is gone.",
    "signature": "the arguments are not the ones that were asked for.",
    "unwritten": "the body is still to be written.",
    "error": "it raises an exception.",
    "printed": "it prints the answer, but returns nothing.",
    "type": "it returns something of another kind.",
    "shape": "it returns something of another size.",
    "value": "not yet.",
    "example": "an example of the docstring fails.",
    "endless": "it does not end.",
}
"""What is said first of each kind of verdict."""

PRINTED = 5
"""How many lines of what an answer has printed are shown."""

ROUNDING = 1e-9
"""What losses may differ by when sums are rounded otherwise."""


def endless(seconds: float) -> str:
    """Say that a check was stopped.

    Examples:
        >>> endless(30)
        'it was stopped after 30 seconds; is there a loop without end?'
    """
    return f"it was stopped after {seconds:g} seconds; is there a loop without end?"


def head_of(name: str, verdict: Verdict) -> str:
    """Say what kind of thing was found in an answer.

    Args:
        name: The exercise.
        verdict: What was found.
    """
    return f"{name}: {HEADS.get(verdict.kind, 'not yet.')}"


def lines_of(verdict: Verdict, file: str, lines: list[str]) -> list[str]:
    """Tell what a check has found, line by line.

    Args:
        verdict: What it has found.
        file: The name of the reader's file.
        lines: What stands there.
    """
    return evidence_of(verdict, file, lines) + idea_of(verdict)


def evidence_of(verdict: Verdict, file: str, lines: list[str]) -> list[str]:
    """Show a difference: the call, what came out, what is right, and where that was written.

    Args:
        verdict: What a check has found.
        file: The name of the reader's file.
        lines: What stands there.
    """
    told = [f"  given     {line}" for line in verdict.given.splitlines()]
    told += [f"  printed   {line}" for line in verdict.printed.splitlines()[:PRINTED]]
    if verdict.kind != "unwritten":
        told.append(f"  {'got' if verdict.right else 'found':<10}{verdict.told}")
    if verdict.right:
        told.append(f"  expected  {verdict.right}")
    told += [f"    {line}" for line in verdict.drawing]
    if 0 < verdict.line <= len(lines):
        stands = lines[verdict.line - 1].strip()
        of_line = "" if stands.startswith("def ") else f":  {stands}"
        told.append(f"  {file}, line {verdict.line}{of_line}")
    return told


def idea_of(verdict: Verdict) -> list[str]:
    """Say what to look at, in one line or none."""
    return [f"  Look at this: {verdict.idea}"] if verdict.idea else []


def apart_of(name: str, found: Told) -> list[str]:
    """Tell what a reader's example says of two versions.

    Args:
        name: The pair.
        found: What it says.

    Examples:
        >>> apart_of("softmax_1", Told("apart", "no division: it believes in sums", "B"))
        ['Right: version B is the wrong one.', 'softmax_1: no division: it believes in sums']
    """
    right = [f"Right: version {found.wrong} is the wrong one."] if found.kind == "apart" else []
    return [*right, f"{name}: {found.told}"]


def state_of(number: int, finding: Finding) -> str:
    """Tell how a treated patient is.

    Args:
        number: The patient.
        finding: What was found.

    Examples:
        >>> state_of(1, Finding("cured", "all agrees"))
        'Patient 1 is cured: all agrees.'
        >>> state_of(1, Finding("changed", "the symptom is another one now"))
        'Patient 1 is not cured: the symptom is another one now.'
    """
    state = "not cured" if finding.state == "changed" else finding.state
    return f"Patient {number} is {state}: {finding.told}{'' if finding.told.endswith(('?', '.')) else '.'}"


def report_of(report: Report, functions: int) -> list[str]:
    r"""Tell how a reader's own GPT has learned.

    Args:
        report: The losses, and what it invents.
        functions: How many functions there are to write.

    Examples:
        >>> lines = report_of(Report(1, [3.0, 2.5], [3.0, 2.25], ["anna", "bo"]), 45)
        >>> print("\n".join(lines))
        1 of 45 functions are yours; the last loss is 2.5000.
        From step 2 on the losses differ, by 2.5e-01 at most.
        It invents: anna, bo
    """
    steps, at = len(report.losses), report.differs_at
    told = [
        f"{report.functions} of {functions} functions are yours; the last loss is {report.losses[-1]:.4f}."
    ]
    if at is None:
        told.append(f"All {steps:,} losses are the same as those of the true run, to the last bit.")
    else:
        far = max(abs(a - b) for a, b in zip(report.losses, report.true_losses, strict=True))
        told.append(f"From step {at} on the losses differ, by {far:.1e} at most.")
        if far < ROUNDING:
            told.append("That is rounding: the same numbers, added up in another order.")
    return [*told, f"It invents: {', '.join(report.samples)}"]
