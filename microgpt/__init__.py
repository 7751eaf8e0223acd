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
| `microgpt.evaluation` | How good is it really, and compared with what? |
| `microgpt.checkpoint` | How can a run stop today and go on tomorrow? |
| `microgpt.stages` | How can one watch without touching? |
| `microgpt.graphs` | What does a computation graph look like? |
| `microgpt.records` | What exactly happened in a step? |

The whole of it, in five lines: import it, prepare a run, train it, take out the model, let it invent.

>>> from microgpt import Config, as_floats, bundled_documents, generate, start, train
>>> run = start(Config(steps=50), bundled_documents())
>>> losses = [step.loss for step in train(run)]
>>> model = as_floats(run.model)
>>> [generate(model, run.rng) for _ in range(4)]
['maoain', 'snaz', 'lata', 'toel']

How good it is (and `save_checkpoint` keeps it in a file):

>>> from microgpt import evaluate
>>> {name: round(score.loss, 2) for name, score in evaluate(run, limit=200).items()}
{'model': 2.79, 'bigram': 2.97, 'unigram': 2.92, 'uniform': 3.3}
"""

from microgpt.checkpoint import load_checkpoint, resume, save_checkpoint
from microgpt.config import Config
from microgpt.data import Source, bundled_documents, read_documents
from microgpt.evaluation import evaluate
from microgpt.model import as_floats
from microgpt.sampling import generate
from microgpt.training import start, train

__all__ = [
    "Config",
    "Source",
    "as_floats",
    "bundled_documents",
    "evaluate",
    "generate",
    "load_checkpoint",
    "read_documents",
    "resume",
    "save_checkpoint",
    "start",
    "train",
]
