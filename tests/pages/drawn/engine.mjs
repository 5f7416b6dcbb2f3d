// The components' modules without a browser: reads [{module, call, args}] from the standard input and answers as JSON.
// {value} answers with itself. An argument {answer: n} is the answer to call n, and "widthOf", where a call takes widthOf, a
// ruler of plain widths, 0.55 of the size for a letter.

import { readFileSync } from "node:fs";

const plain = (text, size) => [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 1 : 0.55), 0) * size;
const asked = JSON.parse(readFileSync(0, "utf8"));
const answers = [];
for (const { module, call, args, value } of asked) {
  if (value !== undefined) {
    answers.push(value);
    continue;
  }
  const found = await import(new URL(`../../../pages/drawn/${module}.js`, import.meta.url));
  const given = args.map((each) => (each === "widthOf" ? plain : each?.answer === undefined ? each : answers[each.answer]));
  answers.push(found[call](...given));
}
const asData = (key, value) => (value instanceof Map ? Object.fromEntries(value) : value);
process.stdout.write(JSON.stringify(answers, asData));
