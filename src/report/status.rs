//! The status of a workspace and its apps, for people: some lines, and a table that
//! fits a terminal of 80 columns.

use crate::core::inspect::status::{AppStatus, Status};
use crate::report::human::one_line;
use crate::report::table::{padded, shortened, width, wrapped};

/// The lines above the table: the workspace, PM2's home, the last sync.
pub(crate) fn head(status: &Status) -> Vec<String> {
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

/// How wide the table is, in columns of a terminal; longer reasons go on in the
/// next line.
const WIDTH: usize = 80;

/// The columns before the reasons, without the name.
const FIXED: usize = "  not yet proven  2026-01-01 00:00  ".len();

/// How wide the column of the reasons is at least.
const LEAST_WHY: usize = 20;

/// The table of apps: name, state, since, why. A name that is too long is
/// shortened here, and nowhere else.
pub(crate) fn table(status: &Status) -> Vec<String> {
    let longest = status.apps.iter().map(|app| width(&one_line(&app.name))).max().unwrap_or_default();
    let names = longest.clamp(3, WIDTH - FIXED - LEAST_WHY);
    let row = |name: &str, state: &str, since: &str, why: &str| {
        let name = padded(&shortened(name, names), names);
        let start = format!("{name}  {state:14}  {since:16}");
        let indent = names + FIXED;
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
    let titles = row("app", "state", "since (UTC)", "why");
    titles.into_iter().chain(status.apps.iter().flat_map(app)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use expect_test::expect;

    use super::{WIDTH, table};
    use crate::core::inspect::status::{AppState, AppStatus, Status};
    use crate::report::table::width;

    #[test]
    fn the_table_keeps_its_columns_whatever_names_hold() {
        let app = |name: &str, why: &str| AppStatus {
            name: name.to_owned(),
            state: AppState::Foreign,
            pm_id: None,
            pid: None,
            since: Some("2026-01-02T03:04:05Z".to_owned()),
            why: Some(why.to_owned()),
        };
        let shown = table(&Status {
            root: "/w".into(),
            home: "/h".into(),
            enrolled: true,
            pending: false,
            paused: None,
            busy: None,
            last_sync: None,
            variables: BTreeSet::new(),
            apps: vec![
                app("a-name-that-is-longer-than-its-column-is", "why"),
                app("q\u{301}ueue", "not started by pm2sync"),
                app("turns \u{202e}round", "why"),
                app("网站服务", "belongs to the workspace /home/somebody/projects/another-one"),
                app("🚀", "why"),
            ],
        });
        expect![[r"
            app                       state           since (UTC)       why
            a-name-that-…s-column-is  foreign         2026-01-02 03:04  why
            q́ueue                     foreign         2026-01-02 03:04  not started by
                                                                        pm2sync
            turns \u{202e}round       foreign         2026-01-02 03:04  why
            网站服务                  foreign         2026-01-02 03:04  belongs to the
                                                                        workspace
                                                                        /home/somebody/proje
                                                                        cts/another-one
            🚀                        foreign         2026-01-02 03:04  why
        "]]
        .assert_eq(&(shown.join("\n") + "\n"));
        assert!(shown.iter().all(|line| width(line) <= WIDTH));
        let second = |line: &String| line.find("foreign").map(|at| width(&line[..at]));
        assert!(shown.iter().filter_map(second).all(|at| Some(at) == second(&shown[1])));
    }
}
