//! JavaScript from ClojureScript: `js/…` names, members, constructors. What
//! there is stands in `library/interop.rs`; everything else is refused.

use std::rc::Rc;

use crate::clojure::analyse::analyser::Analyser;
use crate::clojure::analyse::build;
use crate::clojure::form::{Form, Kind, Name};
use crate::clojure::library::{self, path};
use crate::clojure::machine::fault::ADVICE;
use crate::clojure::machine::names::JS;
use crate::clojure::machine::node::{Node, Op};
use crate::clojure::value::{Function, Host, Value};
use crate::text::diagnostic::Diagnostic;

impl Analyser<'_> {
    /// What stands behind `js/`; `Math/floor` is `js/Math.floor` unless `Math` is an alias.
    pub(super) fn javascript(&self, name: &Name) -> Option<String> {
        match name.namespace.as_deref()? {
            "js" => Some(name.name.clone()),
            "Math" if !self.names.namespaces.get(self.namespace)?.aliases.contains_key("Math") => {
                Some(format!("Math.{}", name.name))
            }
            _ => None,
        }
    }

    /// The module of node's that a file has this alias for.
    pub(super) fn module(&self, alias: &Name) -> Option<Host> {
        let here = self.names.namespaces.get(self.namespace)?;
        let namespace = here.aliases.get(&alias.name).filter(|_| alias.namespace.is_none())?;
        namespace.strip_prefix("node:").and_then(path::module).map(|(_, host)| host)
    }

    /// `js/a.b.c` as a value.
    pub(super) fn js_symbol(&mut self, form: &Form, dotted: &str) -> Node {
        let constant = match dotted {
            "undefined" => Some(Value::Host(Host::Undefined)),
            "NaN" => Some(Value::Number(f64::NAN)),
            "Math.PI" => Some(Value::Number(std::f64::consts::PI)),
            "Infinity" => Some(Value::Number(f64::INFINITY)),
            "Number.MAX_SAFE_INTEGER" => Some(Value::Number(9_007_199_254_740_991.0)),
            _ => library::native(JS, dotted).map(|native| Value::Function(Rc::new(Function::Native(native)))),
        };
        if let Some(value) = constant {
            return self.node(form.span, Op::Constant(value));
        }
        let mut parts = dotted.split('.');
        let host = match parts.next() {
            Some("process") => Host::Process,
            Some("module") => Host::Module,
            Some("__dirname" | "__filename") => {
                let said = Diagnostic::error(format!(
                    "`js/{dotted}` is where the artifact lies, which is not covered"
                ));
                self.report(said.help(format!("use `(js/process.cwd)`, or {ADVICE}")), form.span);
                return self.nil(form.span);
            }
            Some("Date") => {
                let said = Diagnostic::error(format!(
                    "`js/{dotted}` would make every compile differ; it is refused"
                ));
                self.report(said, form.span);
                return self.nil(form.span);
            }
            _ => return self.refuse(form.span, &format!("`js/{dotted}` is not covered")),
        };
        parts.fold(self.node(form.span, Op::Host(host)), |target, part| {
            self.node(form.span, Op::Property(Box::new(target), part.into()))
        })
    }

    /// `(js/a.b.c argument…)`: a function known by its whole name, or a method.
    pub(super) fn js_call(&mut self, form: &Form, head: &Form, dotted: &str, arguments: &[Form]) -> Node {
        if let Some(class) = dotted.strip_suffix('.') {
            let class = Name { namespace: Some("js".into()), name: class.into() };
            return self.construct(form, &class, arguments);
        }
        if let ("require", [Form { kind: Kind::String(module), .. }]) = (dotted, arguments)
            && let Some((_, host)) = path::module(module)
        {
            return self.node(form.span, Op::Host(host));
        }
        // What it changes is seen by nobody else when it is written here.
        if let ("Object.assign", [Form { kind: Kind::Js(target), .. }, ..]) = (dotted, arguments)
            && target.map().is_some()
        {
            let assign = build::internal("object-assign", arguments.iter().cloned(), form.span);
            return self.form(&assign, false);
        }
        if library::native(JS, dotted).is_none()
            && let Some((target, method)) = dotted.rsplit_once('.')
        {
            let target = build::named(&Name { namespace: Some("js".into()), name: target.into() }, head.span);
            return self.member(form, &target, method, arguments);
        }
        let function = self.js_symbol(head, dotted);
        self.call(form, function, arguments)
    }

    /// `(js/Error. "message")` and `(new js/Error "message")`.
    pub(super) fn construct(&mut self, form: &Form, class: &Name, arguments: &[Form]) -> Node {
        if class.to_string() != "js/Error" {
            return self.refuse(form.span, &format!("`{class}` cannot be constructed here"));
        }
        let arguments = arguments.iter().map(|form| self.form(form, false)).collect();
        self.node(form.span, Op::NewError(arguments))
    }

    pub(super) fn special_new(&mut self, form: &Form, arguments: &[Form], _tail: bool) -> Node {
        match arguments.split_first().and_then(|(class, rest)| Some((class.symbol()?, rest))) {
            Some((class, rest)) => self.construct(form, class, rest),
            None => self.error(form.span, "`new` needs a class"),
        }
    }

    /// `(. target member argument…)` and `(. target (member argument…))`.
    pub(super) fn special_dot(&mut self, form: &Form, arguments: &[Form], _tail: bool) -> Node {
        let [target, member, rest @ ..] = arguments else {
            return self.error(form.span, "`.` needs something and the name of a member");
        };
        let (member, rest) = match member.list() {
            Some([member, arguments @ ..]) if rest.is_empty() => (member, arguments),
            _ => (member, rest),
        };
        match member.symbol() {
            Some(name) if name.namespace.is_none() => self.member(form, target, &name.name.clone(), rest),
            _ => self.error(member.span, "a member needs a name"),
        }
    }
}
