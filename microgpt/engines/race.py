r"""The rungs side by side: first the proof that each computes the same model, then its time.

# What you will be able to do

- Compare two programs so that a slow moment of the machine hits both.
- Say why the middle time is shown, and not the mean.
- Tell CPU time from wall time.

# The question

**Which rung is faster, and by how much?** A time alone is worth nothing. A program that computes something
else may well be faster; the machine may be slower today than yesterday; and what one measures first may find
it cold.

# The picture

Two processes take the same steps. Look at what is asked before a time is shown.

```mermaid
graph TD
    race["race"] -- "so many steps" --> a["a process:<br/>first rung"]
    race -- "so many steps" --> b["a process:<br/>second rung"]
    a -- "losses, seconds" --> proof{"losses<br/>nearly the<br/>same?"}
    b -- "losses, seconds" --> proof
    proof -- "yes" --> time["its time<br/>is shown"]
    proof -- "no" --> none["none<br/>is shown"]
```

# In turns

Each rung trains the same run from its first to its last step in a process of its own, and they take turns: a
slice of steps here, the same slice there, and so on. If the machine becomes slower for a while, it does so
for all. From the times of the slices the middle one is taken, the *median*, which a single disturbed slice
does not move far.

>>> from microgpt.config import Config
>>> names = ["emma", "ava", "mia", "liam", "noah"]
>>> runners = [Runner("scalar"), Runner("dot"), Runner("lists")]
>>> found = race(runners, Config(n_embd=4, n_head=2, steps=6), names)
>>> [result.runner.engine for result in found], [result.is_same for result in found]
(['scalar', 'dot', 'lists'], [True, True, True])
>>> found[1].difference, found[2].difference < 1e-12
(0.0, True)
>>> all(result.cpu > 0 for result in found)
True

*CPU time* is what the processor has worked for the process; *wall* time is what a clock on the wall shows.
With one thread on a machine without other work they are nearly the same. The first step is measured for
itself: in it a library may still be loading, or a compiler working.

# Pitfalls

- *The mean of times.* One slice in which the machine did something else makes the mean tell of that. Ten
  slices, in seconds:

>>> slices = [1.0, 1.1, 1.0, 1.0, 9.0, 1.1, 1.0, 1.0, 1.1, 1.0]
>>> round(statistics.mean(slices), 2), statistics.median(slices)
(1.83, 1.0)

- *The first call among the others.* What is done once, and then kept, belongs to the first step. Counted in,
  it makes a short measurement look worse than a long one of the same program.

>>> from functools import cache
>>> prepared = []
>>> @cache
... def prepare():
...     prepared.append("loaded")
>>> for step in range(3):
...     prepare()
>>> prepared
['loaded']

- *No proof.* A rung that stops too early is fast, and its losses are those of fewer steps. So they are
  compared one by one, and a missing one is an error:

>>> try:
...     largest_difference([3.0, 2.5], [3.0])
... except ValueError as error:
...     print(error)
zip() argument 2 is shorter than argument 1

# Check yourself

??? question what "When is wall time much longer than CPU time, and when is it shorter?"

    Longer if the process waits: for a file, for another program that has the processor, for a graphics card.
    Shorter if several threads work at once: then the processor does more than one second of work a second.

??? question why "Why take turns, and not measure one rung after the other?"

    A machine is not equally fast all the time: it becomes warm, and others use it. One after the other, such
    a change would be taken for a difference between rungs.

??? question how "From how many steps on does compiling pay?"

    Say that a rung takes 30 seconds to compile and then 0.00002 a step, and another one 0.0063 a step. It
    pays when the difference of all steps is larger than the compiling.

    >>> round(30 / (0.0063 - 0.00002))
    4777

# To keep

- First the proof that both compute the same, then the time.
- Turns make the machine's bad moments common to all, and the median does not follow them.
- What happens once is measured once.

# What follows

A difference in time can be seen with a clock. Is a difference in *loss* more than luck?
`microgpt.engines.trials` has the yardstick. (`python -m microgpt ladder` shows the race; the page
`docs/pages/ladder.md` has it for one machine.)
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from microgpt.config import Config
from microgpt.engines.engine import RUNGS, EngineError

SLICES = 10
"""In how many turns the rungs do their steps."""

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
"""What makes libraries compute in one thread, so that rungs are compared and not numbers of processors."""


class Runner(NamedTuple):
    """Who takes part.

    Attributes:
        engine: One of `RUNGS`.
        precision: How exact its numbers are.
        device: Where it computes, if it has a choice.
    """

    engine: str
    precision: str = "float64"
    device: str | None = None

    @property
    def tolerance(self) -> float:
        """How far its losses may be from those of the first rung."""
        return RUNGS[self.engine].tolerances[self.precision]


@dataclass
class Result:
    """What a rung has shown.

    Attributes:
        runner: Who.
        losses: Of all steps.
        held_out: The loss on documents not trained on, in nats per token; None if there are none.
        first: The seconds of its first step, by the clock.
        cpu: The CPU seconds of a step: the median of the slices.
        wall: The same by the clock.
        tokens: How many predictions it learns from in a second.
        peak: The most megabytes of memory.
        difference: How far its losses are from the referee's, at most.
        is_same: Whether that is within its tolerance.
    """

    runner: Runner
    losses: list[float] = field(default_factory=list)
    held_out: float | None = None
    first: float = 0.0
    cpu: float = 0.0
    wall: float = 0.0
    tokens: float = 0.0
    peak: float = 0.0
    difference: float = 0.0
    is_same: bool = True


class Worker:
    """A process that trains a run on one rung, a slice at a time; see `microgpt.engines.worker`."""

    def __init__(self, runner: Runner, config: Config, documents: Sequence[str]) -> None:
        self._runner = runner
        self._process = subprocess.Popen(
            [sys.executable, "-m", "microgpt.engines.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=os.environ | ONE_THREAD | {"PYTHONUTF8": "1"},
        )
        try:
            self.ask(**runner._asdict(), config=asdict(config), documents=list(documents))
        except BaseException:
            self.end()
            raise

    def ask(self, **what: Any) -> dict[str, Any]:
        """Ask for something and wait for the answer.

        Raises:
            EngineError: If the process has ended instead.
        """
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            process.stdin.write(json.dumps(what) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            last = process.stderr.read().strip().rpartition("\n")[2] or "without a word"
            raise EngineError(f"the engine {self._runner.engine!r} has ended: {last}; leave it out")
        found: dict[str, Any] = json.loads(answer)
        return found

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def race(
    runners: Sequence[Runner],
    config: Config,
    documents: Sequence[str],
    told: Callable[[int], object] = lambda steps: None,
) -> list[Result]:
    """Let rungs train the same run, in turns, and compare them.

    Args:
        runners: Who takes part; the first is the referee.
        config: The dials of the run.
        documents: What it learns from.
        told: Is told of every slice that is done: how many steps it had.

    Returns:
        What each has shown.

    Raises:
        EngineError: If one cannot work here.

    Examples:
        >>> (alone,) = race([Runner("dot")], Config(n_embd=4, n_head=2, steps=2), ["ava", "mia"])
        >>> len(alone.losses), alone.difference, alone.held_out
        (2, 0.0, None)
    """
    workers: list[Worker] = []
    try:
        workers += [Worker(runner, config, documents) for runner in runners]
        slices = [_in_turns(workers, steps, told) for steps in slice_sizes(config.steps)]
        ends = [worker.ask(exam=True) for worker in workers]
    finally:
        for worker in workers:
            worker.end()
    results = [_result(*one) for one in zip(runners, zip(*slices, strict=True), ends, strict=True)]
    for result in results:
        result.difference = largest_difference(result.losses, results[0].losses)
        result.is_same = result.difference <= result.runner.tolerance
    return results


def slice_sizes(steps: int) -> list[int]:
    """Cut the steps of a run into slices; the first step is one of its own.

    Examples:
        >>> slice_sizes(1000), slice_sizes(4), slice_sizes(1)
        ([1, 100, 100, 100, 100, 100, 100, 100, 100, 100, 99], [1, 1, 1, 1], [1])
    """
    size = max(1, -(-(steps - 1) // SLICES))
    return [1, *(min(size, steps - done) for done in range(1, steps, size))]


def largest_difference(losses: Iterable[float], others: Iterable[float]) -> float:
    """Say how far two courses of losses are apart at most.

    Examples:
        >>> largest_difference([3.0, 2.5], [3.0, 2.25])
        0.25
    """
    return max(abs(one - other) for one, other in zip(losses, others, strict=True))


def _in_turns(workers: Sequence[Worker], steps: int, told: Callable[[int], object]) -> list[dict[str, Any]]:
    done = []
    for worker in workers:
        done.append(worker.ask(steps=steps))
        told(steps)
    return done


def _result(runner: Runner, slices: Sequence[dict[str, Any]], end: dict[str, Any]) -> Result:
    first, *rest = slices
    timed = rest or [first]
    return Result(
        runner,
        [loss for one in slices for loss in one["losses"]],
        end["held_out"],
        first["wall"],
        statistics.median(one["cpu"] / len(one["losses"]) for one in timed),
        statistics.median(one["wall"] / len(one["losses"]) for one in timed),
        statistics.median(one["tokens"] / one["wall"] for one in timed),
        end["peak"],
    )
