;; Port counter.

;;; ports.cljs
(ns ports)
(defonce next-port (atom 3000))
(defn port! [] (let [p @next-port] (swap! next-port inc) p))

;;; a.cljs
(ns a (:require [clobber.macro :refer [defapp]] [ports]))
(defapp "a" {:script "a.js" :env {:PORT (ports/port!)}})

;;; b.cljs
(ns b (:require [clobber.macro :refer [defapp]] [ports :refer [port!]]))
(defapp "b" {:script "b.js" :env {:PORT (port!) :ADMIN (port!)}})

;;; index.cljs
(ns index (:require [clobber.macro :as clobber] [b] [a]))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
