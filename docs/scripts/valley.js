// <study-valley>: two ways down a valley, at rates of one's own, followed step by step (microgpt/study/live/adam.py).
import { make } from "./course.js";
import { controls, head, number, picture, rounded, scale, slider, svg, table, told } from "./pieces.js";
import { Widget } from "./widget.js";

/** @typedef {[number, number]} Point */

const [WIDTH, HEIGHT, EDGE] = [420, 260, 10];
const NAMES = { plain: "against the slope", adam: "Adam" };

class Valley extends Widget {
  /** @param {[number, number, boolean]} args the rates of the two ways, and whether the valley is turned */
  build([plain, adam, turned]) {
    this.args = [plain, adam, turned];
    const change = (/** @type {number} */ place) => (/** @type {number | boolean} */ value) => {
      this.args[place] = value;
      this.compute([...this.args]);
    };
    const box = make("input", { type: "checkbox" });
    box.checked = turned;
    box.addEventListener("change", () => change(2)(box.checked));
    const rates = [
      slider("Rate against the slope", { min: 0.005, max: 0.05, step: 0.0025, value: plain }, change(0), (value) => rounded(value, 4)),
      slider("Rate of Adam", { min: 0.05, max: 1, step: 0.05, value: adam }, change(1), (value) => rounded(value, 2)),
    ];
    const last = JSON.parse(this.getAttribute("data-first") ?? "{}").plain.length - 1;
    this.step = last;
    const steps = slider("Steps", { min: 0, max: last, step: 1, value: last }, (value) => {
      this.step = value;
      this.show();
    });
    this.ground = make("div", { class: "valley-picture" });
    this.shown = make("div", { class: "valley-table", tabindex: "0", role: "group", "aria-label": "Where the two ways are" });
    this.told = told();
    this.replaceChildren(controls(...rates, make("label", {}, box, " Turn the valley"), steps), this.ground, this.shown, this.told);
  }

  /** @param {any} ways */
  draw(ways) {
    this.ways = ways;
    this.show();
  }

  show() {
    const { ways, step } = this;
    this.ground.replaceChildren(drawn(ways, step));
    const rows = Object.entries(NAMES).map(([name, words]) => {
      const [x, y] = ways[name][step];
      return [head(words), number(x, 3), number(y, 3), number(ways[`${name}_heights`][step], 3)];
    });
    this.shown.replaceChildren(table(["", "first parameter", "second", "height"], rows));
    const [plain, adam] = Object.keys(NAMES).map((name) => short(ways[`${name}_heights`][step]));
    this.told.textContent = `After ${step === 1 ? "1 step" : `${step} steps`} the way against the slope is at height ${plain}, Adam's at ${adam}.`;
  }
}

const short = (/** @type {number} */ height) => (height < 1e6 ? rounded(height, 3) : height.toExponential(2));

/** @param {any} ways @param {number} step */
const drawn = ({ lines, plain, adam }, step) => {
  const ground = lines.flat();
  const [x, y] = [0, 1].map((axis) => {
    const all = ground.map((/** @type {Point} */ place) => place[axis]);
    const ends = axis ? [HEIGHT - EDGE, EDGE] : [EDGE, WIDTH - EDGE];
    const to = scale(Math.min(...all), Math.max(...all), ends[0], ends[1]);
    return (/** @type {number} */ value) => Math.min(9999, Math.max(-9999, to(value))); // a way that flies out
  });
  const points = (/** @type {Point[]} */ some) => some.map((place) => `${x(place[0])},${y(place[1])}`).join(" ");
  const way = (/** @type {Point[]} */ places, /** @type {string} */ name) => [
    svg("polyline", { points: points(places.slice(0, step + 1)), class: name }),
    ...places.slice(0, step + 1).map(([right, up], at) => svg("circle", { cx: x(right), cy: y(up), r: at === step ? 6 : 2.5, class: name })),
  ];
  const around = lines.map((/** @type {Point[]} */ line) => svg("polyline", { points: points(line), class: "ground" }));
  return picture(WIDTH, HEIGHT, "Two ways down a valley; the table says where they are.", ...around, ...way(plain, "plain"), ...way(adam, "adam"));
};

customElements.define("study-valley", Valley);
