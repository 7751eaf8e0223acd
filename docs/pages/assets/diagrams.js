// Stands in for the global `mermaid` that Material looks for, so that it never asks another machine for one.
// The library itself comes from this site, and only when a page has a diagram to draw. Every page loads this script,
// since one may come to a diagram by instant navigation; mkdocs-mermaid2-plugin adds it once more where there is one.
(function () {
  "use strict";
  if (window.mermaid) return;
  const source = new URL("vendor/mermaid/dist/mermaid.esm.min.mjs", document.currentScript.src).href;
  const SIZE = 15; // of the text, in pixels, and the least to which a diagram may shrink it
  const LEAST = 13;
  const NARROW = 480; // a place for a diagram on a phone
  const LOOK = `
    .node rect, .node polygon, .node circle { stroke-width: 1.5px; }
    .node rect { rx: 6px; ry: 6px; }
    .flowchart-link { stroke-width: 1.4px; }
    .edgeLabel p { padding: 0 3px; }
    .labelBkg { background: var(--md-mermaid-label-bg-color); }
    .cluster rect { fill: none; stroke: var(--figure-faint); stroke-dasharray: 4 3; rx: 6px; ry: 6px; }
  `;
  let options = {};
  let library;
  let queue = Promise.resolve();

  const load = () =>
    (library ??= import(source).then(({ default: mermaid }) => {
      const wide = matchMedia("(min-width: 45em)").matches;
      mermaid.initialize({
        ...options,
        securityLevel: "strict",
        startOnLoad: false,
        theme: "base",
        themeVariables: { fontSize: `${SIZE}px` },
        themeCSS: (options.themeCSS ?? "") + LOOK,
        flowchart: {
          useMaxWidth: false,
          nodeSpacing: wide ? 26 : 14,
          rankSpacing: wide ? 34 : 28,
          padding: wide ? 10 : 6,
          wrappingWidth: wide ? 200 : 120,
        },
      });
      return mermaid;
    }));

  // How wide a diagram can be: Material gives its text, and not the element that it stands in.
  const roomFor = (text) => {
    const one = [...document.querySelectorAll("pre.mermaid")].find((element) => element.textContent === text);
    return one?.parentElement.clientWidth || document.documentElement.clientWidth;
  };

  const widthOf = ({ svg }) => Number(/viewBox="\S+ \S+ (\S+)/.exec(svg)[1]);

  // As it is written, if there is room for it; else, and on every phone, from the top downwards.
  async function drawn(mermaid, id, text) {
    const room = roomFor(text);
    const down = text.replace(/^(\s*(?:graph|flowchart)\s+)LR\b/, "$1TD");
    let drawing = await mermaid.render(id, room < NARROW ? down : text);
    if (widthOf(drawing) * LEAST > room * SIZE && room >= NARROW) drawing = await mermaid.render(id, down);
    const width = widthOf(drawing);
    const size = `width: 100%; max-width: ${width}px; min-width: ${(width * LEAST) / SIZE}px; height: auto;`;
    const svg = drawing.svg.replace(/<svg[^>]*>/, (tag) =>
      tag.replace(/ (?:width|height|style)="[^"]*"/g, "").replace("<svg", `<svg style="${size}"`),
    );
    return { ...drawing, svg };
  }

  window.mermaid = {
    initialize(given) {
      options = given;
    },
    render(id, text) {
      queue = queue
        .catch(() => {})
        .then(load)
        .then((mermaid) => drawn(mermaid, id, text));
      return queue;
    },
  };
})();
