//! A plan as Markdown, for the comment on a pull request. Its texts come from the
//! author of the pull request, so all of them are escaped.

use crate::core::failure::Failure;
use crate::core::plan::{Plan, Planned};
use crate::core::reason::words::InOneLine;
use crate::report::human::plan_summary;
use crate::text::markdown::{code, prose};

/// The mark by which a bot finds its own comment.
const MARK: &str = "<!-- pm2sync plan -->";

/// How many diagnostics are shown at most.
const MOST_DIAGNOSTICS: usize = 20;

/// The comment: `title` is what is compared.
pub(crate) fn plan(title: &str, plan: &Plan) -> String {
    let title = code(title);
    let mut lines = vec![MARK.to_owned()];
    if plan.actions.is_empty() {
        lines.push(format!("**pm2sync**: {title} changes no app ({} in all).", plan.unchanged.len()));
    } else {
        lines.extend([format!("**pm2sync**: what {title} changes"), String::new()]);
        lines.extend(["| app | action | why | where |", "|---|---|---|---|"].map(str::to_owned));
        lines.extend(plan.actions.iter().map(row));
        lines.extend([String::new(), format!("{}.", plan_summary(plan))]);
    }
    lines.join("\n") + "\n"
}

/// The comment where there is no plan, and why.
pub(crate) fn failure(failure: &Failure) -> String {
    let mut lines = vec![MARK.to_owned(), format!("**pm2sync**: no plan: {}", prose(&failure.what()))];
    let diagnostics = failure.diagnostics();
    if !diagnostics.is_empty() {
        lines.push(String::new());
    }
    lines.extend(
        diagnostics.iter().take(MOST_DIAGNOSTICS).map(|one| format!("- {}", prose(&one.to_string()))),
    );
    if let Some(more) = diagnostics.len().checked_sub(MOST_DIAGNOSTICS).filter(|more| *more > 0) {
        lines.push(format!("- and {more} more"));
    }
    lines.join("\n") + "\n"
}

fn row(planned: &Planned) -> String {
    let place = planned.place.as_ref().map(|place| code(&format!("{}:{}", place.path, place.line)));
    format!(
        "| {} | {} | {} | {} |",
        code(&planned.app),
        planned.action.verb(),
        prose(&InOneLine(&planned.reasons).to_string()),
        place.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::{MOST_DIAGNOSTICS, failure, plan};
    use crate::core::failure::{CompileFailure, Failure};
    use crate::core::plan::{Action, LeaveReason, Plan, Planned, Unchanged};
    use crate::core::reason::{Cause, Reason};
    use crate::text::diagnostic::Diagnostic;

    fn leave(app: &str, reasons: Vec<Reason>) -> Planned {
        Planned { app: app.to_owned(), action: Action::Leave(LeaveReason::Invalid), reasons, place: None }
    }

    #[test]
    fn each_app_is_a_row() {
        let mut found = Plan::default();
        found.unchanged.push(Unchanged { app: "b".to_owned(), owned: true });
        let reason = Reason::field(Cause::Definition, "env.PORT", Some(&1.into()), Some(&2.into()));
        found.actions.push(leave("web", vec![reason, Reason::app(Cause::Invalid, "`x` is not a number")]));
        expect![[r"
            <!-- pm2sync plan -->
            **pm2sync**: what `main..topic` changes

            | app | action | why | where |
            |---|---|---|---|
            | `web` | leave | `x` is not a number; env.PORT changed |  |

            1 to leave; 1 app in sync.
        "]]
        .assert_eq(&plan("main..topic", &found));
    }

    #[test]
    fn where_there_is_no_plan_it_says_why() {
        let diagnostics = |number| Diagnostic::error(format!("`x{number}` is @undeclared"));
        let diagnostics = (0..=MOST_DIAGNOSTICS + 1).map(diagnostics).collect();
        let failed = failure(&CompileFailure { diagnostics, ..CompileFailure::default() }.into());
        let lines: Vec<&str> = failed.lines().collect();
        assert_eq!(lines[1], "**pm2sync**: no plan: the definitions do not compile; nothing was changed");
        assert_eq!(lines[3], "- `x0` is &#64;undeclared");
        assert_eq!(lines[lines.len() - 1], "- and 2 more");
        let failed = failure(&Failure::Usage("`a..b` is not a range".to_owned()));
        assert_eq!(failed.lines().last(), Some("**pm2sync**: no plan: `a..b` is not a range"));
    }

    #[test]
    fn no_change_is_a_line() {
        expect![[r"
            <!-- pm2sync plan -->
            **pm2sync**: `a..b` changes no app (0 in all).
        "]]
        .assert_eq(&plan("a..b", &Plan::default()));
    }
}
