// Runs cells in the Python of the pages, outside of a browser:
//     node node.mjs PYODIDE_FOLDER PACKAGE.zip CELLS.json RESULTS.json
// Each result is written at once, so that what ends Python can be told.
import { appendFileSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, packed, cells, results] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const python = await loadPyodide({ indexURL: folder, stdout: () => {} });
python.unpackArchive(new Uint8Array(readFileSync(packed)), "zip", { extractDir: "/book" });
python.runPython("import sys; sys.path.insert(0, '/book')");
const answer = python.pyimport("microgpt.study.calls").call;

for (const { owner, code, text } of JSON.parse(readFileSync(cells, "utf-8"))) {
  const began = performance.now();
  const told = answer("microgpt.study.cells.run_cell", JSON.stringify([owner, code, text]));
  appendFileSync(results, `${JSON.stringify({ seconds: (performance.now() - began) / 1000, ...JSON.parse(told) })}\n`);
}
