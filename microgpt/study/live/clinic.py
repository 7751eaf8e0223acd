r"""The clinic in the page: the modules of a patient, its probe, and the check of a treatment.

A treatment is a set of texts: those of the modules that the reader has changed, by their names. A patient
that nobody has treated shows its symptom:

>>> judged_treatment(1, {}).state
'sick'
>>> from microgpt.study.source import module_source
>>> one = patients()[1]
>>> print(judged_treatment(1, {one.edit.module: module_source(one.edit.module)}).told.partition(";")[0])
Patient 1 is cured: it does what the true package does: the symptom is gone, and all else agrees.
"""

from collections.abc import Mapping
from pprint import pformat
from typing import Any, NamedTuple

from microgpt.study.comparing import Raised
from microgpt.study.patients import Finding, Patient, examined, patients, probed, treated
from microgpt.study.running import worded
from microgpt.study.source import module_source
from microgpt.study.wording import state_of


class Checked(NamedTuple):
    """How a treated patient is.

    Attributes:
        state: "cured", "better", "changed" or "sick".
        told: The same in a sentence, as the terminal has it.
    """

    state: str
    told: str


def patient_module(number: int, module: str) -> str:
    """Give a module of a patient, as it lies before who takes it home.

    Args:
        number: The patient.
        module: The name of the module, below `microgpt`.

    Raises:
        SourceError: If there is no such module.
    """
    one = patients()[number]
    return one.source() if module == one.edit.module else module_source(module)


def probe_shown(number: int, texts: Mapping[str, str]) -> str:
    r"""Run the probe in a package that a reader has treated; show what it shows.

    Args:
        number: The patient.
        texts: The modules that were changed, by their names.

    Examples:
        >>> probe_shown(1, {"vectors": "def softmax(:"})
        'vectors.py, line 1: invalid syntax'
    """
    one = patients()[number]
    try:
        package = treated(_sources(one, texts))
    except (Exception, SystemExit) as error:
        return worded(error)
    return written_result(probed(one, package))


def judged_treatment(number: int, texts: Mapping[str, str]) -> Checked:
    """Say whether a treatment has helped.

    Args:
        number: The patient.
        texts: The modules that were changed, by their names.
    """
    one = patients()[number]
    finding: Finding = examined(one, _sources(one, texts))
    return Checked(finding.state, state_of(number, finding))


def _sources(one: Patient, texts: Mapping[str, str]) -> dict[str, str]:
    return {one.edit.module: one.source(), **texts}


def written_result(result: Any) -> str:
    """Write what a probe shows.

    Args:
        result: Numbers, texts and lists, or a `Raised`.

    Examples:
        >>> print(written_result([0.1 + 0.2, Raised("ValueError", "no")]))
        [0.3, Raised(name='ValueError', message='no')]
        >>> print(written_result(Raised("ValueError", "no")))
        ValueError: no
    """
    if isinstance(result, Raised):
        return f"{result.name}: {result.message}"
    return pformat(_rounded(result), width=90, compact=True, sort_dicts=False)


def _rounded(result: Any) -> Any:
    """Leave the digits away that nobody reads."""
    if isinstance(result, float):
        return float(f"{result:.8g}")
    if isinstance(result, list):
        return [_rounded(part) for part in result]
    if type(result) is tuple:
        return tuple(_rounded(part) for part in result)
    if isinstance(result, dict):
        return {key: _rounded(part) for key, part in result.items()}
    return result
