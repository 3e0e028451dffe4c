;; Plain export.

;;; index.cljs
(ns index)
(def apps [{:name "a" :script "a.js" :env_production {:NODE_ENV "production"}}
           {:name "b" :script "b.js" :cron_restart "0 0 * * *" :autorestart false}])
(set! (.-exports js/module) (clj->js {:apps apps :deploy {:production {:user "node" :host ["1.2.3.4"]}}}))
