//! Outcomes, plans and findings as text: one line for each app.

use std::time::Duration;

use crate::core::inspect::doctor::Finding;
use crate::core::plan::Ended;
use crate::core::plan::Verb;
use crate::core::plan::{Action, LeaveReason, Plan, Planned};
use crate::core::reason::words::InOneLine;
use crate::core::reason::{Cause, Reason, is_scaling};
use crate::core::sync::journal::{Done, Entry};
use crate::core::sync::outcome::{Outcome, Synced};
use crate::core::sync::redacted::Redacted;
use crate::text::diagnostic::Diagnostic;
use crate::text::name_list::abbreviated;

/// `replaced devel/opencode: env.PORT, args changed`
pub(crate) fn outcome(outcome: &Outcome) -> String {
    let verb = match (outcome.result, outcome.action) {
        (Ended::Failed, action) => format!("failed to {action}"),
        (Ended::Left, _) => Verb::Leave.past().to_owned(),
        (Ended::RolledBack, _) => "rolled back".to_owned(),
        (_, Verb::Replace) if is_scaling(&outcome.reasons) => "scaled".to_owned(),
        (_, action) => action.past().to_owned(),
    };
    let doubt = match outcome.result {
        Ended::Unhealthy => " (unhealthy)",
        Ended::NotProven => " (not yet proven)",
        _ => "",
    };
    let reasons = InOneLine(&outcome.reasons).to_string();
    let parts: Vec<&str> = [Some(reasons.as_str()), outcome.message.as_ref().map(Redacted::whole)]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    one_line(&format!("{verb} {}{doubt}: {}", outcome.app, parts.join("; ")))
}

/// Apps that are kept for the same reasons, in one line:
/// `left a, b, c and 2 more: their definitions are gone; a hook does not …`
pub(crate) fn kept(outcomes: &[Outcome]) -> String {
    match outcomes {
        [one] => outcome(one),
        several => {
            let names: Vec<&str> = several.iter().map(|outcome| outcome.app.as_str()).collect();
            alike("left", &names, several.first().map_or(&[], |first| &first.reasons))
        }
    }
}

/// A line for several apps whose definitions are gone.
fn alike(verb: &str, names: &[&str], reasons: &[Reason]) -> String {
    let others: Vec<Reason> =
        reasons.iter().filter(|reason| reason.cause != Cause::Removed).cloned().collect();
    let why = InOneLine(&others).to_string();
    let parts = ["their definitions are gone", why.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    one_line(&format!("{verb} {}: {}", abbreviated(names), parts.join("; ")))
}

/// Characters that change the direction of the following text.
const BIDI_CONTROLS: [char; 12] = [
    '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

/// Text as one line of plain characters: a name may hold any, also those that
/// would end the line or move the cursor.
pub(super) fn one_line(text: &str) -> String {
    let moves = |char: char| char.is_control() || BIDI_CONTROLS.contains(&char);
    let shown = |char: char| if moves(char) { char.escape_default().to_string() } else { char.into() };
    text.chars().map(shown).collect()
}

/// A plan line by line, each with the action that it is of; what is kept for
/// the same reasons is one line.
pub(crate) fn plan_lines(plan: &Plan) -> Vec<(String, Option<&Planned>)> {
    let is_kept = |planned: &&Planned| planned.action == Action::Leave(LeaveReason::Kept);
    let (kept, others): (Vec<&Planned>, Vec<&Planned>) = plan.actions.iter().partition(is_kept);
    let mut lines: Vec<_> = others.into_iter().map(|one| (planned(one), Some(one))).collect();
    match kept.as_slice() {
        [] => {}
        [one] => lines.push((planned(one), None)),
        [first, ..] => {
            let names: Vec<&str> = kept.iter().map(|planned| planned.app.as_str()).collect();
            lines.push((alike(Verb::Leave.word(), &names, &first.reasons), None));
        }
    }
    lines
}

/// `replace web: env.PORT changed (ecosystems/web.cljs:4)`
fn planned(planned: &Planned) -> String {
    let said = planned.reasons.iter().any(|reason| reason.place.is_some());
    let place = planned.place.as_ref().filter(|_| !said);
    let place = place.map(|place| format!(" ({}:{})", place.path, place.line));
    let reasons = InOneLine(&planned.reasons);
    let (verb, advice) = match &planned.action {
        Action::Scale { .. } => ("scale", None),
        Action::Leave(why) => (Verb::Leave.word(), why.advice(&planned.app)),
        action => (action.verb().word(), None),
    };
    let advice = advice.map(|advice| format!("; {advice}")).unwrap_or_default();
    one_line(&format!("{verb} {}: {reasons}{}{advice}", planned.app, place.unwrap_or_default()))
}

/// What there is to do, in a line.
pub(crate) fn plan_summary(plan: &Plan) -> String {
    let unchanged = apps(plan.unchanged.len());
    if plan.actions.is_empty() {
        return format!("nothing to do: {unchanged} in sync");
    }
    let verbs = Verb::ALL;
    let counted =
        verbs.map(|verb| (verb, plan.actions.iter().filter(|planned| planned.action.verb() == verb).count()));
    let words: Vec<String> = counted
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(verb, count)| format!("{count} to {verb}"))
        .collect();
    format!("{}; {unchanged} in sync", words.join(", "))
}

/// How a sync ended, in a line.
pub(crate) fn sync_summary(report: &Synced) -> String {
    const RESULTS: &[(Ended, &str)] = &[
        (Ended::Done, "done"),
        (Ended::NotProven, "not yet proven"),
        (Ended::RolledBack, "rolled back"),
        (Ended::Unhealthy, "unhealthy"),
        (Ended::Failed, "failed"),
        (Ended::Left, "left"),
    ];
    let unchanged = apps(report.unchanged);
    let count = |result: Ended| report.outcomes.iter().filter(|outcome| outcome.result == result).count();
    let words: Vec<String> = RESULTS
        .iter()
        .map(|&(result, word)| (result, word))
        .map(|(result, word)| (count(result), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let interrupted = if report.interrupted { "interrupted; " } else { "" };
    if words.is_empty() {
        format!("{interrupted}in sync: {unchanged}")
    } else {
        format!("{interrupted}{}; {unchanged} unchanged", words.join(", "))
    }
}

/// Progress of the health check of started apps.
pub(crate) fn proving(apps: &[String], elapsed: Duration) -> String {
    format!("checking that {} stays up, {} s", apps.join(", "), elapsed.as_secs())
}

/// ``web: PM2 drops the unknown option `max-restarts`; did you mean `max_restarts`? (a.cljs:4)``
pub(crate) fn misread(app: &str, warnings: &[Diagnostic]) -> String {
    let said = |warning: &Diagnostic| {
        let help = warning.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        let place = warning.place.as_ref().map(|place| format!(" ({}:{})", place.path, place.line));
        format!("{}{help}{}", warning.message, place.unwrap_or_default())
    };
    let all: Vec<String> = warnings.iter().map(said).collect();
    one_line(&format!("{app}: {}", all.join("; ")))
}

/// Why `pm2 save` was not done.
pub(crate) fn not_saved(why: &str) -> String {
    format!("`pm2 save` was not done: {why}")
}

/// A sync of the journal: a line, and one below it for each app.
pub(crate) fn history(entry: &Entry) -> Vec<String> {
    let seconds = Duration::from_millis(entry.took_ms).as_secs_f64();
    let end = entry.failure.as_ref().map(|failure| format!("; {failure}")).unwrap_or_default();
    let nothing = if entry.apps.is_empty() && entry.failure.is_none() { "; nothing to do" } else { "" };
    let head = one_line(&format!("{}  {} ({seconds:.1} s{nothing}){end}", entry.at, entry.trigger));
    let line = |done: &Done| {
        let result = if done.result == "done" { String::new() } else { format!(" ({})", done.result) };
        let parts = [Some(done.why.as_str()), done.message.as_deref()].into_iter().flatten();
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        one_line(&format!("    {} {}{result}: {}", done.action, done.app, parts.join("; ")))
    };
    std::iter::once(head).chain(entry.apps.iter().map(line)).collect()
}

/// `wrong  enrolment: not enrolled, so hooks do nothing; …`
pub(crate) fn finding(finding: &Finding) -> String {
    let next = finding.next.as_ref().map(|next| format!("; {next}")).unwrap_or_default();
    let words = format!("{}: {}{next}", finding.check, finding.message);
    format!("{:5}  {}", finding.verdict.word(), one_line(&words))
}

fn apps(count: usize) -> String {
    if count == 1 { "1 app".to_owned() } else { format!("{count} apps") }
}

#[cfg(test)]
mod tests {
    use super::{kept, outcome};
    use crate::core::plan::Ended;
    use crate::core::plan::Verb;
    use crate::core::reason::{Cause, Reason};
    use crate::core::sync::outcome::Outcome;
    use crate::core::sync::redacted::Redacted;

    fn line(action: Verb, result: Ended, message: Option<&str>) -> String {
        let reasons = vec![Reason::app(Cause::Missing, "why")];
        outcome(&Outcome { action, result, message: message.map(Redacted::from), ..left(reasons) })
    }

    fn left(reasons: Vec<Reason>) -> Outcome {
        Outcome {
            app: "web".to_owned(),
            action: Verb::Leave,
            result: Ended::Left,
            reasons,
            message: None,
            needs_agreement: false,
            log: None,
            is_unwatched: false,
            is_old: false,
        }
    }

    #[test]
    fn what_is_kept_for_the_same_reasons_is_one_line() {
        let reasons = ["its definition is gone", "a hook does not remove 5 of 6 apps"];
        let reasons = [Cause::Removed, Cause::Policy].into_iter().zip(reasons);
        let reasons: Vec<Reason> = reasons.map(|(cause, why)| Reason::app(cause, why)).collect();
        let kept_app = |name: &&str| Outcome { app: (*name).to_owned(), ..left(reasons.clone()) };
        let several: Vec<Outcome> = ["a", "b", "c", "d", "e"].iter().map(kept_app).collect();
        assert_eq!(
            kept(&several),
            "left a, b, c and 2 more: their definitions are gone; a hook does not remove 5 of 6 apps"
        );
        assert_eq!(kept(&several[..1]), "left a: its definition is gone; a hook does not remove 5 of 6 apps");
    }

    #[test]
    fn each_outcome_is_a_sentence() {
        assert_eq!(line(Verb::Replace, Ended::Done, None), "replaced web: why");
        assert_eq!(line(Verb::Start, Ended::Done, None), "started web: why");
        assert_eq!(line(Verb::Remove, Ended::Done, None), "removed web: why");
        assert_eq!(line(Verb::Stop, Ended::Done, None), "stopped web: why");
        assert_eq!(line(Verb::Start, Ended::Failed, Some("it broke")), "failed to start web: why; it broke");
        assert_eq!(line(Verb::Leave, Ended::Left, Some("do that")), "left web: why; do that");
    }
}
