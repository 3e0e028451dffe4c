//! Programs that nobody wrote: expressions of the pure part, nested at random,
//! the same ones each time.

use proptest::prelude::{BoxedStrategy, Just, Strategy, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::clojure::table::{self, Comparison};

/// How many programs.
const COUNT: usize = 1_500;

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
            "(let [{:keys [a b] :or {b 5}} M] (if (number? a) (+ 1 (count (str b))) N))",
            "(reduce-kv (fn [acc k v] (if (number? v) (+ acc v) (inc acc))) N M)",
            "(let [s (atom N)] (doseq [x C :when (number? x)] (swap! s + x)) @s)",
            "(let [s (volatile! 0)] (run! (fn [x] (vswap! s + (count (str x)))) (map pr-str C)) @s)",
            "(loop [[x & xs] C acc 0] (if (some? x) (recur xs (+ acc (if (number? x) x 1))) acc))",
            "(letfn [(f [k] (if (pos? k) (+ 1 (g (dec k))) 0)) (g [k] (if (pos? k) (+ 2 (f (dec k))) N))] (f 5))",
            "(transduce (comp (filter number?) (map inc)) + N C)",
            "(or (parse-long S) N)",
            "(count (str/split S #\"(a)?,\"))",
            "(or (str/index-of S \"a\") N)",
            "(case K :a 1 (:b \"k\") 2 nil 3 4)",
            "(reduce (fn [a x] (if (> a 20) (reduced a) (+ a (count (pr-str x))))) N C)",
            "(as-> N x (+ x 1) (* x x) (mod x 97))",
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
            "(partition-by F C)",
            "(keep-indexed (fn [i x] (when (even? i) x)) C)",
            "(mapcat (fn [[k v]] [k v]) M)",
            "(let [{b :b {:keys [c] :or {c N}} :a} {:a {} :b V}] [b c])",
            "(let [{:keys [a] b :b :or {a b}} {:b V}] [a b])",
            "(let [[a b & more :as all] C] [a b more all])",
            "(let [[[a b] c] [C V]] [a b c])",
            "(into [] (comp (partition-all 2) (map vec)) C)",
            "(into [] (comp (partition-by P) (take 2)) C)",
            "(sequence (comp (keep F) (drop 1)) C)",
            "(into [] (comp (map F) (distinct) (take 4)) C)",
            "(re-seq #\"[a-z]+\" S)",
            "(str/split S #\"(b)|,\")",
            "(str/split-lines S)",
            "(loop [i 0 acc []] (if (< i 3) (recur (inc i) (conj acc [i V])) acc))",
            "(let [a (atom [])] (doseq [x C y [1 2]] (swap! a conj [x y])) @a)",
            "(take 5 (iterate (fn [x] [x]) V))",
            "(take 6 (interleave (repeat V) C))",
            "(flatten [C [V]])",
            "(reduce (fn [acc x] (if (P x) (conj acc x) acc)) [] C)",
            "(sort-by (fn [[k v]] [(pr-str k) (pr-str v)]) M)",
            "(cond->> C B (map F) B (filter P))",
            "(letfn [(walk [x] (if (sequential? x) (mapv walk x) [:leaf x]))] (walk C))",
            "(walk/postwalk (fn [x] (if (number? x) (inc x) x)) [C M])",
            "(js->clj (clj->js [C V]))",
            "(map (fn [{:keys [a] :as m}] [a m]) [M M])",
            "(sort (fn [x y] (compare y x)) (map pr-str C))",
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
            "(letfn [(dm [a b] (if (and (map? a) (map? b)) (merge-with dm a b) b))] (dm M M))",
            "(into {} (for [[k v] M] [k (str v)]))",
            "(reduce-kv (fn [m k v] (assoc m v k)) {} M)",
            "(set/rename-keys M {:a :z})",
            "(walk/stringify-keys M)",
            "((fn [a & {:as o}] (assoc o :a a)) N :x S {:y V})",
            "((fn [& {:keys [x y] :or {y 2} :as o}] {:x x :y y :o o}) :x N)",
            "(let [m (atom M)] (swap! m assoc K V) (swap! m update :cnt (fnil inc 0)) @m)",
            "(edn/read-string (pr-str {:a [N S K]}))",
        ],
        depth - 1,
    )
}

fn string(depth: u32) -> BoxedStrategy<String> {
    if depth == 0 {
        return one_of(&[
            "\"\"",
            "\"abc\"",
            "\"a,b\"",
            "\"é\\n\"",
            "\"12\"",
            "\"foo-bar_baz\"",
            "\"a b  c,\"",
        ]);
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
            "(str/replace S #\"[a-c]\" str/upper-case)",
            "(str/replace S #\"(\\w)(\\w)\" \"$2$1\")",
            "(str/replace S #\"(\\w)-?(\\w)?\" (fn [[m a b]] (str \"<\" a \"|\" b \">\")))",
            "(str/replace S #\"\\s*\" \".\")",
            "(str/capitalize S)",
            "(str/escape S {\\a \"<a>\" \\, \";\"})",
            "(cond (str/blank? S) \"blank\" (str/includes? S \"a\") \"has a\" :else S)",
            "(path/join S \"x\" \"..\")",
            "(path/normalize S)",
            "(path/relative (str \"/a/\" S) (str \"/a/\" S))",
            "(str/join \"|\" (str/split S #\"\"))",
            "(str/join \"|\" (str/split S #\"a\" 2))",
            "(pr-str (js->clj (clj->js V)))",
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
            "(every? (fn [[k v]] (some? v)) M)",
            "(boolean (re-find #\"\\d\" S))",
            "(= (set C) (set C))",
            "(when-let [[a] (seq C)] (some? a))",
        ],
        depth - 1,
    )
}
