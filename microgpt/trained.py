"""A model that has learned, to look at before the chapter on training: the end of the default run.

`python -m microgpt` learns from the bundled names for a thousand steps and ends with 4,192 numbers. They are
kept beside the names, so that every chapter can show what a part does in a model that works. One name goes
through all of them: emma, which is not among the bundled names. The model has never met it.

>>> parameters = trained_parameters()
>>> sum(len(row) for matrix in parameters.values() for row in matrix)
4192
"""

import json
import pkgutil


def trained_parameters() -> dict[str, list[list[float]]]:
    """Read the parameters at the end of the default run.

    Returns:
        Each matrix by its name, in the order of the model, `[rows][columns]`.

    Examples:
        One row of 16 numbers for each of the 27 tokens, and the first two numbers of the row of e.

        >>> wte = trained_parameters()["wte"]
        >>> len(wte), len(wte[4]), [round(number, 4) for number in wte[4][:2]]
        (27, 16, [0.0012, -0.3])
    """
    record = json.loads(pkgutil.get_data("microgpt.trained", "datasets/trained.json") or b"{}")
    parameters: dict[str, list[list[float]]] = record["results"]["parameters"]
    return parameters
