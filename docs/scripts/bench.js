// What the places where a reader writes have in common: an editor, buttons, what Python says, and a way to stop it.
import { button, make } from "./course.js";
import { warning } from "./desk.js";
import { openEditor } from "./editor.js";
import { Endless, HAS_PYTHON, MEGABYTES, ask, state, stop } from "./python.js";

/** A block of lines that keep their columns. @param {string[]} lines */
export const block = (lines) => make("div", { class: "highlight" }, make("pre", { tabindex: "0" }, make("code", {}, lines.join("\n"))));

/** Open the box below a title, for who wants to see the answer. @param {string} title the id of its heading */
export const openBox = (title) => {
  const box = document.getElementById(title)?.parentElement?.querySelector(`#${title} ~ section > details`);
  if (!(box instanceof HTMLDetailsElement)) return;
  box.open = true;
  box.scrollIntoView({ block: "start" });
  box.querySelector("summary")?.focus({ preventScroll: true });
};

export class Bench extends HTMLElement {
  isBusy = false;

  connectedCallback() {
    if (this.bar || !HAS_PYTHON) return; // without Python, the page reads as it is
    this.words = JSON.parse(this.dataset.words ?? "{}");
    this.place = make("div", { class: "cell-editor highlight" });
    this.said = make("span", { role: "status", class: "cell-said" });
    this.told = make("div", { class: "bench-told", role: "status" });
    this.bar = make("p", { class: "cell-bar" });
    this.build();
    this.listener = () => this.isConnected && this.refresh();
    document.addEventListener("study:desk", this.listener);
  }

  disconnectedCallback() {
    document.removeEventListener("study:desk", this.listener);
    if (this.isBusy) stop(); // nobody waits for it
  }

  /** What the editor is to show, if another tab may have written it. @returns {string | undefined} */
  get written() { return undefined; }

  /** Something was written, here or in another tab. */
  refresh() {
    if (this.editor && this.written !== undefined && this.editor.text !== this.written) this.editor.text = this.written;
    if (this.editor && !this.isBusy) this.say(warning());
  }

  /** Make the buttons, and put everything into its place. */
  build() {}

  say(/** @type {string} */ text) { this.said.textContent = text; }

  /** @param {"right" | "wrong" | ""} kind @param {(string | Node)[]} parts */
  tell(kind, ...parts) {
    this.told.className = `bench-told ${kind}`;
    this.told.replaceChildren(...parts);
  }

  /** Open the editor, in the place of one that is there. @param {string} text @param {Parameters<typeof openEditor>[2]} settings */
  async open(text, settings) {
    const room = make("div"); // a new one: what an editor listens to ends with it
    this.place.replaceChildren(room);
    this.editor = await openEditor(room, text, { numbered: true, ...settings });
  }

  /** Bring a line of the editor into the middle of what is seen of it. @param {number} place from 0 on */
  bring(place) {
    const scroller = this.place.querySelector(".prism-code-editor");
    const line = /** @type {HTMLElement | undefined} */ (this.place.querySelectorAll(".pce-line")[place]);
    if (scroller && line) scroller.scrollTop = line.offsetTop - scroller.clientHeight / 2;
  }

  /** Mark the line that is to blame; none for 0. @param {number} number */
  blame(number) {
    for (const line of this.place.querySelectorAll(".pce-line.blamed")) line.classList.remove("blamed");
    this.place.querySelectorAll(".pce-line")[number - 1]?.classList.add("blamed");
  }

  /**
   * Call Python. Meanwhile the button that was pressed stops it.
   * @param {HTMLElement} pressed @param {string} name @param {any[]} args
   * @param {{seconds: number, endless?: () => any, doing?: string, first?: string}} settings endless: what is
   *   the result if it takes longer; first: a function to call before, whose time does not count
   * @returns {Promise<any>} null if there is no result
   */
  async work(pressed, name, args, { seconds, endless, first, doing = "Checking …" }) {
    if (this.isBusy) return null;
    const label = pressed.textContent;
    this.isBusy = true;
    pressed.textContent = "Stop";
    const others = [...this.querySelectorAll(".cell-bar button:enabled, .bench-choice select:enabled")].filter((one) => one !== pressed);
    for (const other of others) other.disabled = true;
    const tell = () => this.say(state() === "loading" ? `Starting Python (${MEGABYTES} MB, once) …` : doing);
    document.addEventListener("study:python", tell);
    try {
      if (first) await ask(first);
      const result = await ask(name, args, { seconds });
      this.say("");
      return result;
    } catch (error) {
      this.say(/** @type {Error} */ (error).message);
      return error instanceof Endless && endless ? endless() : null;
    } finally {
      document.removeEventListener("study:python", tell);
      pressed.textContent = label;
      for (const other of others) other.disabled = false;
      this.isBusy = false;
    }
  }

  /** A button that starts something, and stops it while it runs. @param {string} text @param {() => void} act */
  starter(text, act) {
    const made = button(text, () => (made.textContent === "Stop" ? stop() : act()));
    return made;
  }
}
