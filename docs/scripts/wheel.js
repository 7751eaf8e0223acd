// <study-wheel>: a wheel whose fields get sizes from scores, and that can be spun. Python makes the shares and draws.
import { button, make } from "./course.js";
import { bar, controls, head, number, rounded, slider, svg, table, told } from "./pieces.js";
import { Widget } from "./widget.js";

const HIGHEST = 3;
const [RADIUS, EDGE] = [100, 12];
const MOST = 30; // so many of the last letters are written down

/** A point of the circle, a share of the way around, clockwise from the top. @param {number} share @param {number} radius */
const around = (share, radius) => {
  const angle = 2 * Math.PI * share;
  return [radius * Math.sin(angle), -radius * Math.cos(angle)];
};

class Wheel extends Widget {
  /** @param {[number[], number]} args the scores, and how often it was spun */
  build([scores, spins]) {
    this.scores = [...scores];
    this.spins = spins;
    this.sliders = make("div", { class: "wheel-scores" });
    const more = (/** @type {number} */ count) => () => this.spinTo(this.spins + count);
    this.buttons = controls(button("Spin", more(1)), button("Spin 100 times", more(100)), button("Start over", () => this.spinTo(0)));
    this.picture = make("div", { class: "wheel-picture" });
    this.shown = make("div", { class: "wheel-table" });
    this.told = told();
    this.replaceChildren(this.buttons, make("div", { class: "wheel-parts" }, this.sliders, this.picture), this.shown, this.told);
  }

  /** @param {number} spins */
  spinTo(spins) {
    this.spins = spins;
    this.isTurned = false;
    this.compute([this.scores, spins]);
  }

  draw({ letters, shares, points, drawn, came }) {
    if (!this.sliders.firstChild) this.sliders.append(...this.scores.map((score, place) => this.score(letters[place], score, place)));
    const point = points.at(-1);
    this.picture.replaceChildren(wheel(letters, shares, point));
    const rows = [...letters].map((letter, place) => [
      head(letter), number(shares[place], 4), bar(shares[place], 1), number(came[place]),
    ]);
    this.shown.replaceChildren(table(["field", "share", "", "drawn"], rows));
    const last = drawn.length > MOST ? `… ${drawn.slice(-MOST)}` : drawn;
    const all = this.isTurned ? "The same points on this wheel" : "All so far";
    this.told.textContent = drawn
      ? `Spin ${drawn.length} stopped at ${rounded(point, 4)}, on “${drawn.at(-1)}”. ${all}: “${last}”`
      : "Not spun yet.";
  }

  /** @param {string} letter @param {number} score @param {number} place */
  score(letter, score, place) {
    const settings = { min: 0, max: HIGHEST, step: 0.01, value: score };
    const changed = (/** @type {number} */ value) => {
      this.scores[place] = value;
      this.isTurned = true; // and the points of all spins now lie on other fields
      this.compute([[...this.scores], this.spins]);
    };
    return slider(letter, settings, changed, (value) => rounded(value, 2));
  }
}

/** @param {string} letters @param {number[]} shares @param {number | undefined} point */
const wheel = (letters, shares, point) => {
  const parts = [];
  let start = 0;
  for (const [place, share] of shares.entries()) {
    const end = start + share;
    const [from, to, middle] = [around(start, RADIUS), around(end, RADIUS), around((start + end) / 2, 0.7 * RADIUS)];
    const turn = `${RADIUS} ${RADIUS} 0 ${share > 0.5 ? 1 : 0} 1`;
    const shape = share > 0.999999
      ? svg("circle", { r: RADIUS, class: `field-${place}` })
      : svg("path", { d: `M0 0L${from}A${turn} ${to}Z`, class: `field-${place}` });
    parts.push(shape);
    if (share > 0.02) parts.push(svg("text", { x: middle[0], y: middle[1] }, letters[place]));
    start = end;
  }
  if (point !== undefined) {
    const [x, y] = around(point, RADIUS + EDGE - 2);
    parts.push(svg("line", { x1: 0, y1: 0, x2: x, y2: y }), svg("circle", { r: 4, class: "hub" }));
  }
  const size = RADIUS + EDGE;
  return svg("svg", { viewBox: `${-size} ${-size} ${2 * size} ${2 * size}`, "aria-hidden": "true" }, ...parts);
};

customElements.define("study-wheel", Wheel);
