;; Node path.

;;; index.cljs
(ns index (:require ["path" :as path] [clobber.macro :as clobber]))
(def root "/srv/apps/")
(doseq [file ["api/main.js" "web/../front/index.mjs" "./job.py" "/abs/x"]]
  (clobber/defapp (path/basename file (path/extname file))
    {:script (path/join root file) :cwd (path/dirname (path/join root file)) :abs (path/isAbsolute file)
     :resolved (path/resolve root file) :sep (.-sep path) :normal (.normalize path (str file "//"))}))
(set! (.-exports js/module) (clj->js (clobber/ecosystem)))
(defn -main [& _] nil)
