;; What a developer has running beside the services. A name may have a slash.
(ns devel
  (:require [clobber.macro :refer [defapp env-var]]))

(defapp "devel/opencode"
  {:script "ecosystems/scripts/web.js"
   :args   ["--quiet"]
   :env    {:HOST     "127.0.0.1"
            :PORT     (env-var :EXAMPLE_OPENCODE_PORT "28419")
            :GREETING "hello from devel/opencode"}})

(defapp "devel/clock"
  {:script    "ecosystems/scripts/worker.js"
   :args      ["--every" "60s"]
   :node_args ["--max-old-space-size=64"]
   :time      true})
