;; Odd values.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber]))
(clobber/defapp "odd" {:script 'app.js :set #{"one"} :ns/key :ns/value :nothing nil :list '(1 2 a) :float 1.50 :big 12345678901234567890.0
                       :ratio (/ 1 3) :char \a :nested [[#{1}] {:k {:j []}}] "string key" true 1 2 :inf ##Inf})
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
