;; Where the two engines differ from one another: the answer that counts, which is
;; that of ClojureScript compiled ahead of time, and why.
;; expression ;=> answer ;; why

(or '(1 2) :x) ;=> (1 2) ;; nbb takes the list for a call
(and '(1 2) :x) ;=> :x ;; nbb takes the list for a call
(map #(%) (loop [i 0 fs []] (if (< i 3) (recur (inc i) (conj fs (fn [] i))) fs))) ;=> (0 1 2) ;; Cherry's functions share the loop's variable; compiled ClojureScript's do not
(loop [i 0 acc []] (if (< i 3) (recur (inc i) (conj acc (fn [] i))) (map #(%) acc))) ;=> (0 1 2) ;; the same
(keyword? ::a) ;=> true ;; Cherry has no namespace to resolve it in
(let [a (atom 0)] (apply (fn [& r] (first (map (fn [x] (swap! a inc) x) r))) (range 50)) @a) ;=> 32 ;; Cherry puts the rest into an array, and loses its chunks
(with-out-str (print "a") (println "b")) ;=> "ab\n" ;; Cherry prints the line's end elsewhere
(try (throw 1) (catch js/Error _ :error) (catch :default x x)) ;=> 1 ;; Cherry takes one `catch` only
(try (condp = 5 1 :a) (catch :default e (ex-message e))) ;=> "No matching clause: 5" ;; Cherry has no `condp`
(let [x 1] (let [{:keys [a] x :x :or {a x}} {:x 5}] a)) ;=> 5 ;; nbb binds `:keys` where it stands; compiled ClojureScript binds what has a key of its own first
(let [{:keys [a] a :x} {:x 5 :a 6}] a) ;=> 6 ;; the same
(let [x 1] ((fn [{:strs [s] :keys [a] x :x :or {a x s x}}] [a s x]) {:x 5})) ;=> [5 5 5] ;; the same
(let [{:a/keys [b] b :q} {:a/b 1 :q 2}] b) ;=> 1 ;; the same
