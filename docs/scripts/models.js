// Models of the default run, stopped after some steps. When Python says that it has not got one (any more), it is fetched
// and brought: its parameters, or the run with Adam's averages.
import PLACES from "./places.js";
import { ask, PythonError } from "./python.js";

export const MODEL = { file: "after", keep: "microgpt.study.live.names.keep", given: (/** @type {any} */ parameters) => [parameters] };
export const RUN = { file: "run-after", keep: "microgpt.study.live.walk.keep_run", given: (/** @type {any[]} */ parts) => parts };

/**
 * Call a function whose first argument is the number of steps after which it looks.
 * @param {typeof MODEL} kind what it looks at @param {string} call @param {any[]} args @param {{seconds?: number, again?: boolean}} [settings]
 */
export const askOf = async (kind, call, args, settings) => {
  try {
    return await ask(call, args, settings);
  } catch (error) {
    if (!(error instanceof PythonError) || error.name !== "NotKeptError") throw error;
    await bring(kind, args[0]);
    return ask(call, args, settings);
  }
};

/** @param {typeof MODEL} kind @param {number} step */
const bring = async ({ file, keep, given }, step) => {
  const answer = await fetch(new URL(PLACES.book.replace(/\.zip$/, `-${file}-${step}.json`), import.meta.url));
  if (!answer.ok) throw new Error(`What was learned after ${step} steps cannot be loaded (${answer.status}).`);
  await ask(keep, [step, ...given(await answer.json())]);
};
