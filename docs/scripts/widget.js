// @ts-check
// What all figures that one can touch have in common. The first view stands in the page: `data-first` holds what the
// Python function `data-call` returned for the arguments `data-args` while the site was built. When somebody touches the
// figure, the same function is called in the page, and the figure draws what comes back. Nothing is computed here.
import { make } from "./course.js";
import { HAS_PYTHON, MEGABYTES, ask, state } from "./python.js";

const CONTROLS = "form, .touch-controls, .machine-controls, .train-bar";

export class Widget extends HTMLElement {
  turn = 0;
  /** @type {Promise<any> | undefined} */
  running;

  connectedCallback() {
    if (this.said || !HAS_PYTHON) return; // without Python, what stands in the element is shown as it is
    this.said = make("p", { class: "widget-said", role: "status" });
    const args = JSON.parse(this.getAttribute("data-args") ?? "[]");
    this.build(args);
    const controls = [...this.querySelectorAll(CONTROLS)].filter((one) => one.parentElement === this).pop();
    if (controls) controls.after(this.said); // where one looks who has just touched them
    else this.append(this.said);
    this.draw(JSON.parse(this.getAttribute("data-first") ?? "null"), args);
  }

  /** Make the controls, and the places that `draw` fills. @param {any[]} args those of the first view */
  build(args) {}

  /** Draw a result. @param {any} result what the function returned @param {any[]} args for which arguments */
  draw(result, args) {}

  say(/** @type {string} */ text) { this.said.textContent = text; }

  /** How Python is asked; a figure may have to bring something first. */
  ask(/** @type {string} */ call, /** @type {any[]} */ args, /** @type {{seconds: number, again: boolean}} */ settings) { return ask(call, args, settings); }

  /**
   * Call the function and draw. While one call is on its way, only the last of those that follow is kept.
   * @param {any[]} args @param {{call?: string, seconds?: number}} settings
   */
  async compute(args, { call = this.getAttribute("data-call") ?? "", seconds = 30 } = {}) {
    const turn = (this.turn += 1);
    await this.running;
    if (turn !== this.turn) return null;
    this.running = this.answer(turn, call, args, seconds);
    return this.running;
  }

  /** @param {number} turn @param {string} call @param {any[]} args @param {number} seconds */
  async answer(turn, call, args, seconds) {
    const waiting = setTimeout(() => turn === this.turn && this.say(waits()), 100);
    try {
      const result = await this.ask(call, args, { seconds, again: true });
      if (turn !== this.turn) return null;
      this.say("");
      this.classList.remove("refused");
      this.draw(result, args);
      this.dataset.args = JSON.stringify(args); // what is drawn now
      return result;
    } catch (error) {
      if (turn !== this.turn) return null;
      this.classList.add("refused"); // what is drawn is an older answer
      this.say(/** @type {Error} */ (error).message);
      return null;
    } finally {
      clearTimeout(waiting);
    }
  }
}

export const waits = () => (state() === "loading" ? `Starting Python (${MEGABYTES} MB, once) …` : "Computing …");
