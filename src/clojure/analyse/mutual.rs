//! `letfn`, `defmulti` and `defmethod`: functions that are found by another way
//! than the order in which they are written.

use crate::clojure::analyse::analyser::Analyser;
use crate::clojure::analyse::build;
use crate::clojure::form::{Form, Kind, Name, Span};

type Expanded = Result<Form, String>;

/// Functions that see one another. Each is kept in a cell, and its siblings take
/// it from there when they are called:
/// `(let* [c (cell) f (fn f ([x] (let* [g (take d)] …)))] (keep c f) …)`.
pub(super) fn letfn(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    let functions = forms.first().and_then(Form::vector).ok_or("`letfn` needs a vector of functions")?;
    let mut siblings: Vec<(Form, Form)> = Vec::new();
    for function in functions {
        let name = function.list().and_then(<[Form]>::first).filter(|name| name.symbol().is_some());
        let name = name.ok_or("a function in `letfn` needs a name and parameters")?;
        siblings.push((name.clone(), build::named(&analyser.fresh("cell"), span)));
    }
    let mut names = Vec::new();
    for (_, cell) in &siblings {
        names.extend([cell.clone(), build::internal("cell", [], span)]);
    }
    for (function, (name, _)) in functions.iter().zip(&siblings) {
        let rest = function.list().unwrap_or_default().get(1..).unwrap_or_default();
        let arities: Vec<&[Form]> = if rest.first().is_some_and(|form| form.vector().is_some()) {
            vec![rest]
        } else {
            rest.iter().map(|form| form.list().unwrap_or_default()).collect()
        };
        let arities = arities.into_iter().map(|arity| with_siblings(arity, &siblings, function.span));
        let mut parts = vec![name.clone()];
        parts.extend(arities.collect::<Result<Vec<_>, _>>()?);
        names.extend([name.clone(), build::special("fn", parts, function.span)]);
    }
    let kept =
        siblings.iter().map(|(name, cell)| build::internal("keep", [cell.clone(), name.clone()], span));
    let body = kept.chain(forms[1..].iter().cloned()).collect::<Vec<_>>();
    Ok(build::special("let*", std::iter::once(build::vector(names, span)).chain(body), span))
}

/// One arity, with the siblings that its parameters do not hide.
fn with_siblings(arity: &[Form], siblings: &[(Form, Form)], span: Span) -> Expanded {
    let [parameters, body @ ..] = arity else { return Err("a function in `letfn` needs parameters".into()) };
    if matches!(body, [Form { kind: Kind::Map(_), .. }, _, ..]) {
        return Err("`:pre` and `:post` conditions are not covered".into());
    }
    let mut names = Vec::new();
    for (name, cell) in siblings {
        if !mentions(parameters, name.symbol()) {
            names.extend([name.clone(), build::internal("take", [cell.clone()], span)]);
        }
    }
    let body =
        build::special("let*", std::iter::once(build::vector(names, span)).chain(body.iter().cloned()), span);
    Ok(build::list(vec![parameters.clone(), body], span))
}

/// Whether a name stands anywhere in a pattern.
fn mentions(pattern: &Form, name: Option<&Name>) -> bool {
    match &pattern.kind {
        Kind::Symbol(own) => Some(own) == name,
        Kind::Vector(items) | Kind::Map(items) => items.iter().any(|item| mentions(item, name)),
        _ => false,
    }
}

/// `(defmulti name doc? attributes? dispatch :default value?)`
pub(super) fn defmulti(_: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    let [name, rest @ ..] = forms else { return Err("`defmulti` needs a name".into()) };
    let Some(symbol) = name.symbol() else { return Err("`defmulti` needs a name".into()) };
    let rest = if rest.first().is_some_and(|form| form.string().is_some()) { &rest[1..] } else { rest };
    let rest = if rest.len() > 1 && rest[0].map().is_some() { &rest[1..] } else { rest };
    let (dispatch, default) = match rest {
        [dispatch] => (dispatch, Form::new(Kind::Keyword(Name::plain("default")), span)),
        [dispatch, key, default] if key.is_keyword("default") => (dispatch, default.clone()),
        _ => return Err("`defmulti` takes a dispatch function and `:default`; more is not covered".into()),
    };
    let shown = Form::new(Kind::String(symbol.name.clone()), span);
    let multi = build::internal("multi", [shown, dispatch.clone(), default], span);
    Ok(build::special("def", [name.clone(), multi], span))
}

/// `(defmethod name value [parameters] body…)`
pub(super) fn defmethod(_: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    let [name, value, function @ ..] = forms else {
        return Err("`defmethod` needs a multimethod, a value and a function".into());
    };
    let function = build::special("fn", function.iter().cloned(), span);
    Ok(build::internal("add-method", [name.clone(), value.clone(), function], span))
}
