;; Dynamic layers.

;;; layers.cljs
(ns layers)
(def ^:dynamic *env* {:LEVEL "info"})
(defn app [script] {:script script :env *env*})
(defn under [layer f] (binding [*env* (merge *env* layer)] (f)))

;;; index.cljs
(ns index (:require [clobber.macro :as clobber] [layers]))
(clobber/defapp "plain" (layers/app "a.js"))
(clobber/defapp "debug" (layers/under {:LEVEL "debug"} #(layers/app "b.js")))
(clobber/defapp "deep" (layers/under {:A 1} (fn [] (layers/under {:B 2} (fn [] (layers/app "c.js"))))))
(clobber/defapp "after" (layers/app "d.js"))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
