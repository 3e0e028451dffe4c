//! `def`, `defn` and `set!`.

use crate::clojure::analyse::analyser::Analyser;
use crate::clojure::analyse::{build, function};
use crate::clojure::form::{Form, Kind, Name, Span};
use crate::clojure::machine::names::{Resolved, Var};
use crate::clojure::machine::node::{Node, Op, VarId};
use crate::text::diagnostic::Diagnostic;

impl Analyser<'_> {
    pub(super) fn special_def(&mut self, form: &Form, arguments: &[Form], _tail: bool) -> Node {
        self.definition(form, arguments, false)
    }

    pub(super) fn special_def_once(&mut self, form: &Form, arguments: &[Form], _tail: bool) -> Node {
        self.definition(form, arguments, true)
    }

    fn definition(&mut self, form: &Form, arguments: &[Form], once: bool) -> Node {
        let (name, value) = match arguments {
            [name] => (name, None),
            [name, value] => (name, Some(value)),
            [name, doc, value] if doc.string().is_some() => (name, Some(value)),
            _ => return self.error(form.span, "`def` needs a name and a value"),
        };
        let Some(symbol) = name.symbol().filter(|symbol| symbol.namespace.is_none()) else {
            return self.error(name.span, "`def` needs a name without a namespace");
        };
        if symbol.name.contains('.') {
            return self.error(name.span, "the name of a definition cannot have a dot");
        }
        let var = self.declare(name, symbol, value);
        let Some(value) = value else { return self.nil(form.span) };
        let value = Box::new(self.form(value, false));
        self.node(form.span, Op::Define { var, value, once })
    }

    fn declare(&mut self, form: &Form, symbol: &Name, value: Option<&Form>) -> VarId {
        let before = self.names.lookup(self.namespace, &symbol.name).map(|id| self.names.vars[id].clone());
        if let (Some(before), Some(_)) = (&before, value)
            && !before.declared
        {
            let help = "give one of them another name, or remove it";
            self.report(
                Diagnostic::error(format!("`{}` is defined twice", symbol.name)).help(help),
                form.span,
            );
        }
        if let Some(here) = self.names.namespaces.get(self.namespace)
            && here.refers.contains_key(&symbol.name)
        {
            self.error(
                form.span,
                &format!("`{}` is defined here and referred from another namespace", symbol.name),
            );
        }
        let was = before.as_ref();
        self.names.define(Var {
            namespace: self.namespace.to_owned(),
            name: symbol.name.clone(),
            dynamic: form.has_flag("dynamic") || was.is_some_and(|var| var.dynamic),
            private: form.has_flag("private") || was.is_some_and(|var| var.private),
            delayed: self.builtin && form.has_flag("delayed"),
            declared: value.is_none() && was.is_none_or(|var| var.declared),
            arities: value.and_then(function::arities),
            native: None,
        })
    }

    /// `(set! target value)`, of a dynamic variable or of `module.exports`.
    pub(super) fn special_set(&mut self, form: &Form, arguments: &[Form], _tail: bool) -> Node {
        let [target, value] = arguments else {
            return self.error(form.span, "`set!` needs a target and a value");
        };
        if is_exports(target) {
            let value = Box::new(self.form(value, false));
            return self.node(form.span, Op::SetExports(value));
        }
        if let Some(name) = target.symbol()
            && let Resolved::Var(var) = self.names.resolve(self.namespace, name, self.builtin)
            && self.names.vars[var].dynamic
        {
            let value = Box::new(self.form(value, false));
            return self.node(form.span, Op::SetVar(var, value));
        }
        self.refuse(target.span, "`set!` of this is not covered; `module.exports` and dynamic variables are")
    }
}

/// `(.-exports js/module)`, `js/module.exports`, `(. js/module -exports)`,
/// `(.. js/module -exports)`.
fn is_exports(form: &Form) -> bool {
    let text = form.to_string();
    matches!(
        text.as_str(),
        "(.-exports js/module)" | "js/module.exports" | "(. js/module -exports)" | "(.. js/module -exports)"
    )
}

/// `(defn name doc? meta? …)` as `(def name (fn name …))`.
pub(super) fn defn(span: Span, arguments: &[Form], private: bool) -> Result<Form, String> {
    let [name, rest @ ..] = arguments else { return Err("`defn` needs a name".into()) };
    let mut name = name.clone();
    if name.symbol().is_none() {
        return Err("`defn` needs a name".into());
    }
    if private {
        name.meta.push(Form::new(Kind::Keyword(Name::plain("private")), span));
    }
    let rest = if rest.first().is_some_and(|form| form.string().is_some()) { &rest[1..] } else { rest };
    let rest = match rest.first() {
        Some(meta @ Form { kind: Kind::Map(_), .. }) => {
            name.meta.push(meta.clone());
            &rest[1..]
        }
        _ => rest,
    };
    // A map of metadata may also stand after several arities.
    let rest = match rest {
        [first, .., Form { kind: Kind::Map(_), .. }] if first.list().is_some() => &rest[..rest.len() - 1],
        _ => rest,
    };
    if rest.is_empty() {
        return Err("`defn` needs parameters".into());
    }
    let mut own = name.clone();
    own.meta.clear();
    let function = build::special("fn", std::iter::once(own).chain(rest.iter().cloned()), span);
    Ok(build::special("def", [name, function], span))
}
