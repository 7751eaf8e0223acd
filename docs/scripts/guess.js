// <study-guess>: names of the exam, letter by letter. The reader types the next letter before it is shown; what the others
// guess, and who is right how often, says Python (microgpt/study/live/guess.py).
import { make } from "./course.js";
import { Widget } from "./widget.js";

/** @typedef {{letter: string, guesses: string[], chances: (number | null)[]}} Guessed */
/** @typedef {{players: string[], shown: string, is_over: boolean, letters: Guessed[], asked: number, hits: number[], surprises: (number | null)[], length: number}} Sitting */

class Guess extends Widget {
  /** @param {[[number, string][]]} args */
  build([played]) {
    this.played = played;
    this.letter = make("input", { type: "text", maxlength: "1", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
    this.next = make("button", { type: "button" }, "Next name");
    this.name = make("p", { class: "guess-name" });
    this.table = make("table");
    this.score = make("p", { class: "guess-score" });
    const form = make("form", { class: "machine-controls" }, make("label", {}, "The next letter ", this.letter), make("button", {}, "Guess"), this.next);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.guess();
    });
    this.letter.addEventListener("input", () => this.letter.value && this.guess());
    this.next.addEventListener("click", () => {
      const [number] = this.played.at(-1);
      this.compute([[...this.played, [(number + 1) % this.found.length, ""]]]).then(() => this.letter.focus());
    });
    this.replaceChildren(this.name, form, make("div", { class: "guess-table", tabindex: "0", role: "group", "aria-label": "Guesses" }, this.table), this.score);
  }

  guess() {
    const typed = this.letter.value;
    if (!typed) return this.say("Type the letter that you expect, or a full stop for the end.");
    if (this.found.is_over) return this.say("The name is over: go on to the next.");
    this.letter.value = "";
    this.guessing = Promise.resolve(this.guessing).then(() => this.take(typed)); // one after the other, however fast they come
  }

  async take(/** @type {string} */ typed) {
    if (this.found.is_over) return;
    const [number, guesses] = this.played.at(-1);
    await this.compute([[...this.played.slice(0, -1), [number, guesses + typed]]]);
  }

  /** @param {Sitting} found @param {[[number, string][]]} args */
  draw(found, [played]) {
    this.found = found;
    this.played = played;
    this.name.textContent = found.shown + (found.is_over ? "." : "…");
    this.next.disabled = !found.is_over;
    this.letter.disabled = found.is_over;
    if (found.is_over) this.next.focus();
    this.list();
    this.score.textContent = found.asked ? found.players.map((player, place) => `${player} ${found.hits[place]}${nats(found.surprises[place])}`).join("; ") + `; of ${found.asked} letters.` : "";
    const last = found.letters.at(-1);
    if (last) this.say(`It was ${spoken(last.letter)}. You said ${spoken(last.guesses[0])}.${found.is_over ? " The name is over." : ""}`);
  }

  list() {
    const { players, letters } = this.found;
    const head = make("tr", {}, ...["letter", ...players].map((title) => make("th", { scope: "col" }, title)));
    const rows = letters.map(({ letter, guesses, chances }) => make("tr", {}, make("th", { scope: "row" }, letter),
      ...guesses.map((guess, player) => {
        const chance = chances[player];
        const cell = make("td", guess === letter ? { class: "hit" } : {}, `${guess}${guess === letter ? " ✓" : ""}`);
        if (chance !== null) cell.append(make("small", { "data-chance": String(chance) }, ` (${(100 * chance).toFixed(0)} %)`));
        return cell;
      })));
    this.table.replaceChildren(make("thead", {}, head), make("tbody", {}, ...rows));
  }
}

const spoken = (/** @type {string} */ letter) => (letter === "." ? "the end" : letter);
const nats = (/** @type {number | null} */ surprise) => (surprise === null ? "" : ` (${surprise.toFixed(2)} nats)`);

customElements.define("study-guess", Guess);
