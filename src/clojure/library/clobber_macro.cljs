(ns clobber.macro
  "Definitions of apps. A workspace that has a `clobber.macro` of its own on its
  source paths uses that instead.")

(defonce ^:private registry (atom []))
(defonce ^:private profiles (atom {}))

;; The apps of the profile that is being defined, or nil outside of one.
(def ^:dynamic ^:private *profile* nil)

(defn defapp
  "Registers an app. Its name is the first argument, whatever the options say;
  two of one name are two apps."
  ([name] (defapp name {}))
  ([name options]
   (when-not (string? name)
     (pm2sync.internal/fail (str "the name of an app must be a string, but is `" (pr-str name) "`")))
   (when-not (or (nil? options) (map? options))
     (pm2sync.internal/fail (str "the options of the app `" name "` must be a map")))
   (let [app (pm2sync.internal/at-call (assoc options :name name))]
     (swap! (or *profile* registry) conj app)
     app)))

(defn ^:delayed defprofile
  "Runs the forms after the name; the apps that they register belong to the
  profile and not to the base set."
  [name body]
  (let [fresh (atom [])]
    (binding [*profile* fresh] (body))
    (swap! profiles assoc name {:apps @fresh})
    nil))

(defn- merged [base more]
  (let [result (merge base more)]
    (if (and (map? (:env base)) (map? (:env more)))
      (assoc result :env (merge (:env base) (:env more)))
      result)))

(defn- overlaid
  "The base apps, each with the options that the profile has for its name, and
  behind them the apps that only the profile has."
  [base more]
  (let [names (set (map :name base))]
    (into (mapv (fn [app]
                  (reduce merged app (filter #(= (:name app) (:name %)) more)))
                base)
          (remove #(contains? names (:name %)) more))))

(defn ecosystem
  "What is registered: `{:apps [...]}`."
  [& {:keys [profile]}]
  (cond
    (nil? profile) {:apps @registry}
    (contains? @profiles profile) {:apps (overlaid @registry (:apps (get @profiles profile)))}
    :else (pm2sync.internal/fail (str "there is no profile `" (pr-str profile) "`"))))

(defn ecosystem-output
  "Prints what is registered."
  ([] (println (pr-str (ecosystem))))
  ([profile] (println (pr-str (ecosystem :profile profile)))))

(defn env-var
  "The value of an environment variable, or the fallback. A variable that is set
  but empty counts as set."
  ([variable] (pm2sync.internal/variable (name variable) false))
  ([variable fallback]
   (let [value (pm2sync.internal/variable (name variable) true)]
     (if (nil? value) fallback value))))
