;; Checked at load.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber]))
(defn check [{:keys [script instances] :as app}]
  (when-not (string? script) (throw (ex-info "no script" {:app app})))
  (when (and instances (neg? instances)) (throw (js/Error. "negative")))
  app)
(def problems (atom []))
(doseq [[name app] [["ok" {:script "a.js"}] ["bad" {:scirpt "b.js"}] ["neg" {:script "c.js" :instances -1}]]]
  (try
    (clobber/defapp name (check app))
    (catch :default e (swap! problems conj (str name ": " (ex-message e) " " (pr-str (ex-data e)))))
    (finally (swap! problems conj name))))
(clobber/defapp "problems" {:script "echo" :args @problems})
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
