//! What is written down is so: the documents against the program, and the
//! repository against what it says of itself.

use std::fs;

use crate::support::{Sandbox, repository, run};

/// What may stand at the top of the repository, beside dotfiles.
const TOP: &[&str] = &[
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "benches",
    "docs",
    "ecosystem.config.cjs",
    "ecosystems",
    "hooks",
    "package-lock.json",
    "package.json",
    "packaging",
    "pm2sync.toml",
    "shadow-cljs.edn",
    "src",
    "tests",
];

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap()
}

#[test]
fn every_command_of_the_readme_is_one_and_every_one_is_in_it() {
    let sandbox = Sandbox::new();
    let help = run(sandbox.command(env!("CARGO_BIN_EXE_pm2sync"), sandbox.folder()).arg("--help")).exits(0);
    let commands = help.stdout.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    let mut there: Vec<_> =
        commands.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next()).collect();
    there.retain(|command| *command != "help");
    there.sort_unstable();

    let readme = read("README.md");
    let rows = readme.lines().filter(|line| line.starts_with("| `pm2sync "));
    let first_columns = rows.map(|row| row.split(" | ").next().unwrap());
    let mut told: Vec<_> = first_columns
        .flat_map(|column| column.split('`').skip(1).step_by(2))
        .map(|command| command.trim_start_matches("pm2sync ").split(' ').next().unwrap())
        .collect();
    told.sort_unstable();
    assert_eq!(told, there);
}

#[test]
fn the_lock_names_no_registry() {
    assert!(!read("package-lock.json").contains("\"resolved\""));
}

#[test]
fn nothing_that_is_compiled_or_installed_is_tracked_and_the_top_holds_nothing_else() {
    let sandbox = Sandbox::new();
    let listed = run(sandbox.command("git", repository()).arg("ls-files")).exits(0);
    for path in listed.stdout.lines() {
        let top = path.split('/').next().unwrap();
        let generated = [".clobber", ".shadow-cljs", ".pm2", "target", "node_modules"].contains(&top);
        assert!(!generated, "{path} is tracked");
        assert!(top.starts_with('.') || TOP.contains(&top), "{path} stands where nothing should");
    }
    assert_eq!(read("ecosystem.config.cjs"), "module.exports = require(\"./.clobber/index.cjs\");\n");
}

#[test]
fn links_between_the_documents_lead_somewhere() {
    for document in ["README.md", "docs/pm2.md", "docs/hooks.md", "docs/settings.md", "docs/architecture.md"]
    {
        let text = read(document);
        let folder = repository().join(document).parent().unwrap().to_owned();
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let file = link.split('#').next().unwrap();
            assert!(link.contains("://") || folder.join(file).exists(), "{document}: {link}");
        }
    }
}
