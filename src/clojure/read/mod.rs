//! The reader: text to forms. It never fails; what is wrong is reported beside
//! the forms that could be read, so that one run shows every error of a file.
//!
//! It reads what shadow-cljs reads. What it does not cover (`N` and `M` numbers,
//! tags of a project's own) is an error like any other.

mod collection;
mod dispatch;
mod text;
mod token;

use crate::clojure::form::{Form, Kind, Name, Span};
use crate::text::diagnostic::Diagnostic;
use crate::text::lines::LineIndex;

/// How deep forms may nest: deeper than people write, shallow enough for any
/// thread's stack.
const DEEPEST: usize = 200;

/// Reads every form of `text`, the content of `path`. Reader conditionals are
/// resolved for ClojureScript, and allowed in `.cljc` files only, as shadow-cljs
/// has it.
pub fn read_forms(path: &str, text: &str) -> (Vec<Form>, Vec<Diagnostic>) {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
        open: Vec::new(),
        conditionals: path.rsplit('.').next() == Some("cljc"),
        lines: LineIndex::new(path, text),
        diagnostics: Vec::new(),
    };
    let mut forms = Vec::new();
    loop {
        match reader.next() {
            Next::Form(form) => forms.push(form),
            Next::Splice(items) => {
                reader.report("`#?@` must stand inside a collection", reader.span_from(reader.at));
                forms.extend(items);
            }
            Next::Close(char) => reader.stray(char),
            Next::End => return (forms, reader.diagnostics),
        }
    }
}

/// What comes next in the text.
enum Next {
    Form(Form),
    /// What `#?@` puts into the collection around it.
    Splice(Vec<Form>),
    /// A closing bracket, not yet consumed.
    Close(char),
    End,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// The closing brackets that are awaited, innermost last.
    open: Vec<char>,
    conditionals: bool,
    lines: LineIndex,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn peek_second(&self) -> Option<char> {
        self.text[self.at..].chars().nth(1)
    }

    fn bump(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }

    fn span_from(&self, start: usize) -> Span {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { start: narrow(start), end: narrow(self.at) }
    }

    fn report(&mut self, message: impl Into<String>, span: Span) {
        self.report_with(Diagnostic::error(message), span);
    }

    fn report_with(&mut self, diagnostic: Diagnostic, span: Span) {
        let place = self.lines.place(span.start as usize..span.end as usize);
        self.diagnostics.push(diagnostic.at(Some(place)));
    }

    fn stray(&mut self, char: char) {
        let start = self.at;
        self.bump();
        self.report(format!("unmatched `{char}`"), self.span_from(start));
    }

    fn skip_blank(&mut self) {
        while let Some(char) = self.peek() {
            let comment = char == ';' || (char == '#' && self.peek_second() == Some('!'));
            if comment {
                self.at += self.text[self.at..].find('\n').unwrap_or(self.text.len() - self.at);
            } else if is_blank(char) {
                self.at += char.len_utf8();
            } else {
                return;
            }
        }
    }

    /// The next form; `#_ form` and branches for other platforms are passed over.
    fn next(&mut self) -> Next {
        loop {
            self.skip_blank();
            let Some(char) = self.peek() else { return Next::End };
            if matches!(char, ')' | ']' | '}') {
                return Next::Close(char);
            }
            if self.depth >= DEEPEST {
                let start = self.at;
                self.at = self.text.len();
                self.open.clear();
                self.report(
                    format!("forms are nested more than {DEEPEST} deep"),
                    Span { start: self.span_from(start).start, end: self.span_from(start).start + 1 },
                );
                return Next::End;
            }
            self.depth += 1;
            let read = self.read_at(char);
            self.depth -= 1;
            if let Some(next) = read {
                return next;
            }
        }
    }

    /// Reads what starts with `char`; `None` when it amounts to nothing.
    fn read_at(&mut self, char: char) -> Option<Next> {
        let start = self.at;
        let kind = match char {
            '(' => self.collection(')').map(Kind::List),
            '[' => self.collection(']').map(Kind::Vector),
            '{' => self.map_literal(),
            '"' => self.string_literal(),
            '\\' => self.character(),
            '\'' => self.wrapped("quote", Name::plain("quote")),
            '@' => self.wrapped("@", Name::parse("clojure.core/deref")),
            '^' => return self.with_meta(),
            '#' => return self.dispatch(),
            '`' => self.marked("`"),
            '~' if self.peek_second() == Some('@') => self.marked("~@"),
            '~' => self.marked("~"),
            _ => self.token(),
        };
        kind.map(|kind| Next::Form(Form::new(kind, self.span_from(start))))
    }

    /// `'x` and its like: one mark, then a form.
    fn wrapped(&mut self, mark: &str, symbol: Name) -> Option<Kind> {
        let start = self.at;
        self.bump();
        let head = Form::new(Kind::Symbol(symbol), self.span_from(start));
        let form = self.operand(mark, start)?;
        Some(Kind::List(vec![head, form]))
    }

    /// A mark, and the form that it stands before.
    fn marked(&mut self, mark: &'static str) -> Option<Kind> {
        let start = self.at;
        self.at += mark.len();
        self.operand(mark, start).map(|form| Kind::Marked(mark, Box::new(form)))
    }

    /// The form that a mark applies to.
    fn operand(&mut self, mark: &str, start: usize) -> Option<Form> {
        match self.next() {
            Next::Form(form) => Some(form),
            Next::Splice(_) | Next::Close(_) | Next::End => {
                self.report(format!("`{mark}` has no form after it"), self.span_from(start));
                None
            }
        }
    }

    /// `^:flag form`, `^{…} form`.
    fn with_meta(&mut self) -> Option<Next> {
        let start = self.at;
        self.bump();
        let meta = self.operand("^", start)?;
        let is_meta = matches!(
            meta.kind,
            Kind::Keyword(_) | Kind::Symbol(_) | Kind::String(_) | Kind::Map(_) | Kind::Vector(_)
        );
        if !is_meta {
            self.report(format!("metadata cannot be {}", meta.what()), meta.span);
        }
        let mut form = self.operand("^", start)?;
        form.meta.insert(0, meta);
        Some(Next::Form(form))
    }
}

/// What separates forms: white space and commas.
fn is_blank(char: char) -> bool {
    char == ','
        || (char.is_whitespace() && !matches!(char, '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{85}'))
        || matches!(char, '\u{1c}'..='\u{1f}')
}

/// What ends a symbol, keyword or number.
fn ends_token(char: char) -> bool {
    is_blank(char)
        || matches!(char, '"' | ';' | '@' | '^' | '`' | '~' | '(' | ')' | '[' | ']' | '{' | '}' | '\\')
}
