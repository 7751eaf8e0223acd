// The pieces that several figures are made of: controls, and tables of numbers that Python has computed. A number is
// rounded for the eye; `data-value` keeps all of its digits. (docs/sitemaker/touch/pieces.py makes the same tables.)
import { make } from "./course.js";

/** @param {number | null} value null is a number without end @param {number} digits @param {boolean} sign */
export const rounded = (value, digits = 0, sign = false) => {
  if (value === null) return "∞";
  const text = Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const isZero = !/[1-9]/.test(text);
  return (value < 0 && !isZero ? "-" : sign ? "+" : "") + text;
};

/** A cell of a number. @param {number | null} value @param {number} digits @param {boolean} sign */
export const number = (value, digits = 0, sign = false) =>
  make("td", { "data-value": String(value) }, rounded(value, digits, sign));

/** @param {string} text */
export const head = (text) => make("th", { scope: "row" }, text);

/** A cell with a bar. @param {number} share @param {number} most what would fill it @param {number} [mark] where a line stands */
export const bar = (share, most, mark) => {
  const line = make("i");
  line.style.width = `${Math.min(100, (100 * share) / most)}%`;
  const made = make("td", { class: "touch-bar", "aria-hidden": "true" }, line);
  if (mark !== undefined) {
    const place = make("b");
    place.style.left = `${(100 * mark) / most}%`;
    made.append(place);
  }
  return made;
};

/** @param {string[]} heads @param {HTMLElement[][]} rows */
export const table = (heads, rows) => {
  const top = heads.map((text) => (text ? make("th", { scope: "col" }, text) : make("td")));
  const body = rows.map((cells) => make("tr", {}, ...cells));
  return make("table", { class: "touch-table" }, make("thead", {}, make("tr", {}, ...top)), make("tbody", {}, ...body));
};

/**
 * A slider with its number beside it.
 * @param {string} text @param {Record<string, number>} settings min, max, step, value
 * @param {(value: number) => void} changed @param {(value: number) => string} shown
 */
export const slider = (text, settings, changed, shown = String) => {
  const input = /** @type {HTMLInputElement} */ (make("input", { type: "range", "aria-label": text, ...settings }));
  const output = make("output", {}, shown(settings.value));
  input.addEventListener("input", () => {
    output.textContent = shown(Number(input.value));
    changed(Number(input.value));
  });
  return make("label", { class: "touch-slider" }, make("span", {}, text), input, output);
};

/** A place for a sentence that is read out when it changes. */
export const told = () => make("p", { class: "touch-told", role: "status" });

/** @param {(Node | string)[]} inside */
export const controls = (...inside) => make("div", { class: "touch-controls" }, ...inside);

/**
 * A wheel cut open and laid flat: fields as wide as their shares, and perhaps a point on it.
 * @param {string} letters @param {number[]} shares @param {number} [point] from 0 to 1
 */
export const strip = (letters, shares, point) => {
  const fields = shares.map((share, place) => {
    const field = make("span", { class: `field-${place}` }, share < 0.02 ? "" : letters[place]);
    field.style.width = `${100 * share}%`;
    return field;
  });
  const made = make("div", { class: "touch-strip", "aria-hidden": "true" }, ...fields);
  if (point !== undefined) {
    const mark = make("b");
    mark.style.left = `${100 * point}%`;
    made.append(mark);
  }
  return made;
};

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} name @param {Record<string, string | number>} attributes @param {(Node | string)[]} inside */
export const svg = (name, attributes = {}, ...inside) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...inside);
  return made;
};

/** A picture that says what it shows. @param {number} width @param {number} height @param {string} label @param {(Node | string)[]} inside */
export const picture = (width, height, label, ...inside) =>
  svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...inside);

/** Put numbers from `low` to `high` onto the pixels from `start` to `end`. @param {number} low @param {number} high @param {number} start @param {number} end */
export const scale = (low, high, start, end) => (/** @type {number} */ value) =>
  high === low ? (start + end) / 2 : start + ((value - low) / (high - low)) * (end - start);
