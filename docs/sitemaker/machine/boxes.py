"""The parts of the machine: what they are called, what they do, and where they are explained."""

from dataclasses import dataclass
from math import log

from microgpt.config import Config
from microgpt.data import bundled_documents
from microgpt.model import parameter_shapes
from microgpt.tokenizer import Tokenizer


@dataclass(frozen=True)
class Box:
    """One part of the machine.

    Attributes:
        title: What it is called on the map.
        target: The function that does it, below `microgpt`.
        lesson: The section that explains it, the module before the slug of the heading, below `microgpt`.
        gives: What comes out of it, with its shape.
        words: What it does, in HTML; explains the words that come here for the first time.
        way: The way that it belongs to alone, "training" or "speaking"; empty for both.
    """

    title: str
    target: str
    lesson: str
    gives: str
    words: str
    way: str = ""

    @property
    def name(self) -> str:
        """What it is called in addresses and in the style sheet."""
        return self.title.split(", ")[-1].replace(" ", "-").replace("_", "-").lower()

    @property
    def chapter(self) -> str:
        """The module of its lesson."""
        return self.lesson.partition("--")[0]


def boxes() -> list[Box]:
    """List the parts, in the order of the data's way, with the shapes of the default run."""
    config = Config()
    vocab_size = Tokenizer.from_documents(bundled_documents()).vocab_size
    shapes = parameter_shapes(config, vocab_size)
    sizes = {
        "count": f"{sum(rows * columns for rows, columns in shapes.values()):,}",
        "heads": config.n_head,
        "width": config.n_embd,
        "hidden": shapes["layer0.mlp_fc1"][0],
        "tokens": vocab_size,
        "layers": config.n_layer,
        "half": f"{log(2):.2f}",
        "rate": config.learning_rate,
    }
    return [
        Box(
            title,
            target,
            lesson,
            gives.format_map(sizes),
            WORDS[title].format_map(sizes),
            WAYS.get(title, ""),
        )
        for title, target, lesson, gives in PLACES
    ]


PLACES = (
    ("a document", "data.read_documents", "data--what-counts-as-a-document", "a text"),
    ("tokenizer", "tokenizer.Tokenizer.encode", "tokenizer--the-picture", "ids"),
    ("embed", "model.embed", "model--two-tables", "[n_embd] = [{width}]"),
    ("attention", "attention.attention", "attention--the-picture", "[n_embd] = [{width}]"),
    ("cache", "attention.Cache", "attention--the-mask", "k, v"),
    ("mlp", "model.mlp", "model--the-picture", "[n_embd] = [{width}]"),
    ("linear, lm_head", "vectors.linear", "vectors--linear-mix", "[vocab_size] = [{tokens}]"),
    ("softmax", "vectors.softmax", "vectors--softmax-choose", "[vocab_size] = [{tokens}]"),
    ("surprise", "loss.surprise", "loss--surprise", "nats"),
    ("draw", "sampling.draw_token", "sampling--the-picture", "a token"),
    ("document_loss", "loss.document_loss", "loss--emma-letter-by-letter", "one number"),
    ("backward", "training.backward", "autograd--the-picture", "{count} slopes"),
    ("Adam", "adam.Adam.update", "adam--adams-answer", "{count} parameters"),
)
"""For each box its title, its function, its lesson, and what it gives; sizes stand in braces."""

WAYS = {
    **dict.fromkeys(("a document", "surprise", "document_loss", "backward", "Adam"), "training"),
    "draw": "speaking",
}
"""What only one of the two ways goes through."""

WORDS = {
    "a document": "One line of a file, here one name.",
    "tokenizer": "The model reads numbers. Each letter has one, its <em>id</em>; a piece of text with "
    "an id is a <b>token</b>. One token is no letter: <b>BOS</b>, “beginning of sequence”, the mark at both "
    "ends of a name. At each <b>position</b>, counted from 0, the model is told one token and guesses the "
    "next.",
    "embed": "A letter has no size, so the model gives it {width} numbers that it has learned: a row of a "
    "table for the token, and one for its position. Their sum is a list of <b>n_embd</b> = {width} "
    "numbers, the <em>vector</em> that goes on from here. <b>rmsnorm</b> makes it longer or shorter, so "
    "that the mean of the squares of its numbers is 1. (It does so again in front of attention and of the "
    "mlp.) Blue numbers are above 0, brown ones below.",
    "attention": "How a position gets something from the ones before. It asks a question, its "
    "<b>query</b>. Every position up to here has a <b>key</b>, by which it is found, and a <b>value</b>, "
    "what it has to give. The better a key fits the query, the larger the share of its value. There are "
    "{heads} <b>heads</b> side by side, counted from 0, each with questions of its own. What comes out is "
    "<em>added</em> to what came in (<b>residual</b>: the line that goes around the box).",
    "cache": "The shelf on which each position leaves its key (<em>k</em>) and its value (<em>v</em>) for "
    "those that come after it. Nothing else leads from one position to another.",
    "mlp": "The multilayer perceptron works on one position by itself. A first matrix, "
    "a table of learned numbers, asks {hidden} questions of the vector; answers below 0 become 0. A second "
    "one makes {width} numbers of the rest, and these are added again. Attention and mlp together are a "
    "<b>block</b>. This model has {layers}; a larger one sends the vector through many, one after the other.",
    "linear, lm_head": "The last matrix has a row for every token. The numbers of the row and of the vector "
    "are multiplied, one by one, and added up. That is the token's score, or <b>logit</b>: any number, and "
    "the larger it is, the more probable the token.",
    "softmax": "Makes probabilities of the {tokens} scores: none is below 0, and together they are 100 %.",
    "surprise": "How little the model expected the right token: minus the logarithm of its probability, "
    "in <b>nats</b>. What was certain surprises by 0; half as probable is {half} nats more.",
    "draw": "When the model speaks, there is no right token. Chance takes one, in proportion to the "
    "probabilities, and it is <em>fed back</em>: it is what the next position reads. When BOS is drawn, "
    "the name is over. (The scores are divided by a <b>temperature</b> first; a low one favors what is "
    "likely even more.)",
    "document_loss": "The mean surprise over all positions of the name is the <b>loss</b>: how wrong the "
    "model is, as one number.",
    "backward": "The <b>parameters</b> are all numbers that are learned: the two tables and the matrices. "
    "For each, this finds which way, and how much, the loss moves with it: its <b>slope</b>. It goes the "
    "whole way back, from the loss to the tables.",
    "Adam": "Moves each parameter a little, against the running average of its slopes, at a pace of its "
    "own: here by one step on this name, at the rate {rate}. With the next document it begins again.",
}
