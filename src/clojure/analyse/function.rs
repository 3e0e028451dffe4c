//! `fn*`, and the bodies of lazy sequences, which are functions too.

use crate::clojure::analyse::analyser::Analyser;
use crate::clojure::form::{Form, Kind};
use crate::clojure::machine::names::Arities;
use crate::clojure::machine::node::{Arity, Certainty, Node, Op, Template};
use crate::clojure::value::TemplateId;

/// The most arguments before `&`.
const MOST: usize = 20;

impl Analyser<'_> {
    /// `(fn* name? ([parameter…] body…)…)`, or with one arity unwrapped.
    pub(super) fn special_fn(&mut self, form: &Form, arguments: &[Form], _tail: bool) -> Node {
        let (name, rest) = match arguments {
            [first, rest @ ..] if first.symbol().is_some() => {
                (first.symbol().map(|name| name.name.clone()), rest)
            }
            _ => (None, arguments),
        };
        self.scopes.enter_function();
        let single;
        let bodies: Vec<&[Form]> = if rest.first().is_some_and(|form| form.vector().is_some()) {
            single = rest;
            vec![single]
        } else {
            rest.iter().map(|form| form.list().unwrap_or_default()).collect()
        };
        let mut arities = Vec::new();
        for body in &bodies {
            arities.extend(self.arity(form, name.as_deref(), body));
        }
        self.check_arities(form, &arities);
        let captures = self.scopes.leave_function();
        let template = self.template(Template { name: name.as_deref().map(Into::into), arities, captures });
        self.node(form.span, Op::Function(template))
    }

    fn template(&mut self, template: Template) -> TemplateId {
        self.templates.push(template);
        self.templates.len() - 1
    }

    fn check_arities(&mut self, form: &Form, arities: &[Arity]) {
        let twice = arities.iter().enumerate().any(|(at, arity)| {
            arities[..at].iter().any(|other| other.fixed == arity.fixed && other.variadic == arity.variadic)
        });
        let variadic: Vec<_> = arities.iter().filter(|arity| arity.variadic).collect();
        let beyond = variadic
            .first()
            .is_some_and(|rest| arities.iter().any(|arity| !arity.variadic && arity.fixed > rest.fixed));
        if arities.is_empty() {
            self.error(form.span, "a function needs a vector of parameters");
        } else if twice || variadic.len() > 1 {
            self.error(form.span, "a function has two arities for one number of arguments");
        } else if beyond {
            self.error(form.span, "a fixed arity has more parameters than the variadic one");
        }
    }

    fn arity(&mut self, form: &Form, name: Option<&str>, body: &[Form]) -> Option<Arity> {
        let Some(parameters) = body.first().and_then(Form::vector) else {
            self.error(form.span, "a function needs a vector of parameters");
            return None;
        };
        let mut body = &body[1..];
        if let [Form { kind: Kind::Map(_), .. }, _, ..] = body {
            let conditions = body[0].map().into_iter().flatten();
            if conditions.into_iter().any(|(key, _)| key.is_keyword("pre") || key.is_keyword("post")) {
                self.refuse(body[0].span, "`:pre` and `:post` conditions are not covered");
            }
            body = &body[1..];
        }
        self.scopes.start_arity();
        let own = name.map(|name| self.scopes.add(name));
        let split = parameters.iter().position(|form| form.is_symbol("&"));
        let (fixed, rest) = parameters.split_at(split.unwrap_or(parameters.len()));
        let named: Vec<&Form> = match rest {
            [] => fixed.iter().collect(),
            [_, rest] => fixed.iter().chain([rest]).collect(),
            _ => {
                self.error(form.span, "`&` needs one name after it");
                fixed.iter().collect()
            }
        };
        if fixed.len() > MOST {
            self.error(form.span, "a function takes twenty parameters at most before `&`");
        }
        let mut slots = Vec::new();
        for parameter in named {
            match parameter.symbol() {
                Some(name) if name.namespace.is_none() => slots.push(self.scopes.add(&name.name)),
                _ => _ = self.error(parameter.span, "a parameter needs a name without a namespace"),
            }
        }
        self.scopes.set_recur(Some(slots.clone()));
        let body = self.body(body, form.span, true);
        let scope = self.scopes.start_arity();
        Some(Arity {
            fixed: fixed.len(),
            variadic: split.is_some(),
            parameters: slots,
            loads: scope.loads,
            own,
            size: scope.size,
            body,
        })
    }

    /// A cell that computes `body` when its value is needed.
    pub(super) fn lazy(&mut self, form: &Form, body: &[Form], certainty: Certainty) -> Node {
        self.scopes.enter_function();
        self.scopes.start_arity();
        self.scopes.set_recur(Some(Vec::new()));
        let body = self.body(body, form.span, true);
        let scope = self.scopes.start_arity();
        let captures = self.scopes.leave_function();
        let arity = Arity {
            fixed: 0,
            variadic: false,
            parameters: Vec::new(),
            loads: scope.loads,
            own: None,
            size: scope.size,
            body,
        };
        let template = self.template(Template { name: None, arities: vec![arity], captures });
        self.node(form.span, Op::Lazy(template, certainty))
    }
}

/// The numbers of arguments that a function form takes, before it is analysed.
pub(super) fn arities(form: &Form) -> Option<Arities> {
    let items = form.list()?;
    if !items.first()?.is_symbol("fn") {
        return None;
    }
    let rest = &items[1..];
    let rest = if rest.first()?.symbol().is_some() { &rest[1..] } else { rest };
    let vectors: Vec<&[Form]> = match rest.first()?.vector() {
        Some(parameters) => vec![parameters],
        None => rest.iter().filter_map(|form| form.list()?.first()?.vector()).collect(),
    };
    let mut arities = Arities { fixed: Vec::new(), variadic: None };
    for parameters in vectors {
        match parameters.iter().position(|form| form.is_symbol("&")) {
            Some(at) => arities.variadic = Some(at),
            None => arities.fixed.push(parameters.len()),
        }
    }
    Some(arities)
}
