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
    fn any_forms_make_a_program_or_errors(pieces in prop::collection::vec(piece(), 0..40)) {
        exports(&[("a.cljs", &format!("(ns a)\n{}", pieces.join(" ")))]);
    }
}
