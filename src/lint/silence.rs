//! Comments silence what rules found: `pm2sync: allow(rule) reason` on the line
//! of a finding or above it. What the comments came to, the rules about them
//! read in turn.

use crate::core::finding::Finding;
use crate::lint::inputs::allow_comments::{AllowComment, Commented, MARK, Outcome};
use crate::lint::rule::{Check, Rule};
use crate::lint::rules::RULES;
use crate::text::lines::LineIndex;

/// The findings that no comment silences, and those about the comments. `ran`
/// says which rules had a look at the file.
pub(super) fn silence(
    file: &Commented<'_>,
    ran: &dyn Fn(&Rule) -> bool,
    mut findings: Vec<Finding>,
) -> Vec<Finding> {
    if !file.text.contains(MARK) {
        return findings;
    }
    let mut comments = file.comments();
    for comment in comments.iter_mut().filter(|comment| !comment.reason.is_empty()) {
        silenced_by(comment, file.path, &mut findings);
    }
    let outcome = Outcome {
        comments,
        lines: LineIndex::new(file.path, file.text),
        rules: RULES.iter().map(|rule| (rule.id, ran(rule))).collect(),
    };
    for rule in RULES {
        if let Check::Allow(check) = rule.check {
            findings.extend(check(&outcome).into_iter().map(|finding| Finding { rule: rule.id, ..finding }));
        }
    }
    findings
}

/// Takes out what the comment names, and notes for each rule whether there was anything.
fn silenced_by(comment: &mut AllowComment<'_>, path: &str, findings: &mut Vec<Finding>) {
    let lines = [comment.line, comment.target];
    for name in &mut comment.rules {
        let is_meant = |finding: &Finding| {
            let line = finding.line().map(|line| line as usize);
            finding.rule == name.id && finding.path == path && line.is_some_and(|line| lines.contains(&line))
        };
        let before = findings.len();
        findings.retain(|finding| !is_meant(finding));
        name.silenced = findings.len() < before;
    }
}
