//! Findings as annotations of GitHub Actions. GitHub shows ten to a step, so
//! errors come first; all of them go into the step's summary.

use crate::core::finding::Finding;
use crate::text::diagnostic::Severity;
use crate::text::markdown::prose;

/// How many annotations GitHub shows.
pub(crate) const SHOWN: usize = 10;

/// How many rows a summary has at most: GitHub refuses more than a megabyte.
const ROWS: usize = 1000;

/// The annotations, and a plain line for each finding that GitHub would not show.
pub(crate) fn lines(findings: &[Finding]) -> Vec<String> {
    let ordered = ordered(findings);
    let (shown, rest) = ordered.split_at(ordered.len().min(SHOWN));
    shown.iter().map(|finding| annotation(finding)).chain(rest.iter().map(|finding| plain(finding))).collect()
}

/// The table of all findings, as Markdown.
pub(crate) fn summary(findings: &[Finding]) -> String {
    let row = |finding: &&Finding| {
        let place = finding.place.as_ref().map_or_else(|| finding.path.clone(), ToString::to_string);
        format!(
            "| {} | {} | {} | {} |\n",
            finding.severity.word(),
            finding.rule,
            prose(&place),
            prose(&text(finding))
        )
    };
    let ordered = ordered(findings);
    let rows: String = ordered.iter().take(ROWS).map(row).collect();
    let more = match ordered.len().saturating_sub(ROWS) {
        0 => String::new(),
        more => format!("\nand {more} more\n"),
    };
    format!("### pm2sync check\n\n| | rule | where | what |\n|---|---|---|---|\n{rows}{more}")
}

fn ordered(findings: &[Finding]) -> Vec<&Finding> {
    let mut ordered: Vec<&Finding> = findings.iter().collect();
    ordered.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    ordered
}

fn annotation(finding: &Finding) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let file = property(&finding.path);
    let place = finding.place.as_ref();
    let place = place.map_or_else(String::new, |place| format!(",line={},col={}", place.line, place.column));
    format!(
        "::{command} file={file}{place},title=pm2sync {}::{}",
        property(finding.rule),
        data(&text(finding))
    )
}

fn plain(finding: &Finding) -> String {
    let place = finding.place.as_ref().map_or_else(|| finding.path.clone(), ToString::to_string);
    // A line that begins with `::` would be a command.
    let line = format!("{} {}: {place}: {}", finding.severity.word(), finding.rule, text(finding));
    line.replace(['\r', '\n'], " ")
}

fn text(finding: &Finding) -> String {
    match &finding.help {
        Some(help) => format!("{}; {help}", finding.message),
        None => finding.message.clone(),
    }
}

/// The escapes of a message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The escapes of a property, in which `:` and `,` have a meaning.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{SHOWN, lines, summary};
    use crate::core::finding::Finding;
    use crate::text::diagnostic::Severity;
    use crate::text::lines::LineIndex;

    #[test]
    fn everything_that_means_something_is_escaped() {
        let place = LineIndex::new("a,b:c%.md", "x\nyz").place(3..4);
        let finding = Finding { rule: "r", ..Finding::at(Severity::Error, place, "100%\r\nof a:b, c") };
        assert_eq!(
            lines(&[finding]),
            ["::error file=a%2Cb%3Ac%25.md,line=2,col=2,title=pm2sync r::100%25%0D%0Aof a:b, c"]
        );
    }

    #[test]
    fn errors_come_first_and_the_rest_is_no_command() {
        let mut findings = vec![Finding::of_file(Severity::Note, "n", "a note")];
        findings.extend((0..11).map(|at| Finding::of_file(Severity::Error, &format!("e{at}"), "x | <b>\ny")));
        let lines = lines(&findings);
        assert_eq!(lines.iter().filter(|line| line.starts_with("::error ")).count(), SHOWN);
        assert_eq!(lines.len(), 12);
        assert!(lines[10].starts_with("error ") && lines[11].starts_with("note "));
        let summary = summary(&findings);
        assert_eq!(summary.lines().count(), 4 + 12);
        assert!(summary.contains(r"| e10 | x \| &lt;b&gt; y |"), "{summary}");
    }
}
