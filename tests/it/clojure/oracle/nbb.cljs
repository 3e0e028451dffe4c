;; Evaluates expressions with SCI on node: `nbb nbb.cljs IN OUT`, each a JSON array of texts.
(require '["fs" :as fs] '["path" :as path]
         '[clojure.edn :as edn] '[clojure.set :as set] '[clojure.string :as str]
         '[clojure.walk :as walk] '[goog.object :as gobj] '[goog.string :as gstring]
         '[nbb.core :as nbb])

;; As it is in compiled ClojureScript.
(set! *print-namespace-maps* false)

(defn- answer [expression]
  (-> (nbb/load-string (str "(pr-str (do " expression "))"))
      (.catch (fn [error] (str "throws " (or (ex-message error) error))))))

(defn- answers [expressions]
  (reduce (fn [done expression]
            (.then done (fn [texts]
                          (-> (answer expression)
                              (.then (fn [text] (.push texts text) texts))))))
          (js/Promise.resolve #js [])
          expressions))

(let [[in out] (take-last 2 (js->clj js/process.argv))
      expressions (js/JSON.parse (fs/readFileSync in "utf8"))]
  (-> (answers expressions)
      (.then (fn [texts] (fs/writeFileSync out (js/JSON.stringify texts))))))
