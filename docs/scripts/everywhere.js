// What every page does with what is kept: it notes the place, ticks the chapters that are read in the navigation, and
// on the pages of a route that is followed it says where one is, and leads Next and Previous along the route.
import { address, chapterAt, chapterOf, followed, largeButton, make, stopOn } from "./course.js";
import { read, write } from "./store.js";

const tick = () => {
  const { chapters } = read();
  for (const link of document.querySelectorAll(".md-nav--primary a.md-nav__link[href]")) {
    const at = new URL(link.href);
    const chapter = at.origin === location.origin && !at.hash && chapterAt(at);
    if (!chapter) continue;
    const titles = [link];
    const label = link.previousElementSibling; // a phone shows it in place of the link to the page that is open
    if (label?.matches("label[for=__toc]")) titles.push(label);
    for (const title of titles) {
      title.querySelector(".study-tick")?.remove();
      if (chapters[chapter.module]) title.append(make("span", { class: "study-tick", role: "img", "aria-label": "read" }));
    }
  }
};

// The theme's own links at the foot of the page, as they were before a route changed them.
let original;

const link = (direction, words, target) => {
  const old = document.querySelector(`.md-footer__link--${direction}`);
  if (!old) return;
  old.href = target.href;
  old.setAttribute("aria-label", `${words}: ${target.title}`);
  old.querySelector(".md-footer__direction").textContent = words;
  old.querySelector(".md-ellipsis").textContent = target.title;
  const rel = document.querySelector(`link[rel=${direction}]`); // for the theme's keys, "n" and "p"
  if (rel) rel.href = target.href;
};

const target = (stop) => {
  if (!stop) return { href: address("routes/"), title: "All routes" };
  const chapter = chapterOf(stop.chapter);
  return { href: address(chapter.url), title: chapter.called };
};

const bar = (route, stop) => {
  const leave = largeButton("Leave the route", () => write({ ...read(), route: "" }));
  const where = make("p", {}, make("a", { href: address("routes/") }, `Route “${route.name}”`));
  where.append(`, stop ${stop.number} of ${route.stops.length}, ${stop.time}. `);
  if (stop.read.length) {
    where.append("Read here: ");
    for (const [place, [title, anchor]] of stop.read.entries()) {
      where.append(place ? ", " : "", make("a", { href: `#${anchor}` }, title));
    }
    where.append(".");
  }
  return make("nav", { class: "study-on-route", "aria-label": "Your route" }, where, leave);
};

const follow = () => {
  const nav = document.querySelector(".md-footer__inner");
  if (nav && original?.nav === nav) nav.replaceChildren(...original.links.map((one) => one.cloneNode(true)));
  else original = nav && { nav, links: [...nav.childNodes].map((one) => one.cloneNode(true)) };
  document.querySelector(".study-on-route")?.remove();
  document.body.classList.remove("follows-route"); // on a route, the book's next chapter is not the next
  const route = followed();
  const stop = stopOn(route, chapterAt(location)?.module);
  if (!stop) return;
  document.body.classList.add("follows-route");
  link("prev", `${route.name}: previous`, target(stop.before));
  link("next", stop.after ? `${route.name}: next` : `${route.name}: this was the last stop`, target(stop.after));
  document.querySelector(".md-content__inner h1")?.after(bar(route, stop));
};

const note = () => {
  const chapter = chapterAt(location);
  if (chapter && read().place !== chapter.module) write({ ...read(), place: chapter.module });
};

const refresh = () => {
  tick();
  follow();
};

document.addEventListener("study:progress", refresh);

// A table that is wider than its place can be scrolled with the keyboard, too.
const widths = new ResizeObserver((changed) => {
  for (const { target } of changed) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

// The header names the section that one reads; a chapter is many screens long.
const section = make("span", { class: "topic-section", "aria-hidden": "true" });
let waiting = 0;
const topic = () => {
  waiting = 0;
  const begun = [...document.querySelectorAll(".contents li > a")].filter((link) => {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    return heading?.checkVisibility() && heading.getBoundingClientRect().top < innerHeight / 3;
  });
  section.textContent = begun.length ? ` · ${begun.at(-1).textContent}` : "";
  document.querySelector("[data-md-component=header-topic] .md-ellipsis")?.append(section);
};
addEventListener("scroll", () => (waiting ||= requestAnimationFrame(topic)), { passive: true });

export const arrive = () => {
  widths.disconnect();
  for (const wrap of document.querySelectorAll(".md-typeset__scrollwrap")) widths.observe(wrap);
  note();
  refresh();
};
