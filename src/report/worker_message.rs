//! Events as the messages of a worker, for the hook that follows it.

use crate::core::sync::event::Event;
use crate::core::sync::outcome::Outcome;
use crate::core::sync::worker_message::WorkerMessage;
use crate::report::human;

/// The message for an event; none for what a hook does not report, such as an app
/// that was left before for the same reasons.
pub(crate) fn worker_message(event: &Event) -> Option<WorkerMessage> {
    let line = |text: String| Some(WorkerMessage::Line { text, log: None });
    match event {
        Event::Waiting => line("waiting for another sync to end".to_owned()),
        Event::Acted(outcome) if !outcome.is_old => Some(outcome_message(outcome)),
        Event::Kept(outcomes) if !outcomes.iter().all(|outcome| outcome.is_old) => {
            line(human::kept(outcomes))
        }
        Event::ArtifactEdited(path) => {
            line(format!("`{path}` was edited by hand, or written by something else; it was rebuilt"))
        }
        Event::NotSaved(why) => line(human::not_saved(why)),
        Event::Misread { app, warnings } => line(human::misread(app, warnings)),
        Event::Acted(_)
        | Event::Kept(_)
        | Event::Compiling { .. }
        | Event::Compiled { .. }
        | Event::Proving { .. }
        | Event::Diagnostic(_)
        | Event::Read { .. } => None,
    }
}

fn outcome_message(outcome: &Outcome) -> WorkerMessage {
    let log = outcome.log.as_ref().map(|log| (log.path.clone(), log.from));
    WorkerMessage::Line { text: human::outcome(outcome), log }
}
