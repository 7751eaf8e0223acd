// <study-quiz>: asks for an answer before the folded one is opened. What to ask, and what is right, stands in the page
// as JSON (docs/sitemaker/quiz.py). One may try as often as one likes, and nobody counts.
import { mark, read } from "./store.js";

const make = (tag, settings = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), settings);
  element.append(...children);
  return element;
};

const button = (text, settings = {}) => make("button", { type: "button", className: "quiz-button", textContent: text, ...settings });

// Each kind of question gives the fields of its form, a function that judges what stands in them, { right, told: HTML }, or
// { told } alone where there is no answer yet, and the right answer as HTML.
const KINDS = {
  choice(data) {
    const fields = data.options.map((option, place) =>
      make("label", { className: "quiz-option" },
        make("input", { type: "radio", name: data.name, value: place }),
        make("span", { innerHTML: option.text })));
    const judge = (form) => {
      const chosen = form.querySelector(":checked");
      if (!chosen) return { told: "Choose an answer first." };
      const { right, because } = data.options[chosen.value];
      return { right, told: because };
    };
    return { fields, judge, answer: data.options.find(({ right }) => right).text };
  },

  number(data) {
    const input = make("input", { type: "text", inputMode: "decimal", autocomplete: "off", name: data.name });
    const decimals = data.digits === 1 ? "1 decimal" : `${data.digits} decimals`;
    const hint = data.digits ? ` (${decimals})` : "";
    const label = make("label", { className: "quiz-number" }, `Your number${hint}: `, input, data.unit && ` ${data.unit}`);
    const judge = () => {
      const text = input.value.replace(/\s|_/g, "").replace("−", "-").replace(/^([^.]*),(\d{1,2})$/, "$1.$2").replaceAll(",", "");
      if (!text) return { told: "Type a number first, like 12 or 0.5." };
      if (Number.isNaN(Number(text))) return { told: "A number is asked for, like 12 or 0.5." };
      const typed = rounded(text, data.digits);
      const exact = data.digits || Number.isInteger(Number(text));
      if (exact && typed === data.value) return { right: true, told: `It is ${data.value}.` };
      const trap = data.traps.find(({ value }) => exact && value === typed);
      if (trap) return { right: false, told: trap.because };
      return { right: false, told: isShort(text, data) ? `Close: ${decimals} are asked for.` : size(Number(text), data) };
    };
    return { fields: [label], judge, answer: `It is ${data.value}.` };
  },

  order(data) {
    const list = make("ol", { className: "quiz-steps" });
    const said = make("p", { className: "quiz-said", role: "status" });
    const move = (item, by, pressed) => {
      const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
      if (other) other[by < 0 ? "before" : "after"](item);
      pressed.focus(); // a moved element loses it
      said.textContent = `${other ? "" : "Already at the end: "}step ${[...list.children].indexOf(item) + 1} of ${list.children.length}`;
    };
    for (const [place, step] of data.steps) {
      const text = make("span", { innerHTML: step });
      const item = make("li", {}, text);
      item.place = place;
      for (const [by, sign, name] of [[-1, "↑", "Move up"], [1, "↓", "Move down"]]) {
        const press = button(sign, { ariaLabel: `${name}: ${text.textContent}`, title: name });
        press.addEventListener("click", () => move(item, by, press));
        item.append(press);
      }
      list.append(item);
    }
    const judge = () => {
      const places = [...list.children].map((item) => item.place);
      const wrong = places.findIndex((place, at) => place !== at);
      if (wrong < 0) return { right: true, told: data.because };
      return { right: false, told: wrong ? `The steps up to ${wrong} are right. Look at step ${wrong + 1}.` : "Another step comes first." };
    };
    const steps = [...data.steps].sort(([one], [other]) => one - other).map(([, step]) => `<li>${step}</li>`);
    return { fields: [list, said], judge, answer: `<ol>${steps.join("")}</ol>` };
  },
};

const rounded = (text, digits) => Number(text).toFixed(digits).replace(/^-(0(\.0*)?)$/, "$1");

const size = (given, { value }) =>
  `It is too ${given > Number(value) ? "large" : "small"}. ${given === -Number(value) ? "Look at the sign." : "Try again, or look at the answer."}`;

// Right as far as it goes, with fewer decimals than are asked for.
const isShort = (text, { value, digits }) => {
  const given = text.split(".")[1]?.length ?? 0;
  return given < digits && rounded(value, given) === rounded(text, given);
};

customElements.define("study-quiz", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("study:progress", this);
    if (!this.form && !this.closest(".book-part")) this.build();
    this.handleEvent();
  }

  disconnectedCallback() {
    document.removeEventListener("study:progress", this);
  }

  handleEvent() { // progress has changed, here or elsewhere
    this.classList.toggle("answered", Boolean(this.data && read().questions[this.data.id]));
  }

  build() {
    this.data = JSON.parse(this.dataset.quiz);
    this.box = this.querySelector("details"); // there is none in a review: the answer stands elsewhere
    const title = this.querySelector("summary, .quiz-link a");
    this.data.name = `quiz-${this.data.id}${this.box ? "" : "-review"}`;
    const { fields, judge, answer } = KINDS[this.data.kind](this.data);
    const depth = title.querySelector(".depth")?.outerHTML ?? "";
    const asked = this.data.ask ? this.data.ask + depth : title.innerHTML;
    const legend = make("legend", {}, make("span", { className: "quiz-title", innerHTML: asked }));
    this.told = make("div", { className: "quiz-told", role: "status" });
    this.form = make("form", { className: "quiz-form" },
      make("fieldset", {}, legend, ...fields),
      button("Check", { type: "submit" }),
      make("span", { className: "quiz-mark", textContent: "answered" }),
      this.told);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.tell(judge(this.form));
    });
    this.prepend(this.form);
    if (this.box) title.after(this.answering(answer, title));
    // Under the form, what was the question becomes the way to the answer; on paper it is the question again.
    title.replaceChildren(
      make("span", { className: "quiz-asked" }, ...title.childNodes),
      make("span", { className: "quiz-show", textContent: this.box ? "Show the answer" : `The answer, in ${this.chapter}` }));
    if (this.box) this.take(this.box);
  }

  // The folded text may answer a wider question than the form has asked: first the answer, then that question.
  answering(answer, title) {
    const wider = make("p", { className: "quiz-wider", innerHTML: this.data.ask && title.innerHTML });
    wider.querySelector(".depth")?.remove();
    return make("div", { className: "quiz-answer" }, make("div", { innerHTML: answer }), ...(this.data.ask ? [wider] : []));
  }

  get chapter() {
    return this.querySelector(".quiz-chapter").textContent;
  }

  // Take over the place of the folded question: links should lead to the form, and not below it.
  take(box) {
    this.id = box.id;
    box.removeAttribute("id");
    if (this.id && location.hash === `#${this.id}`) this.scrollIntoView();
  }

  tell({ right, told }) {
    this.told.className = `quiz-told ${right === undefined ? "" : right ? "right" : "wrong"}`;
    this.told.innerHTML = right === undefined ? told : `<strong>${right ? "Right." : "Not this."}</strong> ${told}`;
    if (!right) return;
    if (this.box) this.box.open = true;
    mark("questions", this.data.id);
  }
});
