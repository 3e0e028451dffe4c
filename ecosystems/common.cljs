;; What several apps share. An edit here replaces every app that uses it, and
;; no other.
(ns common)

(def node-env "production")

;; Used by `queue-worker` and `mailer`.
(def queue-dir ".pm2/queue")

;; Give a process this long to end by itself before PM2 kills it.
(def patience-ms 3000)
