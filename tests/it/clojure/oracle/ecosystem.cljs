;; Loads a workspace with SCI on node: `nbb --classpath ROOT ecosystem.cljs OUT`. What
;; its `index` exports goes to OUT as JSON.
(require '["fs" :as fs])

(set! (.-module js/globalThis) #js {})
(require '[index])
(fs/writeFileSync (last js/process.argv) (js/JSON.stringify (.-exports js/module)))
