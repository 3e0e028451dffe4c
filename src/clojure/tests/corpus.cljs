;; Texts that were hard once, or that broke another reader: one a line. Each gives a
;; value or errors, and soon.
((((((((((((((((((((((((((((((((((((((((
"\ud800"
#?@(:cljs [1 2])
#?(:cljs)
^^^^a
#_#_#_
#()#()
(#(%))
(let [[[[[[[[a]]]]]]]] 1] a)
(fn [& &] 1)
(loop [] (recur 1))
(re-find #"(a*)*b" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
(re-seq #"" "abc")
(str/split "a" #"(|)")
(apply str (repeat 1000000 "aaaaaaaaaaaaaaaaaaaa"))
(reduce (fn [s _] (str s s)) "aaaaaaaa" (range 100))
(nth (iterate (fn [x] [x x]) 1) 100000)
(= (nth (iterate vector 1) 100000) 1)
(letfn [(f [] (g)) (g [] (f))] (f))
(do (defmulti m m) (m 1))
(trampoline (fn f [] f))
(let [a (atom nil)] (reset! a (fn [] @a)) ((fn f [x] (f (x))) @a))
(walk/postwalk (fn [x] [x x]) [1])
(walk/prewalk (fn [x] [x]) 1)
(edn/read-string "[[[[[[[[[[")
(edn/read-string "#js {} ; x")
(js/JSON.parse "[[[[[[[[[[[[[[[[[[[[[[[[")
(.repeat "aaaaaaaa" 4294967295)
(persistent! (reduce conj! (transient []) (range)))
(sort-by (fn [_] (/ 0 0)) [1 2 3])
(into {} (map (fn [i] [(/ i 3) i])) (range 20))
##Inf ##-Inf ##NaN ##Foo
00 08 0x 1e 1r1 37rZ 1/0
:a/ :/a ::a/b/c a/ /a
\u \u12 \o9 \newlin
