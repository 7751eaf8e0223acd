// <study-penalties>: what is missing to 1, and the surprise, for a chance from a slider, its half, and the half of that.
import { make } from "./course.js";
import { controls, head, number, rounded, slider, svg, table, told } from "./pieces.js";
import { Widget } from "./widget.js";

const [WIDTH, HEIGHT, LEFT, BELOW] = [340, 200, 24, 22];
const HIGHEST = 5; // of the axis
const x = (/** @type {number} */ chance) => LEFT + chance * (WIDTH - LEFT - 8);
const y = (/** @type {number} */ penalty) => HEIGHT - BELOW - (penalty / HIGHEST) * (HEIGHT - BELOW - 8);

class Penalties extends Widget {
  /** @param {[number]} args the chance */
  build([chance]) {
    const settings = { min: 0, max: 1, step: 0.01, value: chance };
    const choice = slider("Chance p", settings, (value) => this.compute([value]), (value) => rounded(value, 2));
    this.picture = make("div", { class: "penalties-picture" });
    this.shown = make("div");
    this.told = told();
    this.replaceChildren(controls(choice), this.picture, this.shown, this.told);
  }

  draw({ chances, missing, surprises, added, curve }) {
    const line = (/** @type {number} */ which) => curve.map((point) => [x(point[0]), y(point[which])]).filter((place) => place[1] > 0).join(" ");
    const dots = (/** @type {number[]} */ penalties, /** @type {string} */ kind) => chances.map((chance, at) => {
      const isInside = penalties[at] !== null && penalties[at] <= HIGHEST;
      return svg("circle", { cx: x(chance), cy: isInside ? y(penalties[at]) : -9, r: at ? 3 : 5, class: kind });
    });
    const axis = [0, 1, 2, 3, 4, 5].map((tick) => svg("text", { x: LEFT - 6, y: y(tick), class: "tick" }, String(tick)));
    const below = [0, 0.5, 1].map((tick) => svg("text", { x: x(tick), y: HEIGHT - 8 }, String(tick)));
    this.picture.replaceChildren(
      svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" },
        svg("path", { d: `M${LEFT} 4V${y(0)}H${WIDTH - 4}` }), ...axis, ...below,
        svg("polyline", { points: line(2), class: "surprise" }), svg("polyline", { points: line(1), class: "missing" }),
        svg("text", { x: x(0.13), y: y(2.5), class: "surprise name" }, "-log p"),
        svg("text", { x: x(0.16), y: y(0.45), class: "missing name" }, "1 - p"),
        ...dots(surprises, "surprise"), ...dots(missing, "missing")),
    );
    const names = ["p", "half of it", "a quarter"];
    const rows = chances.map((chance, at) => [
      head(names[at]), number(chance, 4), number(missing[at], 4), number(surprises[at], 4),
    ]);
    this.shown.replaceChildren(table(["chance", "", "1 - p", "-log p"], rows));
    this.told.textContent = added[0] === null
      ? "What had no chance surprises without end."
      : `Each halving adds ${rounded(added[0], 4)} to the surprise.`;
  }
}

customElements.define("study-penalties", Penalties);
