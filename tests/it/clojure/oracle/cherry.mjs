// Evaluates expressions compiled by Cherry, over the real `cljs.core`:
// `node cherry.mjs IN OUT`, each a JSON array of texts.
import { readFileSync, writeFileSync } from "node:fs";
import { compileStringEx } from "cherry-cljs";
import * as core from "cherry-cljs/cljs.core.js";
import * as set from "cherry-cljs/lib/clojure.set.js";
import * as string from "cherry-cljs/lib/clojure.string.js";
import * as walk from "cherry-cljs/lib/clojure.walk.js";

const Async = Object.getPrototypeOf(async () => {}).constructor;

async function answer(expression) {
  try {
    const { body } = compileStringEx(`(pr-str (do ${expression}))`, {
      context: "expr", "elide-imports": true, "elide-exports": true,
    });
    const run = new Async("cherry_core", "set", "str", "walk", `return (${body});`);
    return await run(core, set, string, walk);
  } catch (error) {
    return `throws ${error?.message ?? error}`;
  }
}

const [input, output] = process.argv.slice(2);
const answers = [];
for (const expression of JSON.parse(readFileSync(input, "utf8"))) answers.push(await answer(expression));
writeFileSync(output, JSON.stringify(answers));
