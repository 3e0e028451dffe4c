//! The output of a watch. On a terminal: each sync as by hand, and below it a
//! status line. Elsewhere: one line for each sync, for `journalctl` and `pm2 logs`,
//! which add the time.

use std::collections::BTreeMap;

use crate::core::failure::Failure;
use crate::core::sync::event::Event;
use crate::core::sync::outcome::{Outcome, Synced};
use crate::core::sync::trigger::Trigger;
use crate::core::watch::rebuild_loop::Loop;
use crate::core::watch::watch_event::WatchEvent;
use crate::report::{Report, human, snippets};

/// What the status line shows.
#[derive(Debug)]
pub(crate) struct Watching {
    is_terminal: bool,
    /// The last sync.
    last: String,
    /// The failure that is not yet fixed.
    problem: Option<String>,
    /// Why work must wait.
    blocked: Option<String>,
    /// The interval of drift checks, in seconds.
    drift: Option<u64>,
}

impl Watching {
    /// Nothing has happened yet.
    pub(crate) fn new(report: &Report) -> Self {
        let is_terminal = report.shows_a_terminal();
        Self { is_terminal, last: "no sync yet".to_owned(), problem: None, blocked: None, drift: None }
    }

    /// Prints an event.
    pub(crate) fn show(&mut self, watched: &WatchEvent, report: &mut Report) {
        report.clear_transient();
        match watched {
            WatchEvent::Started { root, drift } => {
                self.drift = drift.map(|span| span.as_secs());
                report.note(&format!("watching {}", root.display()));
            }
            WatchEvent::Polling(obstacle) => {
                report.note(&format!("polling the files every second: {obstacle}"));
            }
            WatchEvent::Event(event) => {
                match event {
                    event if self.is_terminal => report.event(event),
                    Event::Misread { app, warnings } => report.note(&human::misread(app, warnings)),
                    _ => {}
                }
                return;
            }
            WatchEvent::Synced { trigger, at, synced } => {
                let summary = human::sync_summary(synced);
                self.problem = None;
                self.last = format!("last sync {}: {summary}", time_of(at));
                let line = if self.is_terminal {
                    format!("{trigger}: {summary}")
                } else {
                    one_line(trigger, synced, &summary)
                };
                if synced.outcomes.iter().all(Outcome::is_as_wanted) {
                    report.say(&line);
                } else {
                    report.answer(&line);
                }
            }
            WatchEvent::Failed { trigger, failure, texts } => self.failed(trigger, failure, texts, report),
            WatchEvent::Recovered => {
                self.problem = None;
                report.say("the problem is fixed");
            }
            WatchEvent::Blocked(why) => {
                self.blocked = Some(why.clone());
                if !self.is_terminal {
                    report.note(why);
                }
            }
            WatchEvent::Unblocked => self.blocked = None,
            WatchEvent::Looping(found) => report.error(&loops(found)),
            WatchEvent::UpToDate => {
                self.problem = None;
                report.say("the edit is already synced");
            }
        }
        if self.is_terminal {
            report.show_transient(&self.status_line());
        }
    }

    /// The end of the error log of an app that failed.
    pub(crate) fn log(&self, lines: &[String], report: &mut Report) {
        if self.is_terminal {
            report.log(lines);
        }
    }

    fn failed(
        &mut self,
        trigger: &Trigger,
        failure: &Failure,
        texts: &BTreeMap<String, String>,
        report: &mut Report,
    ) {
        let Failure::Compile(compile) = failure else {
            self.problem = Some(failure.in_one_line());
            return report.error(&format!("{trigger}: {}", failure.in_one_line()));
        };
        let place = compile.diagnostics.iter().find_map(|diagnostic| diagnostic.place.as_ref());
        let place = place.map(|place| format!(": {place}")).unwrap_or_default();
        self.problem = Some(format!("does not compile{place}"));
        if !self.is_terminal {
            return report.error(&format!("{trigger}: {}", failure.in_one_line()));
        }
        let output = compile.output.trim_end();
        if !output.is_empty() {
            report.hook_detail(output);
        }
        for diagnostic in &compile.diagnostics {
            let coloured = report.colours_progress();
            let shown = snippets::diagnostic(diagnostic, texts, coloured);
            report.hook_detail(shown.trim_end());
        }
        report.error(&format!("{trigger}: {}", failure.what()));
    }

    /// The status line.
    fn status_line(&self) -> String {
        let next = match (&self.problem, &self.blocked, self.drift) {
            (_, Some(why), _) => why.clone(),
            (Some(problem), None, _) => format!("{problem}; waiting for a fix"),
            (None, None, Some(seconds)) => format!("waiting for edits and, every {seconds} s, drift"),
            (None, None, None) => "waiting for edits".to_owned(),
        };
        // A failure comes first, since a narrow terminal cuts the end.
        if self.problem.is_some() {
            format!("{next}; {}", self.last)
        } else {
            format!("{}; {next}", self.last)
        }
    }
}

/// A sync in one line: its cause, what became of each app, and the count.
fn one_line(trigger: &Trigger, synced: &Synced, summary: &str) -> String {
    let reported = synced.outcomes.iter().filter(|outcome| !outcome.is_old);
    let (kept, others): (Vec<&Outcome>, Vec<&Outcome>) = reported.partition(|outcome| outcome.is_kept());
    let kept: Vec<Outcome> = kept.into_iter().cloned().collect();
    let mut parts: Vec<String> = others.into_iter().map(human::outcome).collect();
    parts.extend((!kept.is_empty()).then(|| human::kept(&kept)));
    parts.push(summary.to_owned());
    format!("{trigger}: {}", parts.join("; "))
}

/// The message about a rebuild loop: its files, and what to do.
fn loops(found: &Loop) -> String {
    let paths: Vec<String> = found.paths.iter().map(|path| path.display().to_string()).collect();
    let (verb, them) = if paths.len() == 1 { ("changes", "it") } else { ("change", "them") };
    format!(
        "`{}` {verb} whenever the definitions are compiled, so each sync would trigger the next; have {them} \
         written elsewhere, or remove {them} from `sources`, `inputs` and the source paths; the next check is \
         in {} s, or at another edit",
        paths.join("`, `"),
        found.pause.as_secs()
    )
}

/// The time of day of an RFC 3339 moment in UTC.
fn time_of(at: &str) -> String {
    at.get(11..19).map_or_else(|| at.to_owned(), |time| format!("{time} UTC"))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::{Watching, loops};
    use crate::core::watch::rebuild_loop::Loop;

    #[test]
    fn the_status_line_shows_the_last_sync_and_what_is_waited_for() {
        let mut watching = Watching {
            is_terminal: true,
            last: "last sync 10:00:00 UTC: in sync: 3 apps".to_owned(),
            problem: None,
            blocked: None,
            drift: None,
        };
        assert_eq!(watching.status_line(), "last sync 10:00:00 UTC: in sync: 3 apps; waiting for edits");
        watching.problem = Some("does not compile: a.cljs:1:2".to_owned());
        assert!(watching.status_line().starts_with("does not compile: a.cljs:1:2; waiting for a fix"));
        watching.blocked = Some("waiting for the rebase to end".to_owned());
        assert!(watching.status_line().starts_with("waiting for the rebase"));
    }

    #[test]
    fn a_loop_is_named_with_the_way_out() {
        let found = Loop { paths: vec![PathBuf::from("a.cljs")], pause: Duration::from_secs(5) };
        let said = loops(&found);
        assert!(said.starts_with("`a.cljs` changes whenever") && said.contains("remove it from `sources`"));
    }
}
