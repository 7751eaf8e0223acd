// Wakes the elements of the study site: <study-quiz> is defined by quiz.js, and so on. A module is fetched when a page
// has its element; without scripts, what stands inside the element is shown as it is.
const wake = () => {
  for (const element of document.querySelectorAll(":not(:defined)")) {
    if (element.localName.startsWith("study-")) import(`./${element.localName.slice(6)}.js`);
  }
};
const arrive = () => {
  wake();
  import("./everywhere.js").then((everywhere) => everywhere.arrive());
};
if (window.document$) window.document$.subscribe(arrive); // Material: also after instant navigation
else arrive();
