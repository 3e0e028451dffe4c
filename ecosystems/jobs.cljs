;; Jobs: they run, end, and are not started again by PM2.
(ns jobs
  (:require [clobber.macro :refer [defapp]]))

;; Runs once whenever its definition changes.
(defapp "migrate"
  {:script      "ecosystems/scripts/job.js"
   :args        ["migrate"]
   :autorestart false})

;; Runs every night at three, and once when it is first started.
(defapp "nightly-report"
  {:script       "ecosystems/scripts/job.js"
   :args         ["nightly-report"]
   :autorestart  false
   :cron_restart "0 3 * * *"})
