//! Building forms, for macros. Names of the core library are qualified, so that
//! a user's local of the same name changes nothing.

use crate::clojure::form::{Form, Kind, Name, Span};

pub(crate) fn symbol(name: &str, span: Span) -> Form {
    Form::new(Kind::Symbol(Name::plain(name)), span)
}

pub(crate) fn named(name: &Name, span: Span) -> Form {
    Form::new(Kind::Symbol(name.clone()), span)
}

pub(crate) fn nil(span: Span) -> Form {
    Form::new(Kind::Nil, span)
}

pub(crate) fn integer(value: usize, span: Span) -> Form {
    Form::new(Kind::Integer(i64::try_from(value).unwrap_or(i64::MAX)), span)
}

pub(crate) fn string(text: &str, span: Span) -> Form {
    Form::new(Kind::String(text.into()), span)
}

pub(crate) fn list(items: Vec<Form>, span: Span) -> Form {
    Form::new(Kind::List(items), span)
}

pub(crate) fn vector(items: Vec<Form>, span: Span) -> Form {
    Form::new(Kind::Vector(items), span)
}

/// `(name …)`, of a special form or a macro.
pub(crate) fn special(name: &str, arguments: impl IntoIterator<Item = Form>, span: Span) -> Form {
    list(std::iter::once(symbol(name, span)).chain(arguments).collect(), span)
}

/// `(cljs.core/name …)`.
pub(crate) fn core(name: &str, arguments: impl IntoIterator<Item = Form>, span: Span) -> Form {
    let head = named(&Name { namespace: Some("cljs.core".into()), name: name.into() }, span);
    list(std::iter::once(head).chain(arguments).collect(), span)
}

/// `(pm2sync.internal/name …)`: a special form or function of ours.
pub(crate) fn internal(name: &str, arguments: impl IntoIterator<Item = Form>, span: Span) -> Form {
    let head = named(&Name { namespace: Some("pm2sync.internal".into()), name: name.into() }, span);
    list(std::iter::once(head).chain(arguments).collect(), span)
}

/// `(let* [name value] body)`.
pub(crate) fn let_one(name: &Name, value: Form, body: Form, span: Span) -> Form {
    special("let*", [vector(vec![named(name, span), value], span), body], span)
}

/// `(do …)`, or the one form.
pub(crate) fn body(forms: &[Form], span: Span) -> Form {
    match forms {
        [form] => form.clone(),
        _ => special("do", forms.iter().cloned(), span),
    }
}
