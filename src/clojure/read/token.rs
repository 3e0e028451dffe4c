//! Numbers, symbols and keywords.

use crate::clojure::form::{Kind, Name};
use crate::clojure::read::Reader;
use crate::text::diagnostic::Diagnostic;

impl Reader<'_> {
    pub(super) fn token(&mut self) -> Option<Kind> {
        let start = self.at;
        let word = self.word();
        if word.is_empty() {
            self.bump();
            self.report("unexpected character", self.span_from(start));
            return None;
        }
        let digits = word.strip_prefix(['+', '-']).unwrap_or(&word);
        let read = if digits.starts_with(|char: char| char.is_ascii_digit()) {
            number(&word)
        } else if let Some(name) = word.strip_prefix("::") {
            keyword(name).map(Kind::AutoKeyword)
        } else if let Some(name) = word.strip_prefix(':') {
            keyword(name).map(Kind::Keyword)
        } else {
            symbol(&word)
        };
        match read {
            Ok(kind) => Some(kind),
            Err(diagnostic) => {
                self.report_with(diagnostic, self.span_from(start));
                None
            }
        }
    }
}

fn keyword(text: &str) -> Result<Name, Diagnostic> {
    let bad = text.is_empty()
        || text.ends_with(':')
        || text.starts_with([':', '/'])
        || text.contains("::")
        || !slashes_are_fine(text);
    if bad { Err(Diagnostic::error(format!("`:{text}` is not a keyword"))) } else { Ok(Name::parse(text)) }
}

fn symbol(text: &str) -> Result<Kind, Diagnostic> {
    Ok(match text {
        "nil" => Kind::Nil,
        "true" => Kind::Bool(true),
        "false" => Kind::Bool(false),
        "/" => Kind::Symbol(Name::plain("/")),
        _ => {
            let bad = text.ends_with(':')
                || text.contains("::")
                || text.starts_with('/')
                || text.contains(char::is_control)
                || !slashes_are_fine(text);
            if bad {
                return Err(Diagnostic::error(format!("`{}` is not a symbol", text.escape_debug())));
            }
            Kind::Symbol(Name::parse(text))
        }
    })
}

/// One slash at most, with a name on both sides; the name may be `/` itself.
fn slashes_are_fine(text: &str) -> bool {
    match text.split_once('/') {
        None => true,
        Some((namespace, name)) => {
            let name_is_fine = name == "/" || (!name.is_empty() && !name.contains('/'));
            !namespace.is_empty()
                && !namespace.ends_with(':')
                && name_is_fine
                && !name.starts_with(|c: char| c.is_ascii_digit())
        }
    }
}

fn number(text: &str) -> Result<Kind, Diagnostic> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let integer = |digits: &str, radix: u32| {
        let all = !digits.is_empty() && digits.chars().all(|char| char.is_digit(radix));
        if !all {
            return Err(Diagnostic::error(format!("`{text}` is not a number")));
        }
        let signed = format!("{}{digits}", if negative { "-" } else { "" });
        let help = "write it as a string, or as a floating point number";
        i64::from_str_radix(&signed, radix)
            .map(Kind::Integer)
            .map_err(|_| Diagnostic::error(format!("the number `{text}` is too big")).help(help))
    };
    if digits.chars().all(|char| char.is_ascii_digit()) {
        return if digits.len() > 1 && digits.starts_with('0') {
            integer(&digits[1..], 8)
        } else {
            integer(digits, 10)
        };
    }
    if let Some(hex) = lower.strip_prefix("0x") {
        return integer(hex, 16);
    }
    if let Some((radix, digits)) = lower.split_once('r')
        && let Ok(radix @ 2..=36) = radix.parse::<u32>()
    {
        return integer(digits, radix);
    }
    if lower.contains('/') {
        let help = "ClojureScript has no ratios; write a decimal number";
        return Err(Diagnostic::error(format!("the ratio `{text}` cannot be read")).help(help));
    }
    if lower.ends_with(['n', 'm']) {
        return Err(Diagnostic::error(format!(
            "the number `{text}` is not covered: leave out its last letter"
        )));
    }
    let decimal = lower.chars().all(|char| char.is_ascii_digit() || matches!(char, '.' | 'e' | '+' | '-'))
        && lower.matches('.').count() <= 1;
    match text.parse::<f64>() {
        Ok(value) if decimal => Ok(Kind::Float(value)),
        _ => Err(Diagnostic::error(format!("`{text}` is not a number"))),
    }
}
