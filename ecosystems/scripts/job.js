"use strict";
// A job: says what it did and ends. It has to say so: the channel that PM2 opens
// to each of its processes would keep node alive.

const what = process.argv[2] || "job";
console.log(`${new Date().toISOString()} ${what}: done`);
process.exit(0);
