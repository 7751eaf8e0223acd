// <study-name-machine>: a model goes on from a beginning, letter by letter. Python draws the letters
// (microgpt/study/live/names.py); here they appear one after the other, each with its chances.
import { make } from "./course.js";
import { askOf, MODEL } from "./models.js";
import { Widget } from "./widget.js";

/** @typedef {{token: number, letter: string, chances: number[], point: number}} Letter */
/** @typedef {{name: string, sign: string, novelty: string, letters: Letter[], alphabet: string[]}} Name */

const PAUSE = 350; // milliseconds from letter to letter
const per = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

class NameMachine extends Widget {
  /** @param {[number, string, number, number]} args */
  build([step, beginning, temperature, seed]) {
    this.steps = [...this.querySelectorAll("datalist option")].map((option) => Number(/** @type {HTMLOptionElement} */ (option).value));
    this.seed = seed;
    this.beginning = make("input", { type: "text", value: beginning, maxlength: "15", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
    this.temperature = make("input", { type: "range", min: "0.1", max: "2", step: "0.1", value: String(temperature) });
    this.stop = make("input", { type: "range", min: "0", max: String(this.steps.length - 1), value: String(this.steps.indexOf(step)) });
    this.told = { temperature: make("output"), stop: make("output") };
    this.name = make("p", { class: "machine-name" });
    this.bars = make("div", { class: "machine-bars", "aria-hidden": "true" });
    this.wheel = make("div", { class: "machine-wheel", "aria-hidden": "true" });
    this.place = make("p", { class: "machine-place" });
    this.replaceChildren(this.controls(), this.name, this.bars, this.wheel, this.place);
  }

  controls() {
    const form = make("form", { class: "machine-controls" },
      make("label", {}, "Begin with ", this.beginning),
      make("button", {}, "Invent"),
      make("label", {}, "Temperature ", this.temperature, this.told.temperature),
      make("label", {}, "Steps of training ", this.stop, this.told.stop));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.seed += 1;
      this.invent(!still());
    });
    form.addEventListener("input", () => this.invent(false)); // the same point of chance, another model or dial
    return form;
  }

  get asked() {
    return [this.steps[Number(this.stop.value)], this.beginning.value.trim().toLowerCase(), Number(this.temperature.value), this.seed];
  }

  ask(call, args, settings) { return askOf(MODEL, call, args, settings); }

  /** Ask for a name; while one is on its way, only the last wish is kept. @param {boolean} slowly */
  async invent(slowly) {
    this.slowly = slowly;
    this.touched = true;
    this.label();
    if (this.wish) return void (this.wish = "another");
    do {
      this.wish = "this";
      await this.compute(this.asked);
    } while (this.wish === "another");
    this.wish = "";
  }

  heard(/** @type {string} */ text) { this.said.replaceChildren(make("span", { class: "machine-heard" }, text)); }

  /** @param {Name} found @param {any[]} args */
  draw(found, args) {
    clearTimeout(this.timer);
    this.found = found;
    this.seed = args[3];
    this.start = args[1];
    this.label();
    this.show(this.slowly ? 0 : found.letters.length - 1);
  }

  label() {
    const [step, , temperature] = this.asked;
    this.told.temperature.value = temperature.toFixed(1);
    this.told.stop.value = step.toLocaleString("en");
    this.stop.setAttribute("aria-valuetext", `${step} steps`);
  }

  /** Show the name up to a letter, and how that one came. @param {number} last */
  show(last) {
    const { letters, novelty, name } = this.found;
    this.spell(last, last + 1);
    if (last + 1 < letters.length) {
      this.timer = setTimeout(() => this.isConnected && this.show(last + 1), PAUSE);
    } else if (this.touched) {
      this.heard(`${name || "An empty name"}: ${novelty}.`); // for those who do not see it
    }
  }

  /** Spell the name as far as it has come, and look at one of its letters. @param {number} place @param {number} known */
  spell(place, known) {
    const had = this.name.contains(document.activeElement);
    const { letters, sign, novelty } = this.found;
    const buttons = letters.slice(0, known).map(({ letter }, number) => {
      const one = make("button", { type: "button", "aria-pressed": String(number === place) }, letter);
      one.addEventListener("click", () => {
        clearTimeout(this.timer);
        this.slowly = false;
        this.spell(number, letters.length); // who looks at one letter waits no longer for the others
      });
      return one;
    });
    this.name.replaceChildren(make("span", {}, this.start), ...buttons);
    if (known === letters.length) this.name.append(make("span", { class: "machine-novelty" }, ` ${sign} ${novelty}`));
    if (had) buttons[place].focus();
    this.explain(letters[place], place);
  }

  /** @param {Letter} letter @param {number} place */
  explain({ token, chances, point, letter }, place) {
    const { alphabet, letters } = this.found;
    const most = Math.max(...chances);
    this.bars.replaceChildren(...chances.map((chance, other) => {
      const bar = make("span", { style: `height: ${(100 * chance) / most}%`, "data-chance": String(chance), title: `${alphabet[other]} ${per(chance)}` });
      return make("div", { class: other === token ? "drawn-one" : "" }, bar, make("b", {}, alphabet[other].replace("BOS", "·")));
    }));
    const fields = chances.map((chance, other) => make("span", { style: `flex-grow: ${chance}`, class: other === token ? "drawn-one" : "" }));
    this.wheel.replaceChildren(...fields, make("i", { style: `left: ${100 * point}%`, "data-point": String(point) }));
    const best = chances.indexOf(most);
    const before = this.start + letters.slice(0, place).map((one) => one.letter).join("");
    this.place.textContent = `After ${before ? `“${before}”` : "nothing"}: ${letter} had ${per(chances[token])}`
      + (best === token ? ", the largest chance." : `; ${alphabet[best]} had the largest chance, ${per(most)}.`)
      + ` Chance pointed to ${point.toFixed(3)}.`;
  }
}

customElements.define("study-name-machine", NameMachine);
