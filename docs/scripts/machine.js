// Shows the machine after another number of steps, at another position of the name, or with another name. The numbers and
// sentences of the first name stand in the page, those of others come from Python (microgpt/study/live/slots.py); here they
// are only put in their places.
import { make } from "./course.js";
import { askOf, RUN } from "./models.js";
import { HAS_PYTHON } from "./python.js";
import { waits } from "./widget.js";

/** @typedef {{read: string[], ids: number[], walk: Object<string, any>, positions: Object<string, any>[]}} State */

const choices = ({ read }) => read.slice(0, -1).map((letter, place) => [place, letter]);

const radios = (name, title, choices, chosen) => {
  const set = document.createElement("fieldset");
  set.append(Object.assign(document.createElement("legend"), { textContent: title }));
  choices.forEach(([value, text], place) => {
    const input = Object.assign(document.createElement("input"), { type: "radio", name, value });
    input.defaultChecked = place === chosen; // an attribute, so that a copy of the page has it too
    const label = document.createElement("label");
    label.append(input, Object.assign(document.createElement("span"), { textContent: text }));
    set.append(label);
  });
  return set;
};

// Give a row as many parts as a name has places.
const fit = (row, names, numbers = []) => {
  const parts = [...row.querySelectorAll(":scope > .part")];
  while (parts.length > names.length) parts.pop().remove();
  while (parts.length < names.length) {
    const more = parts[0].cloneNode(true);
    parts.at(-1).after(more);
    parts.push(more);
  }
  parts.forEach((part, place) => {
    const [name, number] = ["b", "i"].map((tag) => part.querySelector(tag));
    if (name) name.textContent = names[place];
    if (number && numbers.length) number.textContent = numbers[place];
  });
};

const draw = (part, number, { digits, scale }) => {
  part.style.setProperty("--part", Math.min(Math.abs(number ?? 0) / scale, 1));
  part.classList.toggle("less", number < 0);
  const text = part.querySelector("i") ?? part;
  text.textContent = number === null ? "–" : number.toFixed(digits);
};

class Machine extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.walks) return; // in the book the numbers stand still
    this.querySelector(".bar")?.remove();
    this.data = JSON.parse(this.dataset.walks);
    const [step, position] = this.data.first;
    const steps = Object.keys(this.data.states);
    this.known = { [this.data.name]: this.data.states };
    this.turn = 0;
    this.bar = document.createElement("form");
    this.bar.className = "bar";
    this.bar.setAttribute("aria-label", "What the machine shows");
    if (HAS_PYTHON) this.bar.append(this.nameField());
    this.bar.append(
      radios("step", "Steps", steps.map((one) => [one, Number(one).toLocaleString("en")]), steps.indexOf(step)),
      radios("position", "Position", choices(this.data.states[step]), position),
    );
    this.shown = this.data.name;
    this.said = Object.assign(document.createElement("p"), { className: "said" });
    this.said.setAttribute("role", "status");
    this.said.append(Object.assign(document.createElement("span"), { className: "heard" }), "");
    this.bar.append(this.said);
    this.querySelector(".cards").prepend(this.bar);
    this.bar.addEventListener("change", () => this.show());
    this.show();
    this.light();
  }

  nameField() {
    const attributes = { type: "text", name: "name", maxlength: "15", autocomplete: "off", autocapitalize: "none", spellcheck: "false" };
    this.field = make("input", { ...attributes, value: this.data.name });
    this.bar.addEventListener("submit", (event) => {
      event.preventDefault();
      this.show();
    });
    return make("label", { class: "name-field" }, "Your name ", this.field, make("button", {}, "Send it in"));
  }

  async show() {
    const turn = (this.turn += 1);
    const step = new FormData(this.bar).get("step");
    const name = this.field ? this.field.value.trim().toLowerCase() : this.data.name;
    const state = this.known[name]?.[step];
    if (state) return this.put(name, state);
    const waiting = setTimeout(() => turn === this.turn && this.notice(waits()), 100);
    try {
      const found = await askOf(RUN, "microgpt.study.live.slots.machine_state", [Number(step), name]);
      this.known[name] = { ...this.known[name], [step]: found };
      if (turn === this.turn) this.put(name, found);
    } catch (error) {
      if (turn === this.turn) this.notice(`${error.message}. These are still the numbers of “${this.shown}”.`);
    } finally {
      clearTimeout(waiting);
    }
  }

  // The numbers that are wanted are not there, or not yet.
  notice(text) {
    this.tell("", text);
    this.classList.add("outdated");
  }

  // For those who do not see what has changed, and for all.
  tell(heard, seen) {
    this.classList.remove("outdated");
    this.said.firstChild.textContent = heard;
    this.said.lastChild.data = seen;
  }

  // Another name has other places.
  rename(name, state) {
    this.shown = name;
    const { read, ids, positions } = state;
    const old = Number(new FormData(this.bar).get("position"));
    const set = this.bar.querySelector("fieldset:has([name=position])");
    set.replaceWith(radios("position", "Position", choices(state), Math.min(old, positions.length - 1)));
    fit(this.querySelector(".tiles"), read, ids);
    fit(this.querySelector('.row[data-slot="surprises"]'), read.slice(1).map((now, place) => `${read[place]} → ${now}`));
    for (const head of this.querySelectorAll(".heads tbody tr")) fit(head, positions);
    this.querySelector(".heads thead tr").replaceChildren(make("td"), ...read.slice(0, -1).map((one) => make("th", { scope: "col" }, one)));
  }

  put(name, state) {
    if (name !== this.shown) this.rename(name, state);
    const chosen = new FormData(this.bar);
    const shown = { ...state.walk, ...state.positions[chosen.get("position")] };
    for (const place of this.querySelectorAll("[data-slot]")) {
      const value = shown[place.dataset.slot];
      const parts = place.querySelectorAll(".part");
      if (typeof value === "string") place.textContent = value;
      else parts.forEach((part, number) => value && draw(part, value[number], place.dataset));
      const mark = shown[place.dataset.mark];
      parts.forEach((part, number) => part.classList.toggle("marked", number === mark));
    }
    this.tell(`${shown.when} `, shown.where);
  }

  // A box and its card belong together: whichever is pointed at, or read, both light up.
  light() {
    const lit = (name, on) => {
      for (const one of this.querySelectorAll(`[data-box="${name}"]`)) one.classList.toggle("lit", on);
    };
    for (const one of this.querySelectorAll("[data-box]")) {
      for (const [event, on] of Object.entries({ mouseenter: true, mouseleave: false, focusin: true, focusout: false })) {
        one.addEventListener(event, () => lit(one.dataset.box, on));
      }
    }
    this.watch?.disconnect();
    const read = (entries) => {
      for (const { target, isIntersecting } of entries) {
        this.querySelector(`a[data-box="${target.dataset.box}"]`).classList.toggle("read", isIntersecting);
      }
    };
    this.watch = new IntersectionObserver(read, { rootMargin: "-35% 0% -60% 0%" }); // a line across the window
    for (const card of this.querySelectorAll(".card")) this.watch.observe(card);
  }

  disconnectedCallback() {
    this.watch?.disconnect();
  }
}
customElements.define("study-machine", Machine);
