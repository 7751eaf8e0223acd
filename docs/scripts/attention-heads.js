// <study-attention-heads>: what the heads look at in a name, with parts of the model switched off or a weight changed.
// Python changes the parameters and reads (microgpt/study/live/heads.py); here the shares become colored tables.
import { make } from "./course.js";
import { Widget } from "./widget.js";

/** @typedef {{heads: number[][][], chances: number[], loss: number}} Seen */
/** @typedef {Seen & {read: string[], trained: Seen, alphabet: string[], shapes: Object<string, [number, number]>, weight: number}} SideBySide */

const SHOWN = 6; // letters that are expected next
const box = () => /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", checked: "" }));
const number = (/** @type {Object<string, string>} */ attributes) => /** @type {HTMLInputElement} */ (make("input", { type: "number", ...attributes }));

class AttentionHeads extends Widget {
  /** @param {any[]} args */
  build([name, , , , [matrix]]) {
    const { heads, shapes } = JSON.parse(this.dataset.first);
    this.name = make("input", { type: "text", value: name, maxlength: "10", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
    this.isScaled = box();
    this.isPlaced = box();
    this.heard = heads.map(box);
    this.matrix = make("select", {}, ...Object.keys(shapes).map((title) => make("option", title === matrix ? { selected: "" } : {}, title)));
    [this.row, this.column] = [number({ min: "0", value: "0" }), number({ min: "0", value: "0" })];
    this.weight = number({ step: "any" });
    this.trained = make("span");
    this.maps = make("div", { class: "heads-maps" });
    this.next = make("table");
    this.told = make("p", { class: "heads-told" });
    this.replaceChildren(this.controls(), this.maps, this.told, make("div", { class: "guess-table", tabindex: "0", role: "group", "aria-label": "What is expected next" }, this.next));
  }

  controls() {
    const labeled = (/** @type {HTMLElement} */ input, /** @type {string} */ text) => make("label", {}, input, ` ${text}`);
    const weight = make("details", { class: "heads-weight" }, make("summary", {}, "Change a weight"),
      make("p", { class: "machine-controls" }, make("label", {}, "Matrix ", this.matrix), make("label", {}, "row ", this.row), make("label", {}, "column ", this.column),
        make("label", {}, this.trained, this.weight)));
    const form = make("form", {}, make("p", { class: "machine-controls" }, make("label", {}, "Name ", this.name),
      labeled(this.isScaled, "divide by the root"), labeled(this.isPlaced, "know the places"),
      ...this.heard.map((/** @type {HTMLElement} */ input, /** @type {number} */ head) => labeled(input, `hear head ${head}`))), weight);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", ({ target }) => {
      if ([this.matrix, this.row, this.column].includes(target)) this.weight.value = ""; // of another place
      this.compute(this.asked);
    });
    return form;
  }

  get asked() {
    const silent = [...this.heard.keys()].filter((head) => !this.heard[head].checked);
    const weight = this.weight.value === "" ? null : Number(this.weight.value);
    const edit = [this.matrix.value, Number(this.row.value), Number(this.column.value), weight];
    return [this.name.value.trim().toLowerCase(), this.isScaled.checked, this.isPlaced.checked, silent, edit];
  }

  /** @param {SideBySide} found @param {any[]} args */
  draw(found, [, , , silent]) {
    const { read, heads, trained, loss, shapes, weight } = found;
    this.maps.replaceChildren(...heads.map((rows, head) => map(`Head ${head}${silent.includes(head) ? ", not heard" : ""}`, read, rows)));
    const [rows, columns] = shapes[this.matrix.value];
    this.row.max = String(rows - 1);
    this.column.max = String(columns - 1);
    this.trained.textContent = `was trained to ${weight.toFixed(4)}; now `;
    this.told.textContent = `The loss of this name is ${loss.toFixed(3)} nats; that of the trained model is ${trained.loss.toFixed(3)}.`;
    this.told.dataset.loss = String(loss);
    this.list(found);
  }

  /** @param {SideBySide} found */
  list({ alphabet, chances, trained }) {
    const order = [...chances.keys()].sort((one, other) => trained.chances[other] - trained.chances[one]).slice(0, SHOWN);
    const row = (/** @type {string} */ title, /** @type {number[]} */ shares) => make("tr", {}, make("th", { scope: "row" }, title),
      ...order.map((token) => make("td", { "data-chance": String(shares[token]) }, (100 * shares[token]).toFixed(1))));
    this.next.replaceChildren(
      make("caption", {}, "What is expected next, in per cent"),
      make("thead", {}, make("tr", {}, make("td"), ...order.map((token) => make("th", { scope: "col" }, alphabet[token])))),
      make("tbody", {}, row("trained", trained.chances), row("changed", chances)));
  }
}

/** The table of a head. @param {string} title @param {string[]} read @param {number[][]} rows */
const map = (title, read, rows) => make("table", { class: "heads-map" }, make("caption", {}, title),
  make("thead", {}, make("tr", {}, make("td"), ...read.map((letter) => make("th", { scope: "col" }, letter.replace("BOS", "·"))))),
  make("tbody", {}, ...rows.map((row, place) => make("tr", {}, make("th", { scope: "row" }, read[place].replace("BOS", "·")),
    ...read.map((_, other) => (other < row.length
      ? make("td", { "data-weight": String(row[other]), style: `--part: ${row[other]}` }, (100 * row[other]).toFixed(0))
      : make("td")))))));

customElements.define("study-attention-heads", AttentionHeads);
