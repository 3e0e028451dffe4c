//! `when`, `cond`, `case` and the other macros that choose.

#![expect(
    clippy::unnecessary_wraps,
    reason = "every macro of the table has one signature, and most can fail"
)]

use crate::clojure::analyse::analyser::Analyser;
use crate::clojure::analyse::build::{self, bindings, few};
use crate::clojure::form::{Form, Kind, Span};

type Expanded = Result<Form, String>;

pub(super) fn when(_: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    let [test, body @ ..] = forms else { return Err("`when` needs a test".into()) };
    Ok(build::special("if", [test.clone(), build::body(body, span)], span))
}

pub(super) fn when_not(_: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    let [test, body @ ..] = forms else { return Err("`when-not` needs a test".into()) };
    Ok(build::special("if", [test.clone(), build::nil(span), build::body(body, span)], span))
}

pub(super) fn if_not(_: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    let (test, then, other) = match forms {
        [test, then] => (test, then, build::nil(span)),
        [test, then, other] => (test, then, other.clone()),
        _ => return Err("`if-not` needs a test, a form and perhaps another".into()),
    };
    Ok(build::special("if", [test.clone(), other, then.clone()], span))
}

/// `(let [fresh value] (if (test fresh) (let [pattern fresh] then) other))`
fn bound(
    analyser: &mut Analyser<'_>,
    span: Span,
    pairs: &[Form],
    test: Test,
    branches: [Form; 2],
) -> Expanded {
    let [pattern, value] = pairs else { return Err("exactly one binding is needed".into()) };
    let [then, other] = branches;
    let fresh = analyser.fresh("test");
    let this = || build::named(&fresh, span);
    let inner = build::vector(analyser.destructure(&[pattern.clone(), this()])?, span);
    let then = build::special("let*", [inner, then], span);
    let choice = match test {
        Test::Truthy => build::special("if", [this(), then, other], span),
        Test::Some => build::special("if", [build::core("nil?", [this()], span), other, then], span),
    };
    Ok(build::let_one(&fresh, value.clone(), choice, span))
}

#[derive(Clone, Copy)]
enum Test {
    Truthy,
    Some,
}

fn if_bound(analyser: &mut Analyser<'_>, span: Span, forms: &[Form], test: Test) -> Expanded {
    let (then, other) = match forms {
        [_, then] => (then, build::nil(span)),
        [_, then, other] => (then, other.clone()),
        _ => return Err("a binding, a form and perhaps another are needed".into()),
    };
    bound(analyser, span, bindings(forms.first())?, test, [then.clone(), other])
}

fn when_bound(analyser: &mut Analyser<'_>, span: Span, forms: &[Form], test: Test) -> Expanded {
    let pairs = bindings(forms.first())?;
    bound(analyser, span, pairs, test, [build::body(&forms[1..], span), build::nil(span)])
}

pub(super) fn if_let(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    if_bound(analyser, span, forms, Test::Truthy)
}

pub(super) fn if_some(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    if_bound(analyser, span, forms, Test::Some)
}

pub(super) fn when_let(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    when_bound(analyser, span, forms, Test::Truthy)
}

pub(super) fn when_some(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    when_bound(analyser, span, forms, Test::Some)
}

/// `(when-let [s (seq coll)] (let [x (first s)] …))`
pub(super) fn when_first(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    let [pattern, coll] = bindings(forms.first())? else {
        return Err("exactly one binding is needed".into());
    };
    let fresh = analyser.fresh("seq");
    let first = build::core("first", [build::named(&fresh, span)], span);
    let inner = build::vector(analyser.destructure(&[pattern.clone(), first])?, span);
    let body = build::special("let*", std::iter::once(inner).chain(forms[1..].iter().cloned()), span);
    let choice = build::special("if", [build::named(&fresh, span), body], span);
    Ok(build::let_one(&fresh, build::core("seq", [coll.clone()], span), choice, span))
}

pub(super) fn cond(_: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    few(forms)?;
    if forms.len() % 2 == 1 {
        return Err("`cond` needs a form for every test".into());
    }
    let nest = |other, pair: &[Form]| build::special("if", [pair[0].clone(), pair[1].clone(), other], span);
    Ok(forms.chunks_exact(2).rev().fold(build::nil(span), nest))
}

/// `(condp = x a 1 b 2 default)`, and `test :>> function`.
pub(super) fn condp(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    few(forms)?;
    let [test, value, clauses @ ..] = forms else {
        return Err("`condp` needs a function and a value".into());
    };
    let (function, input) = (analyser.fresh("pred"), analyser.fresh("expr"));
    let mut groups: Vec<&[Form]> = Vec::new();
    let mut rest = clauses;
    while rest.len() > 1 {
        let size = if rest[1].is_keyword(">>") { 3 } else { 2 };
        if rest.len() < size {
            return Err("`:>>` needs a function after it".into());
        }
        groups.push(&rest[..size]);
        rest = &rest[size..];
    }
    let last = match rest.first() {
        Some(default) => default.clone(),
        None => build::internal("no-matching-clause", [build::named(&input, span)], span),
    };
    let mut expanded = last;
    for group in groups.into_iter().rev() {
        let call = build::list(
            vec![build::named(&function, span), group[0].clone(), build::named(&input, span)],
            group[0].span,
        );
        expanded = if let [_, _, receiver] = group {
            let found = analyser.fresh("found");
            let this = build::named(&found, span);
            let then = build::list(vec![receiver.clone(), this.clone()], receiver.span);
            build::let_one(&found, call, build::special("if", [this, then, expanded], span), span)
        } else {
            build::special("if", [call, group[1].clone(), expanded], span)
        };
    }
    let names = vec![build::named(&function, span), test.clone(), build::named(&input, span), value.clone()];
    Ok(build::special("let*", [build::vector(names, span), expanded], span))
}

pub(super) fn case(_: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    if forms.is_empty() {
        return Err("`case` needs a value".into());
    }
    for constant in forms[1..].chunks_exact(2).map(|pair| &pair[0]) {
        if matches!(constant.kind, Kind::Function(_) | Kind::Regex(_) | Kind::Js(_)) {
            return Err(format!("`{constant}` is not a constant for `case`"));
        }
    }
    Ok(build::internal("case", forms.iter().cloned(), span))
}

pub(super) fn and(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    few(forms)?;
    let Some((last, others)) = forms.split_last() else { return Ok(Form::new(Kind::Bool(true), span)) };
    let nest = |rest, form: &Form| {
        let fresh = analyser.fresh("and");
        let this = build::named(&fresh, span);
        build::let_one(&fresh, form.clone(), build::special("if", [this.clone(), rest, this], span), span)
    };
    Ok(others.iter().rev().fold(last.clone(), nest))
}

pub(super) fn or(_: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    Ok(build::internal("or", forms.iter().cloned(), span))
}
