// <study-cell>: the examples above it can be run and changed in place. What they print, and whether the book has the
// same, says Python (microgpt/study/cells.py). All cells of one docstring share their names, from the first on.
import { Live, make } from "./course.js";
import { openEditor } from "./editor.js";
import { HAS_PYTHON, MEGABYTES, age, ask, state, stop } from "./python.js";
import { read, write } from "./store.js";

/** @typedef {{source: string, printed: string, expected: string | null, same: boolean, failed: boolean}} Shown */

const PROMPT = /^(>>>|\.\.\.) ?/;
const button = (/** @type {string} */ text, /** @type {() => void} */ act) => {
  const made = make("button", { type: "button" }, text);
  made.addEventListener("click", act);
  return made;
};
const codeOf = (/** @type {string} */ text) =>
  text.split("\n").filter((line) => PROMPT.test(line)).map((line) => line.replace(PROMPT, "")).join("\n");
const seconds = (/** @type {number} */ from) => `${((performance.now() - from) / 1000).toFixed(2)} s`;

class Cell extends Live {
  /** @type {HTMLElement} */ block;
  /** @type {Awaited<ReturnType<typeof openEditor>> | null} */ editor = null;
  text = "";
  ran = { age: 0, code: "" };
  answered = 0; // how many results were predicted

  connectedCallback() {
    if (!this.block && HAS_PYTHON) this.build();
    if (this.bar) super.connectedCallback();
  }

  build() {
    this.block = /** @type {HTMLElement} */ (this.previousElementSibling);
    this.text = this.block.querySelector("code")?.textContent ?? "";
    this.said = make("span", { role: "status", class: "cell-said" });
    this.shown = make("div", { class: "cell-shown" });
    this.place = make("div", { class: "cell-editor highlight" });
    const unfit = this.getAttribute("unfit");
    if (unfit) {
      this.append(make("p", { class: "cell-note" }, unfit));
      return;
    }
    this.runs = button("Run", () => (this.runs.textContent === "Stop" ? stop() : this.run()));
    this.edits = button("Edit", () => this.edit());
    const time = this.getAttribute("seconds");
    const note = time ? `Takes about ${time} s here. ` : "";
    this.bar = make("p", { class: "cell-bar" }, this.runs, this.edits, make("span", { class: "cell-note" }, note), this.said);
    this.append(this.place, this.bar, this.shown);
    if (this === document.querySelector("study-cell")) this.block.before(introduction());
  }

  get owner() { return this.getAttribute("of"); }
  get code() { return this.editor ? this.editor.text : codeOf(this.text); }
  get isFresh() { return this.ran.age === age() && this.ran.code === this.code; }

  /** @returns {Cell[]} the cells of the same docstring */
  get family() { return [...document.querySelectorAll("study-cell")].filter((cell) => cell.runs && cell.owner === this.owner); }

  /** Run what stands above in the docstring and has not been run, and then this. */
  async run() {
    this.reveal();
    const family = this.family;
    for (const cell of family.slice(0, family.indexOf(this))) {
      if (!cell.isFresh && !(await cell.runAlone())) return this.say("The examples above it have to work first.");
    }
    await this.runAlone();
  }

  async runAlone() {
    const { code } = this;
    this.runs.textContent = "Stop";
    this.say(state() === "asleep" ? `Starting Python (${MEGABYTES} MB, once) …` : "Running …");
    try {
      const began = performance.now();
      const shown = await ask("microgpt.study.cells.run_cell", [this.owner, code, this.text]);
      this.ran = { age: age(), code };
      this.compare(shown, seconds(began));
      return !shown.some((/** @type {Shown} */ one) => one.failed);
    } catch (error) {
      this.shown.replaceChildren();
      this.say(/** @type {Error} */ (error).message);
      return false;
    } finally {
      this.runs.textContent = "Run";
    }
  }

  /** @param {Shown[]} shown @param {string} time */
  compare(shown, time) {
    const known = shown.filter((one) => one.expected);
    const other = known.filter((one) => !one.same);
    const isAsPrinted = !this.editor && shown.every((one) => one.same);
    this.shown.replaceChildren(...(isAsPrinted ? [] : shown.map(drawn)));
    this.classList.toggle("differs", other.length > 0 || shown.some((one) => one.failed));
    const told = other.length
      ? `${other.length} of ${known.length} results ${other.length === 1 ? "is" : "are"} not as in the book`
      : `${known.length || "No"} ${known.length === 1 ? "result" : "results"}${known.length ? ", as in the book" : " to compare"}`;
    this.say(`${told}. ${time}`);
  }

  say(/** @type {string} */ text) { this.said.textContent = text; }

  async edit() {
    if (this.editor) return this.reset();
    this.reveal();
    const settings = { name: "Code of this example", run: () => this.run() };
    this.editor = await openEditor(this.place, codeOf(this.text), settings);
    this.block.hidden = true;
    this.edits.textContent = "Reset";
    this.editor.focus();
  }

  /** Show the book's code again, and forget what the cells of this docstring have made. */
  reset() {
    this.editor = null;
    this.block.hidden = false;
    for (const element of [this.place, this.shown]) element.replaceChildren();
    this.edits.textContent = "Edit";
    this.say("");
    for (const cell of this.family) cell.ran.age = 0;
    if (state() !== "asleep") ask("microgpt.study.cells.forget", [this.owner]).catch(() => {});
  }

  reveal() {
    this.answered = Infinity;
    this.show();
  }

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
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!input.value.trim()) return this.say("Type first what you expect.");
      this.answered += 1;
      this.show();
      this.say(agree(input.value, text) ? "As you said." : `You said ${input.value.trim()}.`);
      (this.question?.querySelector("input") ?? this.runs).focus();
    });
    return form;
  }
}

/** The results of a block, each with the statement that it belongs to. @param {HTMLElement} block */
const resultsOf = (block) => {
  const found = [];
  let source = "", before = null;
  for (const line of block.querySelectorAll("code > .line, code > .go")) {
    const isResult = line.classList.contains("go");
    if (isResult && before === found.at(-1) && before) before.lines.push(line);
    else if (isResult) found.push((before = { source, lines: [line] }));
    else {
      before = null;
      source = (line.textContent.startsWith(">>>") ? "" : `${source} `) + line.textContent.replace(PROMPT, "").trim();
    }
  }
  return found.map((one) => ({ ...one, text: one.lines.map((line) => line.textContent).join("") }));
};

const agree = (/** @type {string} */ said, /** @type {string} */ text) => {
  const [one, other] = [said, text].map((part) => part.replace(/\s+/g, ""));
  const decimals = one.split(".")[1]?.length ?? 0;
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
    make("label", {}, box, " Predict first: hide each result until I have typed what I expect"));
};

customElements.define("study-cell", Cell);
