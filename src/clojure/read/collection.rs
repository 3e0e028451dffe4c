//! Lists, vectors, maps and sets: items up to the closing bracket, with the
//! brackets matched and the literals' keys distinct.

use std::collections::HashSet;

use crate::clojure::form::{Form, Kind, Name};
use crate::clojure::read::{Next, Reader};
use crate::text::diagnostic::Diagnostic;

impl Reader<'_> {
    /// The items between the bracket at hand and `close`.
    pub(super) fn collection(&mut self, close: char) -> Option<Vec<Form>> {
        let start = self.at;
        let opening = self.bump()?;
        let opened = self.span_from(start);
        self.open.push(close);
        let mut items = Vec::new();
        loop {
            match self.next() {
                Next::Form(form) => items.push(form),
                Next::Splice(forms) => items.extend(forms),
                Next::Close(char) if char == close => {
                    self.open.pop();
                    self.bump();
                    return Some(items);
                }
                Next::Close(char) if self.open.contains(&char) => {
                    self.open.pop();
                    self.report(format!("`{opening}` is not closed before `{char}`"), opened);
                    return Some(items);
                }
                Next::Close(char) => {
                    let at = self.at;
                    self.bump();
                    let message = format!("`{char}` closes `{opening}`, which needs `{close}`");
                    self.report(message, self.span_from(at));
                }
                Next::End => {
                    if self.open.pop().is_some() {
                        let help = format!("add the missing `{close}`");
                        self.report_with(
                            Diagnostic::error(format!("`{opening}` is never closed")).help(help),
                            opened,
                        );
                    }
                    return Some(items);
                }
            }
        }
    }

    pub(super) fn map_literal(&mut self) -> Option<Kind> {
        let items = self.collection('}')?;
        self.map_of(items).map(Kind::Map)
    }

    /// Checks that keys have values and are distinct.
    fn map_of(&mut self, mut items: Vec<Form>) -> Option<Vec<Form>> {
        if items.len() % 2 == 1 {
            let last = items.pop()?;
            self.report(
                format!("a map needs a value for every key, but `{}` has none", brief(&last)),
                last.span,
            );
        }
        self.distinct(items.iter().step_by(2));
        Some(items)
    }

    /// Reports each item that stands twice.
    pub(super) fn distinct<'f>(&mut self, items: impl Iterator<Item = &'f Form>) {
        let mut seen = HashSet::new();
        for item in items {
            if !seen.insert(item.to_string()) {
                self.report(format!("duplicate key `{}`", brief(item)), item.span);
            }
        }
    }

    /// `#:ns{…}`: a map whose plain keys belong to a namespace.
    pub(super) fn namespaced_map(&mut self, namespace: &str) -> Option<Kind> {
        let Some(Kind::Map(mut items)) = self.map_literal() else { return None };
        for key in items.iter_mut().step_by(2) {
            if let Kind::Keyword(name) | Kind::Symbol(name) = &mut key.kind {
                *name = match name.namespace.as_deref() {
                    None => Name { namespace: Some(namespace.into()), name: name.name.clone() },
                    Some("_") => Name::plain(name.name.clone()),
                    Some(_) => name.clone(),
                };
            }
        }
        Some(Kind::Map(items))
    }
}

/// A form's text, short enough for a message.
fn brief(form: &Form) -> String {
    // A text may be a secret, and messages are shown to everybody.
    let text = form.to_string();
    let text = if text.contains('"') { "\"…\"".to_owned() } else { text };
    if text.chars().count() <= 40 { text } else { text.chars().take(39).chain(['…']).collect() }
}
