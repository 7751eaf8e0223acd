r"""A model of thirty-six weights that learns to spell, first by hand.

# What you will be able to do

- Make words out of chance: turn scores into probabilities, and draw from them.
- Say how wrong a model is in one number, and why that number is $-\log p$.
- Find out for every weight which way it should move, and move all of them until words come.
- Read *probability*, *mean*, *e*, *log*, *slope* in the chapters to come as easily as *loop* and *list*.

# The question

Here are five letters, a, i, l, e and n, and a full stop that means "the word is over". And here are some
names that can be written with them.

>>> print(*WORDS)
ann anna anne alan alina ella ellen elena eli ian lea lena liane lina nell nina

Nobody writes down a rule. No line of the program will say that l likes to stand twice, or that n rarely comes
before i. **Can a handful of numbers learn to spell?**

# The picture

Think of a wheel of fortune with six fields, one for each letter and one for the full stop. Spin it, and
write down where it stops. Spin again, until the full stop comes: that is a word. On a wheel with equal fields
it will be a bad one. So the fields get sizes, and there are six wheels: which one is spun depends on the
letter that was written last. To learn is to move the borders between the fields, a little at a time. (The
numbers in the drawing come from the sections below.)

```mermaid
graph TD
    last["the last letter"] -- "picks" --> row
    row["a row of scores<br/>0.62, 0.45, 0.85,<br/>0.67, 0.17, 0.53"]
    row -- "each divided<br/>by the sum" --> wheel
    wheel["a wheel<br/>a 0.19, i 0.14, l 0.26,<br/>e 0.2, n 0.05, . 0.16"]
    wheel -- "spin: 0.53" --> next["the next letter<br/>l"]
    next -- "no full stop" --> last
    next -- "the full stop" --> word["a word"]
```

A large language model does the same. Its letters are pieces of words, it looks back at thousands of them and
not at the last letter alone, and so a much longer calculation stands before the row of numbers. The wheel,
the measure of how wrong it is, and the way to learn are those of this chapter (`microgpt.adam` refines the
last).

# Probability

Start with a fair die whose six faces are our letters. Python's dice come from a *seed*, a number to start
from: the same seed gives the same rolls, so every example of this book can be repeated.

>>> rng = random.Random(1)
>>> "".join(rng.choice(LETTERS) for _ in range(30))
'inalaeee.eiaeaeena.el.inalaaa.'

Roll it often, and count how often each face comes, as a share of all rolls.

>>> for count in (60, 6_000, 600_000):
...     rolls = random.Random(1).choices(LETTERS, k=count)
...     print(f"{count:>6}", [round(rolls.count(letter) / count, 3) for letter in LETTERS])
    60 [0.167, 0.2, 0.183, 0.117, 0.15, 0.183]
  6000 [0.167, 0.165, 0.165, 0.172, 0.16, 0.172]
600000 [0.167, 0.166, 0.166, 0.167, 0.167, 0.167]

Each comes near 1 in 6, which is 0.167, and as a rule the nearer the longer one rolls. Roll the die yourself,
seldom and often, with one seed and with another, and look at the ends of the bars: how far are they from the
line at 1/6?

```figure
die
```

The share at which this settles is called the **probability** of a face, its *chance*. It is 0 for what never
happens, 1 for what always does, and all together are 1. Two facts about it carry the whole book:

- *Either, or: add*, where both at once cannot be. "An a or an e" has the chance 1/6 + 1/6, a third.
- *This, and then that: multiply.* In one sixth of all cases the first roll is an a, and in one sixth of
  *those* the second is an n. So "a, then n" has the chance 1/6 · 1/6, which is 1 in 36.

How likely is it that the die writes `ann.`, all four rolls right? It takes four factors.

>>> 6**4, round((1 / 6) ** 4, 5)
(1296, 0.00077)

Once in 1,296 tries. A machine that has learned names should do better.

# Scores and a wheel

Now let the fields differ. Give each letter a **score**, a number that says how much is in favor of it, and
divide every score by the sum of all. What comes out are probabilities: they add up to 1. In symbols,
with $s_1, s_2, \ldots$ for the scores, $i$ for the number of one of them, and the sign $\sum_j$ for "let $j$
go through all numbers, and add up":

$$p_i = \frac{s_i}{\sum_j s_j}$$

>>> scores = [0.62, 0.45, 0.85, 0.67, 0.17, 0.53]
>>> [round(chance, 2) for chance in wheel(scores)]
[0.19, 0.14, 0.26, 0.2, 0.05, 0.16]

The same wheel cut open and laid flat, about 60 characters long: a large score is a long piece.

>>> def flat(shares):
...     return "".join(letter * round(60 * share) for letter, share in zip(LETTERS, shares))
>>> flat(wheel(scores))
'aaaaaaaaaaaiiiiiiiilllllllllllllllleeeeeeeeeeeennn..........'

To spin it, take a random point between 0 and 1 and walk along the strip until you stand on it. That is
`pick`. On a fair wheel, whose pieces are 1/6 long, the point 0.53 lies on the fourth piece: three of them
end at 0.5.

>>> LETTERS[pick(wheel([1, 1, 1, 1, 1, 1]), 0.53)], LETTERS[pick(wheel(scores), 0.53)]
('e', 'l')

Walk along the strip of the uneven wheel, from field to field, and look for the row in which what is left
falls below 0: there the point lies.

```figure
walk
```

Give the wheel other scores, spin it, and look for two things: a field grows at the cost of all others; and
the largest field does not always win, it only wins most often.

```figure
wheel
```

??? question how "On which field of the uneven wheel does the point 0.3 lie?"

    On the second, i. The first field ends at 0.19, the second at 0.19 + 0.14 and so beyond 0.3.

    >>> LETTERS[pick(wheel(scores), 0.3)]
    'i'

Dividing by the sum is right only as long as no score is negative and the sum is positive. We shall run into
that.

# Weights

Spin the wheel until the full stop comes, four times. (`spell` wants a wheel for every last letter; for now it
gets the same one six times.)

>>> [spell([wheel(scores)] * 6, random.Random(seed)) for seed in range(4)]
['', 'a', '', 'illeeaanii']

No names yet. But notice where the six numbers are: not in the program. The program is the same for
all wheels; what it writes is decided by numbers that are handed to it. Such numbers are the **weights** of
the program, also called its *parameters*, and program and weights together are a **model**: a calculation
that turns what is given into probabilities for what comes next. Raise one weight, and the same program writes
other words.

>>> [spell([wheel([0.62, 0.45, 0.85, 0.67, 3.0, 0.53])] * 6, random.Random(seed)) for seed in range(4)]
['nnelnenlnnnn', 'innlnnnnaann', '', 'lnennaanll']

# How wrong is it?

Learning needs a goal that a program can measure. Take one word, `ann.`, and ask at every letter: what
chance did the model give to the letter that really comes? Whatever is missing from 1 is a penalty.

>>> for letter, chance in zip("ann.", right_chances(wheel(scores), "ann.")):
...     print(letter, round(chance, 2), round(1 - chance, 2))
a 0.19 0.81
n 0.05 0.95
n 0.05 0.95
. 0.16 0.84

Write another word of our letters, and look at the marked chances: each row is the same wheel, and only the
letter that has to come decides what the row costs.

```figure
target
```

How wrong a model is, as one number where smaller is better, is called its **loss**. To make one number of
four, take their mean.

# A mean

The **mean** of some numbers, also called their *average*, is their sum divided by how many there are. It
does not grow with the length of the word, so that long words and short ones can be compared.

>>> mean([0.81, 0.95, 0.95, 0.84])
0.8875
>>> round(penalty(scores, "ann."), 4), round(penalty([1, 1, 1, 1, 1, 1], "ann."), 4)
(0.8868, 0.8333)

(The first line calculates with rounded penalties, and so ends a little off. Never round on the way.) The fair
die has the smaller loss: our six numbers are worse than none, since they hardly ever say n.

# A nudge

Which weight should change, and which way? One can simply try. Raise the weight of a by a hundredth, and
look at the loss. It falls a little: a occurs in `ann.`, so a larger piece for a helps.

>>> nudged = [0.63, 0.45, 0.85, 0.67, 0.17, 0.53]
>>> round(penalty(nudged, "ann."), 4), round((penalty(nudged, "ann.") - penalty(scores, "ann.")) / 0.01, 4)
(0.8864, -0.0414)

The second number is the change of the loss divided by the nudge: how fast the loss moves when this weight
moves. That is a **slope**; mathematics calls it a *derivative*. Below 0 it means "more of this weight, less
loss". How fast depends on where one stands, like the slope of a hill, so the nudge should be small. As it
shrinks, the slope settles.

>>> for nudge in (0.1, 0.01, 0.001, 0.0001):
...     print(nudge, round(nudged_slopes(lambda row: penalty(row, "ann."), scores, nudge)[0], 5))
0.1 -0.04035
0.01 -0.04145
0.001 -0.04156
0.0001 -0.04157

# A table of nudges

Now nudge all six, one after the other, and put each back before the next. The list of all slopes, one for
each weight, is the **gradient**. Beside it stand the exact slopes, where the nudge has shrunk to nothing.
One needs no calculus to find them, only the way in which a wheel works: `penalty_slopes` tells how.

>>> by_nudge = nudged_slopes(lambda row: penalty(row, "ann."), scores, 0.01)
>>> for letter, score, slope, exact in zip(LETTERS, scores, by_nudge, penalty_slopes(scores, "ann.")):
...     print(letter, score, f"{slope:+.4f} {exact:+.4f}")
a 0.62 -0.0414 -0.0416
i 0.45 +0.0343 +0.0344
l 0.85 +0.0343 +0.0344
e 0.67 +0.0343 +0.0344
n 0.17 -0.1172 -0.1176
. 0.53 -0.0414 -0.0416

Read it as advice. Most is gained with n, which comes twice and is nearly missing. Then a and the full stop.
The letters that do not occur should shrink, all three equally.

# Training by hand

Follow the advice a little way: move each weight against its slope, and further where the slope is steeper. In
symbols, with $w$ for a weight and $g$ for its slope:

$$w \leftarrow w - \text{rate} \cdot g$$

The *learning rate*, here 0.1, says how far a step goes.

>>> row = moved(scores, by_nudge, rate=0.1)
>>> [round(weight, 3) for weight in row], round(penalty(row, "ann."), 4)
([0.624, 0.447, 0.847, 0.667, 0.182, 0.534], 0.8847)

The loss has fallen from 0.8868 to 0.8847. That was one step. Slopes are different at the new place, so
ask again, step again, and go on. Doing this is called **training**, and this way of doing it **gradient
descent**. After 75 steps:

>>> row = descend(lambda weights: penalty(weights, "ann."), scores, rate=0.1, steps=75, nudge=0.01)
>>> round(penalty(row, "ann."), 4), flat(wheel(row))
(0.7383, 'aaaaaaaaaaaaaaaillllllllleeeeennnnnnnnnnnnnnnnn.............')

The n has grown from 3 characters to 17. Nobody told the program how. It went like somebody on a hill in fog,
who feels with a foot which way is down. But a few steps later all ends.

>>> descend(lambda weights: penalty(weights, "ann."), scores, rate=0.1, steps=81, nudge=0.01)
Traceback (most recent call last):
    ...
ValueError: a score is negative: -0.01; give scores of 0 or more

Go through the steps yourself, up to the end, and look at the slopes: that of n grows flatter the larger its
weight; that of a turns from minus to plus, although the word has an a; that of i stays above 0, and its
weight falls to nothing.

```figure
nudges
```

The slope of i said "less", and went on saying so when nothing was left. A piece of a wheel cannot be shorter
than nothing. That is a fault of the model. The loss has one too, and it is worse.

# What 1 - p rewards

In `ann.`, one letter in four is an a, two are an n, one is the full stop. The honest wheel has pieces in
these shares. A wheel that is all n gets a *smaller* loss.

>>> honest, all_n = [0.25, 0, 0, 0, 0.5, 0.25], [0, 0, 0, 0, 1, 0]
>>> penalty(honest, "ann."), penalty(all_n, "ann.")
(0.625, 0.5)

It writes n without end. It calls a and the full stop impossible, and although both come, each costs it no
more than 1. This loss rewards a model for shouting the most frequent letter. We want a loss that
is smallest for the honest wheel, and that makes it expensive to call possible things impossible. It takes
two tools to build.

# The number e

Let something grow by a thousandth of itself, a thousand times in a row. It more than doubles, since
whatever has been added grows from then on too. With finer and finer steps the result settles at a number
called **e**.

>>> round(1.001**1000, 3), round(1.000001**1000000, 5), round(math.e, 5)
(2.717, 2.71828, 2.71828)

So growth without pause turns 1 into e in one unit of time, and into $e^x$ in $x$ of them. Two things about it
matter here. It is above 0, whatever $x$ is (only a float cannot be that small: `math.exp(-746)` is 0); a
negative $x$ asks how much there was before, and $e^{-1}$ is $1/e$. And for a small $h$, $e^h$ is nearly
$1 + h$: in so short a time what has been added hardly grows. No other base is so simple.

>>> [round(math.exp(x), 4) for x in (-746, -5, -1, 0, 1, 5)]
[0.0, 0.0067, 0.3679, 1.0, 2.7183, 148.4132]
>>> round(math.exp(0.001), 6), round(2**0.001, 6)
(1.001001, 1.000693)

Hence a wheel that takes *any* scores: raise e to each score, and then divide by the sum.
Now a weight may fall as far as it likes; its piece only becomes thinner.

>>> [round(chance, 3) for chance in e_wheel([2.0, 0.0, -1.0, 1.0, -7.0, 0.0])]
[0.592, 0.08, 0.029, 0.218, 0.0, 0.08]

(This has a name and many more properties. It is the business of `microgpt.vectors`, where it is called
softmax.)

# The logarithm

The **logarithm** asks back: e to *which* power is this number? The logarithm of $e^2$ is 2, that of 1 is 0,
since $e^0 = 1$, and numbers between 0 and 1 have negative ones. It is written *log* here and in Python;
pocket calculators say ln.

>>> math.log(math.exp(2)), math.log(1), round(math.log(6), 4), round(math.log(1 / 6), 4)
(2.0, 0.0, 1.7918, -1.7918)

Powers of one base are multiplied by adding their exponents: $e^a \cdot e^b = e^{a+b}$. Therefore the
logarithm turns a product into a sum.

$$\log(a \cdot b) = \log a + \log b$$

>>> round(math.log(0.25 * 0.5), 4), round(math.log(0.25) + math.log(0.5), 4)
(-2.0794, -2.0794)

And because $e^h$ is nearly $1 + h$, the logarithm of $1 + h$ is nearly $h$.

>>> round(math.log(1.001), 6)
0.001

# Why -log p

The chance of a whole word is a product: this letter, *and then* that. So the model that suits a word best is
the one with the largest product. But the product of many chances is soon too small for a computer, while the
logarithm of it is an ordinary number, and a sum.

>>> (1 / 6) ** 500, round(500 * math.log(1 / 6), 1)
(0.0, -895.9)

One minus sign makes of "the larger the better" a loss. $-\log p$ is called the **surprise** at what had the
chance $p$. Nothing surprises that was certain; whatever was nearly impossible surprises a lot; and each
halving of the chance adds the same amount.

>>> for chance in (1.0, 0.5, 0.25, 0.01, 0.0001):  # 0 minus, since a plain minus would print -0.0000
...     print(f"{chance:<7} 1 - p = {1 - chance:<7} -log p = {0 - math.log(chance):.4f}")
1.0     1 - p = 0.0     -log p = 0.0000
0.5     1 - p = 0.5     -log p = 0.6931
0.25    1 - p = 0.75    -log p = 1.3863
0.01    1 - p = 0.99    -log p = 4.6052
0.0001  1 - p = 0.9999  -log p = 9.2103

Move the chance between 1 and 0, and look for the place where the two penalties part: near 1 they are nearly
the same; near 0 one of them ends, and the other goes on rising.

```figure
penalties
```

The surprise of a word is the sum of the surprises of its letters: that is the product above, seen through
the logarithm. Its mean per letter, the full stop included, is the loss from here to the last chapter. With
it, honesty is the best policy. All n is infinitely bad; even a wheel that nearly says so, with one
hundredth left for a and for the full stop, is worse than the honest one.

>>> for shares in (honest, [0.01, 0, 0, 0, 0.98, 0.01], [0.3, 0, 0, 0, 0.4, 0.3]):
...     print(round(mean([-math.log(chance) for chance in right_chances(shares, "ann.")]), 4))
1.0397
2.3127
1.0601

# A table of letter pairs

A model that always spins the same wheel cannot know that after `an` an n is likelier than an l. Let the
next letter depend on the last one: one row for each last letter, six numbers in a row. The full stop has a
row too, for what a word begins with, as if the word before had just ended.

The simplest way to fill such a table is to count. Cut every word into pairs of neighbors, with a full stop
on both sides. Such a pair is a **bigram**.

>>> [LETTERS[last] + LETTERS[after] for last, after in letter_pairs(["ann"])]
['.a', 'an', 'nn', 'n.']
>>> counted = counted_table(WORDS)
>>> for letter, counts in zip(LETTERS, counted):
...     print(letter, counts, flat(wheel(counts)))
a [0, 0, 2, 0, 6, 8] llllllllnnnnnnnnnnnnnnnnnnnnnn..............................
i [2, 0, 0, 0, 3, 1] aaaaaaaaaaaaaaaaaaaannnnnnnnnnnnnnnnnnnnnnnnnnnnnn..........
l [2, 4, 3, 4, 0, 1] aaaaaaaaaiiiiiiiiiiiiiiiiillllllllllllleeeeeeeeeeeeeeeee....
e [1, 0, 5, 0, 3, 2] aaaaalllllllllllllllllllllllllllnnnnnnnnnnnnnnnn...........
n [6, 1, 0, 3, 3, 4] aaaaaaaaaaaaaaaaaaaaaiiiieeeeeeeeeeennnnnnnnnnn..............
. [5, 1, 4, 4, 2, 0] aaaaaaaaaaaaaaaaaaaiiiillllllllllllllleeeeeeeeeeeeeeennnnnnnn

This table has learned something: half of all a's end a word, and an l is never followed by an n. How much is
it worth? The mean surprise says. The die is surprised by log 6 at every letter, the table by less on average.

>>> rows = [wheel(counts) for counts in counted]
>>> pairs = letter_pairs(WORDS)
>>> len(pairs), round(mean([-math.log(rows[last][after]) for last, after in pairs]), 4)
(80, 1.3199)

# The same table by slopes

Counting works because this model is so simple. For the chapters to come we need a way that works for any
calculation with weights in it, and we have one: nudge and step. So start from 36 zeros, six rows of six. The
wheel made of e (`e_wheel`) turns each row into a fair die. Let the loss be the mean surprise at all 80 pairs.

>>> weights = [0.0] * 36
>>> round(pair_surprise(weights, pairs), 4)
1.7918

Train, and let the model write eight words now and then. The rate is 20 now: the mean divides every slope by
80, and a weight is met only in the pairs that begin with its letter, so at 0.1 a step would hardly move it.

>>> done = 0
>>> for steps in (0, 1, 10, 100, 300):
...     weights = descend(lambda row: pair_surprise(row, pairs), weights, rate=20.0, steps=steps - done)
...     done, rows, rng = steps, rows_of(weights), random.Random(3)
...     words = " ".join(spell(rows, rng) for _ in range(8))
...     print(f"{steps:>3}  {pair_surprise(weights, pairs):.4f}  {words}")
  0  1.7918  ieleeaa ii l leae ennaneia ln n lnl
  1  1.4857  anineaa ae lnlein lena ela le e lel
 10  1.3499  a lllainan lelele lena lia le e lel
100  1.3233  a innaleli lellin lena lia le e lel
300  1.3211  a innaleli lellin lena lia le e lel

Eight words are an anecdote. So let it write 2,000 at the beginning and at the end, and count those that are
among our sixteen.

>>> for rows in (rows_of([0.0] * 36), rows_of(weights)):
...     rng = random.Random(1)
...     print(sum(spell(rows, rng) in WORDS for _ in range(2000)))
8
71

The rest are new words, many in the manner of the old. And the table that training has found, step by step,
without ever counting, is nearly the one that we counted. This is the largest difference between two chances:

>>> differences = [
...     abs(trained - share)
...     for trained_row, counts in zip(rows_of(weights), counted)
...     for trained, share in zip(trained_row, wheel(counts))
... ]
>>> round(max(differences), 4)
0.0011

Why the same? `expected_minus_came` finds the exact slope of each weight: what the model expected, minus what
came. The slopes are 0 where the model expects each letter just as often as it comes. There no nudge helps any
more, and this is why honesty pays with $-\log p$.

And how likely is it now that the model writes `ann.`? The die needed 1,296 tries. The sum of the four
surprises is 4 times their mean. Turn its sign back, raise e to it, and there is the product of the four
chances: once in 206.

>>> of_ann = math.exp(-4 * pair_surprise(weights, letter_pairs(["ann"])))
>>> round(of_ann, 4), round(1 / of_ann)
(0.0049, 206)

What the table does not know is as plain. It looks back one letter and has forgotten all before it. Half of
all a's in the names stand at the end. So after an a it stops half of the time, even if that a is the first
letter, and writes the name `a`. To look back further is the business of `microgpt.attention`.

# Where nudging ends

A table of nudges runs the whole calculation once as things are and once more for each weight.

>>> runs = []
>>> def watched(row):
...     runs.append(len(row))
...     return pair_surprise(row, pairs)
>>> _ = nudged_slopes(watched, weights)
>>> len(runs)
37

For 36 weights one does not mind. The model of this book has 4,192, and learns for 1,000 steps.

>>> 1 + 4192, 1000 * (1 + 4192)
(4193, 4193000)

Large models have billions of weights. Nudging is right and simple, and later on it will check what is
quicker; but it is far too slow to train them.

The way out has shown itself in two places. First, `expected_minus_came` gave all 36 slopes in a single pass
through the pairs, with no nudge at all, and yet the same.

>>> start = [0.0] * 36
>>> by_nudge = nudged_slopes(lambda row: pair_surprise(row, pairs), start)
>>> max(abs(a - b) for a, b in zip(by_nudge, expected_minus_came(start, pairs))) < 0.00001
True

Second, it rested on what small steps do, which is known once and for all: $e^h$ is nearly $1 + h$, and the
logarithm of $1 + h$ is nearly $h$. All calculations of this book are made of a few kinds of such steps: sums,
products, powers, e to the power of something, logarithms, and one that cuts off what is negative. If each
step knows its own local slope, and if there is a rule that joins the slopes of steps to the slope of the
whole, then no weight needs a nudge.

# Pitfalls

- *A nudge that is not put back.* Then each slope is measured at a place that the nudges before have
  shifted, and counts theirs too. The table above began -0.0414, +0.0343, +0.0343; this one is wrong from
  the second number on.

    >>> kept, slopes = list(scores), []
    >>> for place in range(6):
    ...     kept[place] += 0.01
    ...     slopes.append(round((penalty(kept, "ann.") - penalty(scores, "ann.")) / 0.01, 4))
    >>> slopes
    [-0.0414, -0.0071, 0.027, 0.0609, -0.0551, -0.0957]

- *Too long a step.* A slope tells about the neighborhood. Who goes further than it holds lands higher up, on
  the other side of the valley. With ten times the rate of the letter pairs, the loss of the die, 1.7918, is
  not even kept:

    >>> def surprise_here(weights):
    ...     return pair_surprise(weights, pairs)
    >>> for rate in (20.0, 200.0):
    ...     ends = [descend(surprise_here, [0.0] * 36, rate, steps) for steps in (1, 2, 3)]
    ...     print(rate, [round(surprise_here(end), 2) for end in ends])
    20.0 [1.49, 1.42, 1.4]
    200.0 [3.39, 11.4, 9.07]

- *A chance of exactly 0.* In the sixteen names no i follows an a. The counted table calls that impossible,
  and then meets Naila. The table made of e can say "very unlikely", but never "impossible".

    >>> naila = letter_pairs(["naila"])
    >>> try:
    ...     mean([-math.log(wheel(counted[last])[after]) for last, after in naila])
    ... except ValueError:
    ...     print("there is no logarithm of 0")
    there is no logarithm of 0
    >>> round(pair_surprise(weights, naila), 2)
    3.39

# Check yourself

??? question what training "What is gradient descent?"

    A way to make a number small that depends on others: find out for each of them which way, and how
    steeply, the number would move; move each a little against its slope; and repeat at the new place. It
    needs no idea of where the bottom is. Here the number is the loss and the others are weights. Two steps
    by hand, for the square of $w$, from 1 with the rate 0.25. Its slope is $2w$, since $(w + h)^2$ is
    $w^2 + 2wh$ and next to nothing more:

    >>> moved([1.0], [2 * 1.0], 0.25), moved([0.5], [2 * 0.5], 0.25)
    ([0.5], [0.25])

??? question why "In the table of nudges, why do i, l and e have the same slope?"

    None of them occurs in `ann.`, so a larger score for one of them does a single thing: it makes the sum
    larger, and so shrinks the pieces of a, n and the full stop. Whose score has grown, the sum cannot tell.

??? question how "All six scores are doubled. What happens to the wheel, to the loss, and to the slopes?"

    The wheel and the loss stay; only the comparison of scores counts. The slopes are halved: the same nudge
    is now half as large beside the scores.

    >>> twice = [2 * score for score in scores]
    >>> penalty(twice, "ann.") == penalty(scores, "ann.")
    True
    >>> [round(a / b, 4) for a, b in zip(penalty_slopes(twice, "ann."), penalty_slopes(scores, "ann."))]
    [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]

??? question how "How many runs does a table of nudges take for a table of letter pairs with 27 signs?"

    One for each of 27 · 27 weights, and one more.

    >>> 27 * 27 + 1
    730

??? question deeper loss "No e ever follows an a. Which weight does training give to that pair in the end?"

    None: it falls for ever. An e never comes there, so all that is left of the slope is what was expected:
    the chance that the model gives it, times the share of pairs that begin with an a. So the weight goes on
    falling, but ever more slowly, the less is left of the chance. No finite score makes a chance of exactly
    0. After 300 steps:

    >>> weight, chance = weights[6 * 0 + 3], rows_of(weights)[0][3]
    >>> round(weight, 2), round(chance, 5)
    (-3.27, 0.00042)

# To keep

- A model is a calculation with weights in it that turns what is given into probabilities, and the weights
  are all that it has learned.
- Its loss is the mean surprise, $-\log p$ of what really came, which turns a product of chances into a
  sum and is smallest where the chances are honest.
- To train is to find the slope of the loss for every weight, to move each a little against its slope, and
  to do it again.

# What follows

Sixteen names in five letters were chosen by hand. What does a model learn from that is to know all names?
`microgpt.data` brings thousands of them, `microgpt.tokenizer` gives every sign a number, and
`microgpt.autograd` finds all slopes in one go.

Sources: Jacob Bernoulli met the number e in a question of compound interest (1690), and logarithms are John
Napier's (1614). Andrey Markov counted by hand which kind of letter follows which in Pushkin's Eugene Onegin
(1913); Claude Shannon let tables of letter pairs write, in "A Mathematical Theory of Communication" (1948).
To go downhill by slopes is Augustin-Louis Cauchy's method (1847). That a logarithm rewards honest chances
is I. J. Good's point in "Rational Decisions" (1952); the name surprisal is Myron Tribus's (1961).
"""

import math
import random
from collections.abc import Callable, Sequence

LETTERS = "ailen."
"""Five letters, and the full stop that ends a word. The place of each is its number, from 0 to 5."""

WORDS = (
    *("ann", "anna", "anne", "alan", "alina", "ella", "ellen", "elena"),
    *("eli", "ian", "lea", "lena", "liane", "lina", "nell", "nina"),
)
"""What to learn from: sixteen names in these letters."""


def wheel(scores: Sequence[float]) -> list[float]:
    """Turn scores into probabilities: divide each by the sum of all.

    Args:
        scores: How much is in favor of each letter; none below 0.

    Returns:
        The fields of the wheel, as shares of 1.

    Raises:
        ValueError: If a score is negative, or all are 0.

    Examples:
        Doubling all scores changes nothing. Only how they compare counts.

        >>> wheel([1, 1, 2]), wheel([2, 2, 4])
        ([0.25, 0.25, 0.5], [0.25, 0.25, 0.5])
        >>> wheel([0, 0])
        Traceback (most recent call last):
            ...
        ValueError: all scores are 0; give at least one that is more
    """
    if min(scores) < 0:
        raise ValueError(f"a score is negative: {min(scores):.2f}; give scores of 0 or more")
    together = sum(scores)
    if together == 0:
        raise ValueError("all scores are 0; give at least one that is more")
    return [score / together for score in scores]


def pick(shares: Sequence[float], point: float) -> int:
    """Walk along the wheel, laid flat, up to a point, and say on which field it lies.

    Args:
        shares: The lengths of the fields, together 1.
        point: How far to walk, from 0 up to but not including 1.

    Returns:
        The number of the field, counted from 0.

    Examples:
        Fields of a half, a quarter and a quarter: the first ends at 0.5, the second at 0.75.

        >>> [pick([0.5, 0.25, 0.25], point) for point in (0.0, 0.49, 0.5, 0.74, 0.75, 0.99)]
        [0, 0, 1, 1, 2, 2]

        Random points fall on a field as often as it is long.

        >>> rng = random.Random(1)
        >>> drawn = [pick([0.5, 0.25, 0.25], rng.random()) for _ in range(10_000)]
        >>> [round(drawn.count(field) / 10_000, 2) for field in range(3)]
        [0.5, 0.25, 0.25]
    """
    for place, share in enumerate(shares):
        point -= share
        if point < 0:
            return place
    # Rounded, the shares may fall a crumb short of 1. What has no field is not drawn even then.
    return max(place for place, share in enumerate(shares) if share > 0)


def spell(rows: Sequence[Sequence[float]], rng: random.Random, longest: int = 12) -> str:
    """Write a word: spin the wheel of the last letter, again and again, until the full stop comes.

    Args:
        rows: One wheel for each letter that may stand last; that of the full stop spins the first letter.
        rng: Where the chance comes from.
        longest: After how many letters to give up.

    Examples:
        After a comes n, after n comes n or the full stop, and a begins.

        >>> after_a, after_n, begin = [0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0.5, 0.5], [1, 0, 0, 0, 0, 0]
        >>> never = [0, 0, 0, 0, 0, 1]
        >>> rng = random.Random(1)
        >>> [spell([after_a, never, never, never, after_n, begin], rng) for _ in range(4)]
        ['an', 'ann', 'ann', 'annn']
    """
    end = last = LETTERS.index(".")
    word = ""
    while len(word) < longest:
        last = pick(rows[last], rng.random())
        if last == end:
            break
        word += LETTERS[last]
    return word


def mean(numbers: Sequence[float]) -> float:
    """Add numbers up and divide by how many there are.

    Args:
        numbers: At least one.

    Examples:
        >>> mean([1.0, 2.0, 6.0])
        3.0
    """
    return sum(numbers) / len(numbers)


def right_chances(shares: Sequence[float], word: str) -> list[float]:
    """Look up which chance one wheel gives to each letter of a word.

    Args:
        shares: The fields of the wheel.
        word: In our letters.

    Examples:
        >>> right_chances([0.25, 0.0, 0.0, 0.0, 0.5, 0.25], "ann.")
        [0.25, 0.5, 0.5, 0.25]
    """
    return [shares[LETTERS.index(letter)] for letter in word]


def penalty(scores: Sequence[float], word: str) -> float:
    """Measure how wrong one wheel is about a word: the mean of what its chances lack to 1.

    Args:
        scores: The weights: the scores that the wheel is made of.
        word: In our letters.

    Examples:
        A wheel that is all n is wrong about half of the four letters.

        >>> penalty([0.0, 0.0, 0.0, 0.0, 7.0, 0.0], "ann.")
        0.5
    """
    return mean([1 - chance for chance in right_chances(wheel(scores), word)])


def nudged_slopes(
    loss: Callable[[list[float]], float], weights: Sequence[float], nudge: float = 0.0001
) -> list[float]:
    """Find the slope of a loss for every weight: change one at a time, and look.

    Args:
        loss: What to measure. It is run once as things are, and once for each weight.
        weights: Where one stands; they are left as they are.
        nudge: How much to add to a weight.

    Returns:
        For each weight, the change of the loss divided by the nudge.

    Examples:
        Three times the first weight plus the square of the second: the slopes at (1, 5) are 3, and nearly 10.

        >>> [round(slope, 3) for slope in nudged_slopes(lambda w: 3 * w[0] + w[1] ** 2, [1.0, 5.0])]
        [3.0, 10.0]
        >>> [round(slope, 3) for slope in nudged_slopes(lambda w: 3 * w[0] + w[1] ** 2, [1.0, 5.0], 0.1)]
        [3.0, 10.1]
    """
    trial = list(weights)
    before = loss(trial)
    slopes = []
    for place, weight in enumerate(weights):
        trial[place] = weight + nudge
        slopes.append((loss(trial) - before) / nudge)
        trial[place] = weight  # put back, or the next slope would belong to another place
    return slopes


def penalty_slopes(scores: Sequence[float], word: str) -> list[float]:
    r"""Say exactly what `nudged_slopes` finds out about `penalty` by trying.

    Add a tiny $h$ to the score of letter $j$. The sum $S$ of all scores grows by $h$, the fraction $h / S$ of
    itself. So each share, the score $s_i$ divided by $S$, shrinks by nearly the same fraction of itself; and
    the share of $j$, whose score has grown by $h$, gains nearly $h / S$. The penalty for a letter is 1 minus
    its share $p_i$. Per unit of $h$ it grows by $p_i / S$, and if the letter is $j$ itself, it falls by $1 /
    S$ as well.

    $$\text{slope}_j = \text{mean over the letters } i \text{ of } \frac{p_i - [i = j]}{S}$$

    The bracket is 1 if $i$ is $j$, and otherwise 0.

    Args:
        scores: The scores that the wheel is made of.
        word: In our letters.

    Examples:
        Multiplied by their weights, the slopes add up to 0. For if all scores grow in step, nothing changes.

        >>> slopes = penalty_slopes([1.0, 1.0, 1.0, 1.0, 2.0, 2.0], "ann.")
        >>> slopes
        [-0.00390625, 0.02734375, 0.02734375, 0.02734375, -0.03515625, -0.00390625]
        >>> 1 * slopes[0] + 1 * slopes[1] + 1 * slopes[2] + 1 * slopes[3] + 2 * slopes[4] + 2 * slopes[5]
        0.0
    """
    shares, together = wheel(scores), sum(scores)
    places = [LETTERS.index(letter) for letter in word]
    return [
        mean([(shares[place] - (place == other)) / together for place in places])
        for other in range(len(scores))
    ]


def moved(weights: Sequence[float], slopes: Sequence[float], rate: float) -> list[float]:
    """Take one step of gradient descent: each weight against its slope.

    Args:
        weights: Where one stands.
        slopes: The slope of the loss for each weight.
        rate: The learning rate: which multiple of the slope to go.

    Examples:
        >>> moved([1.0, 1.0, 1.0], [0.5, 0.0, -2.0], rate=0.5)
        [0.75, 1.0, 2.0]
    """
    return [weight - rate * slope for weight, slope in zip(weights, slopes)]


def descend(
    loss: Callable[[list[float]], float],
    weights: Sequence[float],
    rate: float,
    steps: int,
    nudge: float = 0.0001,
) -> list[float]:
    """Train: find the slopes by nudging, take a step, and do it again.

    Args:
        loss: What should become small.
        weights: Where to begin.
        rate: The learning rate.
        steps: How often.
        nudge: How much to add to a weight to see what happens.

    Returns:
        The weights at the end.

    Examples:
        The square of a number is smallest at 0. Each step takes a tenth of the slope 2w, a fifth of the way.

        >>> for steps in (0, 1, 2, 20):
        ...     print([round(weight, 3) for weight in descend(lambda w: w[0] ** 2, [1.0], 0.1, steps)])
        [1.0]
        [0.8]
        [0.64]
        [0.011]
    """
    weights = list(weights)
    for _ in range(steps):
        weights = moved(weights, nudged_slopes(loss, weights, nudge), rate)
    return weights


def e_wheel(scores: Sequence[float]) -> list[float]:
    """Turn any scores, negative ones too, into probabilities: a wheel of e raised to each score.

    Args:
        scores: How much is in favor of each letter.

    Examples:
        Equal scores give equal fields. One more point of score makes a field e times as large.

        >>> e_wheel([-3.0, -3.0])
        [0.5, 0.5]
        >>> small, large = e_wheel([0.0, 1.0])
        >>> round(large / small, 4)
        2.7183
    """
    return wheel([math.exp(score) for score in scores])


def letter_pairs(words: Sequence[str]) -> list[tuple[int, int]]:
    """Cut words into pairs of neighbors, the full stop on both sides included, as places in `LETTERS`.

    Args:
        words: In our letters, without the full stop.

    Examples:
        >>> letter_pairs(["al"])
        [(5, 0), (0, 2), (2, 5)]
    """
    return [
        (LETTERS.index(last), LETTERS.index(after))
        for word in words
        for last, after in zip(f".{word}", f"{word}.")
    ]


def counted_table(words: Sequence[str]) -> list[list[int]]:
    """Count for each letter how often each letter follows it.

    Args:
        words: In our letters, without the full stop.

    Returns:
        A row for each last letter, and in it a number for each next one.

    Examples:
        >>> counted_table(["al", "all"])[2]
        [0, 0, 1, 0, 0, 2]
    """
    pairs = letter_pairs(words)
    return [[pairs.count((last, after)) for after in range(len(LETTERS))] for last in range(len(LETTERS))]


def rows_of(weights: Sequence[float]) -> list[list[float]]:
    """Make the six wheels of the table from its 36 weights.

    Args:
        weights: Row after row, six numbers each.

    Examples:
        >>> [round(chance, 2) for chance in rows_of([0.0] * 36)[2]]
        [0.17, 0.17, 0.17, 0.17, 0.17, 0.17]
    """
    size = len(LETTERS)
    return [e_wheel(weights[start : start + size]) for start in range(0, len(weights), size)]


def pair_surprise(weights: Sequence[float], pairs: Sequence[tuple[int, int]]) -> float:
    r"""Measure how wrong the table is: the mean of $-\log p$ over pairs of letters.

    Args:
        weights: The 36 numbers of the table.
        pairs: What stood last and what came next.

    Examples:
        The table of zeros is a fair die. A weight of 1 at "n after a" makes this pair less surprising.

        >>> weights = [0.0] * 36
        >>> round(pair_surprise(weights, [(0, 4)]), 4)
        1.7918
        >>> weights[6 * 0 + 4] = 1.0
        >>> round(pair_surprise(weights, [(0, 4)]), 4)
        1.0436
    """
    rows = rows_of(weights)
    return mean([-math.log(rows[last][after]) for last, after in pairs])


def expected_minus_came(weights: Sequence[float], pairs: Sequence[tuple[int, int]]) -> list[float]:
    r"""Say exactly what `nudged_slopes` finds out about `pair_surprise` by trying, in one pass.

    Add a tiny $h$ to the score of letter $j$ in a row. Its $e^s$ is multiplied by $e^h$, nearly $1 + h$, and
    so grows by the fraction $h$ of itself. It is the share $p_j$ of the sum of the row, so the sum grows by
    the fraction $h p_j$ of itself, and the logarithm of the sum by $h p_j$. The
    chance of what came is its $e^s$ divided by the sum, so the surprise at it is the logarithm of the sum
    minus its score. Per unit of $h$ it grows by $p_j$, and if $j$ is what came, it falls by 1 as well:

    $$\text{slope}_j = p_j - [j \text{ came}]$$

    What was expected, minus what came. The function gives the mean of this over all pairs, where a pair of
    another row counts as 0. Where that mean is 0, the chances *are* the counted shares.

    Args:
        weights: The 36 numbers of the table.
        pairs: What stood last and what came next.

    Examples:
        One pair, "n after a", and a fair die: five letters were expected too much, and n too little.

        >>> [round(slope, 3) for slope in expected_minus_came([0.0] * 36, [(0, 4)])[:6]]
        [0.167, 0.167, 0.167, 0.167, -0.833, 0.167]
    """
    rows, size = rows_of(weights), len(LETTERS)
    slopes = [0.0] * len(weights)
    for last, after in pairs:
        for letter, chance in enumerate(rows[last]):
            slopes[size * last + letter] += (chance - (letter == after)) / len(pairs)
    return slopes
