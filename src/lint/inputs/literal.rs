//! The apps that a source writes out literally, as `(defapp "name" {…})`: what
//! can be said about a file that does not evaluate.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::clojure::{Form, Kind};
use crate::core::definition::raw_app::RawApp;
use crate::lint::inputs::app::App;
use crate::lint::inputs::source::{Source, head};

/// Every literal app of the file.
pub(super) fn apps(source: &Source) -> Vec<App> {
    let mut found = Vec::new();
    source.walk(&mut |form| {
        let defines = head(form).and_then(Form::symbol).is_some_and(|symbol| symbol.name == "defapp");
        if let Some(items) = form.list().filter(|_| defines) {
            found.extend(app(source, form, items));
        }
    });
    found
}

fn app(source: &Source, form: &Form, items: &[Form]) -> Option<App> {
    let name = items.get(1)?;
    let options = items.get(2)?;
    let mut raw = RawApp { place: Some(source.place(form.span)), ..RawApp::default() };
    let mut unknown = BTreeSet::new();
    for (key, value) in options.map()? {
        let Some(key_text) = key.keyword().map(|name| name.name.as_str()).or(key.string()) else { continue };
        raw.keys.insert(key_text.to_owned(), source.place(key.span));
        for (inner, _) in value.map().into_iter().flatten() {
            if let Some(name) = inner.keyword().map(|name| name.name.as_str()).or(inner.string()) {
                raw.keys.insert(format!("{key_text}/{name}"), source.place(inner.span));
            }
        }
        let value = json(value).unwrap_or_else(|| {
            unknown.insert(key_text.to_owned());
            Value::from("?")
        });
        raw.options.insert(key_text.to_owned(), value);
    }
    let name_value = json(name).unwrap_or_else(|| {
        unknown.insert("name".to_owned());
        Value::from("?")
    });
    raw.options.insert("name".to_owned(), name_value);
    raw.keys.insert("name".to_owned(), source.place(name.span));
    Some(App::new(raw, unknown))
}

/// A form that is data, as `clj->js` would have it.
fn json(form: &Form) -> Option<Value> {
    Some(match &form.kind {
        Kind::Nil => Value::Null,
        Kind::Bool(flag) => Value::Bool(*flag),
        Kind::Integer(number) => Value::from(*number),
        Kind::Float(number) => Value::from(*number),
        Kind::String(text) => Value::from(text.as_str()),
        Kind::Keyword(name) => Value::from(name.name.as_str()),
        Kind::Vector(items) => Value::Array(items.iter().map(json).collect::<Option<_>>()?),
        Kind::Map(items) => {
            let pair = |pair: &[Form]| {
                let key = json(&pair[0])?;
                Some((key.as_str().map_or_else(|| key.to_string(), str::to_owned), json(&pair[1])?))
            };
            Value::Object(items.chunks_exact(2).map(pair).collect::<Option<Map<_, _>>>()?)
        }
        _ => return None,
    })
}
