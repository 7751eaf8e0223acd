// <study-softmax>: scores from sliders become shares. All steps between them are computed in Python.
import { button, make } from "./course.js";
import { controls, head, number, rounded, slider, strip, table, told } from "./pieces.js";
import { Widget } from "./widget.js";

const NAMES = "ABC";
const FURTHEST = 10;

class Softmax extends Widget {
  /** @param {[number[], number]} args the scores and the temperature */
  build([scores, temperature]) {
    this.scores = [...scores];
    this.temperature = temperature;
    this.sliders = controls();
    const shift = (/** @type {number} */ by) => () => {
      const moved = this.scores.map((score) => score + by);
      if (moved.some((score) => Math.abs(score) > FURTHEST)) return void (this.told.textContent = "One of the scores is at its end.");
      this.scores = moved;
      this.renew();
      this.touched();
    };
    const all = controls(button("All scores up by 1", shift(1)), button("All down by 1", shift(-1)));
    this.shown = make("div");
    this.told = told();
    this.renew();
    this.replaceChildren(this.sliders, all, this.shown, this.told);
  }

  /** Make the sliders for the scores that are set now. */
  renew() {
    const scores = this.scores.map((score, place) => {
      const settings = { min: -FURTHEST, max: FURTHEST, step: 0.1, value: score };
      const changed = (/** @type {number} */ value) => {
        this.scores[place] = value;
        this.touched();
      };
      return slider(`Score ${NAMES[place]}`, settings, changed, (value) => rounded(value, 1));
    });
    const changed = (/** @type {number} */ value) => {
      this.temperature = value;
      this.touched();
    };
    const settings = { min: 0.1, max: 5, step: 0.1, value: this.temperature };
    this.sliders.replaceChildren(...scores, slider("Temperature T", settings, changed, (value) => rounded(value, 1)));
  }

  touched() {
    this.compute([[...this.scores], this.temperature]);
  }

  draw({ scaled, lowered, raised, whole, shares }) {
    const rows = [...NAMES].map((name, at) => [
      head(name), number(scaled[at], 2), number(lowered[at], 2), number(raised[at], 4), number(shares[at], 4),
    ]);
    const shown = table(["", "s / T", "less the largest", "e to that", "share"], rows);
    shown.classList.add("touch-dense");
    this.shown.replaceChildren(strip(NAMES, shares), shown);
    this.told.textContent = `Each is divided by the total, ${rounded(whole, 4)}.`;
  }
}

customElements.define("study-softmax", Softmax);
