// <study-read chapter="attention">: a button with which a reader says that a chapter is read, or takes it back.
import { address, chapterOf, chapters, done, largeButton, Live, make, modules } from "./course.js";
import { mark, read } from "./store.js";

class Read extends Live {
  show() {
    const module = this.getAttribute("chapter");
    if (!this.button) {
      const turn = () => mark("chapters", module, !read().chapters[module]);
      this.button = largeButton("I have read this chapter", turn);
      this.state = make("p", { "aria-live": "polite" });
      this.replaceChildren(this.button, this.state);
    }
    this.button.setAttribute("aria-pressed", Boolean(read().chapters[module]));
    const { part } = chapterOf(module);
    const fellows = modules(chapters.filter((chapter) => chapter.part === part));
    const count = done("chapters", modules());
    this.state.replaceChildren(
      ...(count ? [`${done("chapters", fellows)} of ${fellows.length} chapters of “${part}” read, `] : []),
      ...(count ? [`${count} of ${chapters.length} of the book. `] : []),
      make("a", { href: address("progress/") }, "Your progress"),
    );
  }
}

customElements.define("study-read", Read);
