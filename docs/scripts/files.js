// <study-files>: what was written in the page leaves as the folder that the terminal takes, and comes back from there.
import { Bench } from "./bench.js";
import { button, chapters, make } from "./course.js";
import { clear, files, keepFile, keepTreatment, treatments, warning } from "./desk.js";
import { mark, read } from "./store.js";

const DESK = "microgpt.study.live.desk.";
const PACKED = "exercises.zip";

class Files extends Bench {
  build() {
    this.chooser = make("input", { type: "file", accept: ".zip,.py", hidden: "", "aria-label": "A zip of your work, or one file" });
    this.chooser.addEventListener("change", () => this.bring());
    this.saves = button("Save my work as files", () => this.save());
    this.bar.append(this.saves, button("Bring files here", () => this.chooser.click()), button("Forget what I have written", () => this.erase()), this.chooser, this.said);
    this.count = make("p");
    this.append(this.count, this.bar);
    this.show();
  }

  refresh() { this.show(); }

  show() {
    const [written, treated] = [files(), treatments()].map((some) => Object.keys(some).length);
    const parts = [...(written ? [many(written, "file")] : []), ...(treated ? [many(treated, "patient")] : [])];
    this.count.textContent = !parts.length ? "You have not written anything here yet."
      : warning() || `This browser keeps ${parts.join(" and ")} that you have worked on.`;
  }

  /** What has passed: of what was written here the last check says it, of the rest what is kept of the progress. */
  get passed() {
    const kept = files();
    const done = read().exercises;
    const names = chapters.flatMap((chapter) => chapter.exercises).filter((name) => kept[`${name}.py`] || done[name]);
    return Object.fromEntries(names.map((name) => [name, kept[`${name}.py`]?.passed ?? done[name]]));
  }

  async save() {
    const texts = Object.fromEntries(Object.entries(files()).map(([name, { text }]) => [name, text]));
    const packed = await this.work(this.saves, `${DESK}packed_desk`, [texts, this.passed, treatments()], { seconds: 30, doing: "Packing …" });
    if (packed === null) return;
    const link = make("a", { download: PACKED });
    link.href = URL.createObjectURL(new Blob([bytes(packed)], { type: "application/zip" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href));
    this.say(`Written to ${PACKED}, where your browser puts downloads.`);
  }

  async bring() {
    const [file] = this.chooser.files;
    this.chooser.value = ""; // so that the same file can be chosen again
    if (!file) return;
    const found = await this.work(this.saves, `${DESK}unpacked_desk`, [file.name, await base64(file)], { seconds: 30, doing: "Reading …" });
    if (!found) return;
    const kept = files();
    const names = Object.keys(found.files);
    const others = names.filter((name) => kept[name] && kept[name].text !== found.files[name]);
    const sick = Object.entries(found.patients);
    for (const [number, texts] of sick) {
      const mine = treatments()[number];
      if (mine && Object.keys(mine).some((module) => mine[module] !== texts[module])) others.push(`patient ${number}`);
    }
    if (others.length && !confirm(`These are different here, and would be replaced: ${others.join(", ")}. Replace them?`)) return this.say("Nothing was brought.");
    for (const name of names) keepFile(name, found.files[name], found.passed.includes(name.slice(0, -3)));
    for (const name of found.passed) mark("exercises", name);
    for (const [number, texts] of sick) keepTreatment(number, { texts, cured: false });
    const rest = found.unknown.length ? ` Left out, since they belong to no exercise and no patient: ${found.unknown.join(", ")}.` : "";
    const patients = sick.length ? ` and ${many(sick.length, "patient")}` : "";
    this.say(`Brought: ${many(names.length, "file")}${patients}; done: ${found.passed.length}.${rest}`);
  }

  erase() {
    if (!confirm("Forget all that you have written in exercises and in the clinic? Save it first if you want to keep it.")) return;
    clear();
    this.say("Forgotten.");
  }
}

const many = (/** @type {number} */ count, /** @type {string} */ thing) => `${count} ${thing}${count === 1 ? "" : "s"}`;

/** @param {string} packed */
const bytes = (packed) => Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));

/** @param {File} file @returns {Promise<string>} */
const base64 = (file) =>
  new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",")[1] ?? "");
    reader.readAsDataURL(file);
  });

customElements.define("study-files", Files);
