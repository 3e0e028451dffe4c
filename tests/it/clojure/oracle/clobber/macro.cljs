(ns clobber.macro
  "What the library that comes with pm2sync does, for workspaces without their own.")

(defonce registry (atom []))

(defn defapp
  ([name] (defapp name {}))
  ([name options]
   (let [app (assoc options :name name)]
     (swap! registry conj app)
     app)))

(defn ecosystem [] {:apps @registry})
