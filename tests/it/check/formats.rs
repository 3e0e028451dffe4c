//! The formats, as those who read them see them.

use std::fs;

use serde_json::{Value, json};

use crate::check::sandbox::{Sandbox, app};

fn broken() -> Sandbox {
    let sandbox = Sandbox::clean();
    sandbox.stage("ecosystems/web.cljs", app("web", ":script \"web.js\" :max-restarts 5 :instances 2"));
    sandbox
}

#[test]
fn json_is_one_document_and_nothing_else() {
    let said = broken().check(&["--format", "json"]);
    assert_eq!((said.code, said.err.as_str()), (1, ""));
    let document: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        document["findings"][0],
        json!({"rule": "unknown-option", "severity": "error", "path": "ecosystems/web.cljs", "line": 4, "column": 33,
            "message": "PM2 drops the unknown option `max-restarts`", "help": "did you mean `max_restarts`?", "fixable": true})
    );
    let said = Sandbox::clean().check(&["--format", "json"]);
    assert_eq!(
        (said.code, serde_json::from_str::<Value>(&said.out).unwrap()),
        (0, json!({"version": 1, "findings": []}))
    );
}

#[test]
fn people_see_the_line_with_carets() {
    let said = broken().check(&[]);
    assert!(
        said.out.contains("error[unknown-option]: PM2 drops the unknown option `max-restarts`"),
        "{}",
        said.out
    );
    assert!(said.out.contains("ecosystems/web.cljs:4:33"), "{}", said.out);
    assert!(said.out.contains("^^^^^^^^^^^^^"), "{}", said.out);
    assert!(said.out.ends_with("1 error, 1 warning; `--fix` fixes 1\n"), "{}", said.out);
    assert!(!said.out.contains('\u{1b}'));
    assert!(broken().check(&["--color", "always"]).out.contains('\u{1b}'));
}

#[test]
fn a_secret_is_shown_nowhere() {
    let sandbox = Sandbox::clean();
    sandbox.stage(
        "ecosystems/web.cljs",
        app("web", ":script \"web.js\" :max-restarts 1 :env {:API_TOKEN \"a8f5f167f44f\"}"),
    );
    for format in ["human", "github", "sarif", "json"] {
        let said = sandbox.check(&["--format", format]);
        assert!(said.out.contains("secret-literal"), "{format}");
        assert!(!said.out.contains("a8f5f167f44f"), "{format}: {}", said.out);
    }
}

#[test]
fn under_github_actions_annotations_are_the_default() {
    let sandbox = broken().with("GITHUB_ACTIONS", "true");
    let summary = sandbox.path("../summary.md");
    let sandbox = sandbox.with("GITHUB_STEP_SUMMARY", summary.to_string_lossy());
    let said = sandbox.check(&[]);
    assert_eq!(
        said.out.lines().next(),
        Some(
            "::error file=ecosystems/web.cljs,line=4,col=33,title=pm2sync unknown-option::PM2 drops the unknown option `max-restarts`; did you mean `max_restarts`?"
        )
    );
    assert!(said.out.lines().nth(1).unwrap().starts_with("::warning "));
    assert!(!summary.exists());
    assert!(sandbox.check(&["--format", "human"]).out.starts_with("error["));

    sandbox.stage("many.md", "pm2-clj\n".repeat(12));
    let said = sandbox.check(&[]);
    assert_eq!(said.out.lines().filter(|line| line.starts_with("::")).count(), 10);
    assert_eq!(said.out.lines().count(), 14);
    assert_eq!(fs::read_to_string(&summary).unwrap().matches("| legacy-reference |").count(), 12);
}

#[test]
fn sarif_has_what_code_scanning_reads() {
    let said = broken().check(&["--format", "sarif"]);
    let log: Value = serde_json::from_str(&said.out).unwrap();
    let run = &log["runs"][0];
    assert_eq!(
        (log["version"].as_str(), run["columnKind"].as_str()),
        (Some("2.1.0"), Some("unicodeCodePoints"))
    );
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(result["partialFingerprints"]["pm2sync/v1"].is_string());
    }
    let region = &run["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(*region, json!({"startLine": 4, "startColumn": 33, "endLine": 4, "endColumn": 46}));
    assert!(rules.iter().all(|rule| !rule["help"]["markdown"].as_str().unwrap().is_empty()));
}

#[test]
fn sarif_is_valid_against_the_published_schema() {
    let text = include_str!("sarif-schema-2.1.0.json");
    // As it is published, this one pattern is no regular expression.
    let text = text.replace("[a-zA-Z]{2}-[a-zA-Z]{2}]?$", "[a-zA-Z]{2}-[a-zA-Z]{2}$");
    let schema: Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let everything = broken();
    everything.stage("a b:c%.md", "Дом pm2-clj\n");
    everything.stage(".clobber/index.cjs", "");
    for sandbox in [everything, Sandbox::clean()] {
        let log: Value = serde_json::from_str(&sandbox.check(&["--format", "sarif"]).out).unwrap();
        let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0]);
    }
    assert!(!validator.is_valid(&json!({"version": "2.1.0", "runs": [{}]})));
}
