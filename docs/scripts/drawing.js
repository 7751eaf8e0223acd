// Small pieces of SVG for the figures.
const SVG = "http://www.w3.org/2000/svg";

export const svg = (tag, attributes = {}, ...children) => {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

export const picture = (width, height, label, ...children) =>
  svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...children);

// Puts numbers from `low` to `high` onto the pixels from `start` to `end`.
export const scale = (low, high, start, end) => (number) =>
  high === low ? (start + end) / 2 : start + ((number - low) / (high - low)) * (end - start);
