//! Loading definitions with a real node, whatever the file does meanwhile.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use pm2sync::adapters::node::{LoadCause, LoadError, Loaded, Loader, load};
use pm2sync::adapters::process::{Program, run};
use serde_json::{Value, json};

use crate::adapters::home::{LIMIT, environment, node};

fn load_in(folder: &Path, source: &str, limit: Duration) -> Result<Loaded, LoadError> {
    fs::create_dir_all(folder.join(".clobber")).unwrap();
    fs::write(folder.join(".clobber/index.cjs"), source).unwrap();
    let environment = environment(&[("SECRET", "s3cret"), ("OTHER", "1")]);
    let with = Loader { node: &node(), package: None, directory: folder, environment: &environment };
    load(with, Path::new(".clobber/index.cjs"), limit)
}

fn loaded(source: &str) -> Loaded {
    load_in(tempfile::tempdir().unwrap().path(), source, LIMIT).unwrap()
}

fn failure(source: &str) -> LoadCause {
    load_in(tempfile::tempdir().unwrap().path(), source, LIMIT).unwrap_err().cause
}

fn unsayable(place: &str, what: &str) -> LoadCause {
    LoadCause::NotPlainData { place: place.into(), what: what.into() }
}

#[test]
fn the_value_is_what_json_makes_of_it() {
    let loaded = loaded(
        "module.exports = {apps: [{name: 'a', n: 1/0, u: undefined, l: [undefined], d: new Date(0)}], deploy: {x: 1}}",
    );
    let apps = json!([{ "name": "a", "n": null, "l": [null], "d": "1970-01-01T00:00:00.000Z" }]);
    assert_eq!(loaded.value, json!({ "apps": apps, "deploy": { "x": 1 } }));
    assert_eq!((loaded.variables.len(), loaded.enumerated, loaded.printed), (0, false, Vec::new()));
}

#[test]
fn a_file_sees_the_globals_that_it_sees_under_pm2() {
    let names = "Object.getOwnPropertyNames(globalThis).sort()";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("names.cjs"), format!("console.log(JSON.stringify({names}))")).unwrap();
    let program = Program {
        path: node(),
        args: vec!["names.cjs".into()],
        directory: folder.path().into(),
        environment: environment(&[]),
    };
    let usual: Value = serde_json::from_slice(&run(&program, LIMIT).unwrap().stdout).unwrap();
    assert_eq!(loaded(&format!("module.exports = [{{names: {names}}}]")).value["apps"][0]["names"], usual);
    for name in ["file", "answer", "os", "exported"] {
        let LoadCause::Threw { message, .. } = failure(&format!("{name}.x")) else {
            panic!("`{name}` is there")
        };
        assert_eq!(message, format!("ReferenceError: {name} is not defined"));
    }
}

#[test]
fn every_form_that_pm2_takes_is_taken() {
    let apps = json!({ "apps": [{ "script": "x.js" }] });
    for source in [
        "{apps: [{script: 'x.js'}]}",
        "{apps: {script: 'x.js'}}",
        "{pm2: [{script: 'x.js'}]}",
        "[{script: 'x.js'}]",
        "{script: 'x.js'}",
    ] {
        assert_eq!(loaded(&format!("module.exports = {source}")).value, apps, "{source}");
    }
    assert_eq!(loaded("module.exports = {apps: []}").value, json!({ "apps": [] }));
}

#[test]
fn what_it_prints_and_does_to_the_console_disturbs_nothing() {
    let source = "const fs = require('fs'); console.log('x'.repeat(20000)); fs.writeSync(2, 'beside');
        console.log = () => { throw 1 }; process.stdout.write = console.log; JSON.stringify = () => 'no';
        fs.writeSync = console.log; Error.prepareStackTrace = () => 1; process.exit = console.log;
        module.exports = {apps: [{name: process.env.OTHER}]}";
    let loaded = loaded(source);
    assert_eq!(loaded.value, json!({ "apps": [{ "name": "1" }] }));
    assert_eq!(loaded.printed.len(), 20001 + "beside".len());
    assert!(loaded.variables.contains("OTHER"));
}

#[test]
fn the_variables_it_reads_are_known_and_nodes_own_are_not() {
    let loaded = loaded(
        "require('child_process').execFileSync('true'); console.log('colours are looked up');
        const {SECRET, UNSET} = process.env; 'ASKED' in process.env; Object.hasOwn(process.env, 'OWNED');
        module.exports = {apps: [{name: 'a', env: {SECRET}}]}",
    );
    let names: Vec<_> = loaded.variables.iter().map(String::as_str).collect();
    assert_eq!(names, ["ASKED", "OWNED", "SECRET", "UNSET"]);
    assert!(!loaded.enumerated);
}

#[test]
fn going_through_all_variables_is_known() {
    for way in [
        "({...process.env})",
        "Object.keys(process.env)",
        "for (const k in process.env);",
        "JSON.stringify(process.env)",
    ] {
        assert!(loaded(&format!("{way}; module.exports = {{apps: []}}")).enumerated, "{way}");
    }
}

#[test]
fn a_throw_names_its_message_and_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let error = load_in(folder.path(), "const a = 1;\nfunction f() { null.x }\nf();", LIMIT).unwrap_err();
    let LoadCause::Threw { message, place } = &error.cause else { panic!("{error}") };
    assert_eq!(message, "TypeError: Cannot read properties of null (reading 'x')");
    assert!(place.as_ref().unwrap().ends_with(".clobber/index.cjs:2:21"), "{place:?}");

    let error = load_in(folder.path(), "\n\nmodule.exports = {", LIMIT).unwrap_err();
    let LoadCause::Threw { message, place } = &error.cause else { panic!("{error}") };
    assert!(message.starts_with("SyntaxError"), "{message}");
    assert!(place.as_ref().unwrap().ends_with("index.cjs:3"), "{place:?}");

    assert_eq!(failure("throw 'plain'"), LoadCause::Threw { message: "plain".into(), place: None });
    assert!(matches!(failure("throw {toString() { throw 1 }}"), LoadCause::Threw { .. }));
    assert!(matches!(failure("require('./absent')"), LoadCause::Threw { .. }));
}

#[test]
fn an_exit_while_loading_is_named() {
    assert_eq!(failure("console.log('bye'); process.exit(0)"), LoadCause::Exited { code: 0 });
    assert_eq!(failure("process.exit(3)"), LoadCause::Exited { code: 3 });
    assert!(matches!(failure("process.kill(process.pid, 'SIGKILL')"), LoadCause::Broken { .. }));
}

#[test]
fn what_pm2_could_not_use_is_named() {
    assert_eq!(failure("module.exports = Promise.resolve({apps: []})"), LoadCause::Promise);
    assert_eq!(failure("module.exports = {apps: Promise.resolve([])}"), LoadCause::Promise);
    assert_eq!(failure("module.exports = () => ({apps: []})"), LoadCause::Function);
    for source in [
        "",
        "module.exports = null",
        "module.exports = {name: 'a'}",
        "module.exports = {apps: 'a'}",
        "module.exports = 5",
    ] {
        assert_eq!(failure(source), LoadCause::NoApps, "{source}");
    }
}

/// Since node 20.19 an ES module can be required, unless it awaits something.
#[test]
fn an_es_module_that_pm2_could_not_use_is_named() {
    assert_eq!(failure("exports.default = {apps: [{name: 'a', script: 'a.js'}]}"), LoadCause::Default);
    assert_eq!(loaded("exports.default = 1; exports.apps = [{name: 'a'}]").value["apps"][0]["name"], "a");
    let folder = tempfile::tempdir().unwrap();
    let module = |text: &str| {
        fs::write(folder.path().join("ecosystem.config.mjs"), text).unwrap();
        let (node, environment) = (node(), environment(&[]));
        let with = Loader { node: &node, package: None, directory: folder.path(), environment: &environment };
        load(with, Path::new("ecosystem.config.mjs"), LIMIT)
    };
    let cause = module("await 0; export const apps = [{name: 'a', script: 'a.js'}]").unwrap_err().cause;
    assert_eq!(cause, LoadCause::Module);
    let cause = module("export default {apps: [{name: 'a', script: 'a.js'}]}").unwrap_err().cause;
    assert!(matches!(cause, LoadCause::Default | LoadCause::Module), "{cause:?}");
    match module("export const apps = [{name: 'a', script: 'a.js'}]") {
        Ok(loaded) => assert_eq!(loaded.value["apps"][0]["name"], "a"),
        Err(error) => assert_eq!(error.cause, LoadCause::Module, "{error}"),
    }
}

#[test]
fn what_json_cannot_say_is_named_with_its_place() {
    assert_eq!(
        failure("module.exports = {apps: [{}, {env: {'A-B': 1n}}]}"),
        unsayable("apps[1].env[\"A-B\"]", "a BigInt")
    );
    assert_eq!(
        failure("module.exports = {apps: [{args: () => 1}]}"),
        unsayable("apps[0].args", "a function")
    );
    assert_eq!(
        failure("const a = {}; a.b = [a]; module.exports = {apps: [a]}"),
        unsayable("apps[0].b[0]", "a circular value")
    );
    assert_eq!(
        loaded("const e = {X: '1'}; module.exports = {apps: [{env: e}, {env: e}]}").value["apps"][1]["env"]["X"],
        "1"
    );
}

#[test]
fn what_takes_for_ever_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    for source in ["for (;;);", "for (;;) require('fs').writeSync(1, 'x'.repeat(65536))"] {
        let limit = Duration::from_millis(700);
        let started = Instant::now();
        let error = load_in(folder.path(), source, limit).unwrap_err();
        assert_eq!(error.cause, LoadCause::TimedOut { limit });
        assert!(error.printed.len() <= 2 << 20);
        assert!(started.elapsed() < LIMIT, "{:?}", started.elapsed());
    }
}

#[test]
fn what_it_leaves_running_does_not_matter() {
    let source = "setInterval(() => {}, 1000); require('net').createServer().listen(0);
        require('child_process').spawn('sleep', ['40'], {stdio: 'inherit'});
        module.exports = {apps: [{name: 'a', big: 'x'.repeat(3000000)}]}";
    // Had it waited for them, its time would have been over.
    assert_eq!(loaded(source).value["apps"][0]["big"].as_str().unwrap().len(), 3_000_000);
}

#[test]
fn reading_its_standard_input_gives_nothing_and_does_not_hang() {
    let loaded = loaded("module.exports = {apps: [{name: 'a' + require('fs').readFileSync(0)}]}");
    assert_eq!(loaded.value["apps"][0]["name"], "a");
}
