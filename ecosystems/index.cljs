;; The entry: what is required here is what runs.
(ns index
  (:require [clobber.macro]
            [services-web]
            [services-gateway]
            [workers]
            [jobs]
            [devel]))

(set! (.-exports js/module) (clj->js (clobber.macro/ecosystem)))

(defn -main [& _] nil)
