// Models of the default run, stopped between its beginning and its end. When Python says that it has not got one (any
// more), it is fetched and brought.
import PLACES from "./places.js";
import { ask, PythonError } from "./python.js";

/**
 * Call a function whose first argument is the number of steps after which the model is looked at.
 * @param {string} call @param {any[]} args @param {{seconds?: number}} settings
 */
export const askOfModel = async (call, args, settings) => {
  try {
    return await ask(call, args, settings);
  } catch (error) {
    if (!(error instanceof PythonError) || error.name !== "NotKeptError") throw error;
    await bring(args[0]);
    return ask(call, args, settings);
  }
};

/** @param {number} step */
const bring = async (step) => {
  const address = new URL(PLACES.book.replace(/\.zip$/, `-after-${step}.json`), import.meta.url);
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The model after ${step} steps cannot be loaded (${answer.status}).`);
  await ask("microgpt.study.live.names.keep", [step, await answer.json()]);
};
