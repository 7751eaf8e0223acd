// @ts-check
// An editor for Python. It is fetched when somebody opens one.
import PLACES from "./places.js";

/** @type {Promise<any[]> | undefined} */
let fetched;

const fetchEditor = () => {
  const style = document.createElement("link");
  Object.assign(style, { rel: "stylesheet", href: new URL(`${PLACES.editor}layout.css`, import.meta.url).href });
  document.head.append(style);
  const modules = ["index.js", "extensions/commands/index.js", "languages/python.js", "prism/languages/python.js"];
  return Promise.all(modules.map((path) => import(PLACES.editor + path)));
};

/**
 * Open an editor in an element.
 * @param {HTMLElement} place
 * @param {string} text
 * @param {{name: string, run: () => void, changed?: (text: string) => void, numbered?: boolean}} settings name: of
 *   the field, for screen readers; run: upon Shift and Enter; numbered: whether the lines have numbers
 */
export const openEditor = async (place, text, { name, run, changed, numbered = false }) => {
  fetched ??= fetchEditor().catch(() => {
    fetched = undefined;
    throw new Error("The editor could not be loaded; try again.");
  });
  const [{ createEditor }, { defaultCommands, setIgnoreTab }] = await fetched;
  const settings = { language: "python", value: text, lineNumbers: numbered, wordWrap: true, tabSize: 4, insertSpaces: true };
  const editor = createEditor(place, { ...settings, onUpdate: changed }, defaultCommands());
  editor.textarea.setAttribute("aria-label", name);
  editor.textarea.setAttribute("aria-description", "Shift and Enter runs it. Escape, then Tab, leaves the field.");
  editor.textarea.addEventListener("focus", () => setIgnoreTab(false));
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") setIgnoreTab(true);
    if (event.key !== "Enter" || !event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };
  place.addEventListener("keydown", pressed, true);
  return {
    get text() { return editor.value; },
    set text(/** @type {string} */ value) { editor.setOptions({ value }); },
    focus: () => editor.textarea.focus({ preventScroll: true }), // what was brought into sight stays there
  };
};
