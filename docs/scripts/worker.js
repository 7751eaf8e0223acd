// @ts-check
// The worker: it loads Python and the package, and then answers one call after another (see python.js).

/** @type {(name: string, args: string) => string} */
let answer;

/** @param {{pyodide: string, book: string}} places */
const load = async ({ pyodide, book }) => {
  const [{ loadPyodide }, packed] = await Promise.all([import(`${pyodide}pyodide.mjs`), fetch(book)]);
  if (!packed.ok) throw new Error(`the package cannot be loaded: ${packed.status}`);
  const python = await loadPyodide({ indexURL: pyodide, stdin: () => null, stdout: () => {}, stderr: () => {} });
  python.unpackArchive(await packed.arrayBuffer(), "zip", { extractDir: "/book" });
  python.runPython("import sys; sys.path.insert(0, '/book')");
  answer = python.pyimport("microgpt.study.calls").call;
};

/** @param {MessageEvent<{pyodide: string, book: string} | {function: string, args: string}>} message */
self.onmessage = async ({ data }) => {
  try {
    if ("pyodide" in data) {
      await load(data);
      self.postMessage({ ready: true });
    } else {
      self.postMessage({ answer: answer(data.function, data.args) });
    }
  } catch (error) {
    self.postMessage({ died: String(error).split("\n").findLast(Boolean) });
  }
};
