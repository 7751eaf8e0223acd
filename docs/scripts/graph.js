// <study-graph>: a small graph, forward and back, node by node. What each step does, says Python; this draws how far it is.
import { button, make } from "./course.js";
import { controls, head, number, rounded, slider, svg, table, told } from "./pieces.js";
import { Widget } from "./widget.js";

const [WIDTH, BOX, HIGH, ROW] = [340, 104, 40, 62];
const PLACES = [[62, 0], [178, 0], [284, 1], [120, 1], [200, 2], [200, 3], [200, 4], [200, 5]]; // middle, row
const short = (/** @type {number | null} */ value) => (value === null ? "" : String(Number(value.toPrecision(4))).replace("-", "−"));

class Graph extends Widget {
  /** @param {[number, number, number]} args the leaves w, x, b */
  build(args) {
    const sliders = ["w", "x", "b"].map((name, place) => {
      const changed = (/** @type {number} */ value) => {
        args[place] = value;
        this.compute([...args]);
      };
      return slider(name, { min: -4, max: 4, step: 0.25, value: args[place] }, changed, (value) => rounded(value, 2));
    });
    this.done = 0;
    const steps = controls(
      button("From the start", () => this.show(0)),
      button("Step back", () => this.show(this.done - 1)),
      button("Next step", () => this.show(this.done + 1)),
    );
    this.picture = make("div", { class: "graph-picture" });
    this.shown = make("div");
    this.told = told();
    const parts = make("div", { class: "graph-parts" }, this.picture, this.shown);
    this.replaceChildren(controls(...sliders), steps, this.told, parts);
  }

  draw(walk) {
    this.walk = walk;
    this.show(this.done); // other leaves leave one where one is
  }

  /** Show the walk after some of its steps. @param {number} done */
  show(done) {
    const { names, arrows, stages } = this.walk;
    this.done = Math.max(0, Math.min(done, stages.length));
    const stage = stages[this.done - 1] ?? { node: -1, said: "Only the leaves have values.", slopes: names.map(() => null), values: stages[0].values.map((value, place) => (place < 3 ? value : null)) };
    this.picture.replaceChildren(picture(names, arrows, stage));
    const rows = names.map((name, place) => [head(name), cell(stage.values[place]), cell(stage.slopes[place])]);
    this.shown.replaceChildren(table(["node", "value", "slope"], rows));
    this.shown.querySelectorAll("tbody tr")[stage.node]?.classList.add("graph-here");
    this.told.textContent = `${this.done} of ${stages.length} steps. ${stage.said}`;
  }
}

const cell = (/** @type {number | null} */ value) => (value === null ? make("td", {}, "?") : number(value, 4));

/** @param {string[]} names @param {{tail: number, tip: number, local: number}[]} arrows @param {{node: number, values: (number | null)[], slopes: (number | null)[]}} stage */
const picture = (names, arrows, { node, values, slopes }) => {
  const lines = arrows.map(({ tail, tip, local }) => {
    const [[x1, from], [x2, to]] = [PLACES[tail], PLACES[tip]];
    const [y1, y2] = [from * ROW + HIGH + 1, to * ROW + 1];
    const text = values[tip] === null ? "" : short(local);
    return svg("g", { class: slopes[tail] !== null && tip === node ? "now" : "" },
      svg("line", { x1, y1, x2, y2 }),
      svg("text", { x: (x1 + x2) / 2 + 8, y: (y1 + y2) / 2, class: "local" }, text));
  });
  const boxes = names.map((name, place) => {
    const [x, row] = PLACES[place];
    const y = row * ROW + 1;
    return svg("g", { class: place === node ? "now" : "" },
      svg("rect", { x: x - BOX / 2, y, width: BOX, height: HIGH, rx: 4 }),
      svg("text", { x, y: y + 12 }, name),
      svg("text", { x: x - 4, y: y + 29, class: "value" }, short(values[place])),
      svg("text", { x: x + 4, y: y + 29, class: "slope" }, short(slopes[place])));
  });
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${5 * ROW + HIGH + 2}`, "aria-hidden": "true" }, ...lines, ...boxes);
};

customElements.define("study-graph", Graph);
