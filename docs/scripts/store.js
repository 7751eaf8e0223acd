// What a reader has done, kept in this browser and nowhere else. A browser that keeps nothing still shows every page.
const KEY = "microgpt progress";
const EMPTY = { chapters: {}, questions: {}, exercises: {} };

export const read = () => {
  try {
    return { ...EMPTY, ...JSON.parse(localStorage.getItem(KEY)) };
  } catch {
    return { ...EMPTY };
  }
};

export const write = (progress) => {
  try {
    localStorage.setItem(KEY, JSON.stringify(progress));
  } catch {
    // private windows, full or forbidden storage: nothing is kept, nothing breaks
  }
  document.dispatchEvent(new CustomEvent("study:progress"));
};

// Kinds: chapters (by module, as read), questions (by id, as answered rightly), exercises (by name, as passed).
export const mark = (kind, name, done = true) => {
  const progress = read();
  write({ ...progress, [kind]: { ...progress[kind], [name]: done } });
};
