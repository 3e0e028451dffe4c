//! The analyser's state, and how it reports. It never fails: what is wrong is
//! reported, and analysis goes on.

use crate::clojure::analyse::scope::Scopes;
use crate::clojure::form::{Form, Kind, Name, Span};
use crate::clojure::library::{self, regex};
use crate::clojure::machine::fault::ADVICE;
use crate::clojure::machine::names::{Names, Problem};
use crate::clojure::machine::node::{Node, Op, Template};
use crate::clojure::source::{Sources, Spot};
use crate::clojure::value::{Value, number};
use crate::text::diagnostic::Diagnostic;

/// Analyses the forms of one file.
pub(crate) struct Analyser<'a> {
    pub(super) names: &'a mut Names,
    /// The code of all functions so far.
    pub(super) templates: &'a mut Vec<Template>,
    pub(super) sources: &'a Sources,
    pub(super) namespace: &'a str,
    pub(super) file: u32,
    /// Whether the file is one of ours.
    pub(super) builtin: bool,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(super) scopes: Scopes,
    pub(super) depth: usize,
    pub(super) analysed: usize,
    generated: usize,
    pub(super) in_anonymous: bool,
}

/// The file that is analysed.
#[derive(Clone, Copy)]
pub(crate) struct SourceFile<'a> {
    pub(crate) number: u32,
    pub(crate) namespace: &'a str,
    /// Whether it is one of ours.
    pub(crate) builtin: bool,
}

impl<'a> Analyser<'a> {
    pub(crate) fn new(
        names: &'a mut Names,
        templates: &'a mut Vec<Template>,
        sources: &'a Sources,
        file: SourceFile<'a>,
    ) -> Self {
        Self {
            names,
            templates,
            sources,
            namespace: file.namespace,
            file: file.number,
            builtin: file.builtin,
            diagnostics: Vec::new(),
            scopes: Scopes::default(),
            depth: 0,
            analysed: 0,
            generated: 0,
            in_anonymous: false,
        }
    }

    /// Our own files, and what macros put into a user's, may name any namespace.
    pub(super) fn trusts(&self, name: &Name) -> bool {
        self.builtin || name.namespace.as_deref().is_some_and(|namespace| namespace.starts_with("pm2sync."))
    }

    pub(super) fn unknown(&mut self, span: Span, name: &Name) -> Node {
        let diagnostic = Diagnostic::error(format!("`{name}` is not declared")).help(format!(
            "define or `:refer` it; if it is a core function that is not covered here, {ADVICE}"
        ));
        self.report(diagnostic, span);
        self.nil(span)
    }

    pub(super) fn problem(&mut self, span: Span, symbol: &Name, problem: &Problem) -> Node {
        let diagnostic = match problem {
            Problem::NotRequired(prefix) => {
                Diagnostic::error(format!("`{symbol}`: this file does not require `{prefix}`"))
                    .help(format!("add `[{prefix}]` to `:require`"))
            }
            Problem::NoSuchVar { namespace, name } => {
                let diagnostic = Diagnostic::error(format!("`{name}` is not defined in `{namespace}`"));
                if library::is_library(namespace) {
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

    pub(super) fn spot(&self, span: Span) -> Spot {
        Sources::spot(self.file, span)
    }

    pub(super) fn node(&self, span: Span, op: Op) -> Node {
        Node { op, spot: self.spot(span) }
    }

    pub(super) fn nil(&self, span: Span) -> Node {
        self.node(span, Op::Constant(Value::Nil))
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic, span: Span) {
        let place = self.sources.place(self.spot(span));
        self.diagnostics.push(diagnostic.at(place));
    }

    /// Reports an error and stands in for the form.
    pub(super) fn error(&mut self, span: Span, message: &str) -> Node {
        self.report(Diagnostic::error(message), span);
        self.nil(span)
    }

    /// Reports a form that is not covered.
    pub(super) fn refuse(&mut self, span: Span, message: &str) -> Node {
        self.report(Diagnostic::error(message).help(ADVICE), span);
        self.nil(span)
    }

    /// A symbol that no program can write.
    pub(super) fn fresh(&mut self, hint: &str) -> Name {
        self.generated += 1;
        Name::plain(format!("{hint} {}", self.generated))
    }

    /// The value of a form that is a constant, without what is inside collections.
    pub(super) fn constant(&self, form: &Form) -> Result<Value, String> {
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
            _ => return Err(format!("{} is not a constant", form.what())),
        })
    }

    pub(super) fn auto_keyword(&self, name: &Name) -> Result<Name, String> {
        let namespace = match &name.namespace {
            None => self.namespace.to_owned(),
            Some(alias) => {
                let here = self.names.namespaces.get(self.namespace);
                here.and_then(|here| here.aliases.get(alias))
                    .cloned()
                    .ok_or_else(|| format!("`::{name}`: no namespace has the alias `{alias}` here"))?
            }
        };
        Ok(Name { namespace: Some(namespace), name: name.name.clone() })
    }

    /// Reports what is known but not covered.
    pub(super) fn not_covered(&mut self, form: &Form, name: &str) -> Node {
        let diagnostic =
            Diagnostic::error(format!("`{name}` is not covered by the embedded compiler")).help(ADVICE);
        self.report(diagnostic, form.span);
        self.nil(form.span)
    }
}
