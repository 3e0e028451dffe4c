;; Names and text.

;;; index.cljs
(ns index (:require [clobber.macro :as clobber] [clojure.string :as str]))
(def services "api, Web Front ,worker/mail")
(doseq [service (map str/trim (str/split services #","))
        :let [slug (-> service str/lower-case (str/replace #"[ /]+" "-"))]]
  (clobber/defapp slug {:script (str "services/" slug "/" (str/capitalize slug) ".js")
                        :args (str/join " " ["--name" (pr-str service)])
                        :namespace (first (str/split slug #"-"))}))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
