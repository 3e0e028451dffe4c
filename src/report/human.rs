//! Outcomes, plans and states in words: one line for each app.

use std::time::Duration;

use crate::core::doctor::Finding;
use crate::core::journal::{Done, Entry};
use crate::core::outcome::{Outcome, Result as Ended, Synced};
use crate::core::plan::{Action, Plan, Planned};
use crate::core::reason::{InOneLine, is_scaling};
use crate::core::status::{AppStatus, Status};
use crate::text::diagnostic::Diagnostic;

/// `replaced devel/opencode: env.PORT, args changed`
pub fn outcome(outcome: &Outcome) -> String {
    let verb = match (outcome.result, outcome.action) {
        (Ended::Failed, action) => format!("failed to {action}"),
        (Ended::Left, _) | (_, "leave") => "left".to_owned(),
        (Ended::RolledBack, _) => "rolled back".to_owned(),
        (_, "replace") if is_scaling(&outcome.reasons) => "scaled".to_owned(),
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
    one_line(&format!("{verb} {}{doubt}: {}", outcome.app, parts.join("; ")))
}

/// Text as one line of plain characters: a name may hold any, also those that
/// would end the line or move the cursor.
fn one_line(text: &str) -> String {
    let shown = |char: char| if char.is_control() { char.escape_default().to_string() } else { char.into() };
    text.chars().map(shown).collect()
}

/// `replace web: env.PORT changed (ecosystems/web.cljs:4)`
pub fn planned(planned: &Planned) -> String {
    let said = planned.reasons.iter().any(|reason| reason.place.is_some());
    let place = planned.place.as_ref().filter(|_| !said);
    let place = place.map(|place| format!(" ({}:{})", place.path, place.line));
    let reasons = InOneLine(&planned.reasons);
    let verb = match &planned.action {
        Action::Scale { .. } => "scale",
        action => action.verb(),
    };
    one_line(&format!("{verb} {}: {reasons}{}", planned.app, place.unwrap_or_default()))
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

/// While started apps have to prove themselves.
pub fn proving(apps: &[String], elapsed: Duration) -> String {
    format!("seeing whether {} stays up, {} s", apps.join(", "), elapsed.as_secs())
}

/// `web: PM2 drops the unknown option `max-restarts`; did you mean `max_restarts`? (a.cljs:4)`
pub fn misread(app: &str, warnings: &[Diagnostic]) -> String {
    let said = |warning: &Diagnostic| {
        let help = warning.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        let place = warning.place.as_ref().map(|place| format!(" ({}:{})", place.path, place.line));
        format!("{}{help}{}", warning.message, place.unwrap_or_default())
    };
    let all: Vec<String> = warnings.iter().map(said).collect();
    one_line(&format!("{app}: {}", all.join("; ")))
}

/// Why `pm2 save` was not done.
pub fn not_saved(why: &str) -> String {
    format!("`pm2 save` was not done: {why}")
}

/// A sync of the journal: a line, and one below it for each app.
pub fn history(entry: &Entry) -> Vec<String> {
    let seconds = Duration::from_millis(entry.took_ms).as_secs_f64();
    let end = entry.failure.as_ref().map(|failure| format!("; {failure}")).unwrap_or_default();
    let nothing = if entry.apps.is_empty() && entry.failure.is_none() { "; nothing to do" } else { "" };
    let head = format!("{}  {} ({seconds:.1} s{nothing}){end}", entry.at, entry.trigger);
    let line = |done: &Done| {
        let result = if done.result == "done" { String::new() } else { format!(" ({})", done.result) };
        one_line(&format!("    {} {}{result}: {}", done.action, done.app, done.why))
    };
    std::iter::once(head).chain(entry.apps.iter().map(line)).collect()
}

/// `wrong  enrolment: not enrolled, so hooks do nothing; …`
pub fn finding(finding: &Finding) -> String {
    let next = finding.next.as_ref().map(|next| format!("; {next}")).unwrap_or_default();
    let words = format!("{}: {}{next}", finding.check, finding.message);
    format!("{:5}  {}", finding.verdict.word(), one_line(&words))
}

/// The lines above the table: the workspace, PM2's home, the last sync.
pub fn status_head(status: &Status) -> Vec<String> {
    let synced = match (&status.last_sync, status.enrolled) {
        (Some(last), _) => format!("last sync {} ({})", last.at, last.by),
        (None, true) => "never synced".to_owned(),
        (None, false) => "not enrolled: `pm2sync sync` enrols it".to_owned(),
    };
    let pending = if status.pending { "; pending" } else { "" };
    let paused = status.paused.as_ref().map(|pause| format!("; {pause}; `pm2sync resume` ends it"));
    let (root, home) = (status.root.display(), status.home.display());
    let head = format!("{root}; PM2 home {home}; {synced}{pending}{}", paused.unwrap_or_default());
    let mut lines = vec![one_line(&head)];
    lines.extend(status.busy.map(|what| format!("waiting for the {what} to end")));
    lines
}

/// How wide the table is, in characters; longer reasons go on in the next line.
const WIDTH: usize = 80;

/// The columns before the reasons, without the name.
const FIXED: usize = "  not yet proven  2026-01-01 00:00  ".len();

/// The table of apps: name, state, since, why.
pub fn status_table(status: &Status) -> Vec<String> {
    let longest = status.apps.iter().map(|app| app.name.chars().count()).max().unwrap_or_default();
    let names = longest.clamp(3, WIDTH - FIXED - 20);
    let row = |name: &str, state: &str, since: &str, why: &str| {
        let start = format!("{name:names$}  {state:14}  {since:16}");
        let indent = names + FIXED;
        // A name that is too long for its column pushes the rest aside, once.
        let mut lines = wrapped(why, WIDTH - indent).into_iter();
        let first = format!("{start}  {}", lines.next().unwrap_or_default()).trim_end().to_owned();
        std::iter::once(first)
            .chain(lines.map(move |line| format!("{:indent$}{line}", "")))
            .collect::<Vec<_>>()
    };
    let app = |app: &AppStatus| {
        let since = app.since.as_deref().map(|since| since.get(..16).unwrap_or(since).replace('T', " "));
        row(
            &one_line(&app.name),
            app.state.word(),
            since.as_deref().unwrap_or("-"),
            &one_line(app.why.as_deref().unwrap_or_default()),
        )
    };
    let head = row("app", "state", "since (UTC)", "why");
    head.into_iter().chain(status.apps.iter().flat_map(app)).collect()
}

/// Text in lines of at most so many characters, broken at spaces.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
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
            log: None,
            is_unwatched: false,
            is_old: false,
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
