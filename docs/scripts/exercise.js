// <study-exercise>: the file of an exercise can be written in the page. Whether it is right, says Python
// (microgpt/study/live/desk.py), in the words of the terminal.
import { Bench, block, openBox } from "./bench.js";
import { address, button, chapters, make } from "./course.js";
import { dropFile, files, keepFile } from "./desk.js";
import { mark, read } from "./store.js";

/** @typedef {{kind: string, head: string, evidence: string[], idea: string, line: number}} Judged */

class Exercise extends Bench {
  get name() { return this.getAttribute("name"); }
  get file() { return `${this.name}.py`; }
  get kept() { return files()[this.file]; }
  get written() { return this.kept?.text ?? this.task; }

  build() {
    this.task = JSON.parse(this.dataset.task);
    this.checks = this.starter("Check", () => this.check());
    this.resets = button("Reset", () => this.reset());
    this.opens = button("Write it here", () => this.write().then(() => this.editor.focus()));
    this.bar.append(this.opens, this.said);
    this.append(this.place, this.bar, this.told, make("p", {}, "Or in the terminal:"));
    if (this.kept) this.write();
    if (this.kept?.passed) this.praise();
  }

  /** Open the file; the editor is fetched only for who writes. */
  async write() {
    const settings = { name: `Your file ${this.file}`, run: () => this.check(), changed: (/** @type {string} */ text) => this.changed(text) };
    await this.open(this.written, settings);
    this.opens.remove();
    this.bar.prepend(this.checks, this.resets);
    this.reveal();
  }

  /** Show the place where the answer is to be written. */
  reveal() {
    this.bring(this.editor.text.split("raise NotImplementedError")[0].split("\n").length - 1);
  }

  /** Keep what was typed; a file that is as it was given is none. @param {string} text */
  changed(text) {
    if (text === this.written) return;
    this.blame(0);
    this.tell("");
    if (text === this.task) dropFile(this.file);
    else keepFile(this.file, text);
    this.aside = undefined;
    this.resets.textContent = "Reset";
  }

  async check() {
    if (!this.editor) return;
    const { text } = this.editor;
    const settings = { first: "microgpt.study.live.desk.prepared", seconds: Number(this.dataset.limit), endless: () => this.words.endless };
    /** @type {Judged | null} */
    const found = await this.work(this.checks, "microgpt.study.live.desk.judged_answer", [this.name, text], settings);
    if (!found) return;
    if (this.editor.text !== text) return this.say("You have changed it meanwhile; check it again.");
    const passed = found.kind === "passed";
    this.blame(found.line);
    if (passed) {
      keepFile(this.file, text, true);
      mark("exercises", this.name);
      return this.praise();
    }
    const idea = found.idea ? [make("p", {}, found.idea)] : [];
    this.tell("wrong", make("p", { class: "bench-head" }, found.head), ...(found.evidence.length ? [block(found.evidence)] : []), ...idea);
  }

  praise() {
    const following = this.following();
    const next = following
      ? make("p", {}, "Next: ", make("a", { href: address(`practice/exercises/${following}/`) }, following), ".")
      : make("p", {}, "That was the last one.");
    this.tell("right", make("p", { class: "bench-head" }, this.words.passed), next, button("Compare with the book's body", () => openBox("the-solution")));
  }

  /** The first exercise that is not done, from this one on; behind the last comes the first. */
  following() {
    const every = chapters.flatMap((chapter) => chapter.exercises);
    const begin = every.indexOf(this.name) + 1;
    const done = read().exercises;
    return [...every.slice(begin), ...every.slice(0, begin)].find((name) => !done[name] && name !== this.name);
  }

  /** Begin again, or take back what there was before. */
  reset() {
    const before = this.editor.text;
    if (before === this.task && !this.aside) return;
    const then = this.aside ?? this.task;
    this.editor.text = then;
    this.tell("");
    this.aside = before;
    this.resets.textContent = then === this.task ? "Undo reset" : "Reset";
    if (then !== this.task) this.aside = undefined;
    this.editor.focus();
  }
}

customElements.define("study-exercise", Exercise);
