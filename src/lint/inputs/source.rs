//! A file of ClojureScript or EDN with its forms, read once for all rules.

use std::ops::Range;

use crate::clojure::{Form, Kind, Span, read_forms};
use crate::text::diagnostic::{Diagnostic, Place};
use crate::text::lines::LineIndex;

/// One file of forms.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Relative to the root.
    pub path: String,
    /// Its text; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// Whether it is one of the sources, and no other input.
    pub is_definition: bool,
    /// What could be read.
    pub forms: Vec<Form>,
    /// What could not.
    pub errors: Vec<Diagnostic>,
    lines: LineIndex,
}

impl Source {
    /// Reads the file.
    pub(crate) fn new(path: &str, bytes: &[u8], is_definition: bool) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let lines = LineIndex::new(path, &text);
        let (forms, mut errors) = read_forms(path, &text);
        if let Err(error) = std::str::from_utf8(bytes) {
            let at = error.valid_up_to();
            let place = lines.place(at..at + 1);
            errors.insert(0, Diagnostic::error("the file is not valid UTF-8").at(Some(place)));
        }
        Self { path: path.to_owned(), text, is_definition, forms, errors, lines }
    }

    /// The place of a form.
    pub(crate) fn place(&self, span: Span) -> Place {
        self.place_of(span.start as usize..span.end as usize)
    }

    /// The place of some bytes.
    pub(crate) fn place_of(&self, bytes: Range<usize>) -> Place {
        self.lines.place(bytes)
    }

    /// The `ns` form and the name in it.
    pub(crate) fn namespace(&self) -> Option<(&Form, &str)> {
        let form = self.forms.iter().find(|form| head(form).is_some_and(|head| head.is_symbol("ns")))?;
        let name = form.list()?.get(1)?;
        Some((name, name.symbol()?.name.as_str()))
    }

    /// Every namespace that the file requires, in `ns` or by `require`.
    pub(crate) fn required(&self) -> Vec<String> {
        const CLAUSES: &[&str] = &["require", "use", "require-macros", "use-macros"];
        let mut found = Vec::new();
        for form in &self.forms {
            let items = form.list().unwrap_or_default();
            let Some(head) = items.first() else { continue };
            if head.is_symbol("ns") {
                let is_clause = |clause: &&[Form]| {
                    clause.first().is_some_and(|head| CLAUSES.iter().any(|word| head.is_keyword(word)))
                };
                let clauses = items.iter().filter_map(Form::list).filter(is_clause);
                found.extend(clauses.flat_map(|clause| clause.iter().filter_map(name_in)));
            } else if head.is_symbol("require") || head.is_symbol("use") {
                let quoted = items.iter().filter_map(|item| item.list()?.get(1));
                found.extend(quoted.filter_map(name_in));
            }
        }
        found
    }

    /// Calls `visit` with every form, outer ones first.
    pub(crate) fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Form)) {
        for form in &self.forms {
            walk(form, visit);
        }
    }

    /// The entry of a map whose key begins at this byte.
    pub(crate) fn pair_at(&self, start: u32) -> Option<(&Form, &Form)> {
        let mut found = None;
        self.walk(&mut |form| {
            let mut pairs = form.map().into_iter().flatten();
            found = found.or_else(|| pairs.find(|(key, _)| key.span.start == start));
        });
        found
    }
}

/// `web` of `web` and of `[web :as w]`.
fn name_in(form: &Form) -> Option<String> {
    let form = form.vector().and_then(<[Form]>::first).unwrap_or(form);
    form.symbol().map(|name| name.name.clone())
}

/// The first item of a list.
pub(crate) fn head(form: &Form) -> Option<&Form> {
    form.list()?.first()
}

fn walk<'a>(form: &'a Form, visit: &mut dyn FnMut(&'a Form)) {
    visit(form);
    match &form.kind {
        Kind::List(items)
        | Kind::Vector(items)
        | Kind::Map(items)
        | Kind::Set(items)
        | Kind::Function(items) => {
            for item in items {
                walk(item, visit);
            }
        }
        Kind::Js(inner) => walk(inner, visit),
        _ => {}
    }
}
