//! Destructuring: a pattern and a value become plain bindings, one after the
//! other, as in `[a (nth value 0 nil)]`.

use crate::clojure::analyse::analyser::Analyser;
use crate::clojure::analyse::build;
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
        let rest = self.fresh("seq");
        let mut source = if items.iter().any(|item| item.is_symbol("&")) {
            out.extend([build::named(&rest, span), build::core("seq", [build::named(&whole, span)], span)]);
            Items::Sequence(&rest)
        } else {
            Items::Index(&whole, 0)
        };
        let mut at = 0;
        while let Some(item) = items.get(at) {
            let next = || items.get(at + 1).ok_or_else(|| format!("`{item}` needs a name after it"));
            if item.is_symbol("&") {
                self.pattern(next()?, build::named(&rest, span), out)?;
                at += 2;
                if let Some(other) = items.get(at).filter(|other| !other.is_keyword("as")) {
                    return Err(format!("`{other}` means nothing after `&` and its name; only `:as` does"));
                }
            } else if item.is_keyword("as") {
                self.pattern(next()?, build::named(&whole, span), out)?;
                at += 2;
                // ClojureScript would leave it unbound.
                if let Some(other) = items.get(at) {
                    return Err(format!("`{other}` means nothing after `:as` and its name"));
                }
            } else if item.keyword().is_some() {
                return Err(format!("`{item}` means nothing in a vector of bindings"));
            } else {
                let value = self.next_item(&mut source, span, out);
                self.pattern(item, value, out)?;
                at += 1;
            }
        }
        Ok(())
    }

    /// What gives the next item.
    fn next_item(&mut self, source: &mut Items<'_>, span: Span, out: &mut Bindings) -> Form {
        match source {
            Items::Sequence(rest) => {
                let first = build::named(&self.fresh("first"), span);
                let here = build::named(rest, span);
                out.extend([first.clone(), build::core("first", [here.clone()], span)]);
                out.extend([here.clone(), build::core("next", [here], span)]);
                first
            }
            Items::Index(whole, index) => {
                let position = build::integer(*index, span);
                *index += 1;
                build::core("nth", [build::named(whole, span), position, build::nil(span)], span)
            }
        }
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
        let entries = self.entries(items)?;
        let uncertain = entries.len().max(items.len() / 2) > IN_ORDER;
        let locals: Vec<&Form> = entries.iter().map(|entry| &entry.pattern).collect();
        for Entry { pattern, key, .. } in &entries {
            let local = pattern.symbol().map(|name| name.name.as_str());
            let default = defaults
                .chunks_exact(2)
                .find(|pair| local.is_some_and(|local| pair[0].is_symbol(local)))
                .map(|pair| pair[1].clone());
            if uncertain
                && let Some(other) = std::iter::once(key)
                    .chain(&default)
                    .find_map(|used| locals.iter().find_map(|other| shared(other, used)))
                    .filter(|other| Some(other.as_str()) != local)
            {
                return Err(format!(
                    "`{pattern}` depends on `{other}`, and among more than {IN_ORDER} names it is not certain \
                     which is bound first; bind `{pattern}` in a `let` of its own"
                ));
            }
            let look = build::core("get", [this(), key.clone()].into_iter().chain(default), span);
            self.pattern(pattern, look, out)?;
        }
        Ok(())
    }

    /// What a map of bindings binds, in ClojureScript's order: what has a key of its
    /// own, as it is written, then what `:keys` and the others name. One name that is
    /// written twice counts where it stands first, with the key that it has last.
    fn entries(&self, items: &[Form]) -> Result<Vec<Entry>, String> {
        let (listed, own): (Vec<_>, Vec<_>) =
            items.chunks_exact(2).partition(|pair| self.keyword(&pair[0]).is_some());
        let mut entries: Vec<Entry> = own
            .into_iter()
            .map(|pair| Entry {
                written: pair[0].kind.clone(),
                pattern: pair[0].clone(),
                key: pair[1].clone(),
            })
            .collect();
        for pair in listed {
            for entry in self.listed(&pair[0], &pair[1])? {
                match entries.iter_mut().find(|other| other.written == entry.written) {
                    Some(other) => *other = entry,
                    None => entries.push(entry),
                }
            }
        }
        Ok(entries)
    }

    /// The name of a keyword, also of one of this namespace.
    fn keyword(&self, form: &Form) -> Option<Name> {
        match &form.kind {
            Kind::Keyword(name) => Some(name.clone()),
            Kind::AutoKeyword(name) => self.auto_keyword(name).ok(),
            _ => None,
        }
    }

    /// What `:keys [a]`, `:strs` and `:syms` bind.
    fn listed(&self, key: &Form, value: &Form) -> Result<Vec<Entry>, String> {
        let meaningless = || format!("`{key}` means nothing in a map of bindings");
        let name = self.keyword(key).ok_or_else(meaningless)?;
        let make: fn(Name) -> Kind = match name.name.as_str() {
            "as" | "or" if name.namespace.is_none() => return Ok(Vec::new()),
            "keys" => Kind::Keyword,
            "strs" if name.namespace.is_none() => |name| Kind::String(name.to_string()),
            "syms" => Kind::Symbol,
            _ => return Err(meaningless()),
        };
        let Some(locals) = value.vector() else { return Err(format!("`{key}` needs a vector of names")) };
        let entry = |local: &Form| {
            let keyword = self.keyword(local).filter(|_| name.name != "strs");
            let Some(written) = local.symbol().cloned().or(keyword) else {
                return Err(format!("`{local}` in `{key}` is not a name"));
            };
            let namespace = name.namespace.clone().or_else(|| written.namespace.clone());
            let kind = make(Name { namespace, name: written.name.clone() });
            let symbolic = matches!(kind, Kind::Symbol(_));
            let mut key = Form::new(kind, local.span);
            if symbolic {
                key = build::special("quote", [key], local.span);
            }
            Ok(Entry { written: local.kind.clone(), pattern: build::symbol(&written.name, local.span), key })
        };
        locals.iter().map(entry).collect()
    }
}

/// Up to so many names, a map of bindings keeps them in order.
const IN_ORDER: usize = 8;

/// How the items of a vector are found: with a rest they are taken off a sequence,
/// else looked up by index.
enum Items<'n> {
    Sequence(&'n Name),
    Index(&'n Name, usize),
}

/// What a map of bindings binds once.
struct Entry {
    /// What tells it from the others: the pattern as it is written.
    written: Kind,
    pattern: Form,
    key: Form,
}

/// A name that stands in both forms.
fn shared(one: &Form, other: &Form) -> Option<String> {
    match &one.kind {
        Kind::Symbol(Name { namespace: None, name }) => mentions(other, name).then(|| name.clone()),
        Kind::Vector(items) | Kind::Map(items) => items.iter().find_map(|item| shared(item, other)),
        _ => None,
    }
}

fn mentions(form: &Form, local: &str) -> bool {
    match &form.kind {
        Kind::Symbol(_) => form.is_symbol(local),
        Kind::List(items)
        | Kind::Vector(items)
        | Kind::Map(items)
        | Kind::Set(items)
        | Kind::Function(items) => items.iter().any(|item| mentions(item, local)),
        Kind::Js(inner) | Kind::Marked(_, inner) => mentions(inner, local),
        _ => false,
    }
}
