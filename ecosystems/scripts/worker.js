"use strict";
// A worker: wakes every so often (`--every 2s`) and counts what waits in
// QUEUE_DIR, which need not exist.

const fs = require("node:fs");

const every = Number.parseInt(process.argv[process.argv.indexOf("--every") + 1], 10) || 5;
const queue = process.env.QUEUE_DIR;

function waiting() {
  try {
    return queue ? fs.readdirSync(queue).length : 0;
  } catch {
    return 0;
  }
}

const timer = setInterval(() => {
  const found = waiting();
  if (found > 0) console.log(`${found} waiting`);
}, every * 1000);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    clearInterval(timer);
    process.exit(0);
  });
}
