// The book as the scripts know it: chapters and routes from contents.js, which the build writes, and where one is.
import { chapters, routes } from "./contents.js";
import { read } from "./store.js";

const ROOT = new URL("../../", import.meta.url);

export { chapters, routes };
export const address = (path) => new URL(path, ROOT).href;
export const chapterOf = (module) => chapters.find((chapter) => chapter.module === module);
const places = new Map(chapters.map((chapter) => [new URL(chapter.url, ROOT).pathname, chapter]));
export const chapterAt = (place) => places.get(new URL(place).pathname);

// How many of some things are done.
export const done = (kind, names) => {
  const kept = read()[kind];
  return names.filter((name) => kept[name]).length;
};
export const modules = (some = chapters) => some.map((chapter) => chapter.module);

// The stop before and after a chapter on the route that is followed; nothing if it is not on it.
export const stopOn = (route, module) => {
  const place = route ? route.stops.findIndex((stop) => stop.chapter === module) : -1;
  if (place < 0) return undefined;
  return { ...route.stops[place], number: place + 1, before: route.stops[place - 1], after: route.stops[place + 1] };
};
export const followed = () => routes.find((route) => route.key === read().route);

// Elements from texts and elements: make("a", { href: "..." }, "a text").
export const make = (name, attributes = {}, ...inside) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
};

/** @param {string} text @param {() => void} act @param {Record<string, string>} attributes */
export const button = (text, act, attributes = {}) => {
  const made = make("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
};

/** A button as large as a link that leads on. @param {string} text @param {() => void} act */
export const largeButton = (text, act) => button(text, act, { class: "md-button" });

// Calls `show` at once and whenever something is marked, as long as the element stands in the page.
export class Live extends HTMLElement {
  connectedCallback() {
    this.listener ??= () => this.show();
    document.addEventListener("study:progress", this.listener);
    this.show();
  }

  disconnectedCallback() {
    document.removeEventListener("study:progress", this.listener);
  }
}
