// @ts-check
// <study-cell>: the examples above it can be run and changed in place. What they print, and whether the book has the
// same, says Python (microgpt/study/cells.py). All cells of one docstring share their names, from the first on.
import { Live, button, make } from "./course.js";
import { openEditor } from "./editor.js";
import { HAS_PYTHON, MEGABYTES, age, ask, state, stop } from "./python.js";
import { read, write } from "./store.js";

/** @typedef {{source: string, printed: string, expected: string | null, same: boolean, failed: boolean}} Shown */

const PROMPT = /^(>>>|\.\.\.) ?/;
const written = new Map(); // the code in cells of pages that were left
/** Take the statements out of a block with prompts, the book's or a pasted one. @param {string} text */
const codeOf = (text) =>
  !/^>>>/m.test(text) ? text : text.split("\n").filter((line) => PROMPT.test(line)).map((line) => line.replace(PROMPT, "")).join("\n");
const seconds = (/** @type {number} */ from) => `${((performance.now() - from) / 1000).toFixed(2)} s`;

class Cell extends Live {
  block = document.createElement("div"); // soon the examples as the book has them
  /** @type {Awaited<ReturnType<typeof openEditor>> | null} */
  editor = null;
  text = "";
  ran = { age: 0, code: "" };
  answered = 0; // how many results were predicted

  connectedCallback() {
    if (!this.text && HAS_PYTHON) this.build();
    if (this.runs) super.connectedCallback();
  }

  build() {
    this.block = /** @type {HTMLDivElement} */ (this.previousElementSibling);
    this.text = this.block.querySelector("code")?.textContent ?? "";
    const unfit = this.getAttribute("unfit");
    if (unfit) return this.append(make("p", { class: "cell-note" }, unfit));
    this.said = make("span", { role: "status", class: "cell-said" });
    this.shown = make("div", { class: "cell-shown" });
    this.place = make("div", { class: "cell-editor highlight" });
    this.runs = button("Run", () => (this.isRunning ? stop() : this.run()));
    this.edits = button("Edit", () => (this.editor ? this.reset() : this.edit()));
    const time = this.getAttribute("seconds");
    const note = make("span", { class: "cell-note" }, time ? `takes about ${time} s here` : "");
    this.bar = make("p", { class: "cell-bar" }, this.runs, this.edits, note, this.said);
    this.append(this.place, this.bar, this.shown);
    if (this === cells()[0]) this.block.before(introduction());
    if (written.has(this.key)) this.edit();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    if (this.isRunning) stop(); // nobody waits for it
    if (this.editor) written.set(this.key, this.editor.text);
  }

  get key() { return `${this.owner} ${this.text}`; }
  get owner() { return this.getAttribute("of"); }
  get code() { return codeOf(this.editor?.text ?? this.text); }
  get isRunning() { return this.runs?.textContent === "Stop"; }
  get isFresh() { return this.ran.age === age() && this.ran.code === this.code; }

  /** The cells of the same docstring. */
  get family() { return cells().filter((cell) => cell.owner === this.owner); }

  /** Run what stands above in the docstring and has not been run, and then this. */
  async run() {
    this.reveal();
    this.runs.textContent = "Stop";
    const family = this.family;
    for (const cell of family.slice(0, family.indexOf(this) + 1)) {
      if (cell !== this && cell.isFresh) continue;
      if (cell !== this) this.say("Running the examples above, on which it builds …");
      if (await cell.runAlone()) continue;
      if (cell !== this) this.say("An example above it, which it builds on, did not come to its end.");
      break;
    }
    this.runs.textContent = "Run";
  }

  /** @returns {Promise<boolean | void>} whether it came to its end */
  async runAlone() {
    const { code } = this;
    this.shown.replaceChildren();
    const began = performance.now();
    const watch = () => this.say(state() === "loading" ? `Starting Python (${MEGABYTES} MB, once) …` : "Running …");
    document.addEventListener("study:python", watch);
    const answer = ask("microgpt.study.cells.run_cell", [this.owner, code, this.text]);
    const shown = await answer.catch((/** @type {Error} */ error) => error.message);
    document.removeEventListener("study:python", watch);
    if (typeof shown === "string") return void this.say(shown);
    this.ran = { age: age(), code };
    this.compare(shown, seconds(began));
    return !shown.some((/** @type {Shown} */ one) => one.failed);
  }

  /** @param {Shown[]} shown @param {string} time */
  compare(shown, time) {
    const known = shown.filter((one) => one.expected);
    const other = known.filter((one) => !one.same);
    const isAsPrinted = !this.editor && shown.every((one) => one.same);
    this.shown.replaceChildren(...(isAsPrinted ? [] : shown.map(drawn)));
    this.classList.toggle("differs", other.length > 0 || shown.some((one) => one.failed));
    const found = shown.at(-1)?.failed ? "It stopped at an error." : "";
    this.say([found, found && !known.length ? "" : compared(known.length, other.length), time].filter(Boolean).join(" "));
  }

  say(/** @type {string} */ text) { this.said.textContent = text; }

  async edit() {
    this.reveal();
    this.edits.disabled = true;
    const settings = { name: "Code of this example", run: () => this.run() };
    this.editor = await openEditor(this.place, written.get(this.key) ?? codeOf(this.text), settings).catch((error) => void this.say(error.message)) ?? null;
    this.edits.disabled = false;
    if (!this.editor) return;
    this.block.classList.add("edited");
    this.edits.textContent = "Reset";
    this.editor.focus();
  }

  /** Show the book's code again, and forget what the cells of this docstring have made. */
  reset() {
    this.editor = null;
    written.delete(this.key);
    this.block.classList.remove("edited");
    for (const element of [this.place, this.shown]) element.replaceChildren();
    this.edits.textContent = "Edit";
    this.say("");
    for (const cell of this.family) cell.ran.age = 0;
    if (state() !== "asleep") ask("microgpt.study.cells.forget", [this.owner]).catch(() => {});
  }

  reveal() { this.answered = Infinity; this.show(); }

  /** Hide the results that are still to be predicted, and ask for the first of them. */
  show() {
    const results = resultsOf(this.block);
    for (const [place, { lines }] of results.entries()) {
      for (const line of lines) line.classList.toggle("unseen", read().predict && place >= this.answered);
    }
    const open = read().predict && results[this.answered];
    this.question?.remove();
    if (open) this.bar.before((this.question = this.asked(open)));
  }

  /** @param {{source: string, text: string}} result */
  asked({ source, text }) {
    const input = make("input", { type: "text", autocomplete: "off", spellcheck: "false" });
    const form = make("form", { class: "cell-question" }, make("label", {}, make("code", {}, source), " gives ", input), make("button", {}, "Show"));
    form.addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      if (!input.value.trim()) return this.say("Type first what you expect.");
      this.answered += 1;
      this.show();
      this.say(agree(input.value, text) ? "As you said." : `You said ${input.value.trim()}; it is something else.`);
      (this.question?.querySelector("input") ?? this.runs).focus();
    });
    return form;
  }
}

/** All cells of the page that run. @returns {Cell[]} */
const cells = () => /** @type {Cell[]} */ ([...document.querySelectorAll("study-cell:not([unfit])")]);

/** The results of a block, each with the statement that it belongs to. @param {HTMLElement} block */
const resultsOf = (block) => {
  /** @type {{source: string, lines: Element[]}[]} */
  const found = [];
  let source = "", isResult = false;
  for (const line of block.querySelectorAll("code > .line, code > .go")) {
    const text = line.textContent ?? "";
    if (!line.matches(".go")) source = (text.startsWith(">>>") ? "" : `${source} `) + text.replace(PROMPT, "").trim();
    else if (isResult) found.at(-1)?.lines.push(line);
    else found.push({ source, lines: [line] });
    isResult = line.matches(".go");
  }
  return found.map((one) => ({ ...one, text: one.lines.map((line) => line.textContent).join("") }));
};

/** @param {number} known @param {number} other how many of these are not as expected */
const compared = (known, other) => {
  if (!known) return "Nothing to compare with the book.";
  return other ? `${other} of ${known} not as in the book.` : `${known} ${known === 1 ? "result" : "results"}, as in the book.`;
};

const agree = (/** @type {string} */ said, /** @type {string} */ text) => {
  const [one, other] = [said, text].map((part) => part.replace(/\s+|^[("']|[)"']\s*$/g, ""));
  const decimals = Math.min(one.split(".")[1]?.length ?? 0, 20);
  return one === other || (one !== "" && Number(one) === Number(Number(other).toFixed(decimals)));
};

/** @param {Shown} shown */
const drawn = ({ source, printed, expected, same, failed }) => {
  const pre = (/** @type {string[]} */ ...lines) => make("pre", { tabindex: "0" }, make("code", {}, lines.join("\n")));
  const prompted = source.split("\n").map((line, place) => (place ? "... " : ">>> ") + line).join("\n");
  const here = make("div", { class: failed ? "highlight cell-failed" : "highlight" }, pre(prompted, printed));
  if (same || expected === null) return here;
  return make("div", { class: "cell-pair" }, here, make("div", { class: "highlight" }, make("p", {}, "In the book:"), pre(expected || "nothing")));
};

const introduction = () => {
  const box = make("input", { type: "checkbox" });
  box.checked = read().predict;
  box.addEventListener("change", () => write({ ...read(), predict: box.checked }));
  return make("div", { class: "cell-introduction" },
    make("p", {}, `The examples of this page run here, in your browser. The first Run loads Python (${MEGABYTES} MB, once).`),
    make("label", {}, box, " Predict first: hide each result until I have typed what I expect"),
    button("Begin Python anew", stop));
};

customElements.define("study-cell", Cell);
