r"""The whole model: a token and its position go in, a score for every possible next token comes out.

# What you will be able to do

- Follow one letter through the whole model, and say which shape it has at each place.
- Explain what an embedding is, and find out which letters a trained model holds to be alike.
- Read other people's GPT code: its names, its shapes, where it differs from ours.
- Recognize the usual faults, even those that a loss does not show.

# The question

The parts are ready: vectors to mix and to calm down, attention to look back. **How do they fit together
so that from "what stands here" comes "what stands next"?**

What comes of it is a **GPT**, a *generative pretrained transformer*: it generates text, it was trained
beforehand on nothing but text, and it is a transformer. A **transformer** is a stack of blocks, the layers,
each with attention and a small network, and with residual connections around both. The first transformer had
two halves: an encoder that read a sentence, and a decoder that wrote its translation. A GPT has the second
half alone, and is called **decoder-only**.

# The picture

Follow token 4 down from the top, and look at the two places where something is added to it.

```mermaid
graph TD
    e["embed: x [n_embd]<br/>16 numbers of size 1"]
    t["token 4 at position 1"] -- "rows of wte and wpe, rmsnorm" --> e
    subgraph layer[" "]
        a["rmsnorm, attention"] -- "adds 0.14" --> p1(("+"))
        p1 --> m["rmsnorm, mlp"]
        m -- "adds 0.21" --> p2(("+"))
        p1 -- "x stays" --> p2
    end
    e --> a
    e -- "x stays" --> p1
    p2 -- "after the last layer: lm_head" --> logits["logits [vocab_size]<br/>27 scores of size 1.54"]
```

The dashed frame is a layer, and the next one goes on from its end. The sizes are those of a trained model, as
they are measured below: what a layer adds is small beside what it leaves as it is.

Think of the vector as a notebook that a visitor carries down a corridor of offices. At the entrance, two
facts are written into it: which letter, which place. Each office reads it, *adds* a vector of its own, and
hands it back. It may cancel an earlier remark by adding its opposite, but it never replaces the page. The
vector on its way is called the **residual stream**. Attention is the office with a shelf: every visitor
leaves a key and a value there, made from the notebook as it is at this door, and the office reads what
earlier visitors have left. It never sees their notebooks. The small network, the MLP, is the office that
thinks alone: a linear layer is a row of detectors, relu keeps those that go off, and a second linear layer
writes something down for each of them (`mlp`). At the exit, 27 judges each read the whole notebook and give a
score for one token.

$$x_0 = \mathrm{embed}(token, position) \qquad x_{l} = \mathrm{block}_l(x_{l-1}) \qquad
\mathrm{logits} = W_{lm}\, x_L$$

In words: the vector starts with two facts, each of the $L$ layers makes the next vector from the last one,
and a final matrix makes scores.

# Two tables

A letter is no number. It gets a row of numbers, its **embedding**: a vector that is learned and stands for
the token. All of them together are the table `wte`. The other way to write a letter as numbers is
**one-hot**: a vector of zeros with a single 1 at the place of the token. They belong together: a one-hot
vector times a matrix picks one of its columns, so looking up a row of the table *is* a linear layer (with the
table turned, rows as columns), without the work.

>>> table = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]
>>> columns = [list(column) for column in zip(*table)]
>>> linear([0.0, 1.0, 0.0], columns), table[1]
([0.3, 0.4], [0.3, 0.4])

What do such rows look like when the model has learned? Nobody told the model what a vowel is. Here are all
rows of the default run, finished (`microgpt.trained`), drawn on a plane. Look for a, e, i, o and u: they lie
on one side, apart from the rest.

```figure
embedding-map
```

How can that be? Begin with the numbers, with the row of e, the first letter of emma:

>>> from microgpt.trained import trained_parameters
>>> letters = Tokenizer("abcdefghijklmnopqrstuvwxyz")
>>> emma = letters.encode("emma")
>>> emma
[26, 4, 12, 12, 0, 26]
>>> trained = Model(Config(), letters, trained_parameters())
>>> wte = trained.parameters["wte"]
>>> [round(number, 2) for number in wte[4]]
[0.0, -0.3, 0.01, 0.3, -0.22, -0.04, 0.05, 0.18, -0.03, -0.26, -0.14, -0.09, 0.02, 0.23, -0.18, 0.29]

A single number means little. What can be read is which rows point the same way. A dot product, divided by
both lengths (a length is the root of the dot product with itself), is 1 for the same direction, 0 for a right
angle, -1 for opposite ones; it is the `cosine` of the angle between them. The letters whose rows lie nearest
to those of e, m and a:

>>> from microgpt.autograd import dot
>>> def cosine(a, b):
...     return dot(a, b) / (dot(a, a) * dot(b, b)) ** 0.5
>>> def alike(one):
...     others = [other for other in range(27) if other != one]
...     return sorted(others, key=lambda other: -cosine(wte[one], wte[other]))
>>> for letter in "ema":
...     near = alike(letters.encode(letter)[1])[:5]
...     print(letter, [letters.name(token) for token in near])
e ['a', 'u', 'o', 'i', 'BOS']
m ['w', 'l', 'f', 'h', 'j']
a ['e', 'o', 'u', 'i', 'BOS']

The vowels find each other. What follows a vowel is seldom another one, and what follows a consonant mostly is
one, and so rows of one kind have much the same to say. The share of vowels among the letters that follow a
vowel, and that follow a consonant, in the names it learned from:

>>> from microgpt.data import bundled_documents
>>> pairs = [pair for name in bundled_documents() for pair in zip(name, name[1:])]
>>> after_vowel = [second in "aeiou" for first, second in pairs if first in "aeiou"]
>>> after_consonant = [second in "aeiou" for first, second in pairs if first not in "aeiou"]
>>> round(sum(after_vowel) / len(after_vowel), 2), round(sum(after_consonant) / len(after_consonant), 2)
(0.15, 0.74)

The mean `cosine` over all pairs of two vowels, of a vowel and a consonant, of two consonants, in the trained
model and in an untrained one:

>>> untrained = as_floats(new_model(Config(), letters, random.Random(42)))
>>> vowels = [0, 4, 8, 14, 20]
>>> consonants = [token for token in range(26) if token not in vowels]
>>> def mean_cosine(rows, ones, others):
...     found = [cosine(rows[a], rows[b]) for a in ones for b in others if a != b]
...     return round(sum(found) / len(found), 2)
>>> for model in (trained, untrained):
...     kinds = ((vowels, vowels), (vowels, consonants), (consonants, consonants))
...     print([mean_cosine(model.parameters["wte"], *kind) for kind in kinds])
[0.68, -0.39, 0.39]
[0.03, -0.01, 0.03]

The second table, `wpe`, has a row for each place, the **position embedding**. The two rows are added: which
letter, which place.

# The parameters

| name | shape | what one row is |
|---|---|---|
| `wte` | `[vocab_size][n_embd]` | the vector of one token |
| `wpe` | `[block_size][n_embd]` | the vector of one position |
| `lm_head` | `[vocab_size][n_embd]` | the judge of one token |
| `layer0.attn_wq`, `.attn_wk`, `.attn_wv` | `[n_embd][n_embd]` | makes one number of a query, key or value |
| `layer0.attn_wo` | `[n_embd][n_embd]` | makes one number of the heads' report |
| `layer0.mlp_fc1` | `[4 * n_embd][n_embd]` | one detector |
| `layer0.mlp_fc2` | `[n_embd][4 * n_embd]` | makes one number of the detectors' report |

Every further layer has six matrices of its own. All are filled with small random numbers, in this order.

>>> shapes = parameter_shapes(Config(), vocab_size=27)
>>> for name, (rows, columns) in shapes.items():
...     print(f"{name:15} {rows:2} x {columns:2} = {rows * columns:4}")
wte             27 x 16 =  432
wpe             16 x 16 =  256
lm_head         27 x 16 =  432
layer0.attn_wq  16 x 16 =  256
layer0.attn_wk  16 x 16 =  256
layer0.attn_wv  16 x 16 =  256
layer0.attn_wo  16 x 16 =  256
layer0.mlp_fc1  64 x 16 = 1024
layer0.mlp_fc2  16 x 64 = 1024
>>> sum(rows * columns for rows, columns in shapes.values())
4192

# Shapes on the way

Ours handles one position of one document. Most programs handle all $T$ positions of $B$ documents in one go,
a *batch* (`microgpt.training`), and their shapes have two dimensions more:

| part | where | here | by default | all at once |
|---|---|---|---|---|
| input | token id | a whole number | | `[B][T]` |
| embedding | after `embed`, and all along the stream | `[n_embd]` | 16 | `[B][T][n_embd]` |
| attention | queries, keys, values | `[n_head][head_dim]` | 4 x 4 | `[B][n_head][T][head_dim]` |
| attention | weights, each head | `[n_ctx]` | 1 to 16 | `[B][n_head][T][T]`, masked |
| attention | its report | `[n_embd]` | 16 | `[B][T][n_embd]` |
| MLP | detectors | `[4 * n_embd]` | 64 | `[B][T][4 * n_embd]` |
| MLP | its report | `[n_embd]` | 16 | `[B][T][n_embd]` |
| output | logits | `[vocab_size]` | 27 | `[B][T][vocab_size]` |

Such programs often call the width `C`, for channels. The documents never meet: $B$ is only a loop that
a graphics card does at once. Positions meet in attention alone. `microgpt.engines.tensors` has our model in
that form.

# One position at a time

`forward` is called for one position after the other, and what must be remembered of earlier calls is in
the caches, one for each layer. So training and inventing run the same code. In training the next token is
already known, from the document; when inventing, it is drawn from the model's answer.

What to know about it:

- *The order of the calls is the mask.* Nothing can look ahead, since what comes later is not on the shelf
  yet.
- *Only attention looks beyond its position*; everything else would do the same if it were alone.
- *Each layer keeps its own cache*: what it puts there was made from the stream as it is at its own door.
- *Each part reads a normalized copy* and adds to the stream itself, which nothing normalizes after `embed`.

# The first numbers

`new_model` draws every parameter at random around 0. What if it did not? Think of sixteen people in a room
who know the same, hear the same and learn by the same rule: they will go on saying the same, and one would
do.

Take the mean surprise at the letters of emma, as `microgpt.first_steps` does, and count how many parameters
get a slope from it: with random numbers, with zeros, and with 0.08 everywhere. Shown are all, then those of
`wte`, `lm_head` and the query matrix. (What is below a millionth of a millionth is rounding.)

>>> from microgpt.autograd import log, total
>>> from microgpt.vectors import softmax
>>> def mean_surprise(model, forward=forward):
...     caches, surprises = new_caches(model.config), []
...     for position, (token, following) in enumerate(zip(emma, emma[1:])):
...         surprises.append(-log(softmax(forward(model, token, position, caches))[following]))
...     return total(surprises) * (1 / len(surprises))
>>> def slopes(model, forward=forward):
...     mean_surprise(model, forward).backward()
...     return model.parameters
>>> def with_slope(start):
...     model = new_model(Config(), letters, random.Random(42))
...     for one in parameters_of(model):
...         one.data = one.data if start is None else start
...     found = slopes(model)
...     return {name: sum(abs(one.grad) > 1e-12 for row in found[name] for one in row) for name in found}
>>> for name, start in {"random": None, "zeros": 0.0, "equal": 0.08}.items():
...     counts = with_slope(start)
...     print(name, sum(counts.values()), counts["wte"], counts["lm_head"], counts["layer0.attn_wq"])
random 3616 64 432 256
zeros 0 0 0 0
equal 432 0 432 0

All zeros: no slope, and so no learning, ever. All equal: at first the last matrix alone has slopes. Equal
judges give equal scores, whatever they read; so a nudge anywhere before them changes no chance.

??? question why initialization "Pause and think: all parameters start at 0.08. What can the model learn?"

    How frequent each letter is, and next to nothing else. The sixteen numbers of a row get equal slopes, so
    they stay equal: a letter's row is one number, sixteen times, and of that number `rmsnorm` leaves little
    more than the sign. The rows may come to differ, and so may the judges, but as long as the signs agree,
    what the judges hear is nearly the same vector whatever the letter:

    >>> twins = as_floats(new_model(Config(), letters, random.Random(42)))
    >>> for name, matrix in twins.parameters.items():
    ...     for row, numbers in enumerate(matrix):
    ...         matrix[row] = [0.01 * row if name in ("wte", "lm_head") else 0.08] * len(numbers)
    >>> after_e = forward(twins, 4, 0, new_caches(twins.config))
    >>> after_m = forward(twins, 12, 1, new_caches(twins.config))
    >>> max(abs(a - b) for a, b in zip(after_e, after_m)) < 0.001, len(set(after_e))
    (True, 27)

??? question how initialization "How large should the first numbers be for a layer with 64 inputs?"

    A sum of 64 products of inputs of size 1 has $\sqrt{64} = 8$ times the size of one parameter. If the sum
    shall have size 1 again, the parameters need 1/8. Ours have 0.08: the sums are smaller, which does no harm
    where they are added to a stream. Sums of random inputs and parameters, a thousand times:

    >>> rng = random.Random(1)
    >>> def sums(std, n=64):
    ...     return [sum(rng.gauss(0, 1) * rng.gauss(0, std) for _ in range(n)) for _ in range(1000)]
    >>> for std in (0.08, 1 / 8, 1.0):
    ...     made = sums(std)
    ...     print(std, round((sum(one * one for one in made) / 1000) ** 0.5, 1))
    0.08 0.6
    0.125 1.0
    1.0 7.9

??? question deeper initialization "Why does a start eighty times smaller cost so little here?"

    The slope of a factor is the other factor, so tiny parameters have tinier slopes. The length of all slopes
    of the query matrix together, for 0.08 and for 0.001:

    >>> for std in (0.08, 0.001):
    ...     found = slopes(new_model(Config(init_std=std), letters, random.Random(42)))["layer0.attn_wq"]
    ...     print(f"{sum(one.grad**2 for row in found for one in row) ** 0.5:.0e}")
    8e-03
    2e-10

    A step that is a fixed share of the slope would come to nothing, until other matrices have grown. The rule
    of `microgpt.adam` divides by the usual size of the slopes, and walks at once nearly as fast as ever, but
    not with the matrices of queries and keys. Their slopes are below even its `eps`; two steps of the others
    make them large enough. In the record of the page `docs/pages/experiments.md` the small start costs about
    a hundredth of a nat (`microgpt.loss`), for one layer. Against a start that is much too large there is no
    such help: the first scores are sure and wrong.

# Before and after learning

How large are the numbers on the way? The root of their mean square, over the five positions of emma that are
put in, for the untrained model, the trained one, and one that starts with an `init_std` of 1. (`listening`
tells a function of ours what each function with `@stage` above it gave back: `microgpt.stages`.)

>>> from microgpt.stages import listening
>>> def size(vectors):
...     numbers = [number for vector in vectors for number in vector]
...     return round((sum(number * number for number in numbers) / len(numbers)) ** 0.5, 2)
>>> def look(model):
...     made, caches = {}, new_caches(model.config)
...     with listening(lambda event: made.setdefault(event.stage, []).append(event.output)):
...         for position, token in enumerate(emma[:-1]):
...             _ = forward(model, token, position, caches)
...     return made
>>> wild = as_floats(new_model(Config(init_std=1.0), letters, random.Random(42)))
>>> for stage_name in ("embed", "attention", "mlp", "block", "forward"):
...     print(f"{stage_name:10}", [size(look(model)[stage_name]) for model in (untrained, trained, wild)])
embed      [1.0, 1.0, 1.0]
attention  [0.07, 0.14, 16.09]
mlp        [0.14, 0.21, 23.43]
block      [1.03, 1.02, 30.42]
forward    [0.31, 1.54, 124.02]

The stream leaves `embed` with size 1 and nearly keeps it: what attention and MLP write is small beside it,
before training and after. The scores have grown: a trained model dares to be sure. In the third model what
each part adds is many times what left `embed`, the scores are enormous, and softmax makes them certainties:
normalization sets the inputs of a part right, not what it adds.

How many of the 64 detectors of the MLP go off, at each position? And how many never do, in all of emma?

>>> def off_and_on(model):
...     seen = [output for output in look(model)["linear"] if len(output) == 64]
...     never = sum(all(output[unit] <= 0 for output in seen) for unit in range(64))
...     return [sum(number > 0 for number in output) for output in seen], never
>>> off_and_on(untrained), off_and_on(trained)
(([28, 39, 27, 33, 34], 1), ([7, 5, 8, 8, 3], 48))

Before training about half go off, afterwards few. One that is silent here is not *dead*: a detector is dead
if it never goes off, whatever comes in. Then its row gets no slope, and it comes back only if what comes in
changes. In the trained model each goes off for some token at some place, even without a past:

>>> gone_off = set()
>>> def note(event):
...     if event.stage == "linear" and len(event.output) == 64:
...         gone_off.update(unit for unit, number in enumerate(event.output) if number > 0)
>>> with listening(note):
...     for token in range(27):
...         for position in range(16):
...             _ = forward(trained, token, position, new_caches(trained.config))
>>> len(gone_off)
64

# Other ways to say where

A learned row for each place is the simplest way to tell the model the order. It ends at the last row. Others:

| scheme | what it does | from |
|---|---|---|
| sinusoidal | adds fixed waves of different lengths; nothing to learn, no last row | Vaswani et al. (2017) |
| relative | gives attention a learned vector for each *distance* of query and key | Shaw et al. (2018) |
| rotary (RoPE) | turns query and key by an angle that grows with the place | Su et al. (2021) |
| ALiBi | takes from each attention score a fixed amount for each step of distance | Press et al. (2021) |
| none (NoPE) | adds nothing at all | Haviv et al. (2022) |

Rotary is the usual one today. Its point is that a dot product of two turned vectors depends on the
distance of their places alone. Query and key of two numbers, at places 5 and 3, 9 and 7, and 5 and 4:

>>> from math import cos, sin
>>> def turned(vector, position, speed=0.3):
...     (x, y), angle = vector, speed * position
...     return [x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)]
>>> query, key = [1.0, 2.0], [0.5, -1.0]
>>> [round(dot(turned(query, i), turned(key, j)), 4) for i, j in ((5, 3), (9, 7), (5, 4))]
[-2.3673, -2.3673, -2.024]

# What is different from GPT-2

| GPT-2 | here | what it is |
|---|---|---|
| layer normalization with learned factors | RMS normalization without | `microgpt.vectors` |
| one before the last matrix | one after the embedding | evens out the end there, the start here |
| biases | none | a learned number added to each result of a matrix |
| GELU | ReLU | the same bend, rounded |
| weight tying | a last matrix of its own | **weight tying**: the table of tokens also scores them |
| dropout | none | numbers on the way, picked at random, set to 0 while training, see below |
| tokens of several letters | characters | `microgpt.tokenizer` |
| up to 48 layers of width 1,600 | one of width 16 | 1.5 billion parameters against 4,192 |

GELU and ReLU at -2, -1, 0, 1 and 2. GELU multiplies a number by the chance that a number drawn at random, as
`gauss(0, 1)` draws, is below it (`erf` serves to compute that chance):

>>> from math import erf
>>> [round(x * 0.5 * (1 + erf(x / 2**0.5)), 3) for x in (-2.0, -1.0, 0.0, 1.0, 2.0)]
[-0.046, -0.159, 0.0, 0.841, 1.954]
>>> [relu(x) for x in (-2.0, -1.0, 0.0, 1.0, 2.0)]
[0.0, 0.0, 0.0, 1.0, 2.0]

Dropout works against learning by heart (`microgpt.training`). Weight tying saves a table: a tenth of our
parameters, and nearly a third of those of the smallest GPT-2. In ours it costs more than it saves
(`docs/pages/experiments.md`).

# Pitfalls

The faults of a forward pass seldom stop the program. Here some are built in on purpose, and the trained model
is asked again about emma. As it should be, and before training:

>>> round(mean_surprise(trained), 4), round(mean_surprise(untrained), 4)
(2.7244, 3.2252)

- *The normalized x added.* Each part reads `rmsnorm(x)`, but the stream must go on with x. Whoever normalizes
  x first and uses it for both has another model. Ours hardly shows it, since its stream has size 1 anyway; a
  deep one, whose stream grows, does.

>>> def with_block(block):
...     def run(model, token, position, caches):
...         x = embed(model, token, position)
...         for layer, cache in enumerate(caches):
...             x = block(x, layer_matrices(model.parameters, layer), cache)
...         judges = model.parameters["lm_head"]
...         return linear(x, judges)
...     return run
>>> def normalized_added(x, matrices, cache):
...     x = rmsnorm(x)
...     x = rmsnorm(add(attention(x, cache, **matrices["attn"]), x))
...     return add(mlp(x, **matrices["mlp"]), x)
>>> round(mean_surprise(trained, with_block(normalized_added)), 4)
2.7262

- *The residual forgotten.* The sizes of the slopes that reach the table of tokens in an untrained model of
  four layers, with the paths and without:

>>> def no_residual(x, matrices, cache):
...     return mlp(rmsnorm(attention(rmsnorm(x), cache, **matrices["attn"])), **matrices["mlp"])
>>> for run in (forward, with_block(no_residual)):
...     found = slopes(new_model(Config(n_layer=4), letters, random.Random(42)), run)
...     print(round(sum(one.grad**2 for row in found["wte"] for one in row) ** 0.5, 3))
1.376
0.065

- *The heads cut otherwise.* Head 0 owns the first four numbers of a query. A program that gives it every
  fourth one has all shapes right and all heads wrong.

>>> every_fourth = [number for head in range(4) for number in range(head, 16, 4)]
>>> other = dict(trained.parameters)
>>> for name in ("layer0.attn_wq", "layer0.attn_wk", "layer0.attn_wv"):
...     other[name] = [trained.parameters[name][row] for row in every_fourth]
>>> round(mean_surprise(Model(Config(), letters, other)), 4)
2.7788

- *Token and position exchanged.* Both are small whole numbers. The id 26 is no place, and Python stops; with
  ids up to 15 it does not.

>>> def exchanged(model, token, position, caches):
...     return forward(model, position, min(token, 15), caches)
>>> round(mean_surprise(trained, exchanged), 4)
4.8746

- *Positions counted from 1.* Every row is the wrong one, and for this name the model gets *better*, by luck.
  One name judges nothing; compare with the right answer, number by number.

>>> def from_1(model, token, position, caches):
...     return forward(model, token, position + 1, caches)
>>> round(mean_surprise(trained, from_1), 4)
2.3531

- *A stale cache.* The shelf of the last document is still full, and the new one looks back into it. The
  chance of an a at the start of a name, with an empty shelf and after emma:

>>> used = new_caches(trained.config)
>>> for position, token in enumerate(emma[:-1]):
...     _ = forward(trained, token, position, used)
>>> for caches in (new_caches(trained.config), used):
...     print(round(softmax(forward(trained, 26, 0, caches))[0], 3))
0.086
0.079

# Check yourself

??? question what forward "What is a GPT?"

    A program that gives every possible next token a score, learned from text alone. It is made of a table of
    vectors, blocks of attention and MLP around a stream, and a last matrix. It continues a text by asking
    itself again and again: `microgpt.sampling`.

??? question what forward "What is an embedding?"

    The row of numbers that stands for a token: the place of a letter in a space of 16 directions. It is a
    parameter like any other, starts at random, and is moved by slopes. What is used alike comes to lie
    near: the four rows nearest to that of e are the other vowels. There are two tables, for letters and for
    places.

??? question why forward "Why does the model need position embeddings?"

    Attention is a weighted mean, and a mean does not know in which order its numbers came. Without places,
    one layer sees the same letters in another order as the same: `embed` shows it. In the record of the page
    `docs/pages/experiments.md` leaving them out costs about a hundredth of a nat (`microgpt.loss`) after
    1,000 steps and three hundredths after 10,000.

??? question why forward "What are residual connections for?"

    A part has to learn only what to *add*; before it has learned anything, it does little harm. And slopes
    have a road on which no matrix stands: the pitfall above measures what reaches the table of tokens with it
    and without. The page `docs/pages/experiments.md` has them as the part of the model that is missed most.

??? question deeper forward "Which way does the slope take through a residual path?"

    All ways. The result is $x + f(x)$, so its slope is $1 + f'(x)$, with $f'$ for the slope of $f$: the 1
    came along the path, the $f'$ through the part. Two layers, whose parts have the slopes $a$ and $b$, have
    $(1 + a)(1 + b) = 1 + a + b + ab$: past both, through one, through the other, through both. The path keeps
    the 1; the *sum* is another matter. It can cancel where a part has slope -1, and it can grow. Ten layers
    whose slope is 0.1, -0.1 and -1, with the path and without:

    >>> [round((1 + slope) ** 10, 2) for slope in (0.1, -0.1, -1.0)]
    [2.59, 0.35, 0.0]
    >>> [round(slope**10, 12) for slope in (0.1, -0.1, -1.0)]
    [1e-10, 1e-10, 1.0]

    So small slopes do not fade. That is what the path is for; it does not keep slopes at one size.

??? question how forward "Which parameters get a slope from the name emma, and which of them move?"

    Predict first: how many rows of `wte`, and of `wpe`? A slope comes to the rows of BOS, e, m and a, to the
    first five places, to all of `lm_head` and the attention matrices, and to the detectors that go off at
    least once: one that ReLU silences at every position gets none, and neither does its column of `mlp_fc2`.

    >>> fresh = slopes(new_model(Config(), letters, random.Random(42)))
    >>> for name in ("wte", "wpe", "lm_head", "layer0.attn_wq", "layer0.mlp_fc1", "layer0.mlp_fc2"):
    ...     print(name, sum(one.grad != 0 for row in fresh[name] for one in row))
    wte 64
    wpe 80
    lm_head 432
    layer0.attn_wq 256
    layer0.mlp_fc1 1008
    layer0.mlp_fc2 1008
    >>> 4 * 16, 5 * 16, 63 * 16
    (64, 80, 1008)

    Which move is another question. The rule of `microgpt.adam` has a memory: once a parameter has had a
    slope, it goes on moving for a while, and after a hundred steps nearly all move in every step.

??? question deeper "What is the smallest model that this file can describe?"

    One number wide, with one head and room for one position. For an alphabet of one letter it has 17
    parameters; with no letter at all, 15, and only the empty name to say.

    >>> tiny = Config(n_embd=1, n_head=1, block_size=1)
    >>> def count(vocab_size):
    ...     return sum(rows * columns for rows, columns in parameter_shapes(tiny, vocab_size).values())
    >>> count(vocab_size=2), count(vocab_size=1)
    (17, 15)

??? question deeper "Which papers should one read first?"

    - Vaswani et al., "Attention Is All You Need" (2017): the transformer. Section 3 is this chapter and
      `microgpt.attention`; leave the encoder out.
    - Radford et al., "Language Models are Unsupervised Multitask Learners" (2019): GPT-2. Section 2 for the
      model; it says what was changed in few lines.
    - Bengio et al., "A Neural Probabilistic Language Model" (2003): vectors for words and a network that
      guesses the next, long before. The introduction says why.
    - He et al., "Deep Residual Learning for Image Recognition" (2015): residual connections, and the curves
      that made everybody use them.
    - Elhage et al., "A Mathematical Framework for Transformer Circuits" (2021): the stream and what is
      written into it, worked out for models of up to two layers.

# To keep

- An embedding is a learned row of numbers for a token; in the trained model the rows of the vowels lie
  together.
- Every part reads a normalized copy of the stream and adds to the stream itself.
- Only attention lets positions meet; everything else handles each position on its own.

# What follows

Scores come out. But how good are they, as one number that slopes can be taken of? That is `microgpt.loss`.

<!-- not computed: 1,600; GPT-2 as its paper describes it -->

Sources: the block is GPT-2's, with the normalization before each part (Radford et al., "Language Models are
Unsupervised Multitask Learners", 2019). The stack of attention and MLP is Vaswani et al.'s, "Attention Is All
You Need" (2017). "Residual stream" is the word of Elhage et al. (2021). Weight tying is Press and Wolf's,
"Using the Output Embedding to Improve Language Models" (2016); GELU is Hendrycks and Gimpel's (2016).
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

from microgpt.attention import Cache, attention, new_cache
from microgpt.autograd import Matrix, Scalar, Value, Vector, relu
from microgpt.config import Config
from microgpt.stages import stage
from microgpt.tokenizer import Tokenizer
from microgpt.vectors import add, linear, rmsnorm


@dataclass(frozen=True)
class Model(Generic[Scalar]):
    """All that is needed to use a model: its dials, its alphabet and its parameters.

    Attributes:
        config: The dials it was made with.
        tokenizer: Its alphabet.
        parameters: Its matrices by name, each `[rows][columns]`, of `Value`s to train or of floats to use.

    Examples:
        >>> model = new_model(Config(n_embd=8, n_head=2), Tokenizer("abc"), random.Random(1))
        >>> len(model.parameters["wte"]), len(model.parameters["wte"][0])
        (4, 8)
    """

    config: Config
    tokenizer: Tokenizer
    parameters: dict[str, list[list[Scalar]]]


def parameter_shapes(config: Config, vocab_size: int) -> dict[str, tuple[int, int]]:
    """List every matrix with its rows and columns, in the order in which they are made.

    Args:
        config: The dials.
        vocab_size: The number of tokens, the mark included.

    Returns:
        Name to (rows, columns).

    Examples:
        Twice the layers, twice the layer matrices.

        >>> [len(parameter_shapes(Config(n_layer=n), vocab_size=27)) for n in (1, 2, 3)]
        [9, 15, 21]
        >>> parameter_shapes(Config(n_embd=10, n_head=5), vocab_size=3)["layer0.mlp_fc1"]
        (40, 10)
    """
    width, hidden = config.n_embd, 4 * config.n_embd
    shapes = {"wte": (vocab_size, width), "wpe": (config.block_size, width), "lm_head": (vocab_size, width)}
    of_one_layer = {f"attn_{name}": (width, width) for name in ("wq", "wk", "wv", "wo")}
    of_one_layer |= {"mlp_fc1": (hidden, width), "mlp_fc2": (width, hidden)}
    for layer in range(config.n_layer):
        shapes |= {f"layer{layer}.{name}": shape for name, shape in of_one_layer.items()}
    return shapes


def layer_matrices(
    parameters: Mapping[str, Matrix[Scalar]], layer: int
) -> dict[str, dict[str, Matrix[Scalar]]]:
    """Pick the matrices of one layer, for each of its two parts by their short names.

    Args:
        parameters: All matrices of a model by name.
        layer: Which layer, from 0.

    Returns:
        `attn` with `wq`, `wk`, `wv` and `wo`, and `mlp` with `fc1` and `fc2`.

    Examples:
        >>> model = new_model(Config(n_layer=2, n_embd=4, n_head=2), Tokenizer("ab"), random.Random(1))
        >>> second = layer_matrices(model.parameters, 1)
        >>> {part: list(matrices) for part, matrices in second.items()}
        {'attn': ['wq', 'wk', 'wv', 'wo'], 'mlp': ['fc1', 'fc2']}
        >>> second["mlp"]["fc1"] is model.parameters["layer1.mlp_fc1"]
        True
    """
    found: dict[str, dict[str, Matrix[Scalar]]] = {"attn": {}, "mlp": {}}
    for name, matrix in parameters.items():
        owner, _, rest = name.partition(".")
        if owner == f"layer{layer}":
            part, _, short = rest.partition("_")
            found[part][short] = matrix
    return found


def new_model(config: Config, tokenizer: Tokenizer, rng: random.Random) -> Model[Value]:
    r"""Make a model that knows nothing: every parameter drawn at random around 0.

    $$w \sim \mathcal N(0, \text{init\_std}^2)$$

    (The sign $\sim$ is read "is drawn from".) A unit is a row that makes a number, with the column of the
    next matrix that reads it. Two units that start equal get equal slopes and stay equal, as twins who hear
    the same lessons. Random numbers break the *symmetry*: each unit becomes something else.

    What to know about it:

    - *Random, around 0, small.* So the first scores are small, and the first probabilities nearly even.
    - *A sum of n products grows with the root of n*, so a wide layer wants smaller numbers.
    - *The order of the draws is part of the result*: another order is another model.

    ??? question what initialization "How sure is an untrained model?"

        Hardly. Even chances would be 1/27. Its least and its likeliest first letter:

        >>> from microgpt.vectors import softmax
        >>> letters = Tokenizer("abcdefghijklmnopqrstuvwxyz")
        >>> model = as_floats(new_model(Config(), letters, random.Random(42)))
        >>> chances = softmax(forward(model, 26, 0, new_caches(model.config)))
        >>> round(min(chances), 3), round(1 / 27, 3), round(max(chances), 3)
        (0.018, 0.037, 0.067)

    Args:
        config: The dials; `init_std` is the size of the random numbers.
        tokenizer: The alphabet.
        rng: Where the random numbers come from. It moves on by one draw for each parameter.

    Returns:
        The model, of `Value`s.

    Pitfalls:
        - *All equal.* The model trains, and never gets further than counting letters.
        - *Too large.* With a spread of 1 the first scores are in the hundreds, and the loss with them.

    Examples:
        As many numbers as the shapes say, with about the spread that was asked for.

        >>> config = Config(n_layer=2, n_embd=4, n_head=2, block_size=3, init_std=0.5)
        >>> model = new_model(config, Tokenizer("ab"), random.Random(42))
        >>> numbers = [value.data for value in parameters_of(model)]
        >>> len(numbers), round((sum(x * x for x in numbers) / len(numbers)) ** 0.5, 2)
        (420, 0.5)
    """
    shapes = parameter_shapes(config, tokenizer.vocab_size)
    parameters = {
        name: [[Value(rng.gauss(0, config.init_std)) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in shapes.items()
    }
    return Model(config, tokenizer, parameters)


def parameters_of(model: Model[Scalar]) -> list[Scalar]:
    """List all parameters in one row: matrix by matrix, row by row.

    Examples:
        >>> model = new_model(Config(n_embd=4, n_head=1), Tokenizer("ab"), random.Random(1))
        >>> parameters_of(model)[0] is model.parameters["wte"][0][0]
        True
        >>> parameters_of(model)[-1] is model.parameters["layer0.mlp_fc2"][3][15]
        True
    """
    return [number for matrix in model.parameters.values() for row in matrix for number in row]


def as_floats(model: Model[Scalar]) -> Model[float]:
    """Copy a model without the machinery for learning: the same numbers as plain floats.

    It gives the same answers to the last bit, in little more than half the time, and cannot be trained.

    Examples:
        The scores at two positions, the second looking back at the first:

        >>> model = new_model(Config(), Tokenizer("ab"), random.Random(1))
        >>> plain = as_floats(model)
        >>> slow, fast = new_caches(model.config), new_caches(plain.config)
        >>> for position, token in enumerate([2, 0]):
        ...     values = forward(model, token, position, slow)
        ...     print([value.data for value in values] == forward(plain, token, position, fast))
        True
        True
    """
    parameters = {
        name: [[float(number) for number in row] for row in matrix]
        for name, matrix in model.parameters.items()
    }
    return Model(model.config, model.tokenizer, parameters)


def as_values(model: Model[float]) -> Model[Value]:
    """Copy a model so that it can be trained: the same numbers, as `Value`s.

    Examples:
        >>> model = as_floats(new_model(Config(), Tokenizer("ab"), random.Random(1)))
        >>> as_floats(as_values(model)) == model
        True
    """
    parameters = {
        name: [[Value(number) for number in row] for row in matrix]
        for name, matrix in model.parameters.items()
    }
    return Model(model.config, model.tokenizer, parameters)


def new_caches(config: Config) -> list[Cache[Scalar]]:
    """Make the empty memory for one document: a cache for each layer.

    Examples:
        >>> new_caches(Config(n_layer=2, n_head=2))
        [Cache(keys=[[], []], values=[[], []]), Cache(keys=[[], []], values=[[], []])]
    """
    return [new_cache(config.n_head) for _ in range(config.n_layer)]


@stage
def embed(model: Model[Scalar], token: int, position: int) -> list[Scalar]:
    r"""Describe a token at a position by one vector: the two learned rows added, then normalized.

    The token's row can say "vowel", the position's row can say "near the start". Nobody writes such facts in;
    they form while training, since they help. Without the position's row, a model of one layer loses the
    order of what came before. Attention takes a weighted mean, and a mean does not know in which order its
    numbers came: after "ab" and after "ba" the same two pairs of key and value lie in the cache, so a c that
    follows gets the same answer. The last example shows it. (With more layers some order shows even so: the
    vector of b has looked back at a in the one case, and not in the other.)

    $$x = \mathrm{rmsnorm}(\text{wte}_{token} + \text{wpe}_{position})$$

    Args:
        model: The model.
        token: An id, from 0 to vocab_size - 1.
        position: A place, from 0 to block_size - 1.

    Returns:
        `[n_embd]`, with a mean square of 1.

    Pitfalls:
        - This normalization is not made superfluous by the one at the start of the first layer. That one
          feeds attention only; this one also feeds the residual stream, and it shapes the slopes that
          come back.

    Examples:
        Rows 1 of both tables: [3, 4] is [1, 4] + [2, 0]. Its mean square is 12.5, and the root of that
        3.5355.

        >>> tables = {"wte": [[0.0, 0.0], [1.0, 4.0]], "wpe": [[0.0, 0.0], [2.0, 0.0]]}
        >>> model = Model(Config(n_embd=2, n_head=1, block_size=2), Tokenizer("a"), tables)
        >>> [round(number, 4) for number in embed(model, token=1, position=1)]
        [0.8485, 1.1314]
        >>> round(12.5**0.5, 4), round(3 / 12.5**0.5, 4), round(4 / 12.5**0.5, 4)
        (3.5355, 0.8485, 1.1314)

        What follows "ab" and then c, and what follows "ba" and then c? With positions, two answers.
        Without them, one.

        >>> model = as_floats(new_model(Config(), Tokenizer("abc"), random.Random(1)))
        >>> def scores_after(tokens):
        ...     caches = new_caches(model.config)
        ...     return [forward(model, t, i, caches) for i, t in enumerate(tokens)][-1]
        >>> def distance(a, b):
        ...     return round(sum(abs(x - y) for x, y in zip(a, b)), 4)
        >>> distance(scores_after([3, 0, 1, 2]), scores_after([3, 1, 0, 2]))
        0.006
        >>> model.parameters["wpe"] = [[0.0] * 16 for _ in range(16)]
        >>> distance(scores_after([3, 0, 1, 2]), scores_after([3, 1, 0, 2]))
        0.0
    """
    return rmsnorm(add(model.parameters["wte"][token], model.parameters["wpe"][position]))


@stage
def mlp(x: Vector[Scalar], fc1: Matrix[Scalar], fc2: Matrix[Scalar]) -> list[Scalar]:
    r"""Think about one position alone: many small detectors, and a report of which went off.

    An **MLP**, a *multilayer perceptron*, is two linear layers with a bend between them. Each row of `fc1` is
    a detector: its dot product with `x` is large when `x` has the pattern it looks for. ReLU silences the
    rest. Each column of `fc2` is what to write down when that detector goes off. Without a bend between them
    the two matrices would be one.

    $$\mathrm{mlp}(x) = W_2\, \mathrm{relu}(W_1 x)$$

    Args:
        x: `[n_embd]`.
        fc1: The detectors, `[4 * n_embd][n_embd]`.
        fc2: The report, `[n_embd][4 * n_embd]`.

    Returns:
        `[n_embd]`.

    Examples:
        Three detectors for two numbers: "the first is positive", "the second is", "the sum is negative". The
        first and second go off for [3, 1] and write 10·3 and 1·1 into different places. For [-3, 1] the
        second and third do: the second writes 1·1, and the third, which sees 2, writes 5·2 and 7·2.

        >>> fc1 = [[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]
        >>> fc2 = [[10.0, 0.0, 5.0], [0.0, 1.0, 7.0]]
        >>> mlp([3.0, 1.0], fc1, fc2), mlp([-3.0, 1.0], fc1, fc2)
        ([30.0, 1.0], [10.0, 15.0])

        Without the bend, a single matrix does the same: the product of the two.

        >>> linear(linear([-3.0, 1.0], fc1), fc2), linear([-3.0, 1.0], [[5.0, -5.0], [-7.0, -6.0]])
        ([-20.0, 15.0], [-20.0, 15.0])

    Source: four times the width is Vaswani et al.'s (2017). ReLU is Fukushima's (1969); its name and its
    popularity it has from Nair and Hinton (2010) and Glorot, Bordes and Bengio (2011).
    """
    return linear([relu(number) for number in linear(x, fc1)], fc2)


@stage
def block(
    x: Vector[Scalar], matrices: dict[str, dict[str, Matrix[Scalar]]], cache: Cache[Scalar]
) -> list[Scalar]:
    r"""Run one layer: add what attention finds, then add what the MLP makes of it.

    $$x \leftarrow x + \mathrm{attention}(\mathrm{rmsnorm}(x)) \qquad
    x \leftarrow x + \mathrm{mlp}(\mathrm{rmsnorm}(x))$$

    ```mermaid
    graph LR
        x["x<br/>3, −1"] --> att["rmsnorm, attention<br/>0, 0"] --> p1(("+"))
        x --> p1
        p1 -- "3, −1" --> mlp["rmsnorm, mlp<br/>0 and a lot"] --> p2(("+"))
        p1 --> p2
        p2 --> out["x<br/>3, 43.72"]
    ```

    The plain arrows around the two parts are the residual connections. Along them a slope comes back as it
    is; what comes back through the part is added to it. The numbers are those of the second example below.

    Args:
        x: `[n_embd]`.
        matrices: Those of this layer, as `layer_matrices` picks them.
        cache: The memory of this layer; it grows by one position.

    Returns:
        `[n_embd]`.

    Pitfalls:
        - *The normalized x added.* The parts read `rmsnorm(x)`; the stream keeps x. See the last example.
        - *The block's input added twice.* The second addition adds to the result of the first. Otherwise what
          attention wrote reaches the MLP and nobody else.

    Examples:
        A layer whose matrices are all zero writes nothing down: what goes in comes out.

        >>> config = Config(n_embd=2, n_head=1)
        >>> shapes = parameter_shapes(config, vocab_size=2)
        >>> zeros = {name: [[0.0] * columns for _ in range(rows)] for name, (rows, columns) in shapes.items()}
        >>> block([3.0, -1.0], layer_matrices(zeros, 0), new_cache(n_head=1))
        [3.0, -1.0]

        One detector for "the second is negative", which raises the second number by 100 times what it
        sees: the normalized -1 is -0.4472.

        >>> zeros["layer0.mlp_fc1"][5], zeros["layer0.mlp_fc2"][1][5] = [0.0, -1.0], 100.0
        >>> x = block([3.0, -1.0], layer_matrices(zeros, 0), new_cache(n_head=1))
        >>> [round(number, 2) for number in x], round(rmsnorm([3.0, -1.0])[1], 4)
        ([3.0, 43.72], -0.4472)

        Whoever normalizes x and goes on with that has lost its size, even where the layer writes nothing.

        >>> zeros["layer0.mlp_fc2"][1][5] = 0.0
        >>> x = rmsnorm([3.0, -1.0])
        >>> [round(number, 2) for number in block(x, layer_matrices(zeros, 0), new_cache(n_head=1))]
        [1.34, -0.45]
    """
    x = add(attention(rmsnorm(x), cache, **matrices["attn"]), x)
    return add(mlp(rmsnorm(x), **matrices["mlp"]), x)


@stage
def forward(model: Model[Scalar], token: int, position: int, caches: Sequence[Cache[Scalar]]) -> list[Scalar]:
    r"""Score every token as the successor of this one, given what the caches hold of the ones before.

    Args:
        model: The model.
        token: The id at this position.
        position: Its place, from 0 to block_size - 1. Call in order: 0, 1, 2, ...
        caches: One for each layer; each grows by this position.

    Returns:
        The scores, called *logits*, `[vocab_size]`. `softmax` makes them probabilities.

    Raises:
        ValueError: If there are more or fewer caches than layers.

    Pitfalls:
        - *Stale caches.* A new document needs new ones.
        - *Skipped positions.* The model sees what is in the caches, not what you meant.

    Examples:
        Two positions: the mark, then an a. The last line asks about the same a without the past.

        >>> model = as_floats(new_model(Config(), Tokenizer("ab"), random.Random(3)))
        >>> caches = new_caches(model.config)
        >>> [round(score, 4) for score in forward(model, model.tokenizer.bos, 0, caches)]
        [0.1971, 0.2362, 0.3696]
        >>> [round(score, 4) for score in forward(model, 0, 1, caches)]
        [0.3886, -0.1238, 0.1769]
        >>> [round(score, 4) for score in forward(model, 0, 1, new_caches(model.config))]
        [0.3446, -0.1357, 0.1442]

        Written out, it is embed, the blocks, and one matrix.

        >>> x = embed(model, token=1, position=0)
        >>> x = block(x, layer_matrices(model.parameters, 0), new_cache(n_head=4))
        >>> linear(x, model.parameters["lm_head"]) == forward(model, 1, 0, new_caches(model.config))
        True

        With two layers, the second works on what the first one made, and each has its own cache.

        >>> model = as_floats(new_model(Config(n_layer=2), Tokenizer("ab"), random.Random(3)))
        >>> caches = new_caches(model.config)
        >>> scores = forward(model, 1, 0, caches)
        >>> first, second = (layer_matrices(model.parameters, layer) for layer in (0, 1))
        >>> x = block(embed(model, token=1, position=0), first, new_cache(n_head=4))
        >>> x = block(x, second, new_cache(n_head=4))
        >>> linear(x, model.parameters["lm_head"]) == scores
        True
        >>> [len(cache.keys[0]) for cache in caches]
        [1, 1]
    """
    x = embed(model, token, position)
    for layer, cache in zip(range(model.config.n_layer), caches, strict=True):
        x = block(x, layer_matrices(model.parameters, layer), cache)
    return linear(x, model.parameters["lm_head"])
