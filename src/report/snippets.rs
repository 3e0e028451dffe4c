//! Findings for people: the message, the line of the source with carets, and
//! the next step. A secret on that line is never shown.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::core::finding::Finding;
use crate::text::diagnostic::{Diagnostic, Place, Severity};

/// The rule whose places are not to be shown.
const SECRETS: &str = "secret-literal";

/// One finding, on several lines. `all` are all findings, whose secrets have to be
/// hidden.
pub(crate) fn finding(
    finding: &Finding,
    all: &[Finding],
    texts: &BTreeMap<String, String>,
    coloured: bool,
) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(finding.message.as_str());
    let title = if finding.rule.is_empty() { title } else { title.id(finding.rule) };
    let shown =
        finding.place.as_ref().and_then(|place| excerpt(place, finding, all, texts.get(&finding.path)?));
    let mut group = match shown {
        Some((line, lines, span)) => title.element(
            Snippet::source(lines)
                .path(one_line(&finding.path))
                .line_start(line)
                .annotation(AnnotationKind::Primary.span(span)),
        ),
        None => title.element(Origin::path(one_line(&finding.path))),
    };
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let groups: [Group<'_>; 1] = [group];
    let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii).render(&groups) + "\n\n"
}

/// A diagnostic of the compiler, with the line of the source. Its strings are
/// hidden: any of them may be a secret in a source that does not compile.
pub(crate) fn diagnostic(said: &Diagnostic, texts: &BTreeMap<String, String>, coloured: bool) -> String {
    let Some(place) = &said.place else { return format!("{}: {said}", said.severity.word()) };
    let hidden = texts.get(&*place.path).map(|text| (place.path.to_string(), without_texts(text)));
    let found = Finding::said(said.severity, said, "");
    finding(&found, &[], &hidden.into_iter().collect(), coloured)
}

/// The same ClojureScript with dots for what stands between quotes, so that
/// every other byte and column stays where it was.
fn without_texts(text: &str) -> String {
    /// A dot of as many bytes as the character that it hides.
    const DOTS: [&str; 4] = ["*", "·", "•", "🞄"];
    let mut hidden = String::with_capacity(text.len());
    let (mut is_text, mut is_comment, mut is_escaped) = (false, false, false);
    for character in text.chars() {
        let is_quote = character == '"' && !is_escaped && !is_comment;
        if is_text && !is_quote && character != '\n' {
            hidden.push_str(DOTS[character.len_utf8() - 1]);
        } else {
            hidden.push(character);
        }
        is_comment = !is_text && character != '\n' && (is_comment || (character == ';' && !is_escaped));
        is_text ^= is_quote;
        // A backslash makes a character, outside of texts too.
        is_escaped = character == '\\' && !is_escaped && !is_comment;
    }
    hidden
}

/// How many there are, in a line.
pub(crate) fn summary(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "nothing found".to_owned();
    }
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let counts = [Severity::Error, Severity::Warning, Severity::Note]
        .map(|severity| (severity.word(), count(severity)));
    let words: Vec<String> = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    let fixable = findings.iter().filter(|finding| finding.fix.is_some()).count();
    let fixes = if fixable == 0 { String::new() } else { format!("; `--fix` fixes {fixable}") };
    format!("{}{fixes}", words.join(", "))
}

/// The lines that a place touches, the number of the first, and the place in
/// them. Lines of more than some thousand bytes are of no use to a reader.
fn excerpt(
    place: &Place,
    finding: &Finding,
    all: &[Finding],
    text: &str,
) -> Option<(usize, String, Range<usize>)> {
    const LONGEST: usize = 2000;
    let bytes = place.bytes();
    let start = text.get(..bytes.start)?.rfind('\n').map_or(0, |at| at + 1);
    // Of a form over many lines the first says where it is.
    let end = text[bytes.start..].find('\n').map_or(text.len(), |at| bytes.start + at);
    let mut line = text.get(start..end)?.to_owned();
    let secret = |other: &&Finding| other.rule == SECRETS && other.path == finding.path;
    for hidden in all.iter().filter(secret).filter_map(|other| other.place.as_ref()).map(Place::bytes) {
        let (from, to) = (hidden.start.max(start), hidden.end.min(end));
        if from < to {
            line.replace_range(from - start..to - start, &"*".repeat(to - from));
        }
    }
    if line.len() > LONGEST {
        return None;
    }
    let span = bytes.start - start..bytes.end.clamp(bytes.start, end) - start;
    Some((place.line as usize, line, span))
}

/// A file name without what would move the cursor or begin a line of its own.
fn one_line(path: &str) -> String {
    path.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use expect_test::expect;

    use super::{diagnostic, finding, summary, without_texts};
    use crate::core::finding::Finding;
    use crate::text::diagnostic::{Diagnostic, Severity};
    use crate::text::lines::LineIndex;

    #[test]
    fn the_line_is_shown_with_carets_and_without_secrets() {
        let text = "(ns a)\n(def дом {:token \"s3cret\" :max-restarts 1})\n";
        let lines = LineIndex::new("a.cljs", text);
        let at = |word: &str| {
            let start = text.find(word).unwrap();
            lines.place(start..start + word.len())
        };
        let key = Finding {
            rule: "unknown-option",
            ..Finding::at(Severity::Error, at(":max-restarts"), "PM2 drops `max-restarts`")
        };
        let secret = Finding {
            rule: "secret-literal",
            ..Finding::at(Severity::Error, at("\"s3cret\""), "it is written out")
        };
        let all = [
            secret,
            key.help("did you mean `max_restarts`?"),
            Finding::of_file(Severity::Warning, "b", "all of it"),
        ];
        let texts = BTreeMap::from([("a.cljs".to_owned(), text.to_owned())]);
        let shown: String = all.iter().map(|one| finding(one, &all, &texts, false)).collect();
        expect![[r"
            error[secret-literal]: it is written out
             --> a.cljs:2:18
              |
            2 | (def дом {:token ******** :max-restarts 1})
              |                  ^^^^^^^^

            error[unknown-option]: PM2 drops `max-restarts`
             --> a.cljs:2:27
              |
            2 | (def дом {:token ******** :max-restarts 1})
              |                           ^^^^^^^^^^^^^
              |
              = help: did you mean `max_restarts`?

            warning: all of it
            --> b

            2 errors, 1 warning
        "]]
        .assert_eq(&format!("{shown}{}\n", summary(&all)));
    }
    #[test]
    fn what_does_not_compile_is_shown_without_its_texts() {
        let text = "(ns a)\n(defapp \"дом\" {:token \"s3\\\"cret\" :port (prot 1)})\n";
        let at = text.find("prot").unwrap();
        let place = LineIndex::new("a.cljs", text).place(at..at + 4);
        let said = Diagnostic::error("`prot` is not defined").at(Some(place));
        let texts = BTreeMap::from([("a.cljs".to_owned(), text.to_owned())]);
        expect![[r#"
            error: `prot` is not defined
             --> a.cljs:2:41
              |
            2 | (defapp "···" {:token "********" :port (prot 1)})
              |                                         ^^^^

        "#]]
        .assert_eq(&diagnostic(&said, &texts, false));
        assert_eq!(
            without_texts(
                r#"\" "a" ; "b
"c" \; "d""#
            ),
            r#"\" "*" ; "b
"*" \; "*""#
        );
    }
}
