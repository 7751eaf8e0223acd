// What a reader has done, kept in this browser and nowhere else. A browser that keeps nothing still shows every page.
const KEY = "microgpt progress";

const isObject = (found) => typeof found === "object" && found !== null && !Array.isArray(found);
const flags = (found) =>
  Object.fromEntries(Object.entries(isObject(found) ? found : {}).filter(([, done]) => typeof done === "boolean"));
const word = (found) => (typeof found === "string" ? found : "");

// Whatever is in the storage or in a file, what comes out has this shape.
// Beside the four kinds: `place`, the chapter visited last, `route`, the key of the route that is followed, and
// `predict`, whether results are hidden until one has said what one expects.
export const tidy = (found) => ({
  chapters: flags(found?.chapters),
  questions: flags(found?.questions),
  exercises: flags(found?.exercises),
  patients: flags(found?.patients),
  place: word(found?.place),
  route: word(found?.route),
  predict: found?.predict === true,
});

const tell = () => document.dispatchEvent(new CustomEvent("study:progress"));

export const read = () => {
  try {
    return tidy(JSON.parse(localStorage.getItem(KEY)));
  } catch {
    return tidy({});
  }
};

export const write = (progress) => {
  let isKept = true;
  try {
    localStorage.setItem(KEY, JSON.stringify(progress));
  } catch {
    isKept = false; // private windows, full or forbidden storage: nothing breaks
  }
  tell();
  return isKept;
};

// Kinds: chapters (by module, as read), questions (by id, as answered rightly), exercises (by name, as passed),
// patients (by number, as cured).
export const mark = (kind, name, done = true) => {
  const progress = read();
  write({ ...progress, [kind]: { ...progress[kind], [name]: done } });
};

export const erase = () => {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // see above
  }
  tell();
};

window.addEventListener("storage", (event) => {
  if (event.key === KEY || event.key === null) tell(); // another tab has written or erased
});
