r"""The loop: take a document, measure the surprise, find the slopes, take the step. A thousand times.

# What you will be able to do

- say what a training loop does in each round, and what it must not forget or keep;
- choose rate, size and length together, and not one by one;
- tell learning from learning by heart, and find the usual faults by their symptoms.

# The question

Everything is there: a model with random numbers in it, a loss that says how wrong it is, slopes that say
which way is better, Adam that says how far to go. **What does it take to make them learn?** A loop of
four actions, and care in what is kept from one round to the next.

# The picture

Follow a name down to `train_step`, and look at the arrow that leads back up: it is the loop.

```mermaid
graph TD
    docs["2,917 names"] -- "shuffled, some set aside" --> next["the next name"]
    docs -- "their characters" --> model["a random model<br/>4,192 parameters"]
    next --> step["train_step"]
    model --> step
    step -- "again" --> next
    step -- "1,000 steps done" --> use["a trained model"]
```

It is practice with flash cards. A card is shown up to some letter, the model says what it expects, the card
is turned, and whatever led to the wrong expectation is moved a little. Nothing else happens, a thousand
times.

# One document at a time

Each step learns from a single document, and the steps go through the shuffled documents in order; after the
last one the first comes again. Once through all of them is an *epoch*. The default run has more bundled names
than steps, so it does not finish its first epoch and meets no name twice, unless it is twice in the file.

>>> import random
>>> from dataclasses import replace
>>> from microgpt.autograd import total
>>> from microgpt.data import bundled_documents
>>> from microgpt.loss import document_loss, predictions, surprise
>>> from microgpt.model import as_floats, as_values, forward, new_caches
>>> from microgpt.trained import trained_parameters
>>> from microgpt.vectors import softmax
>>> names = bundled_documents()
>>> len(names), Config().steps
(2917, 1000)

The loss of a step is the loss of *one* name. It jumps up and down with the difficulty of the name, so look at
an average of many steps to see learning. Here are sixty steps of a small model:

>>> SMALL = Config(steps=60, n_embd=8, n_head=2)
>>> run = new_run(SMALL, names)
>>> losses = [step.loss for step in train(run)]
>>> [round(loss, 2) for loss in losses[:4]]
[3.39, 3.39, 3.35, 3.38]
>>> first, last = losses[:20], losses[-20:]
>>> round(sum(first) / 20, 2), round(sum(last) / 20, 2)
(3.22, 2.72)

The default run takes a thousand steps. Look at how jagged the thin line is, how steadily the mean falls
through it, and where it crosses the dashed lines: these are opponents that only count letters
(`microgpt.evaluation`).

```figure
loss-curve
```

And this is what happens inside meanwhile. Stop at nine places of the run, first at its beginning and then at
its end, and look at what has changed: the names, the letters on the plane, what is expected after "em".

```figure
snapshots
```

# Teacher forcing

After "em" the model may think that "a" comes next. In "emma" an m came, and it is the m that is put in at the
next position, whatever the model thought. This is *teacher forcing*. It has two reasons. The question at each
position is then the one that the document really asks: what comes after "emm", and not what comes after
"ema". And all answers are known before the model has said anything, so no position has to wait for a guess.
Here is the default run, finished (`microgpt.trained`), at each position of "emma": what was put in, the
model's favorite and its chance, and what really came and its chance.

>>> tokenizer = Tokenizer("abcdefghijklmnopqrstuvwxyz")
>>> trained = Model(Config(), tokenizer, trained_parameters())
>>> emma, caches = tokenizer.encode("emma"), new_caches(trained.config)
>>> for position, (token, answer) in enumerate(predictions(emma, 16)):
...     chances = softmax(forward(trained, token, position, caches))
...     favorite = chances.index(max(chances))
...     thought, came = (f"{tokenizer.name(one)} {chances[one]:.3f}" for one in (favorite, answer))
...     print(f"{tokenizer.name(token):4} {thought:9}  {came}")
BOS  a 0.086    e 0.034
e    n 0.113    m 0.070
m    a 0.396    m 0.006
m    a 0.353    a 0.353
a    BOS 0.255  BOS 0.255

When the model speaks on its own there is no teacher: then its own guess is put in (`microgpt.sampling`).

# Minibatches

One name is a poor witness of what all names want. Larger programs average over several documents in each
step, a *minibatch*; the dial is `batch_size`. Nothing new has to be invented for it. The loss of a batch is
the mean of the losses, and the slope of a mean is the mean of the slopes:

>>> model = as_values(trained)
>>> parameters = parameters_of(model)
>>> def slopes_of(texts):
...     backward(batch_loss(model, [tokenizer.encode(text) for text in texts]), parameters)
...     return [parameter.grad for parameter in parameters]
>>> one, other, both = slopes_of(["emma"]), slopes_of(["liam"]), slopes_of(["emma", "liam"])
>>> max(abs((a + b) / 2 - c) for a, b, c in zip(one, other, both)) < 1e-15
True

What it costs: sixteen documents are sixteen times the work forward and back (but one update). What it buys:
the wishes of single names cancel, and what they agree on stays. Take 64 names in groups of 1, 4, 16 and 64.
This is how long the gradient of a group is, on average (the root of the sum of its squares). While names
mostly disagree, four times as many make it about half as long:

>>> single = [slopes_of([name]) for name in names[::45][:64]]
>>> def mean_length(size):
...     groups = [single[first : first + size] for first in range(0, 64, size)]
...     means = [[sum(slopes) / size for slopes in zip(*group)] for group in groups]
...     return sum(sum(slope**2 for slope in mean) ** 0.5 for mean in means) / len(means)
>>> [round(mean_length(size), 2) for size in (1, 4, 16, 64)]
[1.95, 1.06, 0.56, 0.28]

On names.txt, in 1,000 steps and with 32 seeds, the held-out loss falls from 2.359 to 2.273 with four names in
each step, and to 2.199 with sixteen (`docs/pages/experiments.md`). Those runs also saw four and sixteen times
as many names, and that is most of it: 10,000 steps with one name each come to 2.227.

The documents of a batch follow each other in the shuffled order:

>>> run = new_run(Config(batch_size=2), ["emma", "ava", "mia", "liam", "noah"])
>>> step = train_step(run)
>>> step.documents == run.documents[:2], next_task(run).documents == run.documents[2:4]
(True, True)

# What one step does

Back to the finished model and "emma", which it has never met. A hundred of the bundled names are asked too.
What does one step on "emma" change? And ten?

>>> EXAM = names[::29][:100]
>>> def asked(model, texts):
...     plain = as_floats(model)
...     return round(sum(document_loss(plain, tokenizer.encode(text)) for text in texts) / len(texts), 2)
>>> model = as_values(trained)
>>> optimizer = Adam.start(parameters_of(model))
>>> for steps in (0, 1, 9):
...     for _ in range(steps):
...         _ = learn(model, optimizer, [emma], learning_rate=0.01)
...     print(asked(model, ["emma"]), asked(model, ["anna"]), asked(model, EXAM))
2.72 2.1 2.44
2.27 1.92 2.45
0.25 1.8 3.68

One step makes "emma" less surprising, and "anna" too, which ends in the same way; the hundred hardly notice.
Ten steps on the one name, and nearly everything else is forgotten. A step is a wish of one document. It needs
the next ones to contradict it, and a rate at which no single one can shout the others down.

# What the dials do

The small model of sixty steps once more, with one dial turned, judged by its mean loss on those hundred
names, which are set aside now. The die, a model that knows nothing, would have $\log 27 = 3.30$. First pure
luck: the same settings with other seeds.

>>> rest = [name for name in names if name not in set(EXAM)]
>>> def loss_after(**dials):
...     run = new_run(replace(SMALL, **dials), rest)
...     for step in train(run):
...         pass
...     return asked(run.model, EXAM)
>>> usual = [loss_after(seed=seed) for seed in (42, 43, 44, 45)]
>>> usual, round(math.log(27), 2)
([2.83, 2.73, 2.8, 2.76], 3.3)

Smaller differences prove nothing in a single run. What one seed can show: the number of steps (20, 60, 180),
and the size of the first numbers (0, 0.08, 1). If all are 0, every slope is 0, and the die stays; if they are
too large, sixty steps do not suffice to get back to it.

>>> [loss_after(steps=20), usual[0], loss_after(steps=180)]
[3.21, 2.83, 2.56]
>>> [loss_after(init_std=0.0), usual[0], loss_after(init_std=1.0)]
[3.3, 2.83, 27.35]

For small effects the runs must be *paired*: the same seeds with and without the change, and the differences
looked at. Here, Adam without the memory of the direction, four pairs:

>>> [round(loss_after(seed=42 + i, beta1=0.0) - usual[i], 2) for i in range(4)]
[-0.05, -0.02, -0.02, -0.01]

Better, each time. But that holds for sixty steps of this small model. In 1,000 and in 10,000 steps of the
default model, 32 pairs on names.txt, it makes no clear difference. That is true of many dials: what matters
in a short run is not what matters in a long one. The page `docs/pages/experiments.md` has them all.

# Rate, size and length

Three dials belong together. Here are thirty steps with a narrow model and a wide one, two rates each:

>>> for width in (4, 32):
...     print(width, [loss_after(n_embd=width, steps=30, learning_rate=rate) for rate in (0.01, 0.1)])
4 [3.2, 2.89]
32 [2.76, 8.35]

The rate that is good for the narrow one ruins the wide one. One reason: in the wide model more parameters
move at once, all by about the rate, and their effects add up. And a long run can afford small steps, which
end nearer to the bottom; a short one has to hurry. This is the best of five rates (0.001, 0.003, 0.01, 0.03,
0.1) for each width and length, on the bundled names, with 16 seeds (`docs/measurements/rates.json`):

| width | 30 steps | 60 | 240 | 1,000 | 4,000 |
|---|---|---|---|---|---|
| 4 | 0.1 | 0.03 | 0.03 | 0.03 | 0.03 |
| 8 | 0.03 | 0.03 | 0.03 | 0.01 | 0.01 |
| 16 | 0.03 | 0.03 | 0.01 | 0.01 | 0.01 |
| 32 | 0.01 | 0.01 | 0.01 | 0.003 | 0.003 |

The same as curves. Look at where each has its lowest point, and which way that point moves:

```figure
rates
```

In no row does it rise with the length, and in no column with the width. So whoever compares two widths at one
rate compares rates. On names.txt, width 32 is better than our 16 at half the rate, and at the usual rate in
10,000 steps worse (`docs/pages/experiments.md`).

*The schedule.* The rate need not stay the same during a run; how it changes is the *learning-rate schedule*.
Here it falls on a straight line to nearly 0 (`learning_rate_at`): large steps at first, to get somewhere;
small ones at the end, to settle. It matters more than most parts of the model. On names.txt, 1,000 steps, 32
seeds, the held-out loss is 2.359 with the line and 2.447 with a constant rate. The other usual curve is half
a *cosine*, which stays high longer and ends more gently; with it the loss is 2.366, a little worse than with
the line. At each quarter of a run:

>>> [round(1 - part, 2) for part in (0, 0.25, 0.5, 0.75, 1)]
[1, 0.75, 0.5, 0.25, 0]
>>> [round((1 + math.cos(math.pi * part)) / 2, 2) for part in (0, 0.25, 0.5, 0.75, 1)]
[1.0, 0.85, 0.5, 0.15, 0.0]

Large models also begin with a *warmup*: for a small part of the run the rate rises from 0. Adam's first steps
move everything by the whole rate, on the word of very few documents. Our small model survives that.

# Learning by heart

A model with thousands of parameters can do something else with five names than catch their sound: remember
them. To get better at the documents learned from and worse at others is *overfitting*.

>>> run = new_run(Config(steps=150), ["amara", "boris", "chen", "dilnoza", "emeka"])
>>> losses = [step.loss for step in train(run)]
>>> round(sum(losses[:5]) / 5, 2), round(sum(losses[-5:]) / 5, 2)
(2.68, 0.27)

Ten draws from its answers, which is how it speaks (`microgpt.sampling`). They are the five names again:

>>> model, spoken = as_floats(run.model), []
>>> bos = model.tokenizer.bos
>>> for _ in range(10):
...     tokens, caches = [bos], new_caches(model.config)
...     while len(tokens) == 1 or (len(tokens) <= 16 and tokens[-1] != bos):
...         chances = softmax(forward(model, tokens[-1], len(tokens) - 1, caches))
...         tokens += run.rng.choices(range(len(chances)), chances)
...     spoken.append(model.tokenizer.decode(tokens[1:]))
>>> spoken
['emeka', 'boris', 'dilnoza', 'amara', 'chen', 'amara', 'boris', 'amara', 'dilnoza', 'dilnoza']

A name of the same letters that it has not seen surprises it far more than it would surprise the die.

>>> round(document_loss(model, model.tokenizer.encode("ramona")), 2), round(math.log(bos + 1), 2)
(5.2, 2.77)

On the five names themselves, what is left of the loss is the first letter, which nobody can know: one of
five. It is one of the five to eight tokens of a name, and everything after it is certain.

>>> [len(name) + 1 for name in sorted(run.documents)]
[6, 6, 5, 8, 6]
>>> round(sum(math.log(5) / (len(name) + 1) for name in run.documents) / 5, 2)
0.27

With more names it comes later, or not at all. The figure shows 10,000 steps on 100 of the bundled names, and
on 1,945, judged by 972 others; means of 8 seeds (`docs/measurements/curves.json`). Look at where the dashed
line and the solid one of the same color part:

```figure
curves
```

With 100 names the loss on the others is lowest after 200 steps, two epochs, at 2.66. Then it turns up, while
the loss on the hundred goes on falling: at the end 0.67 on these, 9.74 on the others. With 1,945 names both
still fall at the end, to 2.34 and 2.41. The training loss alone shows nothing of this. That is why a model is
judged by documents that it has not seen, why one may stop where they turn (*early stopping*), and why more
data is the best remedy.

# Early and late

Some numbers tell whether a run is healthy. Here they are for the default run, before its first step and after
its last: how long the gradient is for "emma", and for fifty names together; how many units get no slope from
"emma", and how many get none from any of the fifty.

>>> def length(slopes):
...     return round(sum(slope**2 for slope in slopes) ** 0.5, 2)
>>> run = new_run(Config(), names)
>>> for model in (run.model, as_values(trained)):
...     parameters = parameters_of(model)
...     backward(document_loss(model, emma), parameters)
...     off = sum(not any(weight.grad for weight in row) for row in model.parameters["layer0.mlp_fc1"])
...     of_one = length([parameter.grad for parameter in parameters])
...     backward(batch_loss(model, [tokenizer.encode(name) for name in EXAM[:50]]), parameters)
...     dead = sum(not any(weight.grad for weight in row) for row in model.parameters["layer0.mlp_fc1"])
...     print(of_one, length([parameter.grad for parameter in parameters]), off, dead)
2.61 0.62 1 0
2.55 0.33 48 0

*Gradients.* For one name the gradient is as long as at the start: the names still pull. For fifty names
together it is about half of what it was: they no longer pull the same way. So the length of one document's
gradient does not say whether a run is finished. It should be neither 0 nor without bounds. Here it is matrix
by matrix, in the first steps and in the last. Look at how far each dot has moved, and that none has gone to
0:

```figure
gradient-sizes
```

*Units.* Of the 64 detectors of the MLP, ReLU keeps some silent at every position of "emma"; they get no slope
from it, and that is how they are counted here. Of the untrained model one is silent, of the trained one three
quarters are: they have found something else to wait for. That is no illness. A unit is *dead* only if it is
silent for every document, for then no slope reaches it at all. For the fifty names none is.

*Change over weights.* How large is a step beside what it changes? Both as the root of the mean square, over
all parameters:

>>> for step in range(1, 101):
...     before = [parameter.data for parameter in parameters_of(run.model)]
...     done = train_step(run)
...     if step in (1, 10, 100):
...         after = [parameter.data for parameter in parameters_of(run.model)]
...         change = sum((new - old) ** 2 for new, old in zip(after, before)) / sum(old**2 for old in before)
...         print(f"{step:3} {change**0.5:.3f}")
  1 0.119
 10 0.049
100 0.018

A rule of thumb for larger models wants about 0.001. This run is far above it for long: the model is small,
and its rate is high. The ratio falls with the rate, to almost nothing in the last steps. What alarms is not
the number but a ratio near 1, where a step replaces the model, or a matrix whose ratio is quite unlike the
others'.

Now watch one learn, and look at its curve: where does it cross those of the counters, and when do the names
begin to sound like names? Then give it a few names of your own, and see how soon it knows them by heart.

```figure
train
```

# What a step costs

Each number of the matrices is multiplied once at each position. The tables `wte` and `wpe` are only looked
up. So for $D$ positions and $N$ numbers in the other matrices, forward takes $N D$ multiplications and as
many additions. Backward takes twice that: each product hands one slope to the weight and one to the input.
Together that is the rule of thumb of the field: **training costs about $6 N D$ operations.** Here are, for
the five positions of "emma", $N$, $N D$, the multiplications that its graph really has in dot products, and
$6 N D$. What the graph has beyond $N D$ is attention's, which grows with the square of the length, and a
little of the normalization's:

>>> sizes = {name: len(rows) * len(rows[0]) for name, rows in trained.parameters.items()}
>>> matrices = sum(size for name, size in sizes.items() if name not in ("wte", "wpe"))
>>> nodes, waiting = {}, [document_loss(as_values(trained), emma)]
>>> while waiting:
...     node = waiting.pop()
...     if id(node) not in nodes:
...         nodes[id(node)] = node
...         waiting += node.inputs or [one for factors in node.factors or () for one in factors]
>>> multiplied = sum(len(node.factors[0]) for node in nodes.values() if node.factors)
>>> matrices, 5 * matrices, multiplied, 6 * 5 * matrices
(3504, 17520, 18240, 105120)

(`microgpt.engines.operations` counts them from the dials.) How many tokens does a model need? The default run
sees so many, and so many for each parameter:

>>> tokens = sum(len(name) + 1 for name in run.documents[:1000])
>>> tokens, round(tokens / sum(sizes.values()), 1)
(6989, 1.7)

Given a number of operations, should one spend it on more parameters or on more tokens? For large models the
loss was found to be lowest with about twenty tokens for each parameter (Hoffmann et al., 2022). GPT-3 had
fewer: 175 billion parameters and 300 billion tokens.

>>> parameters, tokens = 175 * 10**9, 300 * 10**9
>>> round(tokens / parameters, 1), f"{6 * parameters * tokens:.2g}"
(1.7, '3.2e+23')

# When it does not learn

| symptom | look first at |
|---|---|
| the first loss is far above $\log 27$ | the size of the first numbers |
| the loss stays exactly at $\log 27$ | first numbers that are all 0 |
| the loss is wonderful at once | answers that leak: off by one, or a look ahead |
| the loss jumps, grows, or is no number | the learning rate |
| the loss falls, and that on others rises | learning by heart: more data, or stop earlier |
| neither falls far enough | a model too small, or a run too short |

And a test that takes a second: **a working loop can learn one name by heart.** One that cannot has a fault in
its slopes or its steps, and no dial will mend it.

>>> run = new_run(Config(steps=40, n_embd=8, n_head=2), ["emma"])
>>> losses = [step.loss for step in train(run)]
>>> round(losses[0], 2), round(losses[-1], 3)
(1.47, 0.02)

# What a run consists of

Stop it between two steps, keep the things of a `Run`, and it can go on as if nothing had happened:
the model, the documents in their order, Adam's averages, the random generator, and the losses so far,
whose number is the number of steps done. `microgpt.checkpoint` keeps them in a file.

# Pitfalls

*Gradients not set to 0.* A loop of one's own, with the line that sets them to 0 and without. Without it each
step follows the sum of all slopes so far, and the model ends worse than the die. No message says so.

>>> def last_losses(resets, steps=60):
...     run = new_run(SMALL, names)
...     parameters, losses = parameters_of(run.model), []
...     for text in run.documents[:steps]:
...         loss = document_loss(run.model, tokenizer.encode(text))
...         if resets:
...             for parameter in parameters:
...                 parameter.grad = 0.0
...         loss.backward()
...         run.optimizer.update(parameters, 0.01)
...         losses.append(loss.data)
...     return round(sum(losses[-20:]) / 20, 2)
>>> last_losses(resets=True), last_losses(resets=False)
(2.71, 3.69)

*Answers off by one.* A model that is asked for the token that it was just given needs no letter before, only
a mirror. Its loss is wonderful; at the real question it is worse than the die.

>>> run = new_run(SMALL, names)
>>> for text in run.documents[:60]:
...     caches, tokens = new_caches(SMALL), tokenizer.encode(text)
...     given = [
...         surprise(softmax(forward(run.model, token, position, caches))[token])
...         for position, token in enumerate(tokens[:-1])
...     ]
...     loss = total(given) * (1 / len(given))
...     backward(loss, parameters_of(run.model))
...     run.optimizer.update(parameters_of(run.model), 0.03)
>>> round(loss.data, 2), asked(run.model, EXAM)
(0.07, 11.58)

*The cache kept.* Keys and values of the last document are still there when the next one begins, and it looks
back at letters that are not its own. The numbers change a little, and nothing fails:

>>> def loss_with(caches, text):
...     pairs = enumerate(predictions(tokenizer.encode(text), 16))
...     found = [surprise(softmax(forward(trained, a, at, caches))[b]) for at, (a, b) in pairs]
...     return round(sum(found) / len(found), 3)
>>> kept = new_caches(trained.config)
>>> loss_with(new_caches(trained.config), "emma"), loss_with(kept, "liam"), loss_with(kept, "emma")
(2.724, 2.371, 2.729)

*A rate too high.* Sometimes a run ends with a message. At other times it goes on and is worse than the die,
as the wide model above at a rate of 0.1.

>>> try:
...     loss_after(learning_rate=3.0, n_embd=16)
... except DivergenceError as error:
...     print(type(error).__name__)
DivergenceError

*A document longer than the block.* What does not fit is not read, so two different names can be the same:

>>> short = new_run(Config(block_size=4), ["emmanuel", "emmaline"]).model
>>> losses = [document_loss(short, short.tokenizer.encode(text)).data for text in ("emmanuel", "emmaline")]
>>> losses[0] == losses[1]
True

# Check yourself

??? question what training "The loss of step 100 is higher than that of step 1. Is something wrong?"

    Not by itself. Each is the loss of one name, and some names are hard. Look at the mean of many steps,
    or at the same unseen names each time.

??? question why training "Why does the true token go in, and not the model's guess?"

    Because the document says what comes after the true beginning, and nothing about what comes after a wrong
    one. With its own guess put in after "em", the model would be asked for the m of "emma" after "ema", where
    another letter might be right. The price: it never practices to go on from its own mistakes.

??? question how training "How do you choose the dials?"

    In this order. First the test above: one name by heart. Then length and size: as long as you can wait, as
    large as you can afford; more steps help nearly always, until the loss on others turns. Then the rate,
    anew for each size and length, on a scale of factors of three, as in the table above. Let it fall to 0 at
    the end. Leave Adam's memory and the first numbers as they are. Compare with several seeds, in pairs, on
    documents that are not learned from, and report on yet others, since the best of many tries has also been
    lucky (`microgpt.evaluation`).

??? question deeper training "When does a model learn by heart instead of learning?"

    When it has room for the documents themselves, and is given the time. Room matters less than one would
    think. Four widths on 100 names, 10,000 steps, 8 seeds (`docs/measurements/curves.json`):

    | width | parameters | loss on the 100 | on others, at best | on others, at the end |
    |---|---|---|---|---|
    | 4 | 472 | 2.00 | 2.63 | 3.55 |
    | 8 | 1328 | 1.03 | 2.63 | 7.40 |
    | 16 | 4192 | 0.67 | 2.66 | 9.74 |
    | 32 | 14528 | 0.67 | 2.75 | 9.35 |

    >>> [2 * 27 * width + 16 * width + 12 * width**2 for width in (4, 8, 16, 32)]
    [472, 1328, 4192, 14528]

    Even the smallest, with fewer parameters than the names have letters, gets worse at others in the end. The
    two largest have learned by heart all that can be. But at their best, after 150 to 300 steps, all lie
    close together: what a model could hold matters less than how long it is made to hold it, and from how
    many names. With width 16, the loss on others at the end of 10,000 steps: 9.74 from 100 names, 3.54 from
    300, 2.47 from 1,000, 2.41 from 1,945.

??? question deeper training "Which inputs could break a training loop?"

    The empty document: it holds one exercise, that it ends at once, and can be learned from. A single
    document, repeated: by heart in no time. A batch larger than the documents: refused. A letter that only
    documents set aside have: it is in the alphabet all the same; its row of `lm_head` gets slopes as a wrong
    answer, its row of `wte` none.

    >>> run = new_run(Config(steps=1, n_embd=4, n_head=2), [""])
    >>> train_step(run).batch
    [[0, 0]]
    >>> try:
    ...     new_run(Config(batch_size=2), ["ava"])
    ... except ConfigError as error:
    ...     print(error)
    batch_size = 2 is more than the 1 documents to learn from; choose at most that

??? question how "Where does the time go, and how could it go faster?"

    Into the multiplications of the matrices, once forward and twice back (a slope for the weight, one for
    the input), and into making and walking the nodes of the graph. One node for a whole dot product, in
    place of one for each operation, was the largest gain within plain Python. Larger ones come from outside
    of it: arrays, compiled loops, or a graphics card. The mathematics stays the same.

# To keep

- A step is forward, backward, update on a few documents; over many steps the wishes of single documents
  cancel, and what they have in common is learned.
- Rate, size and length are one choice: the wider the model and the longer the run, the smaller the best rate.
- The loss on what is learned from falls in any case; only documents that were not learned from tell whether
  it was learned or memorized.

# What follows

The model has learned. How does it speak? `microgpt.sampling` lets it draw one letter after the other.

Sources: the loop, the shuffled order and the falling rate are those of Andrej Karpathy's microgpt (2026).
Teacher forcing: Williams and Zipser, "A Learning Algorithm for Continually Running Fully Recurrent Neural
Networks" (1989). $6ND$: Kaplan et al., "Scaling Laws for Neural Language Models" (2020). Twenty tokens:
Hoffmann et al., "Training Compute-Optimal Large Language Models" (2022). The cosine: Loshchilov and Hutter,
"SGDR" (2016). GPT-3: Brown et al., "Language Models are Few-Shot Learners" (2020).
"""

import gc
import math
import random
import reprlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import mul
from typing import Any, NamedTuple, TypeAlias

from microgpt.adam import Adam
from microgpt.autograd import Value
from microgpt.config import Config, ConfigError
from microgpt.data import split_documents
from microgpt.loss import Batch, batch_loss
from microgpt.model import Model, new_model, parameters_of
from microgpt.stages import stage
from microgpt.tokenizer import Tokenizer

WINDOW = 100
"""Over how many steps losses are averaged, to see past the difficulty of single documents."""


class DivergenceError(ArithmeticError):
    """The numbers have left the range of floats. The message names the step, and says what to try."""


@dataclass
class Run:
    """A training run between two steps: all that is needed to go on.

    Attributes:
        model: The model, whose parameters move.
        documents: What it learns from, in the order of the steps.
        optimizer: Adam and its averages.
        rng: The random generator; after training it draws the samples.
        losses: One loss for each step done, in nats per token.
        held_out: What was set aside before, and is never learned from.
        arithmetic: Who computes the steps; the numbers of model and optimizer are of its kind.
    """

    model: Model[Any]
    documents: Sequence[str]
    optimizer: Adam
    rng: random.Random
    losses: list[float] = field(default_factory=list)
    held_out: Sequence[str] = ()
    arithmetic: "Arithmetic" = field(default_factory=lambda: DOT)

    @property
    def config(self) -> Config:
        """The dials of the run."""
        return self.model.config

    @property
    def trained_on(self) -> Sequence[str]:
        """The documents of the steps so far; each once, however often the steps went through them all."""
        return self.documents[: len(self.losses) * self.config.batch_size]


@dataclass(frozen=True)
class Step:
    """What happened in one step.

    Attributes:
        number: Which step, counted from 1.
        documents: The texts it learned from, as many as `batch_size` says.
        batch: The same as ids, with the mark on both sides.
        learning_rate: The learning rate of the update: how far a parameter moves
            when all its slopes agree.
        loss: The surprise before the update, in nats per token.
    """

    number: int
    documents: list[str]
    batch: list[list[int]]
    learning_rate: float
    loss: float


def new_run(config: Config, documents: Sequence[str]) -> Run:
    """Prepare a run: shuffle the documents, collect the alphabet, make the model.

    One random generator, started from the seed, does the shuffling, then the initialization, and after
    training the sampling. The order matters: it is what makes the run equal to the original's. The alphabet
    is that of all documents, also of those set aside.

    Args:
        config: The dials.
        documents: What to learn from; the sequence itself is left as it is.

    Returns:
        The run before its first step.

    Raises:
        ValueError: If there are no documents, or something else than a list of texts is given: a single
            text, a set (which has no order), or a generator (which can be read only once).
        ConfigError: If `hold_out` leaves none to learn from, or fewer than a batch needs.

    Examples:
        >>> names = ["emma", "ava", "mia", "liam"]
        >>> run = new_run(Config(eps=1e-7), names)
        >>> run.documents, run.model.tokenizer.alphabet
        (['mia', 'ava', 'liam', 'emma'], 'aeilmv')
        >>> names, run.optimizer.eps
        (['emma', 'ava', 'mia', 'liam'], 1e-07)
        >>> new_run(Config(), [])
        Traceback (most recent call last):
            ...
        ValueError: a list of at least one document is needed to learn from, but an empty list was given
        >>> new_run(Config(), {"emma", "ava"})
        Traceback (most recent call last):
            ...
        ValueError: a list of at least one document is needed to learn from, but a set was given
    """
    if isinstance(documents, str) or not isinstance(documents, Sequence) or not documents:
        is_empty = isinstance(documents, Sequence) and not documents
        given = f"{'an empty' if is_empty else 'a'} {type(documents).__name__}"
        raise ValueError(f"a list of at least one document is needed to learn from, but {given} was given")
    if strange := [one for one in documents if not isinstance(one, str)]:
        raise ValueError(f"each document must be a text, but {reprlib.repr(strange[0])} was given")
    rng = random.Random(config.seed)
    try:
        training, held_out = split_documents(documents, config.hold_out, config.block_size, rng)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    if config.batch_size > len(training):
        raise ConfigError(
            f"batch_size = {config.batch_size} is more than the {len(training):,} documents to learn from; "
            "choose at most that"
        )
    model = new_model(config, Tokenizer.from_documents(documents), rng)
    optimizer = Adam.start(parameters_of(model), config.beta1, config.beta2, config.eps)
    return Run(model, training, optimizer, rng, held_out=held_out)


def learning_rate_at(step: int, config: Config) -> float:
    r"""Compute the learning rate of a step: a straight line from the dial's value towards 0.

    $$\eta_s = \eta \left(1 - \frac{s - 1}{\text{steps}}\right)$$

    Args:
        step: Which step, counted from 1.
        config: The dials.

    Returns:
        The rate. In the last step it is small but not 0.

    Examples:
        >>> config = Config(steps=4, learning_rate=0.1)
        >>> [round(learning_rate_at(step, config), 3) for step in (1, 2, 3, 4)]
        [0.1, 0.075, 0.05, 0.025]
    """
    return config.learning_rate * (1 - (step - 1) / config.steps)


def mean_of_last(losses: Sequence[float], window: int = WINDOW) -> float:
    """Average the newest losses: one loss is one document's, and jumps with its difficulty.

    Args:
        losses: At least one, oldest first.
        window: How many to average; fewer if there are not as many.

    Examples:
        >>> mean_of_last([9.0, 3.0, 2.0, 4.0], window=3), mean_of_last([2.5])
        (3.0, 2.5)
    """
    newest = losses[-window:]
    return sum(newest) / len(newest)


def train(run: Run) -> Iterator[Step]:
    """Do the steps that are left, one for each time that the next is asked for.

    Nothing is printed, and no `Step` is kept; only its loss goes into `run.losses`. Whoever iterates
    decides what to do with a step: show it, save the run, look into the model, or stop.

    Args:
        run: Where to go on from. It is changed in place.

    Yields:
        Each step after it is done. At that moment the gradients of the step can still be read from the
        parameters.

    Raises:
        DivergenceError: If the numbers leave the range of floats.

    Examples:
        Stopping after two of five steps and going on is the same as not stopping.

        >>> config, names = Config(steps=5, n_embd=4, n_head=2), ["emma", "ava", "mia"]
        >>> straight, stopped = new_run(config, names), new_run(config, names)
        >>> straight_losses = [step.loss for step in train(straight)]
        >>> for step in train(stopped):
        ...     if step.number == 2:
        ...         break
        >>> _ = list(train(stopped))
        >>> stopped.losses == straight_losses, len(stopped.losses)
        (True, 5)
    """
    while len(run.losses) < run.config.steps:
        yield train_step(run)


@stage
def train_step(run: Run) -> Step:
    r"""Do one step: forward, backward, update.

    ```mermaid
    graph TD
        tokens["ava as tokens<br/>2 0 1 0 2"] --> loss["forward<br/>loss 1.15"]
        loss -- "its graph" --> back["old slopes to 0,<br/>then backward"]
        back -- "new<br/>slopes" --> adam["Adam:<br/>parameters<br/>move"]
        rate["learning rate<br/>of this step"] --> adam
        adam -. "next<br/>step" .-> after["loss 1.05"]
    ```

    The losses are those of the first example below.

    With $\theta$ for the parameters, $L$ for the loss of the documents of step $s$ and $\partial L /
    \partial \theta$ for all its slopes:

    $$\theta \leftarrow \mathrm{Adam}\!\left(\theta, \frac{\partial L}{\partial \theta}, \eta_s\right)$$

    Args:
        run: Changed in place: the parameters move, Adam's averages move, and the loss is added to `losses`.

    Returns:
        What happened.

    Raises:
        DivergenceError: If the loss or a gradient is not a finite number any more. The parameters and
            averages are then still those of the step before.
        ValueError: If all steps are done.

    Examples:
        After one step on "ava", the same document is less surprising.

        >>> run = new_run(Config(steps=2, n_embd=8, n_head=2), ["ava"])
        >>> first, second = train_step(run), train_step(run)
        >>> first.documents, first.batch, round(first.loss, 2), round(second.loss, 2)
        (['ava'], [[2, 0, 1, 0, 2]], 1.15, 1.05)

        The gradients of the step are still there.

        >>> sum(parameter.grad != 0 for parameter in parameters_of(run.model)) > 0
        True

        A learning rate far too high ends with a clear message, and not with nonsense.

        >>> run = new_run(Config(learning_rate=1e6), ["ava", "emma"])
        >>> try:
        ...     for step in train(run):
        ...         pass
        ... except DivergenceError as error:
        ...     print(str(error).partition(" (")[0])
        step 2 went wrong: the right answer got a probability of 0, which has no logarithm

        So does a model that starts too large: its loss can still be a number, its gradient cannot.

        >>> run = new_run(Config(init_std=1e160), ["ava"])
        >>> try:
        ...     train_step(run)
        ... except DivergenceError as error:
        ...     print(str(error).partition(";")[0])
        step 1 went wrong: the squared size of the gradient is nan
    """
    task = next_task(run)
    try:
        loss = run.arithmetic.learn(run.model, run.optimizer, task.batch, task.learning_rate)
    except ArithmeticError as error:
        raise DivergenceError(_advice(run, task.number, error)) from error
    run.losses.append(loss)
    return Step(*task, loss)


class Task(NamedTuple):
    """What one step has to do: learn this, so fast.

    Attributes:
        number: Which step, counted from 1.
        documents: The texts.
        batch: The same as ids, with the mark on both sides.
        learning_rate: The learning rate of the update.
    """

    number: int
    documents: list[str]
    batch: list[list[int]]
    learning_rate: float


def next_task(run: Run) -> Task:
    """Choose what the next step learns. Nothing is computed and nothing is changed yet.

    Args:
        run: The run.

    Raises:
        ValueError: If all steps are done.

    Examples:
        >>> run = new_run(Config(steps=4), ["emma", "ava", "mia"])
        >>> next_task(run)
        Task(number=1, documents=['ava'], batch=[[5, 0, 4, 0, 5]], learning_rate=0.01)

        After the last document the first one comes again, and the rate has fallen.

        >>> run.losses.extend([1.8, 1.8, 1.7])
        >>> next_task(run).documents, next_task(run).learning_rate
        (['ava'], 0.0025)
    """
    number = len(run.losses) + 1
    if number > run.config.steps:
        raise ValueError(f"all {run.config.steps} steps are done; for more, start a run with more steps")
    config, count, encode = run.config, len(run.documents), run.model.tokenizer.encode
    first = (number - 1) * config.batch_size
    documents = [run.documents[place % count] for place in range(first, first + config.batch_size)]
    return Task(number, documents, [encode(one) for one in documents], learning_rate_at(number, config))


def learn(model: Model[Value], optimizer: Adam, batch: Batch, learning_rate: float) -> float:
    """Compute the loss of a batch, the slopes, and the update: all the arithmetic of a step.

    Args:
        model: Its parameters move.
        optimizer: Its averages move.
        batch: The documents as the tokenizer encodes them.
        learning_rate: See `microgpt.adam.Adam.update`.

    Returns:
        The loss before the update, in nats per token.

    Raises:
        ArithmeticError: If loss or slopes leave the range of floats. Nothing has moved then.

    Examples:
        >>> run = new_run(Config(n_embd=8, n_head=2), ["ava"])
        >>> tokens = run.model.tokenizer.encode("ava")
        >>> losses = [learn(run.model, run.optimizer, [tokens], learning_rate=0.01) for _ in range(3)]
        >>> [round(loss, 2) for loss in losses]
        [1.15, 1.05, 0.97]
    """
    parameters = parameters_of(model)
    with gc_paused():
        loss = batch_loss(model, batch)
        finite("the loss", loss.data)
        backward(loss, parameters)
        optimizer.update(parameters, learning_rate)
    return loss.data


Learn: TypeAlias = Callable[[Model[Any], Any, Batch, float], float]
"""What does all the arithmetic of a step, like `learn`."""


class Arithmetic(NamedTuple):
    """Who computes the steps of a run. This chapter does it one way; `microgpt.engines` knows faster ones.

    Attributes:
        engine: Its name.
        precision: How exact its numbers are.
        learn: What it does in a step.
    """

    engine: str
    precision: str
    learn: Learn


DOT: Arithmetic = Arithmetic("dot", "float64", learn)
"""The book's own way: one node of the graph for each dot product."""


@stage
def backward(loss: Value, parameters: Sequence[Value]) -> None:
    """Find the slope of the loss for every parameter. Now graph and gradients can be looked at.

    Args:
        loss: The loss of this step.
        parameters: All parameters; the slopes of the step before are forgotten.

    Raises:
        FloatingPointError: If a slope is not finite, or so large that its square is not.

    Pitfalls:
        - *Gradients not set to 0.* Each step would follow the sum of all slopes so far.
        - *Set to 0 too early.* Whoever wants to see gradients must look before. Here they are set to 0
          just before the next backward pass, so that they can be read between the steps.

    Examples:
        The slope of the square of 3 is 6, also the second time.

        >>> x = Value(3.0)
        >>> backward(x**2, [x])
        >>> backward(x**2, [x])
        >>> x.grad
        6.0
    """
    for parameter in parameters:
        parameter.grad = 0.0
    loss.backward()
    gradient = [parameter.grad for parameter in parameters]
    finite("the squared size of the gradient", sum(map(mul, gradient, gradient)))


def finite(what: str, number: float) -> float:
    """Return a number as it is, or refuse it if it is infinite or not a number.

    Args:
        what: What to call it in the message.
        number: The number to look at.

    Raises:
        FloatingPointError: If it is `inf`, `-inf` or `nan`.

    Examples:
        >>> finite("the loss", 2.5)
        2.5
        >>> finite("the loss", math.nan)
        Traceback (most recent call last):
            ...
        FloatingPointError: the loss is nan
    """
    if not math.isfinite(number):
        raise FloatingPointError(f"{what} is {number}")
    return number


@contextmanager
def gc_paused() -> Iterator[None]:
    """Keep Python's search for reference cycles from running meanwhile.

    A graph of values has no cycles, so each value is freed as soon as nobody needs it. The search would
    look through thousands of living values again and again and find nothing.

    Examples:
        >>> with gc_paused():
        ...     gc.isenabled()
        False
        >>> gc.isenabled()
        True

        If it was off before, it stays off.

        >>> gc.disable()
        >>> with gc_paused():
        ...     pass
        >>> gc.isenabled()
        False
        >>> gc.enable()
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _advice(run: Run, number: int, error: Exception) -> str:
    reason = "a number grew too large for a float" if isinstance(error, OverflowError) else str(error)
    sizes = [abs(getattr(parameter, "grad", 0.0)) for parameter in parameters_of(run.model)]
    largest = max((size for size in sizes if math.isfinite(size)), default=0.0)
    gradient = f" (the largest finite gradient seen was {largest:.3g})" if largest else ""
    usual, used = Config(), run.config
    suspects = {
        "init_std": used.init_std > usual.init_std,
        "learning_rate": used.learning_rate > usual.learning_rate,
        "beta2": used.beta2 < usual.beta2,
        "eps": used.eps < usual.eps,
    }
    changes = [
        f"{dial} {getattr(usual, dial)} instead of {getattr(used, dial)}"
        for dial, is_suspect in suspects.items()
        if is_suspect
    ]
    advice = " or ".join(changes) or "a smaller learning_rate or init_std"
    return f"step {number} went wrong: {reason}{gradient}; try {advice}"
