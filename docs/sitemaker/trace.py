"""Records of a real trace, for the page that says how to read one."""

import html
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, cast

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers.data import JsonLexer
from rich.console import Console

from microgpt.records import KINDS
from microgpt.terminal.narrate import Narrator
from microgpt.tokenizer import Tokenizer
from sitemaker.cache import cached
from sitemaker.errors import SiteError

ARGUMENTS = ["--steps", "2", "--samples", "1", "--no-save", "--trace"]
"""The run whose trace is shown."""

SHOWN = 5
"""How many numbers of a long list are shown."""

WIDTH = 64
"""What is longer is broken into lines."""


def records() -> list[dict[str, Any]]:
    """Return the trace of a short run, as a reader of the file gets it."""
    return cast(list[dict[str, Any]], cached(f"trace {ARGUMENTS}", _records, "docs/sitemaker/trace.py"))


def _records() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "steps.jsonl")
        subprocess.run(
            [sys.executable, "-m", "microgpt", *ARGUMENTS, str(path)], check=True, stdout=subprocess.DEVNULL
        )
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def example(kind: str) -> dict[str, Any]:
    """Pick a record of a kind: where there are several, the one at the third position.

    Raises:
        SiteError: If the trace has no such record.
    """
    found = [record for record in records() if record["kind"] == kind]
    if not found:
        raise SiteError(f"the trace has no record of the kind {kind!r}")
    return next((record for record in found if record.get("position") == 2), found[0])


def shortened(record: Any) -> Any:
    """Cut long lists, and round numbers, so that a record fits on a page."""
    if isinstance(record, dict):
        return {key: shortened(value) for key, value in record.items()}
    if isinstance(record, list):
        rest = len(record) - SHOWN
        return [shortened(part) for part in record[:SHOWN]] + ([f"{rest} more"] if rest > 0 else [])
    return float(f"{record:.4g}") if isinstance(record, float) else record


def told(record: dict[str, Any]) -> str:
    """Tell a record as `--verbose` does."""
    first, screen = records()[0], io.StringIO()
    console = Console(file=screen, width=80, color_system=None)
    Narrator(console, Tokenizer(first["alphabet"])).tell([record])
    return screen.getvalue().strip("\n")


def shown(kind: str) -> str:
    """Show a record as HTML: as it stands in the file, and as it is told."""
    record = example(kind)
    lines = [f"  {json.dumps(key)}: {_as_json(value)}" for key, value in shortened(record).items()]
    formatter = HtmlFormatter(cssclass="highlight", wrapcode=True)
    code = highlight("{\n" + ",\n".join(lines) + "\n}", JsonLexer(), formatter)
    words = f'<div class="highlight told"><pre><code>{html.escape(told(record))}</code></pre></div>'
    return f'<div class="record">{code}{words if kind in KINDS else ""}</div>'


def _as_json(value: Any) -> str:
    """Write a value on one line, or a table of values with a line for each."""
    text = json.dumps(value, ensure_ascii=False)
    if len(text) <= WIDTH or not isinstance(value, dict | list):
        return text
    parts = [
        json.dumps(part, ensure_ascii=False)
        for part in (value.values() if isinstance(value, dict) else value)
    ]
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {part}" for key, part in zip(value, parts, strict=True)]
    opening, closing = text[0], text[-1]
    return f"{opening}\n    " + ",\n    ".join(parts) + f"\n  {closing}"
