//! Destructuring: a pattern and a value become plain bindings, one after the
//! other, as in `[a (nth value 0 nil)]`.

use crate::clojure::analyse::{Analyser, build};
use crate::clojure::form::{Form, Kind, Name, Span};

type Bindings = Vec<Form>;

impl Analyser<'_> {
    /// Turns `[pattern value …]` into bindings of plain names.
    pub(super) fn destructure(&mut self, bindings: &[Form]) -> Result<Bindings, String> {
        let mut plain = Vec::new();
        for pair in bindings.chunks_exact(2) {
            self.pattern(&pair[0], pair[1].clone(), &mut plain)?;
        }
        Ok(plain)
    }

    fn pattern(&mut self, pattern: &Form, value: Form, out: &mut Bindings) -> Result<(), String> {
        match &pattern.kind {
            Kind::Symbol(name) if name.namespace.is_none() => {
                out.extend([pattern.clone(), value]);
                Ok(())
            }
            Kind::Vector(items) => self.sequential(items, pattern.span, value, out),
            Kind::Map(items) => self.associative(items, pattern.span, value, out),
            _ => Err(format!("`{pattern}` cannot be a binding")),
        }
    }

    /// `[a b & rest :as all]`
    fn sequential(
        &mut self,
        items: &[Form],
        span: Span,
        value: Form,
        out: &mut Bindings,
    ) -> Result<(), String> {
        let whole = self.fresh("vec");
        out.extend([build::named(&whole, span), value]);
        // With a rest, the items are taken off a sequence; else looked up by index.
        let has_rest = items.iter().any(|item| item.is_symbol("&"));
        let rest = self.fresh("seq");
        if has_rest {
            out.extend([build::named(&rest, span), build::core("seq", [build::named(&whole, span)], span)]);
        }
        let mut index = 0;
        let mut at = 0;
        while let Some(item) = items.get(at) {
            let next = || items.get(at + 1).ok_or_else(|| format!("`{item}` needs a name after it"));
            if item.is_symbol("&") {
                self.pattern(next()?, build::named(&rest, span), out)?;
                at += 2;
            } else if item.is_keyword("as") {
                self.pattern(next()?, build::named(&whole, span), out)?;
                at += 2;
            } else if item.keyword().is_some() {
                return Err(format!("`{item}` means nothing in a vector of bindings"));
            } else if has_rest {
                let first = self.fresh("first");
                let here = build::named(&rest, span);
                out.extend([build::named(&first, span), build::core("first", [here.clone()], span)]);
                out.extend([here.clone(), build::core("next", [here], span)]);
                self.pattern(item, build::named(&first, span), out)?;
                at += 1;
            } else {
                let position = build::integer(index, span);
                let look = build::core("nth", [build::named(&whole, span), position, build::nil(span)], span);
                self.pattern(item, look, out)?;
                index += 1;
                at += 1;
            }
        }
        Ok(())
    }

    /// `{a :a, :keys [b], :or {b 1}, :as all}`
    fn associative(
        &mut self,
        items: &[Form],
        span: Span,
        value: Form,
        out: &mut Bindings,
    ) -> Result<(), String> {
        let whole = self.fresh("map");
        let this = || build::named(&whole, span);
        out.extend([this(), build::internal("destructured-map", [value], span)]);
        let pairs = || items.chunks_exact(2);
        if let Some([_, name]) = pairs().find(|pair| pair[0].is_keyword("as")) {
            self.pattern(name, this(), out)?;
        }
        let empty = Vec::new();
        let defaults = match pairs().find(|pair| pair[0].is_keyword("or")).map(|pair| &pair[1].kind) {
            Some(Kind::Map(defaults)) => defaults,
            None => &empty,
            Some(_) => return Err("`:or` needs a map".into()),
        };
        for pair in pairs() {
            for (pattern, key) in entries(&pair[0], &pair[1])? {
                let local = pattern.symbol().map(|name| name.name.as_str());
                let default = defaults
                    .chunks_exact(2)
                    .find(|pair| local.is_some_and(|local| pair[0].is_symbol(local)))
                    .map(|pair| pair[1].clone());
                let look = build::core("get", [this(), key].into_iter().chain(default), span);
                self.pattern(&pattern, look, out)?;
            }
        }
        Ok(())
    }
}

/// What one pair of a map of bindings binds: patterns and keys.
fn entries(key: &Form, value: &Form) -> Result<Vec<(Form, Form)>, String> {
    let Some(name) = key.keyword() else { return Ok(vec![(key.clone(), value.clone())]) };
    let make: fn(Name) -> Kind = match name.name.as_str() {
        "as" | "or" if name.namespace.is_none() => return Ok(Vec::new()),
        "keys" => Kind::Keyword,
        "strs" if name.namespace.is_none() => |name| Kind::String(name.name),
        "syms" => Kind::Symbol,
        _ => return Err(format!("`{key}` means nothing in a map of bindings")),
    };
    let Some(locals) = value.vector() else { return Err(format!("`{key}` needs a vector of names")) };
    let entry = |local: &Form| {
        let (Kind::Symbol(written) | Kind::Keyword(written)) = &local.kind else {
            return Err(format!("`{local}` in `{key}` is no name"));
        };
        let namespace = written.namespace.clone().or_else(|| name.namespace.clone());
        let kind = make(Name { namespace, name: written.name.clone() });
        let symbolic = matches!(kind, Kind::Symbol(_));
        let mut key = Form::new(kind, local.span);
        if symbolic {
            key = build::special("quote", [key], local.span);
        }
        Ok((build::symbol(&written.name, local.span), key))
    };
    locals.iter().map(entry).collect()
}
