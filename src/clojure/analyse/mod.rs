//! The analyser: forms to nodes. Names are resolved, macros expanded and
//! arities checked before anything runs, so that an undeclared symbol is an
//! error even on a path that is never taken, as it is a warning in shadow-cljs.
//!
//! It never fails: what is wrong is reported, and analysis goes on.

pub(crate) mod build;
mod call;
mod comprehension;
mod conditional;
mod define;
mod destructure;
mod function;
mod interop;
mod literal;
pub(crate) mod macros;
mod mutual;
pub(crate) mod names;
pub(crate) mod namespace;
mod scope;
pub(crate) mod special;
mod threading;

use crate::clojure::analyse::names::{Names, Problem, Resolved};
use crate::clojure::analyse::scope::Scopes;
use crate::clojure::form::{Form, Kind, Name, Span};
use crate::clojure::library::regex;
use crate::clojure::run::machine::ADVICE;
use crate::clojure::run::node::{Node, Op};
use crate::clojure::run::source::{Sources, Spot};
use crate::clojure::value::{Value, number};
use crate::text::diagnostic::Diagnostic;

/// How deep forms may nest once macros are expanded.
const DEEPEST: usize = 1_500;
/// How many forms a file may have once macros are expanded.
const MOST: usize = 1_000_000;

/// Analyses the forms of one file.
pub(crate) struct Analyser<'a> {
    pub(crate) names: &'a mut Names,
    pub(crate) sources: &'a Sources,
    pub(crate) namespace: String,
    pub(crate) file: u32,
    /// Whether the file is one of ours.
    pub(crate) builtin: bool,
    pub(crate) diagnostics: Vec<Diagnostic>,
    scopes: Scopes,
    depth: usize,
    analysed: usize,
    generated: usize,
    in_anonymous: bool,
}

/// A form of a file, ready to run, and the size of its frame.
pub(crate) struct TopLevel {
    pub(crate) node: Node,
    pub(crate) size: usize,
}

impl<'a> Analyser<'a> {
    pub(crate) fn new(
        names: &'a mut Names,
        sources: &'a Sources,
        namespace: &str,
        file: u32,
        builtin: bool,
    ) -> Self {
        Self {
            names,
            sources,
            namespace: namespace.into(),
            file,
            builtin,
            diagnostics: Vec::new(),
            scopes: Scopes::default(),
            depth: 0,
            analysed: 0,
            generated: 0,
            in_anonymous: false,
        }
    }

    /// Analyses a form that stands by itself.
    pub(crate) fn top_level(&mut self, form: &Form) -> TopLevel {
        self.scopes.enter_function();
        let node = self.form(form, false);
        let size = self.scopes.start_arity().size;
        self.scopes.leave_function();
        TopLevel { node, size }
    }

    /// Analyses one form; `tail` says whether `recur` may stand here.
    fn form(&mut self, form: &Form, tail: bool) -> Node {
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
    fn body(&mut self, forms: &[Form], span: Span, tail: bool) -> Node {
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

    fn symbol(&mut self, form: &Form, name: &Name) -> Node {
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
        match self.names.resolve(&self.namespace, name, self.trusts(name)) {
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

    /// Our own files, and what macros put into a user's, may name any namespace.
    fn trusts(&self, name: &Name) -> bool {
        self.builtin || name.namespace.as_deref().is_some_and(|namespace| namespace.starts_with("pm2sync."))
    }

    fn unknown(&mut self, span: Span, name: &Name) -> Node {
        let diagnostic = Diagnostic::error(format!("`{name}` is not declared")).help(format!(
            "define or `:refer` it; if it is a core function that is not covered here, {ADVICE}"
        ));
        self.report(diagnostic, span);
        self.nil(span)
    }

    fn problem(&mut self, span: Span, symbol: &Name, problem: &Problem) -> Node {
        let diagnostic = match problem {
            Problem::NotRequired(prefix) => {
                Diagnostic::error(format!("`{symbol}`: this file does not require `{prefix}`"))
                    .help(format!("add `[{prefix}]` to `:require`"))
            }
            Problem::NoSuchVar { namespace, name } => {
                let diagnostic = Diagnostic::error(format!("`{name}` is not defined in `{namespace}`"));
                let ours = crate::clojure::library::is_library(namespace);
                if ours {
                    diagnostic.help(format!("if it is not covered here, {ADVICE}"))
                } else {
                    diagnostic
                }
            }
            Problem::Private { namespace, name } => {
                Diagnostic::error(format!("`{name}` is private to `{namespace}`"))
            }
        };
        self.report(diagnostic, span);
        self.nil(span)
    }

    fn spot(&self, span: Span) -> Spot {
        Sources::spot(self.file, span)
    }

    fn node(&self, span: Span, op: Op) -> Node {
        Node { op, spot: self.spot(span) }
    }

    fn nil(&self, span: Span) -> Node {
        self.node(span, Op::Constant(Value::Nil))
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic, span: Span) {
        let place = self.sources.place(self.spot(span));
        self.diagnostics.push(diagnostic.at(place));
    }

    /// Reports an error and stands in for the form.
    fn error(&mut self, span: Span, message: &str) -> Node {
        self.report(Diagnostic::error(message), span);
        self.nil(span)
    }

    /// Reports a form that is not covered.
    fn refuse(&mut self, span: Span, message: &str) -> Node {
        self.report(Diagnostic::error(message).help(ADVICE), span);
        self.nil(span)
    }

    /// A symbol that no program can write.
    fn fresh(&mut self, hint: &str) -> Name {
        self.generated += 1;
        Name::plain(format!("{hint} {}", self.generated))
    }

    /// The value of a form that is a constant, without what is inside collections.
    fn constant(&self, form: &Form) -> Result<Value, String> {
        Ok(match &form.kind {
            Kind::Nil => Value::Nil,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Integer(value) => Value::Number(number::from_i64(*value)),
            Kind::Float(value) => Value::Number(*value),
            Kind::String(text) => Value::string(text.as_str()),
            Kind::Character(char) => Value::string(char.to_string()),
            Kind::Keyword(name) => Value::Keyword(name.clone().into()),
            Kind::AutoKeyword(name) => Value::Keyword(self.auto_keyword(name)?.into()),
            Kind::Regex(pattern) => match regex::fault(pattern) {
                None => Value::Regex(pattern.as_str().into()),
                Some(fault) => return Err(fault),
            },
            Kind::List(_) => Value::list(Vec::new()),
            _ => return Err(format!("{} is no constant", form.what())),
        })
    }

    fn auto_keyword(&self, name: &Name) -> Result<Name, String> {
        let namespace = match &name.namespace {
            None => self.namespace.clone(),
            Some(alias) => {
                let here = self.names.namespaces.get(&self.namespace);
                here.and_then(|here| here.aliases.get(alias))
                    .cloned()
                    .ok_or_else(|| format!("`::{name}`: no namespace has the alias `{alias}` here"))?
            }
        };
        Ok(Name { namespace: Some(namespace), name: name.name.clone() })
    }
}
