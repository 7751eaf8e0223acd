"""What turning a dial does, as it was measured: differences to the default, seed by seed."""

import math

from sitemaker.experiments import measurements


def differences() -> dict[str, dict[float, list[float]]]:
    """Compare each value of each dial with the default, seed by seed.

    Returns:
        By dial, by value: the differences of the held-out loss, in nats per token.
    """
    first, *rest = measurements("dials")["results"]
    found: dict[str, dict[float, list[float]]] = {}
    for result in rest:
        pairs = zip(result["losses"], first["losses"], strict=True)
        found.setdefault(result["dial"], {})[result["value"]] = [loss - default for loss, default in pairs]
    return found


def mean_and_error(numbers: list[float]) -> tuple[float, float]:
    """Return a mean and its standard error."""
    mean = math.fsum(numbers) / len(numbers)
    scatter = math.fsum((number - mean) ** 2 for number in numbers) / (len(numbers) - 1)
    return mean, math.sqrt(scatter / len(numbers))


def table() -> str:
    """List all differences with their standard errors, as HTML; those beyond twice the error are bold."""
    rows = []
    for dial, values in differences().items():
        for value, numbers in values.items():
            mean, error = mean_and_error(numbers)
            tag = "strong" if abs(mean) > 2 * error else "span"
            rows.append(
                f"<tr><td><code>{dial}</code></td><td>{value:g}</td><td><{tag}>{mean:+.4f}</{tag}></td>"
                f"<td>{error:.4f}</td></tr>"
            )
    heading = "<tr><th>dial</th><th>value</th><th>difference</th><th>standard error</th></tr>"
    return f"<table><thead>{heading}</thead><tbody>{''.join(rows)}</tbody></table>"
