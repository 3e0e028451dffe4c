//! `->` and its relatives, `doto` and `..`.

use crate::clojure::analyse::analyser::Analyser;
use crate::clojure::analyse::build::{self, few};
use crate::clojure::form::{Form, Kind, Span};

type Expanded = Result<Form, String>;

/// Where the value goes among the arguments.
#[derive(Clone, Copy)]
enum Position {
    First,
    Last,
}

/// `(f x)` for `f`, `(f x a)` or `(f a x)` for `(f a)`.
fn insert(value: Form, step: &Form, position: Position) -> Form {
    match &step.kind {
        Kind::List(items) if !items.is_empty() => {
            let mut items = items.clone();
            match position {
                Position::First => items.insert(1, value),
                Position::Last => items.push(value),
            }
            Form { kind: Kind::List(items), span: step.span, meta: step.meta.clone() }
        }
        // `#(…)` reads as `(fn* [] …)`, and the value would go into that list.
        _ => build::list(vec![step.clone(), value], step.span),
    }
}

fn thread(forms: &[Form], position: Position) -> Expanded {
    few(forms)?;
    let [value, steps @ ..] = forms else { return Err("threading needs a value".into()) };
    if let Some(step) = steps.iter().find(|step| matches!(step.kind, Kind::Function(_))) {
        return Err(format!("`{step}` cannot be threaded into; put it in parentheses: `({step})`"));
    }
    Ok(steps.iter().fold(value.clone(), |value, step| insert(value, step, position)))
}

pub(super) fn first(_: &mut Analyser<'_>, _: Span, forms: &[Form]) -> Expanded {
    thread(forms, Position::First)
}

pub(super) fn last(_: &mut Analyser<'_>, _: Span, forms: &[Form]) -> Expanded {
    thread(forms, Position::Last)
}

/// `(as-> value name form…)`
pub(super) fn named(_: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    let [value, name, steps @ ..] = forms else { return Err("`as->` needs a value and a name".into()) };
    let mut names = vec![name.clone(), value.clone()];
    let Some((last, steps)) = steps.split_last() else {
        return Ok(build::special("let*", [build::vector(names, span), name.clone()], span));
    };
    names.extend(steps.iter().flat_map(|step| [name.clone(), step.clone()]));
    Ok(build::special("let*", [build::vector(names, span), last.clone()], span))
}

/// A chain of steps on one fresh name, each `make(name, step)`.
fn chain(
    analyser: &mut Analyser<'_>,
    span: Span,
    value: &Form,
    steps: &[&[Form]],
    make: impl Fn(Form, &[Form]) -> Form,
) -> Form {
    let fresh = analyser.fresh("value");
    let this = || build::named(&fresh, span);
    let mut names = vec![this(), value.clone()];
    for step in steps {
        names.extend([this(), make(this(), step)]);
    }
    build::special("let*", [build::vector(names, span), this()], span)
}

fn some(analyser: &mut Analyser<'_>, span: Span, forms: &[Form], position: Position) -> Expanded {
    let [value, steps @ ..] = forms else { return Err("threading needs a value".into()) };
    thread(forms, position)?;
    let steps: Vec<&[Form]> = steps.iter().map(std::slice::from_ref).collect();
    Ok(chain(analyser, span, value, &steps, |this, step| {
        let next = insert(this.clone(), &step[0], position);
        build::special("if", [build::core("nil?", [this], span), build::nil(span), next], span)
    }))
}

pub(super) fn some_first(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    some(analyser, span, forms, Position::First)
}

pub(super) fn some_last(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    some(analyser, span, forms, Position::Last)
}

fn conditional(analyser: &mut Analyser<'_>, span: Span, forms: &[Form], position: Position) -> Expanded {
    let [value, clauses @ ..] = forms else { return Err("threading needs a value".into()) };
    if clauses.len() % 2 == 1 {
        return Err("`cond->` needs a form for every test".into());
    }
    let steps: Vec<&[Form]> = clauses.chunks_exact(2).collect();
    Ok(chain(analyser, span, value, &steps, |this, step| {
        build::special("if", [step[0].clone(), insert(this.clone(), &step[1], position), this], span)
    }))
}

pub(super) fn cond_first(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    conditional(analyser, span, forms, Position::First)
}

pub(super) fn cond_last(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    conditional(analyser, span, forms, Position::Last)
}

pub(super) fn doto(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    let [value, steps @ ..] = forms else { return Err("`doto` needs a value".into()) };
    let fresh = analyser.fresh("doto");
    let this = || build::named(&fresh, span);
    let calls = steps.iter().map(|step| insert(this(), step, Position::First));
    let body = build::special("do", calls.chain([this()]).collect::<Vec<_>>(), span);
    Ok(build::let_one(&fresh, value.clone(), body, span))
}

/// `(.. x a (b c))` as `(. (. x a) b c)`.
pub(super) fn dots(_: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    few(forms)?;
    let [value, members @ ..] = forms else { return Err("`..` needs a value".into()) };
    Ok(members.iter().fold(value.clone(), |value, member| {
        let parts = member.list().map_or_else(|| vec![member.clone()], <[Form]>::to_vec);
        build::special(".", std::iter::once(value).chain(parts), span)
    }))
}
