// <study-progress>: what is kept, chapter by chapter, and buttons to take it elsewhere, to bring it back, to erase it.
// The build writes the table with all that there is; this script says how much of it is done.
import { chapterOf, chapters, done, largeButton, Live, make, modules } from "./course.js";
import { erase, mark, read, tidy, write } from "./store.js";

const EXPORTED = "microgpt-progress.json";

class Progress extends Live {
  show() {
    if (!this.said) this.furnish();
    for (const row of this.querySelectorAll("tr[data-chapter]")) this.fill(row);
    for (const line of this.querySelectorAll("[data-part]")) {
      const fellows = modules(chapters.filter((chapter) => chapter.part === line.dataset.part));
      line.textContent = `${done("chapters", fellows)} of ${fellows.length} chapters read.`;
    }
    this.total.textContent = `${done("chapters", modules())} of ${chapters.length} chapters read.`;
  }

  furnish() {
    this.querySelector(".without-scripts").remove();
    this.total = make("p", { class: "study-total" });
    this.said = make("p", { role: "status" });
    this.chooser = make("input", { type: "file", accept: ".json,application/json", hidden: "" });
    this.chooser.addEventListener("change", () => this.bring());
    const buttons = make(
      "div",
      { class: "study-buttons" },
      largeButton("Export", () => this.take()),
      largeButton("Import", () => this.chooser.click()),
      largeButton("Erase", () => this.forget()),
      this.chooser,
    );
    this.prepend(this.total, buttons, this.said);
    for (const row of this.querySelectorAll("tr")) {
      row.append(make(row.dataset.chapter ? "td" : "th", {}, row.dataset.chapter ? this.box(row) : "read"));
    }
  }

  box(row) {
    const module = row.dataset.chapter;
    const box = make("input", { type: "checkbox", "aria-label": `${chapterOf(module).called}: read` });
    box.addEventListener("change", () => mark("chapters", module, box.checked));
    return make("label", {}, box);
  }

  fill(row) {
    const kept = read();
    const { module, exercises, patients, questions } = chapterOf(row.dataset.chapter);
    const answered = Object.entries(kept.questions).filter(([id, right]) => right && id.startsWith(`${module}/`)).length;
    const count = (kind, some, all) => {
      if (all) row.querySelector(`[data-count=${kind}]`).textContent = `${Math.min(some, all)} of ${all}`;
    };
    count("questions", answered, questions);
    count("exercises", done("exercises", exercises), exercises.length);
    count("patients", done("patients", patients), patients.length);
    row.querySelector("input").checked = Boolean(kept.chapters[module]);
  }

  take() {
    const text = `${JSON.stringify(read(), null, 1)}\n`;
    const link = make("a", { download: EXPORTED });
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href));
    this.say(`Written to ${EXPORTED}, where your browser puts downloads.`);
  }

  async bring() {
    const [file] = this.chooser.files;
    this.chooser.value = ""; // so that the same file can be chosen again
    if (!file) return;
    try {
      this.say(merge(JSON.parse(await file.text())));
    } catch (error) {
      const why = error instanceof SyntaxError ? "it is not JSON" : error.message;
      this.say(`Nothing was imported from ${file.name}: ${why}.`);
    }
  }

  forget() {
    if (!confirm("Erase all that this browser keeps of your progress? An export brings it back; nothing else does.")) return;
    erase();
    this.say("Erased.");
  }

  say(text) {
    this.said.textContent = text;
  }
}

const KINDS = ["chapters", "questions", "exercises", "patients"];

// What an edition of the book has; other names in a file are from another one.
const isKnown = {
  chapters: (name) => Boolean(chapterOf(name)),
  questions: (id) => Boolean(chapterOf(id.split("/")[0])),
  exercises: (name) => chapters.some((chapter) => chapter.exercises.includes(name)),
  patients: (number) => chapters.some((chapter) => chapter.patients.includes(number)),
};

// Adds what a file says is done to what is kept, and takes nothing away. Returns what to tell the reader.
const merge = (found) => {
  if (!KINDS.some((kind) => typeof found?.[kind] === "object" && found[kind] !== null)) {
    throw new Error("it is neither an export of this page nor the progress.json of a folder of exercises");
  }
  const [kept, given] = [read(), tidy(found)];
  const counts = [];
  let unknown = 0;
  for (const kind of KINDS) {
    const names = Object.keys(given[kind]).filter((name) => given[kind][name]);
    const known = names.filter(isKnown[kind]);
    const fresh = known.filter((name) => !kept[kind][name]).length;
    unknown += names.length - known.length;
    if (known.length) counts.push(`${kind}: ${known.length}, ${fresh} of them new`);
    for (const name of known) kept[kind][name] = true;
  }
  const isKept = write({ ...kept, place: kept.place || given.place, route: kept.route || given.route });
  if (!isKept) return "Nothing was imported: this browser keeps nothing now, since its storage is full or forbidden.";
  const rest = unknown ? ` Left out, since this book has no such name: ${unknown}.` : "";
  return counts.length ? `Imported. ${counts.join("; ")}.${rest}` : `Nothing in this file is marked as done.${rest}`;
};

customElements.define("study-progress", Progress);
