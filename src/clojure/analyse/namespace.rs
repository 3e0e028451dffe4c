//! The `ns` form: what a file is called and what it requires.

use crate::clojure::form::{Form, Kind, Name, Span};
use crate::clojure::library::path;
use crate::clojure::machine::fault::ADVICE;
use crate::text::diagnostic::Diagnostic;

/// What `ns` says.
#[derive(Debug, Default)]
pub(crate) struct NamespaceForm {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) requires: Vec<Require>,
    /// Core names that `:refer-clojure` leaves out.
    pub(crate) excluded: Vec<String>,
}

/// One required namespace.
#[derive(Debug, Default)]
pub(crate) struct Require {
    pub(crate) namespace: String,
    pub(crate) span: Span,
    pub(crate) alias: Option<String>,
    pub(crate) refers: Vec<(String, Span)>,
    /// What a referred name is called in the file instead.
    pub(crate) renames: Vec<(String, String)>,
    /// Whether it is required for its macros.
    pub(crate) macros: bool,
}

/// Something wrong, and where.
type Complaint = (Diagnostic, Span);

fn complaint(message: impl Into<String>, span: Span) -> Complaint {
    (Diagnostic::error(message), span)
}

/// Reads the first form of a file.
pub(crate) fn parse(forms: &[Form]) -> Result<NamespaceForm, Complaint> {
    let help = "begin the file with `(ns name (:require …))`";
    let Some(form) = forms.first() else {
        return Err((Diagnostic::error("the file is empty").help(help), Span::default()));
    };
    let items = form.list().unwrap_or_default();
    let [head, name, clauses @ ..] = items else {
        return Err((Diagnostic::error("the file does not begin with `ns`").help(help), form.span));
    };
    if !head.is_symbol("ns") {
        return Err((Diagnostic::error("the file does not begin with `ns`").help(help), form.span));
    }
    let Some(Name { namespace: None, name: text }) = name.symbol() else {
        return Err(complaint("`ns` needs the name of a namespace", name.span));
    };
    let mut parsed = NamespaceForm { name: text.clone(), span: name.span, ..NamespaceForm::default() };
    let clauses =
        if clauses.first().is_some_and(|form| form.string().is_some()) { &clauses[1..] } else { clauses };
    let clauses =
        if clauses.first().is_some_and(|form| form.map().is_some()) { &clauses[1..] } else { clauses };
    for clause in clauses {
        self::clause(clause, &mut parsed)?;
    }
    Ok(parsed)
}

fn clause(clause: &Form, parsed: &mut NamespaceForm) -> Result<(), Complaint> {
    let Some([head, specs @ ..]) = clause.list() else {
        return Err(complaint(format!("`{clause}` means nothing in `ns`"), clause.span));
    };
    match head.keyword().map(ToString::to_string).as_deref() {
        Some("require") => parsed.requires.extend(requires(specs, false)?),
        Some("require-macros") => parsed.requires.extend(requires(specs, true)?),
        Some("refer-clojure") => match specs {
            [key, names] if key.is_keyword("exclude") => {
                parsed.excluded.extend(symbols(names)?.into_iter().map(|(name, _)| name));
            }
            [] => {}
            _ => return Err(complaint("only `:exclude` is covered in `:refer-clojure`", clause.span)),
        },
        _ => {
            let message = format!("`{head}` in `ns` is not covered; `:require` is");
            return Err((Diagnostic::error(message).help(ADVICE), clause.span));
        }
    }
    Ok(())
}

fn requires(specs: &[Form], macros: bool) -> Result<Vec<Require>, Complaint> {
    specs.iter().map(|spec| require(spec, macros)).collect()
}

fn require(spec: &Form, macros: bool) -> Result<Require, Complaint> {
    let (name, options) = match &spec.kind {
        Kind::Symbol(_) => (spec, &[][..]),
        Kind::Vector(items) if !items.is_empty() => (&items[0], &items[1..]),
        _ => return Err(complaint(format!("`{spec}` cannot be required"), spec.span)),
    };
    let namespace = match &name.kind {
        Kind::Symbol(Name { namespace: None, name }) => Some(name.clone()),
        Kind::String(module) => path::module(module).map(|(namespace, _)| namespace.to_owned()),
        _ => None,
    };
    let Some(namespace) = namespace else {
        let message = format!("requiring `{name}` is not covered; namespaces, `\"path\"` and `\"os\"` are");
        return Err((Diagnostic::error(message).help(ADVICE), name.span));
    };
    let mut require = Require { namespace, span: spec.span, macros, ..Require::default() };
    if options.len() % 2 == 1 {
        return Err(complaint("options of a required namespace come in pairs", spec.span));
    }
    for pair in options.chunks_exact(2) {
        require.option(&pair[0], &pair[1])?;
    }
    let unreferred = |(name, _): &&(String, String)| !require.refers.iter().any(|(other, _)| other == name);
    if let Some((name, _)) = require.renames.iter().find(unreferred) {
        return Err(complaint(
            format!("`{name}` in `:rename` is not referred: add it to `:refer`"),
            spec.span,
        ));
    }
    Ok(require)
}

impl Require {
    /// Takes `:as name` and the other options.
    fn option(&mut self, key: &Form, value: &Form) -> Result<(), Complaint> {
        match key.keyword().map(ToString::to_string).as_deref() {
            Some("as") => match value.symbol() {
                Some(Name { namespace: None, name }) => self.alias = Some(name.clone()),
                _ => return Err(complaint("`:as` needs a name", value.span)),
            },
            Some("refer") => self.refers.extend(symbols(value)?),
            Some("refer-macros") => {
                self.macros = true;
                self.refers.extend(symbols(value)?);
            }
            Some("rename") => {
                let Kind::Map(names) = &value.kind else {
                    return Err(complaint("`:rename` needs a map of names", value.span));
                };
                let names = symbols(&Form::new(Kind::Vector(names.clone()), value.span))?;
                for pair in names.chunks_exact(2) {
                    self.renames.push((pair[0].0.clone(), pair[1].0.clone()));
                }
            }
            Some("include-macros") => self.macros |= value.kind == Kind::Bool(true),
            _ => return Err(complaint(format!("`{key}` is not covered here"), key.span)),
        }
        Ok(())
    }
}

fn symbols(form: &Form) -> Result<Vec<(String, Span)>, Complaint> {
    let (Kind::Vector(items) | Kind::List(items)) = &form.kind else {
        return Err(complaint("a vector of names is needed", form.span));
    };
    let name = |item: &Form| match item.symbol() {
        Some(Name { namespace: None, name }) => Ok((name.clone(), item.span)),
        _ => Err(complaint(format!("`{item}` is not a name"), item.span)),
    };
    items.iter().map(name).collect()
}
