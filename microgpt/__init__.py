r"""A complete GPT in plain Python, written to be read.

Read the modules in this order; each is a chapter. Skim the first, a reference for all dials; from there
on, each needs only the ones before it.

| chapter | what it answers |
|---|---|
| `microgpt.config` | Which dials are there, and what happens when they are turned? |
| `microgpt.data` | What does the model learn from? |
| `microgpt.tokenizer` | How does a name become numbers, and numbers a name? |
| `microgpt.autograd` | Which way should each number move? |
| `microgpt.vectors` | What can be done with lists of numbers? |
| `microgpt.attention` | How does a position look back at the ones before? |
| `microgpt.model` | How do the parts make a model? |
| `microgpt.loss` | How wrong is it, as one number? |
| `microgpt.adam` | How does a slope become a step? |
| `microgpt.training` | How does it all become learning? |
| `microgpt.sampling` | How does the model speak? |

The whole of it, in five lines: import it, prepare a run, train it, take out the model, let it invent.

>>> from microgpt import Config, as_floats, bundled_documents, generate, start, train
>>> run = start(Config(steps=50), bundled_documents())
>>> losses = [step.loss for step in train(run)]
>>> model = as_floats(run.model)
>>> [generate(model, run.rng) for _ in range(4)]
['maoain', 'snaz', 'lata', 'toel']
"""

from microgpt.config import Config
from microgpt.data import bundled_documents, read_documents
from microgpt.model import as_floats
from microgpt.sampling import generate
from microgpt.training import start, train

__all__ = ["Config", "as_floats", "bundled_documents", "generate", "read_documents", "start", "train"]
