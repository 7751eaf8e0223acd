"""Who computes: the flags that choose an engine, and what follows from the choice."""

from dataclasses import dataclass
from typing import Annotated, TypeAlias

from microgpt.checkpoint import Checkpoint
from microgpt.config import ConfigError
from microgpt.engines.engine import RUNGS, Engine, find_engine
from microgpt.terminal.options import Watch, option
from microgpt.training import DOT

_Text: TypeAlias = str | None


def _flag(names: str, text: str) -> object:
    return option(names, text, "Computing")


_ENGINES = f"Who computes: {', '.join(RUNGS)}. Usually {DOT.engine}."
EngineName = Annotated[_Text, _flag("--engine NAME", _ENGINES)]
_PRECISIONS = "How exact its numbers are: float64, float32 or bfloat16."
Precision = Annotated[_Text, _flag("--precision NAME", _PRECISIONS)]
_DEVICES = "Where torch computes: cpu or cuda; else the best there is."
Device = Annotated[_Text, _flag("--device NAME", _DEVICES)]


@dataclass(frozen=True)
class Computing:
    """Who is to compute; each field is a flag."""

    engine: EngineName = None
    precision: Precision = None
    device: Device = None

    def chosen(self, watch: Watch) -> Engine:
        """Get the engine ready that was asked for.

        Args:
            watch: What somebody wants to see of it.

        Raises:
            ConfigError: If there is no such engine, or it cannot show that.
            EngineError: If what it needs is not installed.
        """
        return _watched(
            find_engine(self.engine or DOT.engine, self.precision or DOT.precision, self.device), watch
        )

    def going_on(self, checkpoint: Checkpoint, watch: Watch) -> Engine:
        """Get an engine ready that goes on with a run: another one if it was asked for, else the run's own.

        Args:
            checkpoint: The run.
            watch: What somebody wants to see of it.

        Raises:
            ConfigError: If it would compute in another precision, which would make another run of it.
            EngineError: If what it needs is not installed.
        """
        name, precision = self.engine or checkpoint.engine, checkpoint.precision
        able = [one for one, rung in RUNGS.items() if precision in rung.tolerances]
        if self.precision not in (None, precision) or (name in RUNGS and name not in able):
            raise ConfigError(
                f"the run was computed in {precision} so far, and must go on in it; "
                f"leave --precision out, and --engine too or choose {' or '.join(able)}"
            )
        return _watched(find_engine(name, precision, self.device), watch)


def _watched(engine: Engine, watch: Watch) -> Engine:
    """Refuse to tell what happens in an engine that has no stages to listen to."""
    if watch.is_told and engine.name != DOT.engine:
        raise ConfigError(
            f"the engine {engine.name!r} does not tell what it does; leave out --engine, "
            "or --verbose and what narrows it (--trace writes the losses)"
        )
    return engine
