//! What starts with `#`: sets, functions, regexes, `#js`, `#_`, reader
//! conditionals, symbolic numbers.

use crate::clojure::form::{Form, Kind, Name};
use crate::clojure::read::{Next, Reader, ends_token};
use crate::text::diagnostic::Diagnostic;

/// The features of a reader conditional that are known not to be ours.
const OTHERS: [&str; 6] = ["clj", "cljr", "bb", "lpy", "jank", "org.babashka/nbb"];

/// The tags that ClojureScript knows beside `#js`.
const TAGS: [&str; 3] = ["#inst", "#uuid", "#queue"];

impl Reader<'_> {
    pub(super) fn dispatch(&mut self) -> Option<Next> {
        let start = self.at;
        let kind = match self.peek_second() {
            Some('{') => {
                self.bump();
                let items = self.collection('}')?;
                self.distinct(items.iter());
                Some(Kind::Set(items))
            }
            Some('(') => {
                self.bump();
                self.collection(')').map(Kind::Function)
            }
            Some('"') => {
                self.bump();
                self.regex_literal()
            }
            Some('\'') => {
                self.bump();
                self.wrapped("#'", Name::plain("var"))
            }
            Some('_') => {
                self.at += 2;
                self.operand("#_", start);
                return None;
            }
            Some('^') => {
                self.bump();
                return self.with_meta();
            }
            Some('?') => return self.conditional(),
            Some('#') => self.symbolic(),
            Some(':') => {
                self.at += 2;
                let namespace = self.word();
                if namespace.is_empty() || namespace.starts_with(':') || self.peek() != Some('{') {
                    self.report("`#:` needs a namespace and a map, like `#:a{:b 1}`", self.span_from(start));
                    return None;
                }
                self.namespaced_map(&namespace)
            }
            _ => self.tagged(),
        };
        kind.map(|kind| Next::Form(Form::new(kind, self.span_from(start))))
    }

    /// The characters up to the end of a token.
    pub(super) fn word(&mut self) -> String {
        let rest = &self.text[self.at..];
        let word = &rest[..rest.find(ends_token).unwrap_or(rest.len())];
        self.at += word.len();
        word.to_owned()
    }

    fn symbolic(&mut self) -> Option<Kind> {
        let start = self.at;
        self.at += 2;
        match self.word().as_str() {
            "Inf" => Some(Kind::Float(f64::INFINITY)),
            "-Inf" => Some(Kind::Float(f64::NEG_INFINITY)),
            "NaN" => Some(Kind::Float(f64::NAN)),
            other => {
                self.report(format!("`##{other}` is not a number"), self.span_from(start));
                None
            }
        }
    }

    fn tagged(&mut self) -> Option<Kind> {
        let start = self.at;
        self.bump();
        let tag = self.word();
        let span = self.span_from(start);
        if tag == "js" {
            let form = self.operand("#js", start)?;
            if matches!(form.kind, Kind::Map(_) | Kind::Vector(_)) {
                return Some(Kind::Js(Box::new(form)));
            }
            self.report(format!("`#js` needs a map or a vector, but has {}", form.what()), form.span);
            return None;
        }
        if let Some(tag) = TAGS.iter().find(|known| known[1..] == tag) {
            return self.operand(tag, start).map(|form| Kind::Marked(tag, Box::new(form)));
        }
        self.report(format!("the tag `#{tag}` is not covered"), span);
        if !tag.is_empty() {
            self.operand(&tag, start);
        }
        None
    }

    /// `#?(:cljs a :default b)` and `#?@(…)`.
    fn conditional(&mut self) -> Option<Next> {
        let start = self.at;
        self.at += 2;
        let splicing = self.peek() == Some('@');
        if splicing {
            self.bump();
        }
        self.skip_blank();
        if self.peek() != Some('(') {
            self.report("`#?` needs a list of features and forms", self.span_from(start));
            return None;
        }
        let clauses = self.collection(')')?;
        let span = self.span_from(start);
        if !self.conditionals {
            let help = "reader conditionals are read in `.cljc` files only; rename the file";
            self.report_with(Diagnostic::error("a reader conditional in a `.cljs` file").help(help), span);
        }
        if clauses.len() % 2 == 1 {
            self.report("`#?` needs a form for every feature", span);
        }
        let chosen = self.choose(&clauses)?.clone();
        if !splicing {
            return Some(Next::Form(chosen));
        }
        match chosen.kind {
            Kind::List(items) | Kind::Vector(items) => Some(Next::Splice(items)),
            _ => {
                self.report("`#?@` needs a list or vector to splice", chosen.span);
                None
            }
        }
    }

    fn choose<'f>(&mut self, clauses: &'f [Form]) -> Option<&'f Form> {
        for clause in clauses.chunks_exact(2) {
            match clause[0].keyword() {
                Some(name) if name.to_string() == "cljs" || name.to_string() == "default" => {
                    return Some(&clause[1]);
                }
                Some(name) if OTHERS.contains(&name.to_string().as_str()) => {}
                _ => {
                    self.report(format!("unknown feature `{}` in `#?`", clause[0]), clause[0].span);
                    return None;
                }
            }
        }
        None
    }
}
