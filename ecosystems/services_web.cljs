;; The HTTP service: curl http://127.0.0.1:28417/
(ns services-web
  (:require [clobber.macro :refer [defapp env-var]]
            [common]))

(defapp "web"
  {:script       "ecosystems/scripts/web.js"
   :env          {:NODE_ENV common/node-env
                  :HOST     "127.0.0.1"
                  ;; The shell's or `.env`'s EXAMPLE_WEB_PORT wins, if there is one.
                  :PORT     (env-var :EXAMPLE_WEB_PORT "28417")
                  :GREETING "hello from pm2sync"}
   :kill_timeout common/patience-ms
   :max_restarts 5})
