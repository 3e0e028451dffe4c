//! Programs that nobody wrote: expressions of the pure part, nested at random,
//! the same ones each time.

use proptest::prelude::{BoxedStrategy, Just, Strategy, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::table::{self, Comparison};

/// How many programs.
const COUNT: usize = 1_000;

#[test]
fn random_programs_answer_as_in_clojurescript() {
    let mut runner = TestRunner::deterministic();
    let strategy = value(4);
    let programs: Vec<String> =
        (0..COUNT).map(|_| strategy.new_tree(&mut runner).expect("a program").current()).collect();
    let Comparison { wrong, refused, answered } = table::compare(&programs);
    assert!(wrong.is_empty(), "{wrong}");
    assert!(answered > COUNT * 8 / 10, "{answered} answered; refused: {}", refused.join("\n"));
}

fn one_of(choices: &'static [&'static str]) -> BoxedStrategy<String> {
    proptest::sample::select(choices).prop_map(str::to_owned).boxed()
}

/// Templates, each hole filled: `N` a number, `C` a collection, `M` a map, `S` a
/// string, `B` a boolean, `V` anything, `K` a key, `F` a function, `P` a predicate.
fn filled(templates: &'static [&'static str], depth: u32) -> BoxedStrategy<String> {
    proptest::sample::select(templates)
        .prop_flat_map(move |template| {
            let pieces: Vec<BoxedStrategy<String>> = template
                .split_inclusive(|char: char| char.is_ascii_uppercase())
                .map(|piece| {
                    let hole = piece.chars().next_back().filter(char::is_ascii_uppercase);
                    let text = piece.trim_end_matches(|char: char| char.is_ascii_uppercase()).to_owned();
                    match hole {
                        Some(kind) => {
                            hole_of(kind, depth).prop_map(move |inner| text.clone() + &inner).boxed()
                        }
                        None => Just(text).boxed(),
                    }
                })
                .collect();
            pieces.prop_map(|pieces| pieces.concat())
        })
        .boxed()
}

fn hole_of(kind: char, depth: u32) -> BoxedStrategy<String> {
    match kind {
        'N' => number(depth),
        'C' => collection(depth),
        'M' => map(depth),
        'S' => string(depth),
        'B' => boolean(depth),
        'K' => one_of(&[":a", ":b", ":c/d", "\"k\"", "1", "nil"]),
        'F' => {
            one_of(&["str", "identity", "vector", "(fn [x] [x x])", "#(if (number? %) (inc %) %)", "pr-str"])
        }
        'P' => one_of(&["some?", "number?", "string?", "nil?", "#(not= % 1)", "coll?"]),
        _ => value(depth),
    }
}

fn value(depth: u32) -> BoxedStrategy<String> {
    if depth == 0 {
        return one_of(&["nil", "true", "1", "2.5", "\"x\"", ":a", "[]", "{}"]);
    }
    let depth = depth - 1;
    prop_oneof![number(depth), collection(depth), map(depth), string(depth), boolean(depth)].boxed()
}

fn number(depth: u32) -> BoxedStrategy<String> {
    if depth == 0 {
        return one_of(&["0", "1", "-3", "2.5", "7", "1e3"]);
    }
    filled(
        &[
            "(+ N N)",
            "(- N N)",
            "(* N 2)",
            "(count C)",
            "(count M)",
            "(reduce + 0 (filter number? C))",
            "(if B N N)",
            "(let [x N y (inc x)] (* x y))",
            "(get M K N)",
            "(max N N)",
            "(mod N 4)",
            "(loop [i 0 n N] (if (< i 3) (recur (inc i) (+ n i)) n))",
            "(quot N 3)",
            "(count S)",
            "(or (first (filter number? C)) N)",
            "(case N 0 1 1 2 3)",
            "(-> N inc (* 3))",
        ],
        depth - 1,
    )
}

fn collection(depth: u32) -> BoxedStrategy<String> {
    if depth == 0 {
        return one_of(&[
            "[]",
            "[1 2 3]",
            "(list 3 1)",
            "(range 5)",
            "[nil \"a\" :b]",
            "'(x y)",
            "(vec (range 35))",
        ]);
    }
    filled(
        &[
            "[V V]",
            "(list V N)",
            "(map F C)",
            "(filter P C)",
            "(remove P C)",
            "(take 3 C)",
            "(drop 2 C)",
            "(concat C C)",
            "(reverse C)",
            "(sort (map str C))",
            "(vals M)",
            "(keys M)",
            "(distinct C)",
            "(partition 2 C)",
            "(partition-all 2 C)",
            "(interleave C C)",
            "(rest C)",
            "(into [] C)",
            "(into () C)",
            "(mapcat (fn [x] [x V]) C)",
            "(for [x C :when (P x)] [x N])",
            "(for [x C y [1 2] :let [z [x y]]] z)",
            "(mapv F C)",
            "(cons V C)",
            "(conj C V)",
            "(sort-by str C)",
            "(map-indexed vector C)",
            "(keep F C)",
            "(take-while P C)",
            "(drop-while P C)",
            "(interpose V C)",
            "(seq M)",
            "(reductions conj [] (take 3 C))",
            "(when B C)",
            "(let [[a b & more] C] [b a more])",
            "(into [] (comp (map F) (filter P)) C)",
            "(vec (set C))",
            "(map vector C C)",
        ],
        depth - 1,
    )
}

fn map(depth: u32) -> BoxedStrategy<String> {
    if depth == 0 {
        return one_of(&["{}", "{:a 1}", "{:a {:b 1} \"k\" [1]}", "(zipmap (range 12) (range 12))"]);
    }
    filled(
        &[
            "{:a V :b V}",
            "(assoc M K V)",
            "(merge M M)",
            "(dissoc M K)",
            "(zipmap C C)",
            "(group-by F C)",
            "(frequencies C)",
            "(into {} (map vector C C))",
            "(update M K F)",
            "(select-keys M [K :a])",
            "(assoc-in M [K :z] V)",
            "(reduce (fn [m x] (assoc m x N)) {} C)",
            "(update-vals M F)",
            "(merge-with vector M M)",
            "(into M (map (fn [[k v]] [[k] v])) M)",
            "(if B M {})",
            "(cond-> M B (assoc :z V))",
        ],
        depth - 1,
    )
}

fn string(depth: u32) -> BoxedStrategy<String> {
    if depth == 0 {
        return one_of(&["\"\"", "\"abc\"", "\"a,b\"", "\"é\\n\""]);
    }
    filled(
        &[
            "(str V V)",
            "(pr-str V)",
            "(str/join \",\" C)",
            "(str/upper-case S)",
            "(apply str (map str C))",
            "(str/replace S \"a\" \"-\")",
            "(subs (str S \"xyz\") 1 3)",
            "(str/trim S)",
            "(name :n/k)",
            "(str/join (str/split S #\",\"))",
            "(with-out-str (pr C))",
        ],
        depth - 1,
    )
}

fn boolean(depth: u32) -> BoxedStrategy<String> {
    if depth == 0 {
        return one_of(&["true", "false", "nil"]);
    }
    filled(
        &[
            "(= V V)",
            "(contains? M K)",
            "(some P C)",
            "(every? P C)",
            "(empty? C)",
            "(not B)",
            "(and B B)",
            "(or B B)",
            "(< N N)",
            "(= C C)",
        ],
        depth - 1,
    )
}
