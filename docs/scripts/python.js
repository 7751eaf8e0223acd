// @ts-check
// Python for the pages: one worker for the whole visit. It is started by the first call, and again after a stop, a time
// limit or its death. Scripts that draw call `ask`; what is computed, Python computes.
import PLACES from "./places.js";

/** @typedef {"asleep" | "loading" | "idle" | "busy"} State */
/** @typedef {{function: string, args: unknown[], seconds: number, again: boolean, resolve: (result: any) => void, reject: (error: Error) => void}} Call */

export const MEGABYTES = PLACES.megabytes;
export const HAS_PYTHON = location.protocol !== "file:" && typeof Worker === "function";

/** A call that was not answered; its message is a sentence for the reader. */
export class Unanswered extends Error {}
/** One that took longer than it may. */
export class Endless extends Unanswered {}

/** An exception of Python. */
export class PythonError extends Error {
  /** @param {string} kind @param {string} message */
  constructor(kind, message) {
    super(message);
    this.name = kind;
  }
}

/** @type {Worker | null} */
let worker = null;
/** @type {Call[]} */
let calls = []; // the first of them is being answered, if `ready`
let ready = false;
let births = 1;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let limit;

/** How often Python was started: what it knew before is lost. */
export const age = () => births;

/** @returns {State} */
export const state = () => (!worker ? "asleep" : !ready ? "loading" : calls.length ? "busy" : "idle");

const tell = () => document.dispatchEvent(new CustomEvent("study:python", { detail: state() }));

const start = () => {
  const mine = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  worker = mine;
  mine.onmessage = ({ data }) => worker === mine && hear(data);
  mine.onerror = (event) => worker === mine && die(event.message);
  const at = (/** @type {string} */ path) => new URL(path, import.meta.url).href;
  mine.postMessage({ pyodide: at(PLACES.pyodide), book: at(PLACES.book) });
  limit = setTimeout(() => die("it did not start within two minutes"), 120_000);
  tell();
};

/** @param {{ready?: true, died?: string, answer?: string}} heard */
const hear = ({ died, answer }) => {
  clearTimeout(limit);
  if (died !== undefined) return die(died);
  ready = true;
  if (answer !== undefined) {
    const [call, { result, error, message }] = [calls.shift(), JSON.parse(answer)];
    if (error === undefined) call?.resolve(result);
    else call?.reject(new PythonError(error, message || error));
  }
  if (worker) next();
  tell();
};

const next = () => {
  const [call] = calls;
  if (!worker || !call) return;
  limit = setTimeout(
    () => end(`It ran for more than ${call.seconds} seconds and was stopped. Python has forgotten what was run before.`, Endless),
    call.seconds * 1000,
  );
  worker.postMessage({ function: call.function, args: JSON.stringify(call.args) });
};

/** What waits and needs nothing that is forgotten is asked again. @param {string} why @param {new (why: string) => Error} Kind */
const end = (why, Kind = Unanswered, isDead = false) => {
  clearTimeout(limit);
  worker?.terminate();
  worker = null;
  ready = false;
  births += 1;
  const [first, ...left] = calls;
  calls = left.filter((call) => call.again && !isDead);
  tell();
  first?.reject(new Kind(why));
  for (const call of left) if (!calls.includes(call)) call.reject(new Unanswered(why));
  if (calls.length) start();
};

/** @param {string} why */
const die = (why) =>
  end(`Python in this page has ended (${why || "it cannot be loaded"}). It starts anew when you run something.`, Unanswered, true);

/** Stop whatever runs. */
export const stop = () => end("Stopped. Python has forgotten what was run before.");

/**
 * Call a function of the package.
 * @param {string} name its full name
 * @param {unknown[]} args
 * @param {{seconds?: number, again?: boolean}} settings how long it may take; whether a Python that starts anew can answer
 * @returns {Promise<any>} its result, as JSON has it
 */
export const ask = (name, args = [], { seconds = 60, again = false } = {}) =>
  new Promise((resolve, reject) => {
    calls.push({ function: name, args, seconds, again, resolve, reject });
    if (!worker) start();
    else if (ready && calls.length === 1) next();
    tell();
  });
