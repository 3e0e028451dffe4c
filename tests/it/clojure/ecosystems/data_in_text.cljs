;; Data in text.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber] [clojure.edn :as edn] [clojure.walk :as walk]))
(def apps (edn/read-string "[{:name \"a\" :opts {\"script\" \"a.js\" \"env\" {\"A\" 1}}} {:name \"b\" :opts {\"script\" \"b.js\"}}]"))
(def more (js->clj (js/JSON.parse "{\"c\": {\"script\": \"c.js\", \"instances\": 2}}") :keywordize-keys true))
(doseq [{:keys [name opts]} apps] (clobber/defapp name (walk/keywordize-keys opts)))
(doseq [[k v] more] (clobber/defapp (name k) v))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
