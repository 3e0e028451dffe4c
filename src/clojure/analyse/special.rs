//! Special forms: what no function and no macro could be. They win over
//! anything else of the same name.

use crate::clojure::analyse::analyser::Analyser;
use crate::clojure::form::{Form, Kind, Name};
use crate::clojure::machine::names;
use crate::clojure::machine::node::{Case, Catch, Certainty, Class, Node, Op, Slot, Try};
use crate::clojure::value::Value;
use crate::clojure::value::equal::equal;
use crate::text::diagnostic::Diagnostic;

type Special = fn(&mut Analyser<'_>, &Form, &[Form], bool) -> Node;

/// Name, and what analyses `(name arguments…)`.
const SPECIALS: &[(&str, Special)] = &[
    ("if", |analyser, form, arguments, tail| analyser.special_if(form, arguments, tail)),
    ("do", |analyser, form, arguments, tail| analyser.body(arguments, form.span, tail)),
    ("let*", |analyser, form, arguments, tail| analyser.special_let(form, arguments, tail)),
    ("loop*", |analyser, form, arguments, tail| analyser.special_loop(form, arguments, tail)),
    ("recur", |analyser, form, arguments, tail| analyser.special_recur(form, arguments, tail)),
    ("fn*", |analyser, form, arguments, tail| analyser.special_fn(form, arguments, tail)),
    ("quote", |analyser, form, arguments, tail| analyser.special_quote(form, arguments, tail)),
    ("def", |analyser, form, arguments, tail| analyser.special_def(form, arguments, tail)),
    ("throw", |analyser, form, arguments, tail| analyser.special_throw(form, arguments, tail)),
    ("try", |analyser, form, arguments, tail| analyser.special_try(form, arguments, tail)),
    ("set!", |analyser, form, arguments, tail| analyser.special_set(form, arguments, tail)),
    (".", |analyser, form, arguments, tail| analyser.special_dot(form, arguments, tail)),
    ("new", |analyser, form, arguments, tail| analyser.special_new(form, arguments, tail)),
    ("ns", |analyser, form, _, _| analyser.error(form.span, "`ns` must be the first form of its file")),
];

/// What macros expand to beside these: `pm2sync.internal/name`.
const INTERNAL: &[(&str, Special)] = &[
    ("or", |analyser, form, arguments, tail| analyser.special_or(form, arguments, tail)),
    ("case", |analyser, form, arguments, tail| analyser.special_case(form, arguments, tail)),
    ("binding", |analyser, form, arguments, tail| analyser.special_binding(form, arguments, tail)),
    ("define-once", |analyser, form, arguments, tail| analyser.special_def_once(form, arguments, tail)),
    ("lazy", |analyser, form, body, _| analyser.lazy(form, body, Certainty::Certain)),
    ("lazy-uncertain", |analyser, form, body, _| analyser.lazy(form, body, Certainty::Uncertain)),
];

/// What analyses a special form of this name.
pub(super) fn find(name: &Name) -> Option<Special> {
    let table = match name.namespace.as_deref() {
        None => SPECIALS,
        Some(names::INTERNAL) => INTERNAL,
        Some(_) => return None,
    };
    table.iter().find(|(special, _)| *special == name.name).map(|(_, special)| *special)
}

/// The names of all special forms that a program may write.
#[cfg(test)]
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SPECIALS.iter().map(|(name, _)| *name)
}

impl Analyser<'_> {
    fn special_if(&mut self, form: &Form, arguments: &[Form], tail: bool) -> Node {
        let (test, then, other) = match arguments {
            [test, then] => (test, then, None),
            [test, then, other] => (test, then, Some(other)),
            _ => return self.error(form.span, "`if` needs a test, a form and perhaps another"),
        };
        let test = self.form(test, false);
        let then = self.form(then, tail);
        let other = match other {
            Some(other) => self.form(other, tail),
            None => self.nil(form.span),
        };
        self.node(form.span, Op::If(Box::new([test, then, other])))
    }

    fn special_or(&mut self, form: &Form, arguments: &[Form], tail: bool) -> Node {
        let Some((last, others)) = arguments.split_last() else { return self.nil(form.span) };
        let mut nodes: Vec<Node> = others.iter().map(|form| self.form(form, false)).collect();
        nodes.push(self.form(last, tail));
        self.node(form.span, Op::Or(nodes))
    }

    /// `[name value …]` of `let*` and `loop*`, in scope from here on.
    fn bindings(&mut self, form: &Form, bindings: Option<&Form>) -> Vec<(Slot, Node)> {
        let items = bindings.and_then(Form::vector).unwrap_or_default();
        if items.len() % 2 == 1 {
            self.error(form.span, "bindings need a value for every name");
        }
        let mut bound = Vec::new();
        for pair in items.chunks_exact(2) {
            let value = self.form(&pair[1], false);
            match pair[0].symbol() {
                Some(name) if name.namespace.is_none() => bound.push((self.scopes.add(&name.name), value)),
                _ => _ = self.error(pair[0].span, "a local needs a name without a namespace"),
            }
        }
        bound
    }

    fn special_let(&mut self, form: &Form, arguments: &[Form], tail: bool) -> Node {
        let mark = self.scopes.mark();
        let bindings = self.bindings(form, arguments.first());
        let body = self.body(arguments.get(1..).unwrap_or_default(), form.span, tail);
        self.scopes.reset(mark);
        self.node(form.span, Op::Let(bindings, Box::new(body)))
    }

    fn special_loop(&mut self, form: &Form, arguments: &[Form], _tail: bool) -> Node {
        let mark = self.scopes.mark();
        let bindings = self.bindings(form, arguments.first());
        let slots = bindings.iter().map(|(slot, _)| *slot).collect();
        let outer = self.scopes.set_recur(Some(slots));
        let body = self.body(arguments.get(1..).unwrap_or_default(), form.span, true);
        self.scopes.set_recur(outer);
        self.scopes.reset(mark);
        self.node(form.span, Op::Loop(bindings, Box::new(body)))
    }

    fn special_recur(&mut self, form: &Form, arguments: &[Form], tail: bool) -> Node {
        let values: Vec<Node> = arguments.iter().map(|form| self.form(form, false)).collect();
        let Some(slots) = self.scopes.recur().filter(|_| tail).cloned() else {
            return self.error(form.span, "`recur` must be the last thing a loop or function does");
        };
        if slots.len() != values.len() {
            let message =
                format!("`recur` has {} arguments, its loop or function {}", values.len(), slots.len());
            return self.error(form.span, &message);
        }
        self.node(form.span, Op::Recur(slots, values))
    }

    fn special_throw(&mut self, form: &Form, arguments: &[Form], _tail: bool) -> Node {
        let [value] = arguments else { return self.error(form.span, "`throw` needs one value") };
        let value = self.form(value, false);
        self.node(form.span, Op::Throw(Box::new(value)))
    }

    fn special_try(&mut self, form: &Form, arguments: &[Form], _tail: bool) -> Node {
        let clause = |form: &Form, name: &str| {
            form.list().and_then(<[Form]>::first).is_some_and(|head| head.is_symbol(name))
        };
        let end = arguments.iter().position(|form| clause(form, "catch") || clause(form, "finally"));
        let (body, clauses) = arguments.split_at(end.unwrap_or(arguments.len()));
        let recur = self.scopes.set_recur(None);
        let body = self.body(body, form.span, false);
        let mut catches = Vec::new();
        let mut finally = None;
        for (at, form) in clauses.iter().enumerate() {
            let items = form.list().unwrap_or_default();
            if clause(form, "catch") && finally.is_none() {
                catches.extend(self.catch(form, items));
            } else if clause(form, "finally") && at + 1 == clauses.len() {
                finally = Some(self.body(&items[1..], form.span, false));
            } else {
                self.error(form.span, "a `try` has its body first, then `catch`, then one `finally`");
            }
        }
        self.scopes.set_recur(recur);
        self.node(form.span, Op::Try(Box::new(Try { body, catches, finally })))
    }

    fn catch(&mut self, form: &Form, items: &[Form]) -> Option<Catch> {
        let [_, class, name, body @ ..] = items else {
            self.error(form.span, "`catch` needs a class, a name and a body");
            return None;
        };
        let class = match &class.kind {
            Kind::Keyword(name) if name.to_string() == "default" => Class::Anything,
            Kind::Symbol(name) => match name.to_string().as_str() {
                "js/Error" => Class::Error,
                "ExceptionInfo" | "cljs.core/ExceptionInfo" => Class::ExceptionInfo,
                other => {
                    self.refuse(
                        class.span,
                        &format!("catching `{other}` is not covered; `:default` and `js/Error` are"),
                    );
                    return None;
                }
            },
            _ => {
                self.error(class.span, "`catch` needs a class");
                return None;
            }
        };
        let Some(name) = name.symbol().filter(|name| name.namespace.is_none()) else {
            self.error(name.span, "`catch` needs a name for what it catches");
            return None;
        };
        let mark = self.scopes.mark();
        let slot = self.scopes.add(&name.name);
        let body = self.body(body, form.span, false);
        self.scopes.reset(mark);
        Some(Catch { class, slot, body })
    }

    /// `(case test [constants] form … default?)`, as the macro `case` has it.
    fn special_case(&mut self, form: &Form, arguments: &[Form], tail: bool) -> Node {
        let [test, clauses @ ..] = arguments else { return self.error(form.span, "`case` needs a value") };
        let test = self.form(test, false);
        let (clauses, default) = match clauses {
            [clauses @ .., default] if clauses.len() % 2 == 0 => (clauses, Some(default)),
            clauses => (clauses, None),
        };
        let mut constants: Vec<(Value, usize)> = Vec::new();
        let mut branches = Vec::new();
        for clause in clauses.chunks_exact(2) {
            let group = if let Kind::List(items) = &clause[0].kind { &items[..] } else { &clause[..1] };
            for constant in group {
                let value = self.quoted(constant);
                if constants.iter().any(|(other, _)| equal(other, &value)) {
                    self.error(constant.span, &format!("`case` has `{constant}` twice"));
                }
                constants.push((value, branches.len()));
            }
            branches.push(self.form(&clause[1], tail));
        }
        let default = default.map(|form| self.form(form, tail));
        self.node(form.span, Op::Case(Box::new(Case { test, constants, branches, default })))
    }

    fn special_binding(&mut self, form: &Form, arguments: &[Form], _tail: bool) -> Node {
        let items = arguments.first().and_then(Form::vector).unwrap_or_default();
        let mut pairs = Vec::new();
        for pair in items.chunks_exact(2) {
            let target = self.form(&pair[0], false);
            let value = self.form(&pair[1], false);
            match target.op {
                Op::Var(var, true) => pairs.push((var, value)),
                Op::Var(..) | Op::Local(_) => {
                    let diagnostic =
                        Diagnostic::error(format!("`{}` cannot be bound: it is not dynamic", pair[0]))
                            .help("define it with `^:dynamic`");
                    self.report(diagnostic, pair[0].span);
                }
                _ => {}
            }
        }
        let recur = self.scopes.set_recur(None);
        let body = self.body(arguments.get(1..).unwrap_or_default(), form.span, false);
        self.scopes.set_recur(recur);
        self.node(form.span, Op::Binding(pairs, Box::new(body)))
    }

    fn special_quote(&mut self, form: &Form, arguments: &[Form], _tail: bool) -> Node {
        let [quoted] = arguments else { return self.error(form.span, "`quote` needs one form") };
        let value = self.quoted(quoted);
        self.node(form.span, Op::Constant(value))
    }
}
