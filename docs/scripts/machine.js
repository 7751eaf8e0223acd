// Shows the machine after another number of steps, or at another position of the name. All numbers and sentences come
// from the page; here they are only put in their places.
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
    this.bar = document.createElement("form");
    this.bar.className = "bar";
    this.bar.setAttribute("aria-label", "What the machine shows");
    this.bar.append(
      radios("step", "Steps", steps.map((one) => [one, Number(one).toLocaleString("en")]), steps.indexOf(step)),
      radios("position", "Position", this.data.read.map((letter, place) => [place, letter]), position),
    );
    this.said = Object.assign(document.createElement("p"), { className: "said" });
    this.said.setAttribute("role", "status");
    this.said.append(Object.assign(document.createElement("span"), { className: "heard" }), "");
    this.bar.append(this.said);
    this.querySelector(".cards").prepend(this.bar);
    this.bar.addEventListener("change", () => this.show());
    this.show();
    this.light();
  }

  show() {
    const chosen = new FormData(this.bar);
    const state = this.data.states[chosen.get("step")];
    const shown = { ...state.walk, ...state.positions[chosen.get("position")] };
    for (const place of this.querySelectorAll("[data-slot]")) {
      const value = shown[place.dataset.slot];
      const parts = place.querySelectorAll(".part");
      if (typeof value === "string") place.textContent = value;
      else parts.forEach((part, number) => value && draw(part, value[number], place.dataset));
      const mark = shown[place.dataset.mark];
      parts.forEach((part, number) => part.classList.toggle("marked", number === mark));
    }
    this.said.firstChild.textContent = `${shown.when} `; // for those who do not see what has changed
    this.said.lastChild.data = shown.where;
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
