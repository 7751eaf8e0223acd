// What a reader has written, kept in this browser and nowhere else: the files of exercises and pairs, by their names,
// and the patients, by their numbers. A browser that keeps nothing still has it until the page is left.

/** @typedef {{text: string, passed: boolean}} File passed: whether the last check of this very text went well */
/** @typedef {{texts: Record<string, string>, cured: boolean}} Treatment texts: of the modules that were changed */

const KEY = "microgpt desk";

/** @type {{files: Record<string, File>, patients: Record<string, Treatment>} | undefined} */
let unkept; // what no storage took

const isObject = (/** @type {any} */ found) => typeof found === "object" && found !== null && !Array.isArray(found);
const entries = (/** @type {any} */ found) => Object.entries(isObject(found) ? found : {}).filter(([, one]) => isObject(one));

/** Whatever is in the storage, what comes out has the shape of a desk. @param {any} found */
const tidy = (found) => ({
  files: Object.fromEntries(
    entries(found?.files).filter(([, one]) => typeof one.text === "string").map(([name, { text, passed }]) => [name, { text, passed: passed === true }]),
  ),
  patients: Object.fromEntries(
    entries(found?.patients).map(([number, { texts, cured }]) => [
      number,
      { texts: Object.fromEntries(Object.entries(isObject(texts) ? texts : {}).filter(([, text]) => typeof text === "string")), cured: cured === true },
    ]),
  ),
});

const read = () => {
  if (unkept) return unkept;
  try {
    return tidy(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    return tidy({});
  }
};

/** @param {ReturnType<typeof tidy>} desk */
const write = (desk) => {
  try {
    localStorage.setItem(KEY, JSON.stringify(desk));
    unkept = undefined;
  } catch {
    unkept = desk; // private windows, full or forbidden storage
  }
  document.dispatchEvent(new CustomEvent("study:desk"));
};

/** What to tell who has just written something that no storage takes; "" if all is kept. */
export const warning = () => (unkept ? "This browser keeps nothing now: save your work as files, on the page of your progress, before you leave." : "");

addEventListener("beforeunload", (event) => unkept && event.preventDefault());
addEventListener("storage", ({ key }) => key === KEY && document.dispatchEvent(new CustomEvent("study:desk"))); // another tab has written

/** @returns {Record<string, File>} */
export const files = () => read().files;

/** @param {string} name @param {string} text @param {boolean} passed */
export const keepFile = (name, text, passed = false) => {
  const desk = read();
  write({ ...desk, files: { ...desk.files, [name]: { text, passed } } });
};

/** @param {string} name */
export const dropFile = (name) => {
  const desk = read();
  delete desk.files[name];
  write(desk);
};

/** The modules that were changed, by the numbers of the patients. */
export const treatments = () => Object.fromEntries(Object.entries(read().patients).map(([number, { texts }]) => [number, texts]).filter(([, texts]) => Object.keys(texts).length));

/** @param {string} number @returns {Treatment} */
export const treatment = (number) => read().patients[number] ?? { texts: {}, cured: false };

/** @param {string} number @param {Treatment} one */
export const keepTreatment = (number, one) => {
  const desk = read();
  write({ ...desk, patients: { ...desk.patients, [number]: one } });
};

/** Forget all that a reader has written. */
export const clear = () => write(tidy({}));
