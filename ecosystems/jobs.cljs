;; Jobs: they run, end, and are not started again by PM2.
(ns jobs
  (:require [clobber.macro :refer [defapp]]))

;; Runs once, when it is first started. A job that has ended is not run again by
;; a new definition, which is only put in place: `pm2 start migrate` runs it.
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
