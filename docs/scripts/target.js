// <study-target>: a word, and what a wheel says to each of its letters. What has to come is marked.
import { make } from "./course.js";
import { controls, head, number, rounded, table, told } from "./pieces.js";
import { Widget } from "./widget.js";

const LONGEST = 12;

class Target extends Widget {
  /** @param {[string, number[]]} args the word, and the scores of the wheel */
  build([word, scores]) {
    const wheels = { "the six scores": scores, "a fair die": [1, 1, 1, 1, 1, 1], "all n": [0, 0, 0, 0, 1, 0] };
    this.word = /** @type {HTMLInputElement} */ (make("input", { type: "text", maxlength: LONGEST, value: word, autocomplete: "off", autocapitalize: "none", spellcheck: "false" }));
    this.choice = /** @type {HTMLSelectElement} */ (make("select", {}, ...Object.keys(wheels).map((name) => make("option", {}, name))));
    const judge = () => this.compute([this.word.value, wheels[this.choice.value]]);
    this.word.addEventListener("input", judge);
    this.choice.addEventListener("change", judge);
    this.shown = make("div");
    this.told = told();
    const labels = [make("label", {}, "Word ", this.word), make("label", {}, "Wheel ", this.choice)];
    this.replaceChildren(controls(...labels), this.shown, this.told);
  }

  draw({ letters, word, shares, missing, loss }) {
    const rows = [...word].map((right, at) => [
      head(right), ...shares.map((share, place) => chance(share, letters[place] === right)), number(missing[at], 4),
    ]);
    this.shown.replaceChildren(table(["has to come", ...letters, "1 - p"], rows));
    this.shown.firstChild.classList.add("touch-dense");
    this.told.textContent = `The mean of the penalties for “${word}”: ${rounded(loss, 4)}`;
  }
}

/** @param {number} share @param {boolean} isRight */
const chance = (share, isRight) => {
  const made = number(share, 2);
  if (isRight) made.className = "touch-right";
  return made;
};

customElements.define("study-target", Target);
