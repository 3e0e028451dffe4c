;; Two processes that share one port: PM2's cluster mode.
(ns services-gateway
  (:require [clobber.macro :refer [defapp env-var]]
            [common]))

(defapp "gateway"
  {:script       "ecosystems/scripts/web.js"
   :instances    2
   :exec_mode    "cluster"
   :env          {:NODE_ENV common/node-env
                  :HOST     "127.0.0.1"
                  :PORT     (env-var :EXAMPLE_GATEWAY_PORT "28418")
                  :GREETING "hello from the gateway"}
   :kill_timeout common/patience-ms})
