//! `for`, `doseq`, `dotimes` and `while`.

use crate::clojure::analyse::analyser::Analyser;
use crate::clojure::analyse::build::{self, bindings};
use crate::clojure::form::{Form, Kind, Span};

type Expanded = Result<Form, String>;

/// `pattern coll` and the `:let`, `:when`, `:while` after it.
struct Group<'f> {
    pattern: &'f Form,
    coll: &'f Form,
    modifiers: Vec<(&'f str, &'f Form)>,
}

fn groups(items: &[Form]) -> Result<Vec<Group<'_>>, String> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for pair in items.chunks_exact(2) {
        match pair[0].keyword() {
            None => groups.push(Group { pattern: &pair[0], coll: &pair[1], modifiers: Vec::new() }),
            Some(name) if ["let", "when", "while"].contains(&name.to_string().as_str()) => {
                let group =
                    groups.last_mut().ok_or("a binding must come before `:let`, `:when` and `:while`")?;
                group.modifiers.push((&name.name, &pair[1]));
            }
            Some(name) => return Err(format!("`:{name}` means nothing here")),
        }
    }
    Ok(groups)
}

/// Wraps `inner` in the modifiers; `skip` goes on with the next item, `stop` ends.
fn modify(
    analyser: &mut Analyser<'_>,
    modifiers: &[(&str, &Form)],
    inner: Form,
    skip: &Form,
    stop: &Form,
) -> Expanded {
    let span = inner.span;
    modifiers.iter().rev().try_fold(inner, |inner, (name, form)| {
        Ok(match *name {
            "let" => {
                let names = analyser.destructure(bindings(Some(form))?)?;
                build::special("let*", [build::vector(names, span), inner], span)
            }
            "when" => build::special("if", [(*form).clone(), inner, skip.clone()], span),
            _ => build::special("if", [(*form).clone(), inner, stop.clone()], span),
        })
    })
}

fn destructured(analyser: &mut Analyser<'_>, pattern: &Form, value: Form, body: Form) -> Expanded {
    let span = body.span;
    let names = analyser.destructure(&[pattern.clone(), value])?;
    Ok(build::special("let*", [build::vector(names, span), body], span))
}

pub(super) fn doseq(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    let groups = groups(bindings(forms.first())?)?;
    let body = build::special("do", forms[1..].iter().cloned(), span);
    groups.iter().rev().try_fold(body, |body, group| {
        let seq = analyser.fresh("seq");
        let this = || build::named(&seq, span);
        let next = build::special("recur", [build::core("next", [this()], span)], span);
        let step = build::special("do", [body, next.clone()], span);
        let step = modify(analyser, &group.modifiers, step, &next, &build::nil(span))?;
        let step = destructured(analyser, group.pattern, build::core("first", [this()], span), step)?;
        let looped = build::special("if", [this(), step], span);
        let start = build::core("seq", [group.coll.clone()], span);
        Ok(build::special("loop*", [build::vector(vec![this(), start], span), looped], span))
    })
}

pub(super) fn for_(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    let groups = groups(bindings(forms.first())?)?;
    let ([_, body], Some((inner, outer))) = (forms, groups.split_last()) else {
        return Err("`for` needs a binding and one form".into());
    };
    let values = iteration(analyser, "for-items", inner, body.clone(), span)?;
    outer
        .iter()
        .rev()
        .try_fold(values, |values, group| iteration(analyser, "for-joined", group, values, span))
}

/// `(iterate step coll)`, where the step gives `[value]`, or `nil` to skip its
/// item, or `false` to end: see `library/internal.cljs`.
fn iteration(
    analyser: &mut Analyser<'_>,
    iterate: &str,
    group: &Group<'_>,
    value: Form,
    span: Span,
) -> Expanded {
    let item = build::named(&analyser.fresh("item"), span);
    let (skip, end) = (build::nil(span), Form::new(Kind::Bool(false), span));
    let value = modify(analyser, &group.modifiers, build::vector(vec![value], span), &skip, &end)?;
    let value = destructured(analyser, group.pattern, item.clone(), value)?;
    let step = build::special("fn*", [build::vector(vec![item], span), value], span);
    Ok(build::internal(iterate, [step, group.coll.clone()], span))
}

pub(super) fn dotimes(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    let [pattern, count] = bindings(forms.first())? else {
        return Err("exactly one binding is needed".into());
    };
    let limit = analyser.fresh("n");
    let test = build::core("<", [pattern.clone(), build::named(&limit, span)], span);
    let next = build::special("recur", [build::core("inc", [pattern.clone()], span)], span);
    let body = build::special("do", forms[1..].iter().cloned().chain([next]), span);
    let looped = build::special("if", [test, body], span);
    let start = build::vector(vec![pattern.clone(), build::integer(0, span)], span);
    let looped = build::special("loop*", [start, looped], span);
    Ok(build::let_one(&limit, count.clone(), looped, span))
}

pub(super) fn while_(_: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Expanded {
    let [test, body @ ..] = forms else { return Err("`while` needs a test".into()) };
    let again = build::special("recur", [], span);
    let body = build::special("do", body.iter().cloned().chain([again]), span);
    let looped = build::special("if", [test.clone(), body], span);
    Ok(build::special("loop*", [build::vector(Vec::new(), span), looped], span))
}
