"""Which exp, log and pow does this machine have?

Exact bits depend on them: two libraries may round the last bit differently. A record of exact numbers carries
this fingerprint, and is compared to the last bit only where the fingerprint is the same.
"""

import hashlib
import math
import random


def fingerprint() -> str:
    """Hash the results of the functions that the model uses, over fixed inputs."""
    rng = random.Random(0)
    digest = hashlib.sha256()
    for _ in range(2000):
        x = rng.uniform(1e-6, 30.0)
        results = (math.exp(-x), math.log(x), x**-1, x**-2, x**-0.5, x**-1.5, x**0.5, x**2)
        digest.update(" ".join(result.hex() for result in results).encode())
    return digest.hexdigest()[:16]


def hash_of(parts: list[str]) -> str:
    """Shorten a long list of exact numbers (as hexadecimal text) to one hash."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
