//! What is wrong with a program is said with its place, all of it at once.

use crate::clojure::read_forms;
use crate::clojure::tests::exports;

fn error_of(text: &str) -> String {
    exports(&[("a.cljs", text)])
}

#[test]
fn what_shadow_cljs_warns_of_is_an_error() {
    assert_eq!(
        error_of("(ns a)\n(defn f [x]\n  (g x))"),
        "ecosystems/a.cljs:3:4: `g` is not declared; define or `:refer` it; if it is a core function that is not covered here, set `compiler = \"shadow-cljs\"` to compile with ClojureScript itself"
    );
    assert_eq!(
        error_of("(ns a)\n(defn f [x] x)\n(def y (f 1 2))"),
        "ecosystems/a.cljs:3:8: wrong number of arguments (2) for `f`"
    );
    assert_eq!(
        error_of("(ns a)\n(assoc {} :a)"),
        "ecosystems/a.cljs:2:1: wrong number of arguments (2) for `assoc`"
    );
    assert_eq!(
        error_of("(ns a)\n(def x 1)\n(def x 2)"),
        "ecosystems/a.cljs:3:6: `x` is defined twice; give one of them another name, or remove it"
    );
}

#[test]
fn what_shadow_cljs_refuses_is_an_error() {
    let cases = [
        ("(ns a)\n(def x {:a 1 :a 2})", "2:14: duplicate key `:a`"),
        ("(ns a)\n(def x #{1 1})", "2:12: duplicate key `1`"),
        ("(ns a)\n(def x {:a})", "2:9: a map needs a value for every key, but `:a` has none"),
        ("(ns a)\n(def x [1 2)", "2:8: `[` is not closed before `)`"),
        ("(ns a)\n(def x 1))", "2:10: unmatched `)`"),
        (
            "(ns a)\n(def x 1/2)",
            "2:8: the ratio `1/2` cannot be read; ClojureScript has no ratios; write a decimal number",
        ),
        ("(ns a)\n(def x", "2:1: `(` is never closed; add the missing `)`"),
        ("(ns a)\n(def x \"abc)", "2:8: the string is never closed"),
        (
            "(ns b)",
            "1:5: the namespace `b` does not fit the file `ecosystems/a.cljs`; call it `a`, or move the file",
        ),
        ("(def x 1)", "1:1: the file does not begin with `ns`; begin the file with `(ns name (:require …))`"),
        ("", "1:1: the file is empty; begin the file with `(ns name (:require …))`"),
        (
            "(ns a (:require [b.c-d]))",
            "1:17: the namespace `b.c-d` is not on the source paths; create `b/c_d.cljs` in one of: ecosystems",
        ),
        ("(ns a (:require [a]))", "1:17: circular require: a → a"),
        (
            "(ns a)\n(defmacro m [x] x)",
            "2:1: `defmacro` is not covered by the embedded compiler; set `compiler = \"shadow-cljs\"` to compile with ClojureScript itself",
        ),
    ];
    for (text, expected) in cases {
        let errors = error_of(text);
        assert!(errors.starts_with(&format!("ecosystems/a.cljs:{expected}")), "{text:?} gives {errors}");
    }
}

#[test]
fn namespaces_must_be_required_where_they_are_used() {
    let errors = exports(&[
        ("a.cljs", "(ns a (:require [b]))\n(clobber.macro/defapp \"x\" {})"),
        ("b.cljs", "(ns b (:require [clobber.macro]))"),
    ]);
    assert_eq!(
        errors,
        "ecosystems/a.cljs:2:2: `clobber.macro/defapp`: this file does not require `clobber.macro`; add `[clobber.macro]` to `:require`"
    );
}

#[test]
fn circular_requires_name_their_chain() {
    let errors = exports(&[
        ("a.cljs", "(ns a (:require [b]))"),
        ("b.cljs", "(ns b (:require [c :as x]))"),
        ("c.cljs", "(ns c (:require b))"),
    ]);
    assert_eq!(errors.lines().next(), Some("ecosystems/c.cljs:1:17: circular require: a → b → c → b"));
}

#[test]
fn references_across_files_are_checked() {
    let b = ("b.cljs", "(ns b)\n(def- x 1)\n(defn- hidden [] 1)\n(def shown 2)");
    let b = (b.0, b.1.replace("(def- x 1)\n", ""));
    let check = |a: &str| exports(&[("a.cljs", a), (b.0, &b.1)]);
    assert_eq!(
        check("(ns a (:require [b :refer [nope]]))"),
        "ecosystems/a.cljs:1:28: `nope` is not defined in `b`"
    );
    assert_eq!(
        check("(ns a (:require [b]))\n(b/hidden)"),
        "ecosystems/a.cljs:2:2: `hidden` is private to `b`"
    );
    assert_eq!(
        check("(ns a (:require [b :as x]))\n(x/gone)"),
        "ecosystems/a.cljs:2:2: `gone` is not defined in `b`"
    );
    assert_eq!(
        check("(ns a (:require [b :refer [shown]]))\n(set! js/module.exports #js [shown b/shown])"),
        "[2,2]"
    );
}

#[test]
fn every_error_of_every_file_is_reported() {
    let errors = exports(&[
        ("a.cljs", "(ns a)\n(foo)\n(bar 1)\n(def x {:a 1 :a 2})"),
        ("b.cljs", "(ns b)\n(inc)\n(baz"),
    ]);
    let places: Vec<&str> = errors.lines().filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(places, ["ecosystems/a.cljs:4:14", "ecosystems/b.cljs:3:1"]);
    let errors = error_of("(ns a)\n(foo)\n(bar 1)\n(inc)");
    assert_eq!(errors.lines().count(), 3);
}

#[test]
fn an_error_inside_the_library_is_placed_at_the_users_call() {
    assert_eq!(
        error_of("(ns a)\n(def x\n  (merge-with + {:a 1}\n    {:a \"b\"}))").split(';').next(),
        Some("ecosystems/a.cljs:3:3: a number is needed, but here is a string")
    );
    assert_eq!(
        error_of("(ns a)\n(throw (ex-info \"no port\" {}))"),
        "ecosystems/a.cljs:2:1: the program throws: no port"
    );
    assert_eq!(
        error_of("(ns a (:require [clobber.macro :as c]))\n(c/defapp :a {})").split(';').next(),
        Some("ecosystems/a.cljs:2:1: the name of an app must be a string, but is `:a`")
    );
}

#[test]
fn only_javascript_values_are_exported() {
    assert_eq!(
        error_of("(ns a)\n(set! js/module.exports {:apps []})"),
        "`module.exports` is exported as ClojureScript has it: a map; convert it with `clj->js`"
    );
    assert!(
        error_of("(ns a)\n(set! js/module.exports (clj->js {:apps [inc]}))")
            .contains("`/apps/0` is a function")
    );
}

#[test]
fn macros_of_the_workspaces_own_are_refused() {
    let errors = exports(&[("a.cljs", "(ns a (:require-macros [m]))"), ("m.cljs", "(ns m)")]);
    assert!(errors.contains("a.cljs:1:24: macros of `m` are not covered"), "{errors}");
    let errors = exports(&[
        ("a.cljs", "(ns a (:require [clobber.macro]))"),
        ("clobber/macro.clj", "(ns clobber.macro)"),
    ]);
    assert!(errors.contains("`ecosystems/clobber/macro.clj` holds Clojure macros"), "{errors}");
    assert_eq!(
        exports(&[("a.cljs", "(ns a (:require-macros [clobber.macro :refer [defapp]]))")]),
        r#"{"apps":[]}"#
    );
}

#[test]
fn what_macros_are_made_of_is_read_and_refused_with_its_place() {
    let text = "(ns a)\n(defmacro m [x] `(let [y# ~x] ~@[y#]))\n(def t #inst \"2024-01-01\")\n(def q `a)";
    let (forms, diagnostics) = read_forms("a.cljs", text);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert_eq!(forms[1].to_string(), "(defmacro m [x] `(let [y# ~x] ~@[y#]))");
    let errors = error_of(text);
    let places: Vec<&str> = errors.lines().filter_map(|line| line.split(';').next()).collect();
    assert_eq!(
        places,
        [
            "ecosystems/a.cljs:2:1: `defmacro` is not covered by the embedded compiler",
            "ecosystems/a.cljs:3:8: `#inst` is not covered",
            "ecosystems/a.cljs:4:8: ``` is not covered"
        ]
    );
}

#[test]
fn the_reader_reports_every_error_and_keeps_what_it_read() {
    let (forms, diagnostics) = read_forms("a.cljs", "(a [b) :c {:d}\n\"\\q\" #foo bar\n(e");
    let shown: Vec<String> = forms.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["(a [b])", ":c", "{}", "\"\"", "(e)"]);
    let places: Vec<String> =
        diagnostics.iter().filter_map(|diagnostic| Some(diagnostic.place.as_ref()?.to_string())).collect();
    assert_eq!(places, ["a.cljs:1:4", "a.cljs:1:12", "a.cljs:2:2", "a.cljs:2:6", "a.cljs:3:1"]);
}

#[test]
fn a_name_that_clojurescript_would_leave_unbound_is_an_error() {
    let cases = [
        ("(let [[a :as all b] [1 2]] b)", "2:1: `b` means nothing after `:as` and its name"),
        ("(let [[a & r b] [1 2]] b)", "2:1: `b` means nothing after `&` and its name; only `:as` does"),
    ];
    for (text, expected) in cases {
        assert_eq!(error_of(&format!("(ns a)\n{text}")), format!("ecosystems/a.cljs:{expected}"));
    }
}

#[test]
fn a_default_that_needs_a_name_of_the_same_map_is_refused_when_the_order_is_not_certain() {
    assert_eq!(
        error_of("(ns a)\n(let [{:keys [a b c d e f g h i] :or {i a}} {}] i)"),
        "ecosystems/a.cljs:2:1: `i` depends on `a`, and among more than 8 names it is not certain which is bound first; bind `i` in a `let` of its own"
    );
}
