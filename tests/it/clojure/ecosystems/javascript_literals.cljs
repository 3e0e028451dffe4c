;; Javascript literals.

;;; index.cljs
(ns index)
(def names #js ["a" "b"])
(set! (.-exports js/module)
      #js {:apps #js [#js {:name (aget names 0) :script "a.js" :instances (.-length names)}
                      #js {"name" "b" :script (.toUpperCase "b.js") :env #js {:X js/undefined :Y nil :Z js/process.env.NOT_SET}}]})
