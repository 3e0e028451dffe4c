//! `for`, `doseq`, `dotimes` and `while`.

use crate::clojure::analyse::macros::bindings;
use crate::clojure::analyse::{Analyser, build};
use crate::clojure::form::{Form, Name, Span};

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
    let [_, body] = forms else { return Err("`for` needs bindings and one form".into()) };
    let (Some(first), Some((inner, outer))) = (groups.first(), groups.split_last()) else {
        return Err("`for` needs a binding".into());
    };
    let mut function = innermost(analyser, inner, body.clone())?;
    let mut next = inner;
    for group in outer.iter().rev() {
        function = not_innermost(analyser, group, build::list(vec![function, next.coll.clone()], span))?;
        next = group;
    }
    Ok(build::list(vec![function, first.coll.clone()], span))
}

/// `(fn* iter [s] (lazy (loop* [s s] (let* [s (seq s)] (if s …)))))`
fn iterator(iter: &Name, seq: &Name, body: Form) -> Form {
    let span = body.span;
    let this = || build::named(seq, span);
    let inner = build::special("if", [this(), body], span);
    let inner = build::let_one(seq, build::core("seq", [this()], span), inner, span);
    let looped = build::special("loop*", [build::vector(vec![this(), this()], span), inner], span);
    let lazy = build::internal("lazy", [looped], span);
    build::special("fn*", [build::named(iter, span), build::vector(vec![this()], span), lazy], span)
}

/// The calls that go on behind the first item: as a value, and as a loop.
fn further(iter: &Name, seq: &Name, span: Span) -> [Form; 2] {
    let rest = build::core("rest", [build::named(seq, span)], span);
    [build::list(vec![build::named(iter, span), rest.clone()], span), build::special("recur", [rest], span)]
}

/// The iterator of a group with groups inside: joins what those give.
fn not_innermost(analyser: &mut Analyser<'_>, group: &Group<'_>, inner: Form) -> Expanded {
    let span = inner.span;
    let (iter, seq, found) = (analyser.fresh("iter"), analyser.fresh("s"), analyser.fresh("fs"));
    let [again, skip] = further(&iter, &seq, span);
    let this = build::named(&found, span);
    let joined = build::core("concat", [this.clone(), again], span);
    let choice = build::special("if", [this, joined, skip.clone()], span);
    let step = build::let_one(&found, build::core("seq", [inner], span), choice, span);
    let step = modify(analyser, &group.modifiers, step, &skip, &build::nil(span))?;
    let first = build::core("first", [build::named(&seq, span)], span);
    let step = destructured(analyser, group.pattern, first, step)?;
    Ok(iterator(&iter, &seq, step))
}

/// The iterator of the last group: chunk by chunk where its items come so.
fn innermost(analyser: &mut Analyser<'_>, group: &Group<'_>, body: Form) -> Expanded {
    let span = body.span;
    let (iter, seq) = (analyser.fresh("iter"), analyser.fresh("s"));
    let [again, skip] = further(&iter, &seq, span);
    let step = build::core("cons", [body.clone(), again], span);
    let step = modify(analyser, &group.modifiers, step, &skip, &build::nil(span))?;
    let first = build::core("first", [build::named(&seq, span)], span);
    let single = destructured(analyser, group.pattern, first, step)?;
    let chunked = chunked(analyser, group, (&iter, &seq), body)?;
    let test = build::core("chunked-seq?", [build::named(&seq, span)], span);
    let either = build::special("if", [test, chunked, single], span);
    Ok(iterator(&iter, &seq, either))
}

/// One chunk: `(loop* [i 0 acc []] …)` gives `[whole? items]`.
fn chunked(
    analyser: &mut Analyser<'_>,
    group: &Group<'_>,
    (iter, seq): (&Name, &Name),
    body: Form,
) -> Expanded {
    let span = body.span;
    let [chunk, index, items, done] = ["chunk", "i", "items", "done"].map(|hint| analyser.fresh(hint));
    let name = |name: &Name| build::named(name, span);
    let following = || build::core("inc", [name(&index)], span);
    let go_on = |items: Form| build::special("recur", [following(), items], span);
    let end = |whole: bool| {
        let whole = Form::new(crate::clojure::form::Kind::Bool(whole), span);
        build::vector(vec![whole, name(&items)], span)
    };
    let step = go_on(build::core("conj", [name(&items), body], span));
    let step = modify(analyser, &group.modifiers, step, &go_on(name(&items)), &end(false))?;
    let item = build::core("nth", [name(&chunk), name(&index)], span);
    let step = destructured(analyser, group.pattern, item, step)?;
    let inside = build::core("<", [name(&index), build::core("count", [name(&chunk)], span)], span);
    let looped = build::special("if", [inside, step, end(true)], span);
    let start = vec![name(&index), build::integer(0, span), name(&items), build::vector(Vec::new(), span)];
    let looped = build::special("loop*", [build::vector(start, span), looped], span);
    let part = |at| build::core("nth", [name(&done), build::integer(at, span)], span);
    let rest = build::core("chunk-rest", [name(seq)], span);
    let rest = build::list(vec![name(iter), rest], span);
    let rest = build::special("if", [part(0), rest], span);
    let joined = build::core("chunk-cons", [part(1), rest], span);
    let inner = build::let_one(&done, looped, joined, span);
    Ok(build::let_one(&chunk, build::core("chunk-first", [name(seq)], span), inner, span))
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
