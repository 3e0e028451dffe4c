//! `unused-allow`: a comment that silences nothing.
//!
//! `pm2sync: allow(rule) reason` in a comment silences a rule on the line of
//! the comment or, where the comment stands alone, on the line below it. The
//! reason is required: without one the comment does not count. A comment that
//! silences nothing is out of date, names no rule, or stands on the wrong
//! line; each of these hides what the next reader should know.
//!
//! Comments begin with `;` in ClojureScript, with `//` in JavaScript, and are
//! `<!-- … -->` in Markdown.
//!
//! Found:
//!
//! `README.md`
//!
//! ````markdown
//! <!-- pm2sync: allow(legacy-reference) it was the old way -->
//! ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning: `allow(legacy-reference)` silences nothing
//! Definitions live in `ecosystems/`.
//! ````
//!
//! Not found:
//!
//! `README.md`
//!
//! ````markdown
//! Definitions live in `ecosystems/`.
//! ````

use crate::core::finding::Finding;
use crate::lint::inputs::allow_comments::{AllowComment, MARK, Named, Outcome};
use crate::lint::rule::{Check, Rule};
use crate::text::diagnostic::Severity;
use crate::text::nearest::nearest;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "unused-allow",
    severity: Severity::Warning,
    file: include_str!("unused_allow.rs"),
    check: Check::Allow(check),
};

fn check(outcome: &Outcome<'_>) -> Vec<Finding> {
    let is_example =
        |comment: &AllowComment<'_>| comment.shown && !comment.rules.iter().any(|named| named.silenced);
    let meant = outcome.comments.iter().filter(|comment| !is_example(comment));
    meant
        .flat_map(|comment| comment.rules.iter().filter_map(|named| complaint(outcome, comment, named)))
        .collect()
}

fn complaint(outcome: &Outcome<'_>, comment: &AllowComment<'_>, named: &Named<'_>) -> Option<Finding> {
    let id = named.id;
    let found =
        |message: String| Finding::at(RULE.severity, outcome.lines.place(comment.bytes.clone()), message);
    let Some((_, ran)) = outcome.rules.iter().find(|(rule, _)| *rule == id) else {
        let unknown = found(format!("there is no rule `{id}`"));
        return Some(match nearest(id, outcome.rules.iter().map(|(rule, _)| *rule)) {
            Some(near) => unknown.help(format!("did you mean `{near}`?")),
            None => unknown,
        });
    };
    if comment.reason.is_empty() {
        let help = format!("write why, after the bracket: `{MARK}{id}) …`");
        return Some(found(format!("`allow({id})` gives no reason, so it does not count")).help(help));
    }
    let is_unused = *ran && !named.silenced;
    is_unused.then(|| found(format!("`allow({id})` silences nothing")).help("delete the comment"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::lint::testing::{found, lines};

    #[test]
    fn a_comment_silences_its_line_or_the_one_below() {
        let text = "<!-- pm2sync: allow(legacy-reference) history -->\nOnce pm2-clj was used.\n\
                    Then pm2-clj went. <!-- pm2sync: allow(legacy-reference) history -->\n\
                    Now pm2-clj is gone.\n";
        assert_eq!(found(&[("a.md", text)]), ["legacy-reference a.md:4:5"]);
    }

    #[test]
    fn comments_above_each_other_are_about_the_same_line() {
        let text = "(ns a (:require [clobber.macro :refer [defapp]]))\n\
                    ;; pm2sync: allow(absolute-path) the machine's own\n\
                    ;; pm2sync: allow(unknown-option) kept for a tool\n\
                    (defapp \"a\" {:script \"/home/me/a.js\" :max-restarts 1})\n";
        assert_eq!(found(&[("ecosystems/a.cljs", text)]), [""; 0]);
    }

    #[test]
    fn what_does_not_count_is_said() {
        let text = "pm2-clj <!-- pm2sync: allow(legacy-reference) -->\n\
                    <!-- pm2sync: allow(legacy-referense) typo -->\n\
                    <!-- pm2sync: allow(legacy-reference, syntax) why -->\n\n\
                    ```\n<!-- pm2sync: allow(legacy-reference) as an example -->\n```\n\
                    `<!-- pm2sync: allow(rule) reason -->` silences one line.\n";
        expect![[r"
            legacy-reference a.md:1:1: error: this names `pm2-clj`, which is gone; definitions live in `ecosystems/*.cljs`, and PM2 is given `ecosystem.config.cjs`
            unused-allow a.md:1:9: warning: `allow(legacy-reference)` gives no reason, so it does not count; write why, after the bracket: `pm2sync: allow(legacy-reference) …`
            unused-allow a.md:2:1: warning: there is no rule `legacy-referense`; did you mean `legacy-reference`?
            unused-allow a.md:3:1: warning: `allow(legacy-reference)` silences nothing; delete the comment
        "]]
        .assert_eq(&lines(&[("a.md", text)]));
    }
}
