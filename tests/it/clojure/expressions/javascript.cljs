;; JavaScript's own functions and methods, one expression a line.

(Math/floor 2.5)
(map Math/abs [-1 2])
[Math/PI (Math/max 1 2 3) (Math/round 2.5)]
(js->clj (js/Object.assign #js {} #js {:a 1} nil #js {:b 2}))
(js/JSON.stringify (js/Object.assign #js {:a 1 :c 3} #js {:b 2 :a 4}))
(js/JSON.stringify (js/Object.assign #js {:b 1} #js {"2" 2} #js {"1" 1}))
(vec (js/Object.keys #js {:b 1 :a 2}))
(js->clj (js/Object.values #js {:b 1 :a 2}))
(js->clj (js/Object.entries #js {:b 1 "1" 2}))
(mapv (fn [[k v]] [(keyword k) v]) (js/Object.entries #js {:b 1}))
(into {} (map (fn [[k v]] [(keyword k) v])) (js->clj (js/Object.entries #js {:b 1})))
[(.padStart "7" 5 "ab") (.padStart "7" 3) (.padEnd "7" 4 ".") (.padEnd "7" 2) (.padEnd "long" 2 ".") (.padStart "7" 3 "")]
[(.trimStart " a ") (.trimEnd " a ")]
[(.indexOf "héllo" "l") (.indexOf "abc" "z") (.lastIndexOf "hello" "l") (.indexOf "😀a" "a") (.lastIndexOf "abc" "")]
[(.slice "hello" 1) (.slice "hello" -2) (.slice "hello" 1 -1) (.slice "hello" 3 1) (.slice "hello" -9 2) (.slice "ab" 0 9) (.slice "ab" 5)]
[(.charAt "abc" 1) (.charAt "abc" 9)]
[(.replace "a-b-c" "-" "+") (.replace "a-b-c" #"-" "$&$&") (.replaceAll "a-b-c" "-" "+") (.replace "abc" #"(b)" "[$1]") (.replace "abc" "b" "$$")]
[(.join #js [1 nil "a"]) (.join #js [] ) (vec (.slice #js [1 2 3] 1)) (vec (.slice #js [1 2 3] -2)) (vec (.concat #js [1] #js [2 3] 4))]
[(.includes #js ["a" "b"] "a") (.includes #js ["a"] "z")]
[(.toFixed 3.14159 2) (.toFixed 1.005 2) (.toFixed 10) (.toFixed 0.5 0) (.toFixed 1.5 0) (.toFixed 2.5 0) (.toFixed -1.5 0) (.toFixed 123.456 1)]
[(.toFixed 0.000001 7) (.toFixed -0.001 2) (.toFixed 999.999 2) (.toFixed 9.5 0) (.toFixed 1e20 2) (.toFixed 0.1 20) (.toFixed 0 2) (.toFixed 1.45 1) (.toFixed 8.345 2) (.toFixed 99.5 0)]
[(path/relative "/a/b/c" "/a/d") (path/relative "/a/b" "/a/b") (path/relative "/a" "/a/b/c") (path/relative "/" "/x") (path/relative "/x/y" "/") (path/relative "a/b" "a/c") (path/relative "/a/bc" "/a/b")]
(gstring/format "%05d|%.2f|%s|%-5s|%5s|%x|%+d|%%|%5.1f|%-6d|%d|% d" 42 3.14159 "x" "ab" "cd" 7 3.26 5 2.9 4)
(gstring/format "%d %5d %-5d| %05d %+5d %d" -3 -3 -3 -3 3 1e6)
(gstring/format "%f %.0f %8.3f %-8.3f| %08.3f %f %.3f" 2.5 2.5 -2.5 2.5 -2.5 0.1 1e10)
(gstring/format "%s %s %s %s 100%" 1 2.5 :a true)
(gstring/format "%s" "more" "than" "marks")
(gstring/format "%2s|%3s|%.1s" "abc" "é" "xy")
(gstring/format "%z %.d %5% % %d" 1)
[(js/Math.pow 2 10) (Math/pow 10 15) (js/Math.pow 0 0) (js/Math.pow 7 1) (js/Math.pow 94906265 2)]
[(js/isNaN (js/parseInt nil)) (js/parseInt nil 10) (js/parseInt js/undefined 16) (js/parseFloat nil) (or (js/parseInt "") 1)]
[(.toLowerCase "ÀB c") (.trim " \ta b\n")]
[(.startsWith "abc" "ab") (.startsWith "abc" "b") (.endsWith "abc" "bc") (.endsWith "abc" "b")]
[(.substring "abcd" 1) (.substring "abcd" 3 1) (.substring "abcd" -1 9)]
