;; Two processes without a port, with one queue between them.
(ns workers
  (:require [clobber.macro :refer [defapp]]
            [common]))

(def worker
  {:script       "ecosystems/scripts/worker.js"
   :kill_timeout common/patience-ms
   :max_restarts 5})

(defapp "queue-worker"
  (assoc worker
         :args ["--every" "2s"]
         :env  {:NODE_ENV  common/node-env
                :QUEUE_DIR common/queue-dir}))

(defapp "mailer"
  (assoc worker
         :args ["--every" "10s" "--dry-run"]
         :env  {:NODE_ENV  common/node-env
                :QUEUE_DIR common/queue-dir}))
