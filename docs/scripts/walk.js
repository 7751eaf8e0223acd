// <study-walk>: how an index is drawn. A walk along the wheel, laid flat, field by field, until the point lies on one.
import { button, make } from "./course.js";
import { controls, head, number, rounded, slider, strip, table, told } from "./pieces.js";
import { Widget } from "./widget.js";

class Walk extends Widget {
  /** @param {[number[], number]} args the scores of the wheel, and the point */
  build([scores, point]) {
    const settings = { min: 0, max: 0.99, step: 0.01, value: point };
    const choice = slider("Point", settings, (value) => this.compute([scores, value]), (value) => rounded(value, 2));
    const steps = controls(button("From the start", () => this.show(0)), button("Next field", () => this.show(this.done + 1)));
    this.shown = make("div");
    this.told = told();
    this.replaceChildren(controls(choice), steps, this.shown, this.told);
  }

  draw(walked, [, point]) {
    this.walked = walked;
    this.point = point;
    this.show(walked.fields.length);
  }

  /** Draw the walk up to here. @param {number} done how many fields were looked at */
  show(done) {
    const { letters, shares, fields } = this.walked;
    this.done = Math.min(done, fields.length);
    const flat = strip(letters, shares, this.point);
    if (this.done) flat.children[this.done - 1].classList.add("touch-here");
    const rows = fields.slice(0, this.done).map(({ letter, share, before, left }) => [
      head(letter), number(before, 4), number(share, 4), number(left, 4),
    ]);
    this.shown.replaceChildren(flat, table(["field", "still to go", "its length", "left behind it"], rows));
    this.told.textContent = said(fields[this.done - 1], this.done === fields.length);
  }
}

/** @param {{letter: string} | undefined} field @param {boolean} isLast */
const said = (field, isLast) => {
  if (!field) return "At the start of the strip.";
  if (isLast) return `Less than nothing is left: the point lies on “${field.letter}”.`;
  return `The point lies behind ${field.letter}. Walk on.`;
};

customElements.define("study-walk", Walk);
