;; Referred names that are called otherwise.

;;; index.cljs
(ns index (:require [registry :as r] [apps.web] [apps.jobs :as jobs]))
(jobs/register-all!)
(set! (.-exports js/module)
  (clj->js {:apps (->> @r/registry vals (sort-by :order) (mapv #(dissoc % :order)))
            :deploy {:production (r/deploy "h1" "h2")}}))

;;; registry.cljs
(ns registry (:require [clojure.string :as str]))
(defonce registry (atom {}))
(def counter (atom 0))
(defn app! [n opts] (swap! registry assoc n (merge {:name n :order (swap! counter inc)} opts)))
(defn deploy [& hosts] {:user "deploy" :host (vec hosts) :ref "origin/main" :post-deploy (str/join " && " ["npm ci" "pm2 reload"])})

;;; apps/web.cljs
(ns apps.web (:require [registry :refer [app!] :rename {app! add!}]))
(add! "web" {:script "web.js"})
(add! "admin" {:script "admin.js" :watch ["src" "lib"]})

;;; apps/jobs.cljs
(ns apps.jobs (:require [registry :as reg] [clojure.string :refer [join upper-case] :as s]))
(def queues '[mail video (pdf :heavy true)])
(defn register-all! []
  (run! (fn [q]
          (let [[n & {:keys [heavy]}] (if (symbol? q) [q] q)]
            (reg/app! (str "job-" n) {:script (join "/" ["jobs" (str n ".js")]) :label (upper-case (name n)) :node_args (if heavy ["--max-old-space-size=4096"] [])})))
        queues))
