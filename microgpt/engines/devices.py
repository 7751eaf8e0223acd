"""Where to compute, and which way: one process or several, each order anew or recorded.

# The question

PyTorch computes on a CPU or a GPU, in one process or in many. **Which of all that is meant when somebody
asks for the engine `torch`?**

# The picture

Two questions, and three ways to compute. Look at which one your machine would come to.

```mermaid
graph TD
    ask["engine torch"] --> many{"started by<br/>torchrun?"}
    many -- "yes" --> several["several: a share<br/>of the batch each"]
    many -- "no" --> gpu{"GPU and float32<br/>or bfloat16?"}
    gpu -- "yes" --> replays["replays:<br/>recorded orders"]
    gpu -- "no" --> launches["launches:<br/>each order anew"]
```

Whoever says nothing gets a GPU if there is one.

# What follows

`microgpt.engines.swarm` trains thousands of models on one device.
"""

import torch

from microgpt.engines import launches, processes, replays, several
from microgpt.engines.engine import Engine, EngineError


def engine(precision: str = "float64", device: str | None = None) -> Engine:
    """Give the engine of this rung.

    Args:
        precision: `float64`, `float32` or `bfloat16`.
        device: `cpu` or `cuda`; None for a GPU if there is one.

    Raises:
        EngineError: If a GPU was asked for and there is none, or the processes cannot find each other.

    Examples:
        >>> engine("float32", "cpu").precision
        'float32'
    """
    where = device_for(device)
    if processes.count() > 1:
        return several.shared_engine(precision, where)
    if where.type == "cuda" and precision != "float64":
        return replays.recording_engine(precision, where)
    return launches.plain_engine(precision, where)


def device_for(name: str | None) -> torch.device:
    """Choose where to compute.

    Args:
        name: `cpu` or `cuda`; None for a GPU if there is one.

    Raises:
        EngineError: If a GPU was asked for and there is none.

    Examples:
        >>> device_for("cpu")
        device(type='cpu')
    """
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise EngineError("cuda was asked for, but PyTorch finds no such GPU here; choose --device cpu")
    return torch.device(name or ("cuda" if there else "cpu"))
