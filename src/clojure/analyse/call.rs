//! Lists: special forms, macros, method calls and calls.

use std::rc::Rc;

use crate::clojure::analyse::analyser::Analyser;
use crate::clojure::analyse::{build, macros, special};
use crate::clojure::form::{Form, Kind, Name};
use crate::clojure::machine::names::Resolved;
use crate::clojure::machine::node::{Call, Node, Op, VarId};
use crate::clojure::value::Value;
use crate::text::diagnostic::Diagnostic;

/// Macros of the core library that define what is not covered: the message
/// should say so, rather than that they are not declared.
const NOT_COVERED: [&str; 13] = [
    "defmacro",
    "defprotocol",
    "defrecord",
    "deftype",
    "extend-type",
    "extend-protocol",
    "reify",
    "with-redefs",
    "go",
    "js*",
    "var",
    "import",
    "require",
];

impl Analyser<'_> {
    pub(super) fn list(&mut self, form: &Form, items: &[Form], tail: bool) -> Node {
        let (head, arguments) = (&items[0], &items[1..]);
        let Some(name) = head.symbol() else {
            let function = self.form(head, false);
            return self.call(form, function, arguments);
        };
        if let Some(analyse) = special::find(name) {
            return analyse(self, form, arguments, tail);
        }
        if name.namespace.is_none() {
            if self.scopes.find(&name.name).is_some() {
                let function = self.form(head, false);
                return self.call(form, function, arguments);
            }
            if let Some(node) = self.dotted(form, &name.name, arguments) {
                return node;
            }
        }
        if let Some(dotted) = self.javascript(name) {
            return self.js_call(form, head, &dotted, arguments);
        }
        match self.names.resolve(self.namespace, name, self.trusts(name)) {
            Resolved::Var(var) => self.call_var(form, head, var, arguments),
            Resolved::Core => match macros::find(&name.name) {
                Some(expand) => match expand(self, form.span, arguments) {
                    Ok(expanded) => self.form(&expanded, tail),
                    Err(message) => self.error(form.span, &message),
                },
                None if NOT_COVERED.contains(&name.name.as_str()) => self.not_covered(form, &name.name),
                None => self.unknown(head.span, name),
            },
            Resolved::Unknown(problem) => self.problem(head.span, name, &problem),
        }
    }

    fn call_var(&mut self, form: &Form, head: &Form, var: VarId, arguments: &[Form]) -> Node {
        let info = &self.names.vars[var];
        if info.delayed {
            let [first, body @ ..] = arguments else {
                return self.error(form.span, &format!("`{}` needs arguments", info.name));
            };
            let body = [vec![build::vector(Vec::new(), form.span)], body.to_vec()].concat();
            let arguments = [first.clone(), build::special("fn*", body, form.span)];
            let function = self.form(head, false);
            return self.call(form, function, &arguments);
        }
        let wrong = info.arities.as_ref().filter(|arities| !info.dynamic && !arities.accept(arguments.len()));
        if wrong.is_some() {
            let message = format!("wrong number of arguments ({}) for `{}`", arguments.len(), info.name);
            self.report(Diagnostic::error(message), form.span);
        }
        let function = self.form(head, false);
        self.call(form, function, arguments)
    }

    pub(super) fn call(&mut self, form: &Form, function: Node, arguments: &[Form]) -> Node {
        let nodes: Vec<Node> = arguments.iter().map(|form| self.form(form, false)).collect();
        let spots: Rc<[_]> = nodes.iter().map(|node| node.spot).collect();
        if let Op::Constant(value) = &function.op
            && !matches!(value, Value::Keyword(_) | Value::Symbol(_) | Value::Function(_))
            && self.diagnostics.is_empty()
        {
            let message = format!("{} cannot be called", value.what());
            return self.error(form.span, &message);
        }
        self.node(form.span, Op::Call(Box::new(Call { function, arguments: nodes, spots })))
    }

    /// `(.method x)`, `(.-property x)` and `(Class. x)`.
    fn dotted(&mut self, form: &Form, name: &str, arguments: &[Form]) -> Option<Node> {
        if let Some(member) = name.strip_prefix('.').filter(|member| !member.is_empty() && *member != ".") {
            let Some((target, rest)) = arguments.split_first() else {
                return Some(self.error(form.span, &format!("`{name}` needs something to be called on")));
            };
            return Some(self.member(form, target, member, rest));
        }
        if name.len() > 1 && name.ends_with('.') && name != ".." {
            return Some(self.construct(form, &Name::plain(&name[..name.len() - 1]), arguments));
        }
        None
    }

    /// A member of a target: `-property`, or a method with its arguments.
    pub(super) fn member(&mut self, form: &Form, target: &Form, member: &str, arguments: &[Form]) -> Node {
        let target = Box::new(self.form(target, false));
        if let Some(property) = member.strip_prefix('-') {
            if !arguments.is_empty() {
                return self.error(form.span, "a property takes no arguments");
            }
            return self.node(form.span, Op::Property(target, property.into()));
        }
        let arguments = arguments.iter().map(|form| self.form(form, false)).collect();
        self.node(form.span, Op::Method(target, member.into(), arguments))
    }

    /// `#(…)`: `%`, `%1` and `%&` are its parameters.
    pub(super) fn anonymous(&mut self, form: &Form, items: &[Form]) -> Node {
        if self.in_anonymous {
            return self.error(form.span, "`#()` cannot stand inside another `#()`");
        }
        let span = form.span;
        let body = build::list(items.to_vec(), span);
        let mut most = 0;
        let mut rest = false;
        parameters(&body, &mut |name| match name {
            "%&" => rest = true,
            "%" => most = most.max(1),
            other => most = most.max(other[1..].parse::<usize>().unwrap_or(0)),
        });
        if most > 20 {
            return self.error(span, "`#()` takes twenty arguments at most");
        }
        let mut names: Vec<Form> = (1..=most).map(|at| build::symbol(&format!("%{at}"), span)).collect();
        if rest {
            names.extend([build::symbol("&", span), build::symbol("%&", span)]);
        }
        let body = if most > 0 {
            build::let_one(&Name::plain("%"), build::symbol("%1", span), body, span)
        } else {
            body
        };
        self.in_anonymous = true;
        let node = self.form(&build::special("fn*", [build::vector(names, span), body], span), false);
        self.in_anonymous = false;
        node
    }
}

/// Calls `see` with every symbol that is a parameter of `#()`.
fn parameters(form: &Form, see: &mut impl FnMut(&str)) {
    match &form.kind {
        Kind::Symbol(Name { namespace: None, name }) if name.starts_with('%') => {
            let digits = &name[1..];
            if digits.is_empty() || digits == "&" || digits.chars().all(|char| char.is_ascii_digit()) {
                see(name);
            }
        }
        Kind::List(items) | Kind::Vector(items) | Kind::Map(items) | Kind::Set(items) => {
            for item in items {
                parameters(item, see);
            }
        }
        Kind::Js(inner) => parameters(inner, see),
        _ => {}
    }
}
