//! Taking forms apart and building them, for macros. Names of the core library are qualified, so that
//! a user's local of the same name changes nothing.

use crate::clojure::form::{Form, Kind, Name, Span};
use crate::clojure::machine::names::{CORE, INTERNAL};

/// The most forms that a macro which nests them may have.
const MOST: usize = 500;

pub(super) fn symbol(name: &str, span: Span) -> Form {
    Form::new(Kind::Symbol(Name::plain(name)), span)
}

pub(super) fn named(name: &Name, span: Span) -> Form {
    Form::new(Kind::Symbol(name.clone()), span)
}

pub(super) fn nil(span: Span) -> Form {
    Form::new(Kind::Nil, span)
}

pub(super) fn integer(value: usize, span: Span) -> Form {
    Form::new(Kind::Integer(i64::try_from(value).unwrap_or(i64::MAX)), span)
}

pub(super) fn string(text: &str, span: Span) -> Form {
    Form::new(Kind::String(text.into()), span)
}

pub(super) fn list(items: Vec<Form>, span: Span) -> Form {
    Form::new(Kind::List(items), span)
}

pub(super) fn vector(items: Vec<Form>, span: Span) -> Form {
    Form::new(Kind::Vector(items), span)
}

/// `(name …)`, of a special form or a macro.
pub(super) fn special(name: &str, arguments: impl IntoIterator<Item = Form>, span: Span) -> Form {
    list(std::iter::once(symbol(name, span)).chain(arguments).collect(), span)
}

/// `(cljs.core/name …)`.
pub(super) fn core(name: &str, arguments: impl IntoIterator<Item = Form>, span: Span) -> Form {
    let head = named(&Name { namespace: Some(CORE.into()), name: name.into() }, span);
    list(std::iter::once(head).chain(arguments).collect(), span)
}

/// `(pm2sync.internal/name …)`: a special form or function of ours.
pub(super) fn internal(name: &str, arguments: impl IntoIterator<Item = Form>, span: Span) -> Form {
    let head = named(&Name { namespace: Some(INTERNAL.into()), name: name.into() }, span);
    list(std::iter::once(head).chain(arguments).collect(), span)
}

/// `(let* [name value] body)`.
pub(super) fn let_one(name: &Name, value: Form, body: Form, span: Span) -> Form {
    special("let*", [vector(vec![named(name, span), value], span), body], span)
}

/// `(do …)`, or the one form.
pub(super) fn body(forms: &[Form], span: Span) -> Form {
    match forms {
        [form] => form.clone(),
        _ => special("do", forms.iter().cloned(), span),
    }
}

/// The pairs of a vector of bindings.
pub(super) fn bindings(form: Option<&Form>) -> Result<&[Form], String> {
    let items = form.and_then(Form::vector).ok_or("bindings need a vector")?;
    if items.len() % 2 == 1 {
        return Err("bindings need a value for every name".into());
    }
    Ok(items)
}

/// Refuses what would nest too deep.
pub(super) fn few(forms: &[Form]) -> Result<(), String> {
    if forms.len() > MOST { Err(format!("more than {MOST} forms in one macro")) } else { Ok(()) }
}
