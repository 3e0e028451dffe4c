"use strict";
// A job: says what it did and ends. Nothing to shut down.

const what = process.argv[2] || "job";
console.log(`${new Date().toISOString()} ${what}: done`);
