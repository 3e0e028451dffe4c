//! Whatever the text, reading and evaluating give a value or errors.

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof, proptest};

use crate::clojure::read_forms;
use crate::clojure::tests::exports;

/// A program to be damaged.
const PROGRAM: &str = r#"(def a (atom {:x [1 2 #{3}] "k" nil}))
(defn f ([x] (f x 1)) ([x & {:keys [y] :or {y 2}}] (swap! a assoc-in [:z x] y)))
(doseq [[k v] @a :when v] (f k :y (str v)))
(let [[p & q] (for [i (range 5) :while (< i 3)] #(+ i %))] (map p (cons 1 q)))
(try (throw (ex-info "e" {})) (catch :default e (println (.-message e))) (finally nil))
(set! (.-exports js/module) (clj->js (-> @a (update :x conj \c) (merge {:n/a 'b}))))
(case (count (keys @a)) 1 :one (2 3) :few (cond-> 1 true inc))
"#;

/// Pieces that parsers trip over.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "#{",
            "#(",
            "#_",
            "#?(",
            "#?@(",
            "'",
            "@",
            "^",
            "`",
            "~",
            "#'",
            "#\"",
            "\"",
            "\\",
            "\\u12",
            "::",
            ":",
            "/",
            "##Inf",
            "#js",
            "%",
            "%&",
            "&",
            "1/2",
            "0x",
            "1e",
            "-",
            ";",
            "\r\n",
            ",",
            "é",
            "😀",
            "(ns a)",
            "(fn [",
            "(let [",
            "recur",
            "(loop [] (recur))",
            "nil",
            "true",
            "(def ",
            "js/",
            ".-a",
            "(-> ",
            "(case ",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
        Just(" ".to_owned()),
    ]
}

/// Texts of data.
fn data() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        any::<i32>().prop_map(|number| number.to_string()),
        any::<f64>()
            .prop_filter("integers beyond 64 bits are refused", |number| {
                number.is_finite() && (number.abs() < 9e18 || number.abs() >= 1e21)
            })
            .prop_map(|number| format!("{number:e}")),
        "[a-z][a-z0-9-]{0,6}",
        ":[a-z]{1,3}(/[a-z]{1,3})?",
        "[ -!#-\\[\\]-~é€\n]{0,8}".prop_map(|text| format!("\"{text}\"")),
        prop::sample::select(vec!["nil", "true", "false", "()", "##Inf", "\\a"]).prop_map(str::to_owned),
    ];
    scalar.prop_recursive(4, 40, 6, |inner| {
        let many = prop::collection::vec(inner, 0..6);
        prop_oneof![
            many.clone().prop_map(|items| format!("[{}]", items.join(" "))),
            many.clone().prop_map(|items| format!("({})", items.join(" "))),
            many.prop_map(|items| {
                let pairs = items.iter().enumerate().map(|(at, item)| format!(":k{at} {item}"));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
            }),
        ]
    })
}

#[test]
fn what_was_hard_once_gives_a_value_or_errors() {
    for line in include_str!("corpus.cljs").lines().filter(|line| !line.starts_with(";;")) {
        let head = "(ns a (:require [clojure.string :as str] [clojure.walk :as walk] [clojure.edn :as edn]))";
        exports(&[("a.cljs", &format!("{head}\n(set! js/module.exports (do {line}\n))"))]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_reader_takes_any_text(pieces in prop::collection::vec(piece(), 0..60)) {
        let text = pieces.concat();
        let (forms, diagnostics) = read_forms("a.cljc", &text);
        for form in &forms {
            assert!(form.span.start <= form.span.end && form.span.end as usize <= text.len());
        }
        // What reads without error reads again from its own text.
        if diagnostics.is_empty() {
            let _ = forms.iter().map(ToString::to_string).collect::<Vec<_>>();
        }
    }

    #[test]
    fn the_reader_takes_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_forms("a.cljs", &String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_damage_to_a_program_gives_a_value_or_errors(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, piece()), 1..6)
    ) {
        let mut chars: Vec<char> = PROGRAM.chars().collect();
        for (at, removed, piece) in edits {
            let at = at.index(chars.len());
            let end = (at + removed).min(chars.len());
            chars.splice(at..end, piece.chars());
        }
        let text: String = chars.into_iter().collect();
        exports(&[("a.cljs", &format!("(ns a)\n{text}"))]);
    }

    #[test]
    fn reading_what_was_printed_gives_the_same_value(data in data()) {
        let program = format!(
            "(ns a (:require [clojure.edn :as edn]))\n(def x '{data})\n(def y (edn/read-string (pr-str x)))\n\
             (set! js/module.exports #js [(= x y) (= (pr-str x) (pr-str y))])"
        );
        assert_eq!(exports(&[("a.cljs", &program)]), "[true,true]", "{data}");
    }

    #[test]
    fn any_forms_make_a_program_or_errors(pieces in prop::collection::vec(piece(), 0..40)) {
        exports(&[("a.cljs", &format!("(ns a)\n{}", pieces.join(" ")))]);
    }
}
