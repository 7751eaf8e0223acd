// <study-own>: the reader's functions train a model in the page, beside the book's. Python trains (microgpt/study/live/
// own.py), a few steps at each call, so that one sees how far it is and can stop it.
import { Bench } from "./bench.js";
import { button, chapters, make } from "./course.js";
import { files } from "./desk.js";
import { stop } from "./python.js";

const OWN = "microgpt.study.live.own.";
const ROWS = 10;
const PATIENCE = 1000; // milliseconds for a piece to end

class Own extends Bench {
  build() {
    this.steps = make("input", { type: "number", min: "1", max: "1000", value: "1000" });
    this.trains = button("Train", () => (this.goes ? this.halt() : this.train()));
    this.head = make("p");
    this.bar.append(make("label", {}, "Steps: ", this.steps), this.trains, this.said);
    this.meter = make("progress", { "aria-label": "Steps done", max: "1", value: "0", hidden: "" });
    this.rows = make("tbody");
    const heads = ["step", "your loss", "the book's"].map((text) => make("th", { scope: "col" }, text));
    this.table = make("table", { hidden: "" }, make("thead", {}, make("tr", {}, ...heads)), this.rows);
    this.append(this.head, this.bar, this.meter, this.table, this.told, make("p", {}, "Or in the terminal:"));
    this.show();
  }

  /** The files whose last check went well, by the names of the exercises. */
  get answers() {
    const kept = files();
    const passed = chapters.flatMap((chapter) => chapter.exercises).filter((name) => kept[`${name}.py`]?.passed);
    return Object.fromEntries(passed.map((name) => [name, kept[`${name}.py`].text]));
  }

  refresh() { this.show(); }

  show() {
    const count = Object.keys(this.answers).length;
    this.trains.disabled = !count;
    this.head.textContent = count
      ? `${count} of ${chapters.flatMap((chapter) => chapter.exercises).length} functions are yours.`
      : "No exercise has passed yet in this browser; your own GPT is made of those that have.";
  }

  async train() {
    const steps = Math.min(1000, Math.max(1, Math.round(Number(this.steps.value)) || 1));
    this.steps.value = steps;
    this.goes = true;
    this.trains.textContent = "Stop";
    this.rows.replaceChildren();
    this.tell("");
    this.table.hidden = this.meter.hidden = false;
    this.meter.max = steps;
    try {
      await this.run(steps);
    } finally {
      this.goes = false;
      this.trains.textContent = "Train";
    }
  }

  /** End after this piece; a function without an end does not come that far. */
  halt() {
    this.goes = false;
    setTimeout(() => this.isBusy && stop(), PATIENCE);
  }

  async run(/** @type {number} */ steps) {
    const { answers } = this;
    if ((await this.call("begin_training", [answers])) === undefined) return;
    const every = Math.max(1, Math.ceil(steps / ROWS));
    let done = 0;
    while (done < steps && this.goes && this.isConnected) {
      const found = await this.call("train_further", [Math.min(10, steps - done)], `Training: step ${done} of ${steps} …`);
      if (!found) return;
      done = found.step - found.losses.length;
      for (const [place, loss] of found.losses.entries()) {
        done += 1;
        if (done === 1 || done % every === 0 || done === steps) this.row(done, loss, found.true_losses[place]);
      }
      this.meter.value = done;
    }
    if (!this.isConnected) return;
    const lines = await this.call("training_told", [], "Inventing names …");
    if (lines) this.tell("right", ...lines.map((/** @type {string} */ line) => make("p", {}, line)));
  }

  /** @returns {Promise<any>} undefined if there is no answer; null is one. */
  async call(/** @type {string} */ name, /** @type {any[]} */ args, doing = "Building …") {
    const result = await this.work(this.trains, OWN + name, args, { seconds: 120, doing });
    return this.said.textContent ? undefined : result;
  }

  row(/** @type {number} */ step, /** @type {number[]} */ ...losses) {
    const cells = losses.map((loss) => make("td", { "data-loss": loss }, loss.toFixed(4)));
    this.rows.append(make("tr", {}, make("th", { scope: "row" }, step), ...cells));
  }
}

customElements.define("study-own", Own);
