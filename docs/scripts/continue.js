// <study-continue>: where a reader was who comes back. For somebody new there is nothing to say.
import { address, chapterOf, chapters, done, followed, Live, make, modules, stopOn } from "./course.js";
import { read } from "./store.js";

// A chapter that is not read yet is gone on with; after one that is read comes the next, of the route or of the book.
const following = (place) => {
  if (!read().chapters[place.module]) return place;
  const stop = stopOn(followed(), place.module);
  return (stop ? chapterOf(stop.after?.chapter) : chapters[chapters.indexOf(place) + 1]) ?? place;
};

class Continue extends Live {
  show() {
    const place = chapterOf(read().place);
    const count = done("chapters", modules());
    this.replaceChildren();
    if (!place && !count) return;
    const next = place ? following(place) : chapters.find((chapter) => !read().chapters[chapter.module]);
    const were = place ? `You were at ${place.called}; ` : "";
    const line = make("p", {}, `${were}${count} of ${chapters.length} chapters read. `);
    if (next) line.append(make("a", { href: address(next.url) }, next === place ? "Go on there" : `Go on with ${next.called}`), ".");
    this.append(line);
  }
}

customElements.define("study-continue", Continue);
