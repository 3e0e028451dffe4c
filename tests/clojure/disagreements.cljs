;; Where the two engines differ from one another: the answer that counts, which is
;; that of ClojureScript compiled ahead of time, and why.
;; expression ;=> answer ;; why

