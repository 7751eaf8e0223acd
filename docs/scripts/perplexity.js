// <study-perplexity>: the chances that some right answers got, the surprise at each, and the number of choices they are worth.
import { make } from "./course.js";
import { controls, head, number, rounded, slider, table, told } from "./pieces.js";
import { Widget } from "./widget.js";

const NAMES = ["first", "second", "third"];

class Perplexity extends Widget {
  /** @param {[number[]]} args the chances */
  build([chances]) {
    const now = [...chances];
    const sliders = now.map((chance, place) => {
      const changed = (/** @type {number} */ value) => {
        now[place] = value;
        this.compute([[...now]]);
      };
      return slider(`Chance of the ${NAMES[place]}`, { min: 0.01, max: 1, step: 0.01, value: chance }, changed, (value) => rounded(value, 2));
    });
    this.shown = make("div");
    this.told = told();
    this.replaceChildren(controls(...sliders), this.shown, this.told);
  }

  draw({ chances, surprises, choices, loss, perplexity, average }) {
    const rows = NAMES.map((name, at) => [head(name), number(chances[at], 4), number(surprises[at], 4), number(choices[at], 2)]);
    const last = [head("the mean of these"), number(average, 4), number(loss, 4), make("td")];
    this.shown.replaceChildren(table(["right answer", "chance", "surprise", "faces"], [...rows, last]));
    this.shown.querySelector("tbody").lastChild.className = "touch-sum";
    this.told.textContent = `The loss is ${rounded(loss, 4)}, the perplexity ${rounded(perplexity, 2)}.`;
  }
}

customElements.define("study-perplexity", Perplexity);
