"use strict";
// A small HTTP service: answers with what its definition says, so that an edit
// of the definition can be seen with curl. `--quiet` logs no requests.

const http = require("node:http");

const host = process.env.HOST || "127.0.0.1";
const port = Number(process.env.PORT || 28417);
const quiet = process.argv.includes("--quiet");

const server = http.createServer((request, response) => {
  if (!quiet) console.log(`${request.method} ${request.url}`);
  response.setHeader("content-type", "application/json");
  // One answer per connection: a kept one would hold up the shutdown.
  response.setHeader("connection", "close");
  const answer = { app: process.env.name, pid: process.pid, greeting: process.env.GREETING };
  response.end(`${JSON.stringify(answer)}\n`);
});

server.listen(port, host, () => console.log(`listening on http://${host}:${port}/`));

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => server.close(() => process.exit(0)));
}
