//! No program hangs, overflows the stack or fills the memory.

use crate::clojure::tests::exports;

fn error_of(body: &str) -> String {
    exports(&[("a.cljs", &format!("(ns a)\n{body}"))])
}

#[test]
fn endless_programs_end() {
    let endless = [
        ("(loop [] (recur))", "steps"),
        ("(while true)", "steps"),
        ("((fn f [] (f)))", "nested"),
        ("(defn f [x] (inc (f x)))\n(f 1)", "nested"),
        ("(count (range))", "steps"),
        ("(vec (iterate inc 0))", "steps"),
        ("(println (cycle [1]))", "steps"),
        ("(reduce + (repeat 1))", "steps"),
        ("(range 1e12)", "a range of more than"),
        ("(loop [s \"ab\"] (recur (str s s)))", ""),
        (
            "(loop [] (println \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\") (recur))",
            "prints more than",
        ),
        ("(def s (lazy-seq s))\n(first s)", ""),
        ("(loop [v []] (recur (conj v v)))", "steps"),
        ("(def a (atom nil))\n(reset! a a)\n(println a)", "nested"),
        ("(= (loop [x nil i 0] (if (< i 5000) (recur [x] (inc i)) x)) 1)", "nested"),
        ("(clj->js (loop [x nil i 0] (if (< i 5000) (recur [x] (inc i)) x)))", "nested"),
        ("(first (reduce concat (map vector (range 20000))))", "nested"),
    ];
    for (body, expected) in endless {
        let error = error_of(body);
        assert!(error.starts_with("ecosystems/a.cljs:") && error.contains(expected), "{body} gives {error}");
    }
}

#[test]
fn deep_texts_are_read() {
    for open in ["(", "[", "{", "#{", "'", "@", "^:a ", "#_", "#(", "#js [", "#?(:cljs "] {
        let text = open.repeat(100_000);
        let error = exports(&[("a.cljc", &format!("(ns a)\n{text}"))]);
        assert!(error.starts_with("ecosystems/a.cljc:2:"), "{open} gives {error:.200}");
    }
    let long = |step: &str| error_of(&format!("(-> 1 {})", step.repeat(100_000)));
    assert!(long("inc ").contains("more than 500 forms"));
    let deep = format!("(def x {}1{})", "(inc ".repeat(150), ")".repeat(150));
    assert_eq!(error_of(&deep), r#"{"apps":[]}"#);
}

#[test]
fn recursion_as_deep_as_in_node_is_fine() {
    assert_eq!(
        error_of("(defn f [n] (if (zero? n) 0 (+ 1 (f (dec n)))))\n(set! js/module.exports (f 3000))"),
        "3000"
    );
}
