// <study-train>: a real run in the page, led on in pieces and looked at (microgpt/study/live/training.py).
import { make } from "./course.js";
import { picture, scale, svg } from "./pieces.js";
import { ask } from "./python.js";
import { Widget } from "./widget.js";

const HOME = "microgpt.study.live.training";
const PIECE = 0.2; // seconds between two drawings of the curve
const PAUSE = 1500; // milliseconds between two looks at the model
const round = (number) => number.toFixed(2);
const isVowel = (name) => "aeiou".includes(name);
const cap = (name) => (name === "BOS" ? "·" : name);

class Train extends Widget {
  build([data, steps]) {
    this.words = make("details", {}, make("summary", {}, "The first view in words"), ...this.childNodes);
    this.data = choice("Learn from", JSON.parse(this.dataset.choices), data);
    this.steps = choice("Steps", [100, 300, 1000].map((number) => [String(number), number.toLocaleString("en-US")]), String(steps));
    this.own = make("textarea", { rows: "5", cols: "14", spellcheck: "false" });
    this.own.value = "ada\ngrace\nalan\nemmy\nkatherine";
    this.names = make("label", { hidden: "" }, "Your names, a line each", this.own);
    this.data.field.addEventListener("change", () => (this.names.hidden = this.data.field.value !== "own"));
    this.goes = make("button", { type: "button" }, "Train");
    this.goes.addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    this.one = make("button", { type: "button" }, "One step");
    this.one.addEventListener("click", () => this.step());
    this.anew = make("button", { type: "button" }, "Begin anew");
    this.anew.addEventListener("click", () => this.begin());
    for (const { field } of [this.data, this.steps]) field.addEventListener("change", () => this.outdate());
    this.own.addEventListener("input", () => this.outdate());
    this.told = make("p", { class: "train-told", role: "status" });
    this.curve = make("div", { class: "train-curve", tabindex: "0", role: "group", "aria-label": "The curve" });
    this.seen = make("div", { class: "train-seen" });
    const bar = make("div", { class: "train-bar" }, this.data.label, this.steps.label, this.names, this.goes, this.one, this.anew);
    this.replaceChildren(bar, this.told, this.curve, this.seen, this.words);
    this.stale = true; // Python has no run yet
  }

  disconnectedCallback() { this.pause(); }

  /** What is drawn is the run of other settings. */
  outdate() {
    this.pause();
    this.stale = true;
    this.classList.add("refused");
    this.say("This is still the run of the settings before. Train begins one with these.");
  }

  /** A first look, or a later one. */
  draw(look) {
    if (look.step === 0) this.points = { means: [], exams: [] };
    if (look.exam !== null) this.points.exams.push([look.step, look.exam]);
    this.last = look;
    this.seen.replaceChildren(samples(look), heads(look), letters(look));
    this.line();
  }

  line() {
    const { means, exams } = this.points;
    const { steps, opponents } = this.last;
    this.curve.replaceChildren(curve(this.curve.clientWidth, means, exams, opponents, steps));
    const [step, mean] = means.at(-1) ?? [0, null];
    const exam = exams.at(-1);
    const words = [`Step ${step.toLocaleString("en-US")} of ${steps.toLocaleString("en-US")}.`];
    if (mean !== null) words.push(`Mean loss of the newest steps: ${round(mean)}.`);
    if (exam) words.push(`On documents it never learns from, after step ${exam[0].toLocaleString("en-US")}: ${round(exam[1])}.`);
    if (opponents.length) words.push(`${opponents.map(([name, loss]) => `${name} ${round(loss)}`).join(", ")}.`);
    this.told.textContent = words.join(" ");
  }

  async begin() {
    this.pause();
    const names = this.data.field.value === "own" ? this.own.value.split("\n") : [];
    const args = [this.data.field.value, Number(this.steps.field.value), names];
    const look = await this.compute(args, { call: `${HOME}.begin` });
    this.stale = !look;
    return look;
  }

  /** Go on for a piece; say whether there is more to do. */
  async advance(...args) {
    const piece = await ask(`${HOME}.advance`, args, { seconds: 60 });
    if (piece.losses.length) this.points.means.push([piece.step, piece.mean]);
    this.told.dataset.loss = piece.losses.at(-1); // with all digits
    return piece;
  }

  async play() {
    if (this.stale && !(await this.begin())) return;
    this.playing = true;
    this.goes.textContent = "Pause";
    let looked = performance.now();
    try {
      while (this.playing) {
        const piece = await this.advance(PIECE);
        if (!this.isConnected) return;
        if (piece.step === piece.steps || performance.now() - looked > PAUSE) {
          await this.compute([], { call: `${HOME}.look` });
          looked = performance.now();
        } else this.line();
        if (piece.step === piece.steps) this.pause();
      }
    } catch (error) {
      this.lost(error);
    }
  }

  async step() {
    if (this.stale && !(await this.begin())) return;
    try {
      await this.advance(0, 1);
      await this.compute([], { call: `${HOME}.look` });
    } catch (error) {
      this.lost(error);
    }
  }

  pause() {
    this.playing = false;
    if (this.goes) this.goes.textContent = "Train";
  }

  lost(error) {
    this.pause();
    this.stale = true;
    this.say(error.message);
  }
}

const choice = (words, options, chosen) => {
  const field = make("select", {}, ...options.map(([value, text]) => make("option", { value }, text)));
  field.value = chosen;
  return { field, label: make("label", {}, `${words} `, field) };
};

const curve = (room, means, exams, opponents, steps) => {
  const isNarrow = room > 0 && room < 480; // then the names stand above their lines
  const [width, height, left, right, below] = [isNarrow ? room : 640, 220, 34, isNarrow ? 16 : 150, 22];
  const all = [...means, ...exams].map(([, loss]) => loss).concat(opponents.map(([, loss]) => loss));
  const low = Math.min(2, ...all) - 0.1;
  const high = Math.max(3.4, ...all) + 0.1;
  const x = scale(0, steps, left, width - right);
  const y = scale(low, high, height - below, 8);
  const parts = [];
  for (const step of [0, steps / 2, steps]) parts.push(svg("text", { x: x(step), y: height - 4, class: "axis" }, step.toLocaleString("en-US")));
  for (let loss = Math.ceil(low * 2) / 2; loss <= high; loss += 0.5) {
    parts.push(svg("line", { x1: left, x2: width - right, y1: y(loss), y2: y(loss), class: "grid" }));
    parts.push(svg("text", { x: left - 6, y: y(loss) + 4, class: "axis end" }, loss.toFixed(1)));
  }
  let free = -Infinity;
  for (const [name, loss] of [...opponents].sort((one, other) => other[1] - one[1])) {
    free = Math.max(y(loss) + (isNarrow ? -3 : 4), free + 15);
    parts.push(svg("line", { x1: left, x2: width - right, y1: y(loss), y2: y(loss), class: "opponent" }));
    parts.push(svg("text", isNarrow ? { x: width - right, y: free, class: "within" } : { x: width - right + 6, y: free }, name));
  }
  const path = (points) => points.map(([step, loss]) => `${x(step)},${y(loss)}`).join(" ");
  parts.push(svg("polyline", { points: path(means), class: "mean" }), svg("polyline", { points: path(exams), class: "exam" }));
  for (const [step, loss] of exams) parts.push(svg("circle", { cx: x(step), cy: y(loss), r: 3, class: "exam" }, svg("title", {}, `after step ${step}: ${loss}`)));
  return picture(width, height, "The loss, step by step; the numbers stand above.", ...parts);
};

const samples = ({ samples: names, known }) => {
  const list = make("ul", { class: "train-samples" }, ...names.map((name) => make("li", {}, name || "(nothing)")));
  const words = known ? `${known} of them ${known === 1 ? "stands" : "stand"} in the data.` : "None of them stands in the data.";
  return make("div", {}, make("h4", {}, "It invents"), list, make("p", {}, words));
};

const heads = ({ read, attention }) => {
  const [cell, gap] = [14, 14];
  const size = read.length * cell;
  const across = Math.min(2, attention.length);
  const parts = attention.flatMap((rows, head) => {
    const [left, top] = [16 + (head % across) * (size + gap), Math.floor(head / across) * (size + 26)];
    const boxes = rows.flatMap((row, y) => row.map((weight, x) => {
      const box = svg("rect", { x: left + x * cell, y: top + y * cell, width: cell, height: cell, class: "cell" });
      box.style.fillOpacity = 0.06 + 0.94 * weight;
      box.append(svg("title", {}, `from ${cap(read[y])} to ${cap(read[x])}: ${(100 * weight).toFixed(0)} %`));
      return box;
    }));
    const names = read.flatMap((name, place) => [
      svg("text", { x: left + (place + 0.5) * cell, y: top + size + 10, class: "axis" }, cap(name)),
      ...(head % across ? [] : [svg("text", { x: 7, y: top + (place + 0.75) * cell, class: "axis" }, cap(name))]),
    ]);
    return [...boxes, ...names];
  });
  const last = attention.map((rows, head) => `head ${head}: ${rows.at(-1).map(round).join(", ")}`);
  const rows = Math.ceil(attention.length / across);
  const label = `Attention from the last letter of ${read.slice(1).join("")} to each position: ${last.join("; ")}.`;
  return make("div", {}, make("h4", {}, `Its heads read “${read.slice(1).join("")}”`), picture(16 + across * (size + gap), rows * (size + 26), label, ...parts));
};

const letters = ({ letters: places }) => {
  const [width, height] = [240, 200];
  const [far, high] = ["right", "up"].map((axis) => Math.max(...places.map((one) => Math.abs(one[axis]))));
  const [x, y] = [scale(-far, far, 14, width - 14), scale(-high, high, height - 10, 14)];
  const texts = places.map((one) => svg("text", { x: x(one.right), y: y(one.up), class: isVowel(one.name) ? "vowel" : "other" }, cap(one.name)));
  const vowels = places.filter((one) => isVowel(one.name)).map((one) => `${one.name} at ${round(one.right)}, ${round(one.up)}`);
  const label = `The letters on a plane that reaches ${round(far)} to each side and ${round(high)} up. ${vowels.join("; ")}.`;
  return make("div", {}, make("h4", {}, "Its letters, vowels to the right"), picture(width, height, label, ...texts));
};

customElements.define("study-train", Train);
