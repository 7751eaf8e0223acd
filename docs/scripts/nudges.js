// <study-nudges>: the table of nudges at each step of training by hand, the wheel that the weights make, and its words.
import { make } from "./course.js";
import { controls, head, number, rounded, slider, strip, table, told } from "./pieces.js";
import { Widget } from "./widget.js";

const LAST = 79; // one more step makes no wheel

class Nudges extends Widget {
  /** @param {[number]} args how many steps are done */
  build([steps]) {
    const settings = { min: 0, max: LAST, step: 1, value: steps };
    const choice = slider("Steps done", settings, (value) => this.compute([value]), rounded);
    this.shown = make("div");
    this.told = told();
    this.replaceChildren(controls(choice), this.shown, this.told);
  }

  draw({ letters, weights, shares, loss, nudged, slopes, after, loss_after, words }) {
    const rows = [...letters].map((letter, at) => [
      head(letter), number(weights[at], 4), number(nudged[at], 4), number(slopes[at], 4, true), number(after[at], 4),
    ]);
    const shown = table(["weight of", "now", "loss if nudged", "slope", "then"], rows);
    shown.classList.add("touch-dense");
    this.shown.replaceChildren(strip(letters, shares), shown);
    const below = letters[after.findIndex((/** @type {number} */ weight) => weight < 0)];
    const then = below ? `One more step takes the weight of ${below} below 0, and makes no wheel` : `One more step makes it ${rounded(loss_after, 4)}`;
    this.told.textContent = `The loss is ${rounded(loss, 4)}. ${then}. Four words: ${words.map((word) => `“${word}”`).join(", ")}`;
  }
}

customElements.define("study-nudges", Nudges);
