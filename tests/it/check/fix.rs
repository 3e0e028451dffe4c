//! `--fix` changes what is certain, and nothing else; `--diff` shows it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::check::sandbox::Sandbox;

const SOURCE: &str = "(ns web\r\n  (:require [clobber.macro :refer [defapp]]))\r\n\r\n\
    ; kept as it is\r\n(defapp \"web\" {:script \"web.js\",   :max-restarts 5\t:resart_delay 1})\r\n";

fn broken() -> Sandbox {
    let sandbox = Sandbox::clean();
    sandbox.stage("ecosystems/web.cljs", SOURCE);
    sandbox.stage("README.md", "pm2-clj is gone:\n\n    $ pm2 start ecosystem.pm2.edn\n");
    sandbox.stage(".clobber/index.cjs", "module.exports = {};\n");
    sandbox.stage(".gitignore", "node_modules/");
    sandbox
}

#[test]
fn what_is_certain_is_put_right_once() {
    let sandbox = broken();
    let said = sandbox.check(&["--fix"]);
    assert_eq!(said.code, 1);
    assert_eq!(
        said.err,
        "fixed .clobber/index.cjs: took `.clobber/index.cjs` out of the index (generated-committed)\n\
         fixed .clobber/index.cjs: added `/.clobber/` to `.gitignore` (generated-not-ignored)\n\
         fixed README.md:3:17: `ecosystem.pm2.edn` is now `ecosystem.config.cjs` (legacy-reference)\n\
         fixed ecosystems/web.cljs:5:36: `max-restarts` is now `max_restarts` (unknown-option)\n"
    );
    assert_eq!(sandbox.read("ecosystems/web.cljs"), SOURCE.replace("max-restarts", "max_restarts"));
    assert_eq!(sandbox.read("README.md"), "pm2-clj is gone:\n\n    $ pm2 start ecosystem.config.cjs\n");
    assert_eq!(sandbox.read(".gitignore"), "node_modules/\n/.clobber/\n");
    assert_eq!(sandbox.git(&["ls-files", ".clobber"]), "");
    assert!(sandbox.path(".clobber/index.cjs").exists());

    let before = sandbox.git(&["status", "--porcelain=v2"]);
    let again = sandbox.check(&["--fix"]);
    assert_eq!((again.code, again.err.as_str()), (1, ""));
    assert_eq!(sandbox.git(&["status", "--porcelain=v2"]), before);
    sandbox.git(&["add", "-A"]);
    assert_eq!(
        sandbox.found(&[]),
        ["legacy-reference README.md:1:1", "unknown-option ecosystems/web.cljs:5:52"]
    );
}

#[test]
fn a_diff_changes_nothing_and_applies() {
    let sandbox = broken();
    sandbox.git(&["rm", "-q", "--cached", ".gitignore"]);
    fs::remove_file(sandbox.path(".gitignore")).unwrap();
    let before = sandbox.git(&["status", "--porcelain=v2"]);
    let said = sandbox.check(&["--diff"]);
    assert_eq!(said.code, 1);
    assert!(said.out.starts_with("# git rm --cached .clobber/index.cjs\n"), "{}", said.out);
    assert_eq!(sandbox.git(&["status", "--porcelain=v2"]), before);
    fs::write(sandbox.path("../patch"), &said.out).unwrap();
    sandbox.git(&["apply", "../patch"]);
    assert_eq!(sandbox.read(".gitignore"), "/.clobber/\n");
    assert_eq!(sandbox.read("ecosystems/web.cljs"), SOURCE.replace("max-restarts", "max_restarts"));
}

#[test]
fn permissions_stay_and_links_are_not_written_through() {
    let sandbox = broken();
    let path = sandbox.path("ecosystems/web.cljs");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    sandbox.check(&["--fix", "ecosystems"]);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(sandbox.read(".gitignore"), "node_modules/", "only what was asked for is changed");
}

#[test]
fn with_everything_put_right_the_check_is_clean() {
    let sandbox = Sandbox::clean();
    sandbox.stage(".gitignore", "");
    sandbox.stage(".clobber/index.cjs", "");
    assert_eq!(sandbox.check(&["--fix", "--strict"]).code, 0);
    assert_eq!(sandbox.check(&["--strict"]).code, 0);
}

#[test]
fn a_key_that_is_read_elsewhere_is_not_renamed() {
    let sandbox = Sandbox::clean();
    let source = "(ns web\n  (:require [clobber.macro :refer [defapp]]))\n\n\
        (def base {:script \"web.js\" :max-restarts 5})\n(defapp \"web\" base)\n\
        (defapp \"other\" {:script \"web.js\" :max_restarts (:max-restarts base)})\n";
    sandbox.stage("ecosystems/web.cljs", source);
    assert_eq!(sandbox.check(&["--fix"]).code, 1);
    assert_eq!(sandbox.read("ecosystems/web.cljs"), source);
}

#[test]
fn a_word_of_prose_and_another_file_are_left_to_the_reader() {
    let sandbox = Sandbox::clean();
    let text = "Never run `pm2 start ecosystem.pm2.edn`.\n\n    pm2 start web.pm2.edn\n    pm2 delete ecosystem.pm2.edn\n";
    sandbox.stage("README.md", text);
    assert_eq!(sandbox.check(&["--fix"]).code, 1);
    assert_eq!(sandbox.read("README.md"), text);
}

#[test]
fn a_patch_has_one_format() {
    assert_eq!(broken().check(&["--diff", "--format", "json"]).code, 2);
}

#[test]
fn a_string_silences_nothing() {
    let sandbox = Sandbox::clean();
    let source = "(ns web\n  (:require [clobber.macro :refer [defapp]]))\n\n\
        (defapp \"web\" {:script \"web.js\" :args \"; pm2sync: allow(unknown-option) no\" :max-restarts 3})\n";
    sandbox.stage("ecosystems/web.cljs", source);
    assert_eq!(sandbox.found(&[]), ["unknown-option ecosystems/web.cljs:4:77"]);
}
