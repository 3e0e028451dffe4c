//! The pinned canonical forms mean to PM2 what the definitions mean that they
//! come from: PM2's own checks make the same of both.

use crate::support::{Sandbox, repository, run};

/// Lets PM2 settle each pair of a definition and its canonical form, and
/// prints the pairs of which it makes two things.
const JUDGE: &str = r#"
const [root, file] = process.argv.slice(1);
const { isDeepStrictEqual } = require("node:util");
// It would install packages to trace with.
require(`${root}/lib/OtelManager.js`).ensureInstalled = () => true;
const { verifyConfs } = require(`${root}/lib/Common.js`);
console.log = console.error = () => {};
// As a process gets them, and as PM2 acts on them.
const words = (list) => (list && list.length > 0 ? list.map(String) : undefined);
const text = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
const variables = (map) => {
  if (!map || typeof map !== "object") return map || undefined;
  const entries = Object.entries(map).map(([name, value]) => [name, text(value)]);
  return entries.length > 0 ? Object.fromEntries(entries.sort()) : undefined;
};
const settled = (line) => {
  const [app] = [].concat(verifyConfs([JSON.parse(line)]));
  if (app instanceof Error) return app.message;
  if (app.port && app.env) app.env.PORT = app.port;
  const plain = { ...app, args: words(app.args), node_args: words(app.node_args) };
  for (const key of Object.keys(plain)) if (/^env(_|$)/.test(key)) plain[key] = variables(plain[key]);
  for (const key of ["log_file", "filter_env"]) if (!plain[key] || plain[key].length === 0) delete plain[key];
  for (const key of ["pid_file"]) if (!plain[key]) delete plain[key];
  if (plain.exec_mode) plain.exec_mode = plain.exec_mode.replace(/^(fork|cluster)$/, "$1_mode");
  if (plain.instances) plain.instances = Math.trunc(plain.instances);
  if (Number.isNaN(plain.stop_exit_codes)) delete plain.stop_exit_codes;
  return JSON.parse(JSON.stringify(plain));
};
const lines = require("node:fs").readFileSync(file, "utf8").split("\n");
let pairs = 0;
for (const [at, line] of lines.entries()) {
  if (!line.startsWith("{")) continue;
  pairs += 1;
  const [one, other] = [settled(line), settled(lines[at + 1].slice(3))];
  if (!isDeepStrictEqual(one, other)) process.stdout.write(`${line}\n  ${JSON.stringify(one)}\n  ${JSON.stringify(other)}\n`);
}
process.stdout.write(`${pairs} pairs\n`);
"#;

#[test]
fn pm2_makes_the_same_of_a_definition_and_of_its_canonical_form() {
    let sandbox = Sandbox::new();
    let mut node = sandbox.command("node", sandbox.folder());
    let pm2 = repository().join("node_modules/pm2");
    let golden = repository().join("src/core/definition/canonical/golden.txt");
    let judged = run(node.args(["-e", JUDGE]).arg(pm2).arg(golden)).exits(0);
    let lines: Vec<&str> = judged.stdout.lines().collect();
    assert_eq!(lines.len(), 1, "{}", judged.stdout);
    let pairs: usize = lines[0].trim_end_matches(" pairs").parse().unwrap();
    assert!(pairs >= 30, "{pairs}");
}
