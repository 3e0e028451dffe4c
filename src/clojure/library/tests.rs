//! Every function of the library, against what ClojureScript answers. To add a
//! row, ask ClojureScript and write its answer behind `;=>`.

use std::fmt::Write;

use crate::clojure::tests::compiled;

/// What `prn` prints of an expression, or the error.
fn answer(expression: &str) -> String {
    let text = format!(
        "(ns a (:require [clojure.string :as str] [clojure.set :as set] [goog.object] [\"os\" :as os]))\n(prn (do {expression}))"
    );
    match compiled(&[("a.cljs", &text)], &[]) {
        Ok(compiled) => compiled.output.trim_end_matches('\n').to_owned(),
        Err(errors) => errors.join("; "),
    }
}

fn check(table: &str) {
    let mut wrong = String::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with(';')) {
        let (expression, expected) = line.rsplit_once(" ;=> ").unwrap();
        let answer = answer(expression);
        if answer != expected {
            let _ = writeln!(wrong, "{expression}\n    is {answer}\n    not {expected}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_language_answers_as_clojurescript_does() {
    check(include_str!("answers/language.cljs"));
}

#[test]
fn order_and_arithmetic_are_those_of_clojurescript() {
    check(include_str!("answers/order.cljs"));
}

#[test]
fn lazy_sequences_run_as_far_ahead_as_in_clojurescript() {
    check(include_str!("answers/laziness.cljs"));
}

#[test]
fn set_literals_have_the_order_that_the_compiler_reads_them_in() {
    // What Clojure on the JVM prints, whose reader the compiler uses.
    assert_eq!(answer("#{1 2 3}"), "#{1 3 2}");
    assert_eq!(answer("#{1 2 3 4 5}"), "#{1 4 3 2 5}");
    assert_eq!(answer("#{:a :b :c}"), "#{:c :b :a}");
    assert_eq!(answer("(vec (conj #{1 2 3} 0))"), "[1 3 2 0]");
}

#[test]
fn what_is_not_certain_is_refused() {
    let refused = [
        "(+ \"a\" 1)",
        "(inc nil)",
        "(rand)",
        "(str inc)",
        "(str #\"a\")",
        "#{[1] [2]}",
        "(let [a (atom 0)] (= [1] (map #(swap! a + %) [1 2])))",
        "(let [a (atom 1) s (keep-indexed (fn [i x] @a) [1 2])] (reset! a 2) (doall s))",
        "(sort (fn [a b] true) [1 2 3])",
        "(re-find #\"(a+)+b\" \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\")",
        "(re-find #\"\\p{L}\" \"a\")",
        "(subs \"a😀\" 2)",
        "(nth \"😀\" 0)",
        "(js/eval \"1\")",
        "(.foo \"a\")",
        "js/__dirname",
        "(js/Date.)",
        "(js/Date.now)",
        "(js/Math.random)",
        "(os/cpus)",
        "(defmulti f :a :hierarchy h)",
        "(let [t (transient {:a 1 :b 2})] (dissoc! t :a))",
        "(let [t (transient [])] (persistent! t) (conj! t 1))",
        "(str (first {:a 1}))",
        "(key [1 2])",
        "(assert false)",
        "(str/replace-first \"abc\" #\"(b)\" (fn [[_ b]] (str b b)))",
        "(.repeat \"ab\" 1e9)",
        "`a",
        "#uuid \"97bda55b-6175-4c39-9e04-7c0205c709dc\"",
        "(js/Number nil)",
        "(defmacro m [] 1)",
        "(nth [1] 3)",
        "(get [1] 0.5)",
        "(:a {:a 1} 2 3)",
        "(recur)",
        "{:a 1 (keyword \"a\") 2}",
        "(loop [x 1] (try (recur 2) (finally 1)))",
        "(set! js/foo 1)",
        "(with-meta [1] {})",
        "(into-array 1 2 3)",
        "(apply hash-map [:a])",
        "(fn [& a b] 1)",
        "(let [a] 1)",
        "(let [[:x] 1] 1)",
        "(case 1 1 :a 1 :b)",
        "(#(#(1)))",
        "(binding [inc 1] 1)",
        "(-> 1 #(inc %))",
        "(fn [x] {:pre [x]} x)",
        "(println (js/console.log {:a 1}))",
        "(js->clj js/process.env)",
        "(js-keys js/process.env)",
        "(.-NODE_ENV js/process.env)",
        "js/process.env.NODE_ENV",
    ];
    for expression in refused {
        let answer = answer(expression);
        assert!(answer.starts_with("ecosystems/a.cljs:2:"), "{expression} is {answer}");
    }
}
