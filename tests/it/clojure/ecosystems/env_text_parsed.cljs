;; An environment parsed from text.

;;; index.cljs
(ns index (:require [clobber.macro :as c] [clojure.string :as str]))
(def env-spec "# comment\nPORT=8080\nDEBUG=true\nRATIO=0.25\nNAME=\"quoted name\"\nEMPTY=\n\nBAD LINE\nKEY=a=b=c")
(defn parse-value [s]
  (cond
    (re-matches #"-?\d+" s) (parse-long s)
    (re-matches #"-?\d+\.\d+" s) (parse-double s)
    (#{"true" "false"} s) (parse-boolean s)
    :else (if-let [[_ inner] (re-matches #"\"(.*)\"" s)] inner s)))
(defn parse-env [text]
  (into {}
        (comp (map str/trim)
              (remove #(or (str/blank? %) (str/starts-with? % "#")))
              (keep #(re-matches #"(\w+)=(.*)" %))
              (map (fn [[_ k v]] [(keyword k) (parse-value v)])))
        (str/split-lines text)))
(def env (parse-env env-spec))
(c/defapp "parsed" {:script "a.js" :env env})
(c/defapp "types" {:script "a.js" :env (update-vals env #(cond (int? %) "int" (number? %) "num" (boolean? %) "bool" (string? %) "str"))})
(c/defapp "dash" {:script (str/replace "my_cool_app" #"_(\w)" (fn [[_ ch]] (str/upper-case ch)))
                   :args (str/replace "fooBarBaz" #"([A-Z])" "-$1")
                   :cwd (str/replace-first "/a/b/c" #"^/([^/]+)" "/$1$1")
                   :user (str/escape "a<b>&c" {\< "&lt;" \> "&gt;" \& "&amp;"})
                   :limits (str/split "a1b22c333d" #"\d+" 2)
                   :group (mapv (fn [[m a b]] {:m m :a a :b b}) (re-seq #"(\w)=(\d)?" "a=1 b= c=3"))})
(set! (.-exports js/module) (clj->js (c/ecosystem)))
