// <study-tangent>: a curve, a nudge that shrinks, and the line through two points that becomes the line that touches.
import { make } from "./course.js";
import { controls, head, number, rounded, slider, svg, table, told } from "./pieces.js";
import { Widget } from "./widget.js";

/** @typedef {[number, number]} Point */

const CURVES = { square: "x²", cube: "x³", inverse: "1/x", exponential: "e to the x", logarithm: "log x" };
const [WIDTH, HEIGHT, EDGE] = [340, 220, 10];
const SMALLEST = 16; // 10 to minus this
const written = (/** @type {number} */ nudge) => String(Number(nudge.toPrecision(2)));
const raised = (/** @type {number} */ power) => String(-power || 0).replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);

class Tangent extends Widget {
  /** @param {[string, number, number]} args the curve, the point, and how small the nudge is */
  build([name, at, power]) {
    this.args = [name, at, power];
    const change = (/** @type {number} */ place) => (/** @type {string | number} */ value) => {
      this.args[place] = value;
      this.compute([...this.args]);
    };
    const choice = /** @type {HTMLSelectElement} */ (make("select", {}, ...Object.entries(CURVES).map(([value, text]) => make("option", { value }, text))));
    choice.value = name;
    choice.addEventListener("change", () => change(0)(choice.value));
    const point = slider("Point x", { min: 1, max: 4, step: 0.5, value: at }, change(1), (value) => rounded(value, 1));
    const nudge = slider("Nudge", { min: 0, max: SMALLEST, step: 1, value: power }, change(2), (value) => `10${raised(value)}`);
    this.picture = make("div", { class: "tangent-picture" });
    this.shown = make("div");
    this.told = told();
    this.replaceChildren(controls(make("label", {}, "Curve ", choice), point, nudge), this.picture, this.shown, this.told);
  }

  draw({ nudge, up, both, exact, off_up, off_both, curve, places, line, tangent }) {
    this.picture.replaceChildren(picture(curve, places, line, tangent));
    const row = (/** @type {string} */ name, /** @type {number} */ slope, /** @type {number} */ off) => [head(name), number(slope, 8), number(off, 8, true)];
    const rows = [row("nudge up", up, off_up), row("nudges up and down", both, off_both), row("exact", exact, 0)];
    this.shown.replaceChildren(table(["slope by", "", "off by"], rows));
    this.told.textContent = `A nudge of ${written(nudge)} finds the slope ${rounded(up, 4)}; it is ${rounded(exact, 4)}.`;
  }
}

/** @param {Point[]} curve @param {Point[]} places @param {Point[]} line @param {Point[]} tangent */
const picture = (curve, places, line, tangent) => {
  const heights = [...curve, ...places].map(([, y]) => y);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const [left, right] = [curve[0][0], curve[curve.length - 1][0]];
  const x = (/** @type {number} */ value) => EDGE + ((value - left) / (right - left)) * (WIDTH - 2 * EDGE);
  const y = (/** @type {number} */ value) => HEIGHT - EDGE - ((value - low) / (high - low)) * (HEIGHT - 2 * EDGE);
  const points = (/** @type {Point[]} */ some) => some.map((place) => `${x(place[0])},${y(place[1])}`).join(" ");
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" },
    svg("polyline", { points: points(curve), class: "curve" }),
    svg("polyline", { points: points(tangent), class: "touching" }),
    svg("polyline", { points: points(line), class: "through" }),
    ...places.map((place, at) => svg("circle", { cx: x(place[0]), cy: y(place[1]), r: at ? 4 : 5 })));
};

customElements.define("study-tangent", Tangent);
