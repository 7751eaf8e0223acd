/* Questions can be asked as sentences. The theme looks for every word of a query as the beginning of a word, so that
   "what is a token" would find all that begins with "a". Small words are left out on the way to its worker. */

const SMALL = new Set(
  ("a an and are as at be by can could did do does for from go goes had has have how i if in into is it its me my of on " +
    "or our should so some than that the their then there these this to was we were what when where which who why will " +
    "with would you your").split(" "),
);
const QUERY = 2; // the kind of message

/** Leave out the small words of a query, unless there are no others; whole words count more than beginnings. */
export function essence(query) {
  const words = query.replace(/[?!,;]/g, " ").split(/\s+/).filter(Boolean);
  const rest = words.filter((word) => !SMALL.has(word.toLowerCase()));
  const kept = rest.length ? rest : words;
  const whole = kept.filter((word) => /^\w+$/.test(word)).map((word) => `${word}^4`);
  return [...kept, ...whole].join(" ");
}

const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...more) {
  const asks = message?.type === QUERY && typeof message.data === "string";
  return post.call(this, asks ? { ...message, data: essence(message.data) } : message, ...more);
};
