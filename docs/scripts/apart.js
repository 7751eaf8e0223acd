// <study-apart>: the reader writes the call that tells two versions of a function apart; Python tries it on both.
import { Bench } from "./bench.js";
import { button, make } from "./course.js";
import { dropFile, files, keepFile } from "./desk.js";

class Apart extends Bench {
  get pair() { return this.getAttribute("of"); }
  get file() { return `apart_${this.pair}.py`; }

  build() {
    const { head, example } = JSON.parse(this.dataset.task); // the file: what is given, and what the reader writes
    this.head = head;
    this.example = example;
    this.opens = button("Write the example", () => this.begin());
    this.checks = this.starter("Check", () => this.check());
    this.checks.hidden = true;
    this.bar.append(this.opens, this.checks, this.said);
    this.append(make("p", {}, "Write an example that says True of the right version, and False of the wrong one."), this.place, this.bar, this.told);
    if (this.kept) this.begin(false);
  }

  get kept() {
    const text = files()[this.file]?.text;
    return text?.startsWith(this.head) ? text.slice(this.head.length) : text;
  }

  get written() { return this.kept ?? this.example; }

  async begin(focus = true) {
    this.opens.hidden = true;
    this.checks.hidden = false;
    const changed = (/** @type {string} */ text) => this.changed(text);
    await this.open(this.written, { name: `Your example for ${this.pair}`, run: () => this.check(), changed });
    if (focus) this.editor.focus();
  }

  changed(/** @type {string} */ text) {
    if (text === this.written) return;
    this.tell("");
    if (text === this.example) dropFile(this.file);
    else keepFile(this.file, this.head + text);
  }

  async check() {
    const { text } = this.editor;
    const settings = { first: "microgpt.study.live.desk.prepared", seconds: Number(this.dataset.limit), endless: () => ({ kind: "neither", lines: this.words.endless }) };
    const found = await this.work(this.checks, "microgpt.study.live.desk.compared_versions", [this.pair, text], settings);
    if (!found) return;
    const apart = found.kind === "apart";
    if (apart) keepFile(this.file, this.head + text, true);
    this.tell(apart ? "right" : "wrong", ...found.lines.map((/** @type {string} */ line) => make("p", {}, line)));
  }
}

customElements.define("study-apart", Apart);
