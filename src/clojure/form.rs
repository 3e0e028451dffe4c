//! What the reader yields: a tree that says what was written, and where. It
//! knows nothing of what the text means; the linter and the settings reader
//! inspect it, the analyser turns it into something that can be run.

use std::fmt;

/// The bytes of a file that a form covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// The name of a symbol or keyword: `name`, or `namespace/name`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// What stands before the slash.
    pub namespace: Option<String>,
    /// What stands after it.
    pub name: String,
}

impl Name {
    /// A name without a namespace.
    pub fn plain(name: impl Into<String>) -> Self {
        Self { namespace: None, name: name.into() }
    }

    /// Splits `a/b` at its first slash; `/` alone is a name.
    pub fn parse(text: &str) -> Self {
        match text.split_once('/') {
            Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() => {
                Self { namespace: Some(namespace.into()), name: name.into() }
            }
            _ => Self::plain(text),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}/")?;
        }
        f.write_str(&self.name)
    }
}

/// What is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `nil`
    Nil,
    /// `true`, `false`
    Bool(bool),
    /// A number written without point or exponent.
    Integer(i64),
    /// Any other number, `##Inf`, `##-Inf` and `##NaN` among them.
    Float(f64),
    /// `"text"`, with its escapes resolved.
    String(String),
    /// `\a`
    Character(char),
    /// `:a`, `:a/b`
    Keyword(Name),
    /// `::a`, `::alias/a`: a keyword of a namespace that the reader does not know.
    AutoKeyword(Name),
    /// `a`, `a/b`
    Symbol(Name),
    /// `#"pattern"`, as it is written.
    Regex(String),
    /// `( … )`; also `'x`, `@x` and `#'x`, as `(quote x)`, `(clojure.core/deref x)` and `(var x)`.
    List(Vec<Form>),
    /// `[ … ]`
    Vector(Vec<Form>),
    /// `{ … }`: keys and values in turn, an even number.
    Map(Vec<Form>),
    /// `#{ … }`
    Set(Vec<Form>),
    /// `#( … )`
    Function(Vec<Form>),
    /// `#js form`
    Js(Box<Form>),
    /// `` `form``, `~form`, `~@form`, `#inst form` and its like: the mark, and what
    /// it stands before. They are read, and not evaluated here.
    Marked(&'static str, Box<Form>),
}

/// One form and the place of its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// What is written.
    pub kind: Kind,
    /// Where, without what `^` put before it.
    pub span: Span,
    /// What `^` put before it: keywords, symbols, strings or maps.
    pub meta: Vec<Form>,
}

impl Form {
    /// A form without metadata.
    pub fn new(kind: Kind, span: Span) -> Self {
        Self { kind, span, meta: Vec::new() }
    }

    /// The symbol's name, when it is a symbol.
    pub fn symbol(&self) -> Option<&Name> {
        if let Kind::Symbol(name) = &self.kind { Some(name) } else { None }
    }

    /// The keyword's name, when it is a keyword other than `::a`.
    pub fn keyword(&self) -> Option<&Name> {
        if let Kind::Keyword(name) = &self.kind { Some(name) } else { None }
    }

    /// The text, when it is a string.
    pub fn string(&self) -> Option<&str> {
        if let Kind::String(text) = &self.kind { Some(text) } else { None }
    }

    /// The items, when it is a list.
    pub fn list(&self) -> Option<&[Form]> {
        if let Kind::List(items) = &self.kind { Some(items) } else { None }
    }

    /// The items, when it is a vector.
    pub fn vector(&self) -> Option<&[Form]> {
        if let Kind::Vector(items) = &self.kind { Some(items) } else { None }
    }

    /// Keys and values, when it is a map.
    pub fn map(&self) -> Option<impl Iterator<Item = (&Form, &Form)>> {
        if let Kind::Map(items) = &self.kind {
            Some(items.chunks_exact(2).map(|pair| (&pair[0], &pair[1])))
        } else {
            None
        }
    }

    /// Whether it is the symbol `name`, without a namespace.
    pub fn is_symbol(&self, name: &str) -> bool {
        self.symbol().is_some_and(|symbol| symbol.namespace.is_none() && symbol.name == name)
    }

    /// Whether it is the keyword `name`, without a namespace.
    pub fn is_keyword(&self, name: &str) -> bool {
        self.keyword().is_some_and(|keyword| keyword.namespace.is_none() && keyword.name == name)
    }

    /// Whether its metadata has `name`, as `^:name` or `^{:name true}`.
    pub fn has_flag(&self, name: &str) -> bool {
        self.meta.iter().any(|meta| match &meta.kind {
            Kind::Map(items) => items.chunks_exact(2).any(|pair| {
                pair[0].is_keyword(name) && !matches!(pair[1].kind, Kind::Nil | Kind::Bool(false))
            }),
            _ => meta.is_keyword(name),
        })
    }

    /// What to call it in a message: `the vector`, `the symbol`.
    pub fn what(&self) -> &'static str {
        match &self.kind {
            Kind::Nil => "`nil`",
            Kind::Bool(_) => "a boolean",
            Kind::Integer(_) | Kind::Float(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Character(_) => "a character",
            Kind::Keyword(_) | Kind::AutoKeyword(_) => "a keyword",
            Kind::Symbol(_) => "a symbol",
            Kind::Regex(_) => "a regex",
            Kind::List(_) | Kind::Function(_) => "a list",
            Kind::Vector(_) => "a vector",
            Kind::Map(_) => "a map",
            Kind::Set(_) => "a set",
            Kind::Js(_) => "a `#js` literal",
            Kind::Marked(..) => "a marked form",
        }
    }
}

impl fmt::Display for Form {
    /// Canonical text: equal forms give equal text, whatever their layout.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items = |f: &mut fmt::Formatter<'_>, open: &str, items: &[Form], close: char| {
            f.write_str(open)?;
            for (at, item) in items.iter().enumerate() {
                write!(f, "{}{item}", if at == 0 { "" } else { " " })?;
            }
            write!(f, "{close}")
        };
        match &self.kind {
            Kind::Nil => f.write_str("nil"),
            Kind::Bool(value) => write!(f, "{value}"),
            Kind::Integer(value) => write!(f, "{value}"),
            Kind::Float(value) => write!(f, "{value}"),
            Kind::String(text) => write!(f, "{text:?}"),
            Kind::Character(char) => write!(f, "\\{char}"),
            Kind::Keyword(name) => write!(f, ":{name}"),
            Kind::AutoKeyword(name) => write!(f, "::{name}"),
            Kind::Symbol(name) => write!(f, "{name}"),
            Kind::Regex(pattern) => write!(f, "#\"{pattern}\""),
            Kind::List(list) => items(f, "(", list, ')'),
            Kind::Vector(list) => items(f, "[", list, ']'),
            Kind::Map(list) => items(f, "{", list, '}'),
            Kind::Set(list) => items(f, "#{", list, '}'),
            Kind::Function(list) => items(f, "#(", list, ')'),
            Kind::Js(form) => write!(f, "#js {form}"),
            Kind::Marked(mark, form) if mark.starts_with('#') => write!(f, "{mark} {form}"),
            Kind::Marked(mark, form) => write!(f, "{mark}{form}"),
        }
    }
}
