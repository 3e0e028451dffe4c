;; Every kind of value, one a line.
nil
false
0
1
2.5
##NaN
""
"a"
"a/b"
:a
:a/b
'a
[]
[nil]
[1 2 3]
[[:a 1] [:b 2]]
(vec (range 40))
()
'(1 2)
(cons 1 nil)
{}
{:a 1}
{"a" nil, :b [1 2]}
(zipmap (range 10) (range 10))
#{}
#{1}
(range 40)
(map inc [1 2])
(take 2 (iterate inc 1))
#js [1 nil "b"]
#js {:a 1}
inc
(atom 1)
#"a"
