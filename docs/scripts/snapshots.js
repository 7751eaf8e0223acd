// A run that was stopped at some places: a slider goes from one to the next. All numbers were computed when the site
// was built; here they are only drawn.
import { make } from "./course.js";
import { picture, scale, svg } from "./pieces.js";

const VOWELS = "aeiou";
const kind = (letter) => (VOWELS.includes(letter) ? "vowel" : "other");
const count = (number) => number.toLocaleString("en-US");
const clamp = (number, low, high) => Math.min(high, Math.max(low, number));

// Each panel makes its elements once and gives back what moves them to another stop.

const letterMap = ({ letters, stops }) => {
  const [width, height, edge] = [320, 230, 16];
  const all = stops.flatMap((stop) => stop.places);
  const [x, y] = [width, height].map((room, axis) => {
    const ends = all.map((place) => place[axis]);
    return scale(Math.min(...ends), Math.max(...ends), edge, room - edge);
  });
  const texts = letters.map((letter) => svg("text", { class: kind(letter) }, letter === "·" ? "BOS" : letter));
  const element = picture(width, height, "", ...texts);
  const show = ({ places }) => {
    places.forEach(([right, up], token) => {
      texts[token].style.transform = `translate(${x(right)}px, ${height - y(up)}px)`;
    });
    const apart = places.filter((_, token) => VOWELS.includes(letters[token])).map((place) => place.join(", "));
    element.setAttribute("aria-label", `The letters on a plane. a, e, i, o, u: ${apart.join("; ")}.`);
  };
  return { element, show };
};

const chances = ({ letters, beginning, stops }) => {
  const most = Math.max(...stops.flatMap((stop) => stop.next));
  const bars = letters.map((letter) => make("span", { class: kind(letter) }));
  const columns = letters.map((letter, token) => make("div", {}, bars[token], make("b", {}, letter)));
  const said = make("p", { class: "snapshots-best" });
  const element = make("div", {}, make("div", { class: "snapshots-bars" }, ...columns), said);
  element.firstChild.setAttribute("aria-hidden", "true");
  const show = ({ next }) => {
    next.forEach((share, token) => (bars[token].style.height = `${(100 * share) / most}%`));
    const best = [...next.keys()].sort((one, other) => next[other] - next[one]).slice(0, 3);
    const list = best.map((token) => `${letters[token]} ${Math.round(next[token] / 10)} %`);
    said.textContent = `After “${beginning}”: ${list.join(", ")}`;
  };
  return { element, show };
};

const heads = ({ read, stops }) => {
  const [cell, gap] = [14, 16];
  const number = stops[0].attention.length;
  const size = read.length * cell;
  const cells = [];
  const parts = [];
  for (let head = 0; head < number; head += 1) {
    const left = 14 + head * (size + gap);
    cells.push(
      read.map((_, row) =>
        read.slice(0, row + 1).map((_, column) => {
          const box = { x: left + column * cell, y: row * cell, width: cell, height: cell, class: "cell" };
          return parts[parts.push(svg("rect", box)) - 1];
        }),
      ),
    );
    read.forEach((letter, place) => {
      if (!head) parts.push(svg("text", { x: 5, y: (place + 0.5) * cell, class: "small" }, letter));
      parts.push(svg("text", { x: left + (place + 0.5) * cell, y: size + 9, class: "small" }, letter));
    });
  }
  const element = picture(14 + number * (size + gap) - gap, size + 17, "", ...parts);
  const show = ({ attention }) => {
    attention.forEach((rows, head) =>
      rows.forEach((row, place) =>
        row.forEach((weight, other) => {
          cells[head][place][other].style.fillOpacity = 0.06 + (0.94 * weight) / 100;
        }),
      ),
    );
    const last = attention.map((rows, head) => `head ${head}: ${rows.at(-1).join(", ")}`);
    element.setAttribute("aria-label", `From the last letter, in per cent: ${last.join("; ")}.`);
  };
  return { element, show };
};

const table = ({ letters, stops }) => {
  const [width, height] = [12, 6];
  const most = Math.max(...stops.at(-1).table.flat().map(Math.abs));
  const box = (column, row) => ({ x: column * width, y: row * height, width, height });
  const cells = letters.map((_, column) =>
    stops[0].table[column].map((_, row) => svg("rect", { ...box(column, row), class: "number" })),
  );
  const below = stops[0].table[0].length * height + 9;
  const names = letters.map((letter, column) => svg("text", { x: (column + 0.5) * width, y: below, class: "small" }, letter));
  const element = picture(letters.length * width, below + 8, "", ...cells.flat(), ...names);
  const show = (stop) => {
    stop.table.forEach((row, column) =>
      row.forEach((value, place) => {
        const { style } = cells[column][place];
        style.fill = value < 0 ? "var(--figure-2)" : "var(--figure-1)";
        style.fillOpacity = clamp(Math.sqrt(Math.abs(value) / most), 0.04, 1);
      }),
    );
    const far = Math.max(...stop.table.flat().map(Math.abs)) / 100;
    element.setAttribute("aria-label", `A number for each cell; the largest has the size ${far.toFixed(2)}.`);
  };
  return { element, show };
};

// The line of losses stands above the slider, each stop in its column.
const timeline = ({ steps, stops }) => {
  const losses = stops.map((stop) => stop.loss);
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const height = (loss) => 12 + (60 * (loss - low)) / (high - low);
  const points = losses.map((loss, place) => `${place + 0.5},${100 - height(loss)}`).join(" ");
  const line = svg("svg", { viewBox: `0 0 ${steps.length} 100`, preserveAspectRatio: "none" }, svg("polyline", { points }));
  const columns = stops.map((stop, place) => {
    const mark = make("i", {}, stop.loss.toFixed(2));
    mark.style.bottom = `${height(stop.loss)}%`;
    const room = make("div", { class: "snapshots-room" }, mark);
    return make("div", {}, room, make("b", {}, count(steps[place])), make("em", {}, stop.names[0]));
  });
  const element = make("div", { class: "snapshots-line" }, line, ...columns);
  element.setAttribute("aria-hidden", "true");
  const show = (_, now) => columns.forEach((column, place) => column.classList.toggle("now", place === now));
  return { element, columns, show };
};

class Snapshots extends HTMLElement {
  connectedCallback() {
    if (this.querySelector(".snapshots-live")) return;
    const data = JSON.parse(this.dataset.run);
    const { steps, stops, beginning, read } = data;
    const line = timeline(data);
    const panels = {
      "The letters on a plane": letterMap(data),
      [`What it expects after “${beginning}”`]: chances(data),
      [`Where its ${stops[0].attention.length} heads look in “${read.slice(1).join("")}”`]: heads(data),
      "The numbers of each letter, blue above 0": table(data),
    };
    const slider = make("input", { type: "range", min: 0, max: steps.length - 1, step: 1, value: 0 });
    const title = make("strong");
    const loss = make("span");
    const names = make("p", { class: "snapshots-names" });
    const said = make("div", { class: "snapshots-said" }, make("p", {}, title, loss), names);
    said.setAttribute("aria-live", "polite");
    const show = () => {
      const now = Number(slider.value);
      const after = `After ${count(steps[now])} steps`;
      slider.setAttribute("aria-valuetext", `${count(steps[now])} steps`);
      title.textContent = after;
      loss.textContent = ` the loss is ${stops[now].loss.toFixed(2)}, and it invents`;
      names.replaceChildren(...stops[now].names.flatMap((name) => [make("span", {}, name), " "]));
      for (const panel of [line, ...Object.values(panels)]) panel.show(stops[now], now);
    };
    slider.addEventListener("input", show);
    line.columns.forEach((column, place) =>
      column.addEventListener("click", () => {
        slider.value = place;
        show();
      }),
    );
    const parts = Object.entries(panels).map(([name, { element }]) =>
      make("div", { class: "snapshots-panel" }, make("p", {}, name), element),
    );
    const label = make("label", { class: "snapshots-slider" }, make("span", {}, "Steps learned"), slider);
    const grid = make("div", { class: "snapshots-panels" }, ...parts);
    const live = make("div", { class: "snapshots-live" }, line.element, label, said, grid);
    live.style.setProperty("--stops", steps.length);
    this.prepend(live);
    const words = this.querySelector("details");
    words.open = this.closest(".book-part") !== null; // nobody can click on paper
    window.addEventListener("beforeprint", () => (words.open = true));
    show();
  }
}

customElements.define("study-snapshots", Snapshots);
