// Stands in for the global `mermaid` that Material looks for, so that it never asks another machine for one.
// The library itself comes from this site, and only when a page has a diagram to draw. Every page loads this script,
// since one may come to a diagram by instant navigation; mkdocs-mermaid2-plugin adds it once more where there is one.
(function () {
  "use strict";
  if (window.mermaid) return;
  const source = new URL("vendor/mermaid/dist/mermaid.esm.min.mjs", document.currentScript.src).href;
  let options = {};
  let library;
  let queue = Promise.resolve();
  const load = () =>
    (library ??= import(source).then(({ default: mermaid }) => {
      const wide = matchMedia("(min-width: 45em)").matches; // on a phone: scroll, do not shrink
      const flowchart = { useMaxWidth: wide, nodeSpacing: 24, rankSpacing: 32, padding: 10, wrappingWidth: 150 };
      mermaid.initialize({ securityLevel: "strict", ...options, flowchart, startOnLoad: false });
      return mermaid;
    }));
  window.mermaid = {
    initialize(given) {
      options = given;
    },
    render(id, text) {
      queue = queue.catch(() => {}).then(load).then((mermaid) => mermaid.render(id, text));
      return queue;
    },
  };
})();
