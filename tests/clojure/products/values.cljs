;; Every kind of value, one a line.
nil
true
false
0
1
-1
3
2.5
-0.5
1e21
##NaN
##Inf
""
"a"
"abc"
" a b "
"a/b"
"12"
"é€"
:a
:a/b
'a
'x/y
[]
[nil]
[1 2 3]
[3 1 2]
[[:a 1] [:b 2]]
["b" "a"]
(vec (range 40))
()
'(1 2)
(list 1)
(cons 1 nil)
(cons 0 [1 2])
{}
{:a 1}
{"a" nil, :b [1 2]}
(zipmap (range 10) (range 10))
#{}
#{1}
#{nil}
(range 3)
(range 40)
(map inc [1 2])
(seq {:a 1})
(rest [1])
(take 2 (iterate inc 1))
#js []
#js [1 nil "b"]
#js {:a 1}
inc
(atom 1)
#"a"
