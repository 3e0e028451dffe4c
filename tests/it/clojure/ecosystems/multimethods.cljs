;; Multimethods.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber]))
(defmulti app :kind)
(defmethod app :node [{:keys [name entry]}] {:name name :script entry :interpreter "node"})
(defmethod app :python [{:keys [name entry args]}] {:name name :script entry :interpreter "python3" :args (vec args)})
(defmethod app :default [{:keys [name]}] {:name name :script "echo" :autorestart false})
(doseq [{:keys [name] :as m} (map app [{:kind :node :name "n" :entry "n.js"} {:kind :python :name "p" :entry "p.py" :args '(1 "b")} {:name "z"}])]
  (clobber/defapp name (dissoc m :name)))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
