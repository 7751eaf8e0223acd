// <study-predict>: says which change was made, asks what it did, and then shows what was measured. Everything was
// computed while the site was built.
import { button, make } from "./course.js";
import { head, rounded, table, told } from "./pieces.js";

class Predict extends HTMLElement {
  place = 0;

  connectedCallback() {
    if (this.form) return;
    this.questions = JSON.parse(this.dataset.questions);
    this.verdicts = JSON.parse(this.dataset.verdicts);
    this.form = make("form", { class: "quiz-form" });
    this.form.addEventListener("submit", (event) => this.reveal(event));
    this.told = told();
    this.shown = make("div");
    this.next = button("Next change", () => this.ask(this.place + 1));
    this.next.classList.add("quiz-button");
    this.replaceChildren(this.form, this.told, this.shown, this.next);
    this.ask(0);
  }

  ask(place) {
    this.place = place % this.questions.length;
    const { name, effects } = this.questions[this.place];
    const asked = effects.map(({ setup }, at) => this.choice(setup, at));
    const look = make("button", { class: "quiz-button" }, "Look");
    this.form.replaceChildren(make("p", { class: "quiz-title" }, `${this.place + 1} of ${this.questions.length}: `, make("strong", {}, name), ". The held-out loss is"), ...asked, look);
    this.told.textContent = "";
    this.shown.replaceChildren();
    this.next.hidden = true;
  }

  /** Ask what the change does in one of the setups. */
  choice(setup, at) {
    const options = Object.entries(this.verdicts).map(([value, text]) =>
      make("label", { class: "predict-option" }, make("input", { type: "radio", name: `setup-${at}`, value }), ` ${text}`));
    return make("fieldset", {}, make("legend", {}, setup), ...options);
  }

  reveal(event) {
    event.preventDefault();
    const { effects } = this.questions[this.place];
    const said = new FormData(this.form);
    if (effects.some((_, at) => !said.has(`setup-${at}`))) {
      this.told.textContent = "Say something for each of them first; a guess is enough.";
      return;
    }
    const rows = effects.map(({ setup, verdict, mean, margin }, at) => {
      const yours = said.get(`setup-${at}`);
      const measured = mean === null ? "it left the range of floats" : `${rounded(mean, 4, true)} ± ${rounded(margin, 4)}`;
      const cells = [this.verdicts[yours], this.verdicts[verdict], measured].map((text) => make("td", {}, text));
      if (yours === verdict) cells[0].append(" ", make("span", { class: "predict-right" }, "✓"));
      return [head(setup), ...cells];
    });
    this.shown.replaceChildren(table(["", "you said", "it is", "change of the held-out loss"], rows));
    const right = effects.filter(({ verdict }, at) => said.get(`setup-${at}`) === verdict).length;
    this.told.textContent = `${right} of ${effects.length} as you said.`;
    this.next.hidden = false;
    this.next.focus();
  }
}

customElements.define("study-predict", Predict);
