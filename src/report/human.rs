//! Outcomes, plans and states in words: one line for each app.

use crate::core::doctor::Finding;
use crate::core::outcome::{Outcome, Result as Ended, Synced};
use crate::core::plan::{Plan, Planned};
use crate::core::reason::InOneLine;
use crate::core::status::{AppStatus, Status};

/// `replaced devel/opencode: env.PORT, args changed`
pub fn outcome(outcome: &Outcome) -> String {
    let verb = match (outcome.result, outcome.action) {
        (Ended::Failed, action) => format!("failed to {action}"),
        (Ended::Left, _) | (_, "leave") => "left".to_owned(),
        (Ended::RolledBack, _) => "rolled back".to_owned(),
        (_, "stop") => "stopped".to_owned(),
        (_, action) if action.ends_with('e') => format!("{action}d"),
        (_, action) => format!("{action}ed"),
    };
    let doubt = match outcome.result {
        Ended::Unhealthy => " (unhealthy)",
        Ended::NotProven => " (not yet proven)",
        _ => "",
    };
    let reasons = InOneLine(&outcome.reasons).to_string();
    let parts: Vec<&str> = [Some(reasons.as_str()), outcome.message.as_deref()]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    format!("{verb} {}{doubt}: {}", outcome.app, parts.join("; "))
}

/// `replace web: env.PORT changed (ecosystems/web.cljs:4)`
pub fn planned(planned: &Planned) -> String {
    let place = planned.place.as_ref().map(|place| format!(" ({}:{})", place.path, place.line));
    let reasons = InOneLine(&planned.reasons);
    format!("{} {}: {reasons}{}", planned.action.verb(), planned.app, place.unwrap_or_default())
}

/// What there is to do, in a line.
pub fn plan_summary(plan: &Plan) -> String {
    let unchanged = apps(plan.unchanged.len());
    if plan.actions.is_empty() {
        return format!("nothing to do: {unchanged} in sync");
    }
    let verbs = ["start", "replace", "remove", "stop", "leave"];
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
pub fn sync_summary(report: &Synced) -> String {
    let unchanged = apps(report.unchanged);
    let count = |result: Ended| report.outcomes.iter().filter(|outcome| outcome.result == result).count();
    let words: Vec<String> = [(Ended::Done, "done"), (Ended::Failed, "failed"), (Ended::Left, "left")]
        .into_iter()
        .map(|(result, word)| (count(result), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if words.is_empty() {
        format!("in sync: {unchanged}")
    } else {
        format!("{}; {unchanged} unchanged", words.join(", "))
    }
}

/// `wrong  enrolment: not enrolled, so hooks do nothing; …`
pub fn finding(finding: &Finding) -> String {
    let next = finding.next.as_ref().map(|next| format!("; {next}")).unwrap_or_default();
    let words = format!("{}: {}{next}", finding.check, finding.message);
    // A path may hold any character, and a finding is one line.
    let shown = |char: char| if char.is_control() { char.escape_default().to_string() } else { char.into() };
    format!("{:5}  {}", finding.verdict.word(), words.chars().map(shown).collect::<String>())
}

/// The lines above the table: the workspace, PM2's home, the last sync.
pub fn status_head(status: &Status) -> Vec<String> {
    let synced = match (&status.last_sync, status.enrolled) {
        (Some(last), _) => format!("last sync {} ({})", last.at, last.by),
        (None, true) => "never synced".to_owned(),
        (None, false) => "not enrolled: `pm2sync sync` enrols it".to_owned(),
    };
    let pending = if status.pending { "; pending" } else { "" };
    let mut lines =
        vec![format!("{}; PM2 home {}; {synced}{pending}", status.root.display(), status.home.display())];
    lines.extend(status.busy.map(|what| format!("waiting for the {what} to end")));
    lines
}

/// The table of apps: name, state, process, why.
pub fn status_table(status: &Status) -> Vec<String> {
    let width = |longest: usize, text: &str| longest.max(text.chars().count());
    let names = status.apps.iter().fold(3, |longest, app| width(longest, &app.name));
    let row = |app: &AppStatus| {
        let process = app.pid.map_or_else(|| "-".to_owned(), |pid| pid.to_string());
        let why = app.why.as_deref().unwrap_or_default();
        format!("{:names$}  {:9}  {process:>7}  {why}", app.name, app.state.word()).trim_end().to_owned()
    };
    let head = format!("{:names$}  {:9}  {:>7}  why", "app", "state", "pid");
    std::iter::once(head).chain(status.apps.iter().map(row)).collect()
}

fn apps(count: usize) -> String {
    if count == 1 { "1 app".to_owned() } else { format!("{count} apps") }
}

#[cfg(test)]
mod tests {
    use super::outcome;
    use crate::core::outcome::{Outcome, Result as Ended};
    use crate::core::reason::{Cause, Reason};

    fn line(action: &'static str, result: Ended, message: Option<&str>) -> String {
        let reasons = vec![Reason::app(Cause::Missing, "why")];
        outcome(&Outcome {
            app: "web".to_owned(),
            action,
            result,
            reasons,
            message: message.map(str::to_owned),
            needs_agreement: false,
        })
    }

    #[test]
    fn each_outcome_is_a_sentence() {
        assert_eq!(line("replace", Ended::Done, None), "replaced web: why");
        assert_eq!(line("start", Ended::Done, None), "started web: why");
        assert_eq!(line("remove", Ended::Done, None), "removed web: why");
        assert_eq!(line("stop", Ended::Done, None), "stopped web: why");
        assert_eq!(line("start", Ended::Failed, Some("it broke")), "failed to start web: why; it broke");
        assert_eq!(line("leave", Ended::Left, Some("do that")), "left web: why; do that");
    }
}
