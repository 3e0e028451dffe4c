//! Forms to nodes: which part of the analyser a form is for.

use crate::clojure::analyse::analyser::Analyser;
use crate::clojure::analyse::{macros, special};
use crate::clojure::form::{Form, Kind, Name, Span};
use crate::clojure::machine::names::Resolved;
use crate::clojure::machine::node::{Node, Op, TopLevel};

/// How deep forms may nest once macros are expanded.
const DEEPEST: usize = 1_500;
/// How many forms a file may have once macros are expanded.
const MOST: usize = 1_000_000;

impl Analyser<'_> {
    /// Analyses a form that stands by itself.
    pub(crate) fn top_level(&mut self, form: &Form) -> TopLevel {
        self.scopes.enter_function();
        let node = self.form(form, false);
        let size = self.scopes.start_arity().size;
        self.scopes.leave_function();
        TopLevel { node, size }
    }

    /// Analyses one form; `tail` says whether `recur` may stand here.
    pub(super) fn form(&mut self, form: &Form, tail: bool) -> Node {
        self.analysed += 1;
        if self.depth >= DEEPEST || self.analysed > MOST {
            if self.analysed > MOST + 1 {
                return self.nil(form.span);
            }
            return self.error(form.span, "there are too many forms, or too deep, once macros are expanded");
        }
        self.depth += 1;
        let node = match &form.kind {
            Kind::Symbol(name) => self.symbol(form, name),
            Kind::List(items) if !items.is_empty() => self.list(form, items, tail),
            Kind::Function(items) => self.anonymous(form, items),
            Kind::Vector(_) | Kind::Map(_) | Kind::Set(_) | Kind::Js(_) => self.collection(form),
            Kind::Marked(mark, _) => self.refuse(form.span, &format!("`{mark}` is not covered")),
            _ => match self.constant(form) {
                Ok(value) => self.node(form.span, Op::Constant(value)),
                Err(message) => self.error(form.span, &message),
            },
        };
        self.depth -= 1;
        node
    }

    /// Analyses several forms of which the last gives the value.
    pub(super) fn body(&mut self, forms: &[Form], span: Span, tail: bool) -> Node {
        match forms {
            [] => self.nil(span),
            [form] => self.form(form, tail),
            [others @ .., last] => {
                let mut nodes: Vec<Node> = others.iter().map(|form| self.form(form, false)).collect();
                nodes.push(self.form(last, tail));
                self.node(span, Op::Do(nodes))
            }
        }
    }

    pub(super) fn symbol(&mut self, form: &Form, name: &Name) -> Node {
        if name.namespace.is_none()
            && let Some(slot) = self.scopes.find(&name.name)
        {
            return self.node(form.span, Op::Local(slot));
        }
        if let Some(dotted) = self.javascript(name) {
            return self.js_symbol(form, &dotted);
        }
        if let Some(host) = self.module(name) {
            return self.node(form.span, Op::Host(host));
        }
        match self.names.resolve(self.namespace, name, self.trusts(name)) {
            Resolved::Var(var) => {
                let dynamic = self.names.vars[var].dynamic;
                self.node(form.span, Op::Var(var, dynamic))
            }
            Resolved::Core if macros::find(&name.name).is_some() || special::find(name).is_some() => {
                self.error(form.span, &format!("`{name}` is a macro; it cannot be used as a value"))
            }
            Resolved::Core => self.unknown(form.span, name),
            Resolved::Unknown(problem) => self.problem(form.span, name, &problem),
        }
    }
}
