// <study-patient>: the sick package can be opened module by module, changed, probed and checked. All that is said of it,
// Python says (microgpt/study/live/clinic.py).
import { Bench, block, openBox } from "./bench.js";
import { button, chapters, make } from "./course.js";
import { keepTreatment, treatment } from "./desk.js";
import { mark } from "./store.js";

const CLINIC = "microgpt.study.live.clinic.";

class Patient extends Bench {
  module = "";
  given = ""; // the module as the patient came

  get number() { return this.getAttribute("number"); }
  get texts() { return treatment(this.number).texts; }
  get written() { return this.module ? (this.texts[this.module] ?? this.given) : undefined; }
  get seconds() { return Number(this.dataset.limit); }

  build() {
    this.chooser = make("select", {}, make("option", { value: "" }, "choose one"), ...groups());
    this.chooser.addEventListener("change", () => this.show());
    this.probes = this.starter("Run the probe", () => this.probe());
    this.checks = this.starter("Check", () => this.check());
    this.restores = button("Put this module back", () => this.restore());
    this.restores.hidden = true;
    this.seen = make("div", { role: "status" });
    const time = this.getAttribute("seconds");
    const note = time ? `A check takes about ${time} s here. ` : "";
    this.bar.append(this.probes, this.checks, this.restores, make("span", { class: "cell-note" }, note), this.said);
    this.leads = make("select");
    this.leads.addEventListener("change", () => this.bring(Number(this.leads.value)));
    this.parts = make("label", { hidden: "" }, "Go to: ", this.leads);
    const choice = make("p", { class: "bench-choice" }, make("label", {}, "Module: ", this.chooser), " ", this.parts);
    this.append(choice, this.place, this.bar, this.seen, this.told, make("p", {}, "Or in the terminal:"));
    this.mark();
    if (treatment(this.number).cured) this.tell("right", make("p", {}, "You have cured this patient."), this.story());
  }

  /** Open the chosen module. */
  async show() {
    const module = this.chooser.value;
    this.place.replaceChildren();
    this.module = "";
    this.aside = undefined;
    this.restores.hidden = true;
    this.parts.hidden = true;
    if (!module) return;
    this.chooser.disabled = true;
    const given = await this.work(this.probes, `${CLINIC}patient_module`, [Number(this.number), module], { seconds: 30, doing: "Opening …" });
    this.chooser.disabled = false;
    if (given === null) return (this.chooser.value = "");
    Object.assign(this, { module, given });
    const settings = { name: `The module ${module} of this patient`, run: () => this.probe(), changed: (/** @type {string} */ text) => this.changed(text) };
    await this.open(this.written, settings);
    this.mark();
    this.list();
    this.editor.focus();
  }

  /** List what the module defines, and begin with the first of it. */
  list() {
    const defined = this.editor.text.split("\n").flatMap((/** @type {string} */ line, /** @type {number} */ place) => {
      const [, indent, name] = /^( *)(?:def|class) (\w+)/.exec(line) ?? [];
      return name ? [make("option", { value: place }, `${"\u00a0".repeat(indent.length)}${name}`)] : [];
    });
    this.leads.replaceChildren(...defined);
    this.parts.hidden = !defined.length;
    this.bring(Number(this.leads.value));
  }

  /** Keep what was typed; a module as it came is no treatment. @param {string} text */
  changed(text) {
    if (!this.module || text === this.written) return;
    const texts = { ...this.texts, [this.module]: text };
    if (text === this.given) delete texts[this.module];
    keepTreatment(this.number, { texts, cured: false });
    this.mark();
    this.tell("");
    this.seen.replaceChildren();
  }

  /** Say in the list which modules are changed. */
  mark() {
    const { texts } = this;
    for (const option of this.chooser.querySelectorAll("option[data-file]")) {
      option.textContent = option.dataset.file + (option.value in texts ? ", changed" : "");
    }
    this.restores.hidden = !(this.module in texts) && this.aside === undefined;
    this.restores.textContent = this.module in texts ? "Put this module back" : "Undo";
  }

  /** Put the module back, or take that back. */
  restore() {
    const before = this.editor.text;
    this.editor.text = before === this.given ? (this.aside ?? before) : this.given;
    this.aside = before === this.given ? undefined : before;
    this.mark();
    this.editor.focus();
  }

  async probe() {
    const settings = { seconds: this.seconds, doing: "Running …", endless: () => this.words.endless };
    const shown = await this.work(this.probes, `${CLINIC}probe_shown`, [Number(this.number), this.texts], settings);
    if (shown !== null) this.seen.replaceChildren(make("p", {}, "The probe shows now:"), block([shown]));
  }

  async check() {
    const { texts } = this;
    const settings = { seconds: this.seconds, endless: () => ({ state: "sick", told: this.words.sick }) };
    const found = await this.work(this.checks, `${CLINIC}judged_treatment`, [Number(this.number), texts], settings);
    if (!found) return;
    const cured = found.state === "cured";
    if (cured) {
      keepTreatment(this.number, { texts, cured });
      mark("patients", this.number);
    }
    this.tell(cured ? "right" : "wrong", make("p", {}, found.told), ...(cured ? [this.story()] : []));
  }

  story() { return button("What it was", () => openBox("the-story")); }
}

/** The modules of the book, part by part. */
const groups = () => {
  const parts = Map.groupBy(chapters, (chapter) => chapter.part);
  return [...parts].map(([part, members]) =>
    make("optgroup", { label: part }, ...members.map(({ module }) => {
      const file = `${module.replaceAll(".", "/")}.py`;
      return make("option", { value: module, "data-file": file }, file);
    })));
};

customElements.define("study-patient", Patient);
