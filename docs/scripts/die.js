// <study-die>: a die of six letters, rolled a few times or very often. Python rolls; here the shares become bars.
import { button, make } from "./course.js";
import { bar, controls, head, number, rounded, table, told } from "./pieces.js";
import { Widget } from "./widget.js";

const OFTEN = [60, 6_000, 600_000];

class Die extends Widget {
  /** @param {[number, number]} args how often, and the seed */
  build([count, seed]) {
    this.count = count;
    this.seed = /** @type {HTMLInputElement} */ (make("input", { type: "number", min: 0, max: 999_999, value: seed }));
    this.seed.addEventListener("change", () => this.roll(this.count));
    const buttons = OFTEN.map((often) => button(`Roll ${rounded(often)} times`, () => this.roll(often)));
    this.shown = make("div");
    this.told = told();
    this.replaceChildren(controls(...buttons, make("label", {}, "Seed ", this.seed)), this.shown, this.told);
  }

  /** @param {number} count */
  roll(count) {
    this.count = count;
    this.compute([count, this.seed.valueAsNumber]);
  }

  draw({ letters, counts, shares, fair, furthest, off }, [count, seed]) {
    const most = Math.max(2 * fair, ...shares);
    const rows = [...letters].map((letter, place) => [
      head(letter), number(counts[place]), number(shares[place], 4), bar(shares[place], most, fair),
    ]);
    this.shown.replaceChildren(table(["face", "came", "share", ""], rows));
    this.told.textContent = `${rounded(count)} rolls with seed ${seed}. Furthest from 1/6, by ${rounded(off, 4)}: “${furthest}”`;
  }
}

customElements.define("study-die", Die);
