//! The macros of the core library: one table. To add one, write a function from
//! the forms after its name to a form, and add its row.

#![expect(
    clippy::unnecessary_wraps,
    reason = "every macro of the table has one signature, and most can fail"
)]

use crate::clojure::analyse::analyser::Analyser;
use crate::clojure::analyse::build::{self, bindings};
use crate::clojure::analyse::{comprehension, conditional, define, mutual, threading};
use crate::clojure::form::{Form, Kind, Span};

/// Expands `(name forms…)`; the span is that of the whole form.
pub(crate) type Macro = fn(&mut Analyser<'_>, Span, &[Form]) -> Result<Form, String>;

const MACROS: &[(&str, Macro)] = &[
    ("let", let_),
    ("loop", loop_),
    ("fn", fn_),
    ("defn", |_, span, forms| define::defn(span, forms, false)),
    ("defn-", |_, span, forms| define::defn(span, forms, true)),
    ("defonce", |_, span, forms| Ok(build::internal("define-once", forms.iter().cloned(), span))),
    ("declare", declare),
    ("letfn", mutual::letfn),
    ("defmulti", mutual::defmulti),
    ("defmethod", mutual::defmethod),
    ("instance?", |_, span, forms| {
        let [class, value] = forms else { return Err("`instance?` needs a class and a value".into()) };
        let question = match class.to_string().as_str() {
            "js/Error" => "error?",
            "ExceptionInfo" | "cljs.core/ExceptionInfo" => "ex-info?",
            other => return Err(format!("`instance?` of `{other}` is not covered")),
        };
        Ok(build::internal(question, [value.clone()], span))
    }),
    ("assert", |_, span, forms| {
        let ([test] | [test, _]) = forms else { return Err("`assert` needs a test".into()) };
        let shown = Form::new(Kind::String(format!("assert failed: {test}")), span);
        let said = forms.get(1).map_or_else(
            || shown.clone(),
            |said| build::core("str", [shown.clone(), build::string(": ", span), said.clone()], span),
        );
        Ok(build::special(
            "if",
            [test.clone(), build::nil(span), build::internal("fail", [said], span)],
            span,
        ))
    }),
    ("comment", |_, span, _| Ok(build::nil(span))),
    ("when", conditional::when),
    ("when-not", conditional::when_not),
    ("if-not", conditional::if_not),
    ("if-let", conditional::if_let),
    ("when-let", conditional::when_let),
    ("if-some", conditional::if_some),
    ("when-some", conditional::when_some),
    ("when-first", conditional::when_first),
    ("cond", conditional::cond),
    ("condp", conditional::condp),
    ("case", conditional::case),
    ("and", conditional::and),
    ("or", conditional::or),
    ("->", threading::first),
    ("->>", threading::last),
    ("as->", threading::named),
    ("some->", threading::some_first),
    ("some->>", threading::some_last),
    ("cond->", threading::cond_first),
    ("cond->>", threading::cond_last),
    ("doto", threading::doto),
    ("..", threading::dots),
    ("for", comprehension::for_),
    ("doseq", comprehension::doseq),
    ("dotimes", comprehension::dotimes),
    ("while", comprehension::while_),
    ("lazy-seq", |_, span, forms| Ok(build::internal("lazy", forms.iter().cloned(), span))),
    ("with-out-str", |_, span, forms| {
        let body = std::iter::once(build::vector(Vec::new(), span)).chain(forms.iter().cloned());
        Ok(build::internal("captured", [build::special("fn*", body, span)], span))
    }),
    ("lazy-cat", |_, span, forms| {
        let lazy = forms.iter().map(|form| build::internal("lazy", [form.clone()], form.span));
        Ok(build::core("concat", lazy.collect::<Vec<_>>(), span))
    }),
    ("binding", |_, span, forms| {
        bindings(forms.first())?;
        Ok(build::internal("binding", forms.iter().cloned(), span))
    }),
];

pub(crate) fn find(name: &str) -> Option<Macro> {
    MACROS.iter().find(|(found, _)| *found == name).map(|(_, expand)| *expand)
}

/// The names of all macros.
#[cfg(test)]
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    MACROS.iter().map(|(name, _)| *name)
}

fn let_(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Result<Form, String> {
    let pairs = analyser.destructure(bindings(forms.first())?)?;
    let names = build::vector(pairs, span);
    Ok(build::special("let*", std::iter::once(names).chain(forms[1..].iter().cloned()), span))
}

/// `loop` binds fresh names and destructures them in its body, so that `recur`
/// does too.
fn loop_(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Result<Form, String> {
    let pairs = bindings(forms.first())?;
    let body = &forms[1..];
    if pairs.iter().step_by(2).all(|pattern| pattern.symbol().is_some()) {
        return Ok(build::special("loop*", forms.iter().cloned(), span));
    }
    let (mut outer, mut slots, mut inner) = (Vec::new(), Vec::new(), Vec::new());
    for pair in pairs.chunks_exact(2) {
        let fresh = build::named(&analyser.fresh("loop"), pair[0].span);
        // Later values may use earlier names, so these are bound outside too.
        outer.extend([fresh.clone(), pair[1].clone(), pair[0].clone(), fresh.clone()]);
        slots.extend([fresh.clone(), fresh.clone()]);
        inner.extend([pair[0].clone(), fresh]);
    }
    let inner = build::vector(inner, span);
    let body = build::special("let", std::iter::once(inner).chain(body.iter().cloned()), span);
    let looped = build::special("loop*", [build::vector(slots, span), trusted(body)], span);
    Ok(trusted(build::special("let", [build::vector(outer, span), looped], span)))
}

/// The same with its head qualified, so that a local cannot be meant.
fn trusted(mut form: Form) -> Form {
    if let Kind::List(items) = &mut form.kind
        && let Some(Form { kind: Kind::Symbol(name), .. }) = items.first_mut()
    {
        name.namespace = Some("cljs.core".into());
    }
    form
}

/// `fn` with patterns for parameters.
fn fn_(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Result<Form, String> {
    let (name, rest) = match forms {
        [first, rest @ ..] if first.symbol().is_some() => (Some(first), rest),
        _ => (None, forms),
    };
    let mut plain: Vec<Form> = name.into_iter().cloned().collect();
    if rest.first().is_some_and(|form| form.vector().is_some()) {
        plain.extend(one_arity(analyser, span, rest)?);
    } else {
        for form in rest {
            let items = form.list().ok_or("a function needs a vector of parameters")?;
            plain.push(build::list(one_arity(analyser, form.span, items)?, form.span));
        }
    }
    Ok(build::special("fn*", plain, span))
}

fn one_arity(analyser: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Result<Vec<Form>, String> {
    let [parameters, body @ ..] = forms else { return Err("a function needs a vector of parameters".into()) };
    let items = parameters.vector().ok_or("a function needs a vector of parameters")?;
    if items.iter().all(|item| item.symbol().is_some()) {
        return Ok(forms.to_vec());
    }
    let (mut names, mut pairs) = (Vec::new(), Vec::new());
    for item in items {
        if item.symbol().is_some() {
            names.push(item.clone());
        } else {
            let fresh = build::named(&analyser.fresh("p"), item.span);
            names.push(fresh.clone());
            pairs.extend([item.clone(), fresh]);
        }
    }
    let pairs = build::vector(pairs, parameters.span);
    let body = build::special("let", std::iter::once(pairs).chain(body.iter().cloned()), span);
    Ok(vec![build::vector(names, parameters.span), trusted(body)])
}

fn declare(_: &mut Analyser<'_>, span: Span, forms: &[Form]) -> Result<Form, String> {
    let definitions = forms.iter().map(|form| build::special("def", [form.clone()], form.span));
    Ok(build::special("do", definitions.collect::<Vec<_>>(), span))
}
