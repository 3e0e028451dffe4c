//! The text of the artifact that the embedded compiler writes, and of the
//! entry that hands it to PM2.

use std::collections::BTreeSet;

use serde_json::Value;

/// The artifact: what `exports` is, in a form that node loads, headed by what
/// it is and by the names of the variables it was compiled with.
pub(crate) fn artifact(exports: &Value, variables: &BTreeSet<String>) -> String {
    let names: Vec<&str> = variables.iter().map(|name| one_line(name)).collect();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    // As a key of a literal, `__proto__` would set the prototype.
    let value = format!("{exports:#}").replace("\"__proto__\":", "[\"__proto__\"]:");
    format!(
        "// Made by pm2sync from the definitions: not edited, not committed. `pm2sync compile` rebuilds it.\n\
         // Compiled with these variables of the environment: {names}\n\
         module.exports = {value};\n"
    )
}

/// A name that could end the comment it stands in is not shown.
fn one_line(name: &str) -> &str {
    if name.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) { "?" } else { name }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::artifact;

    #[test]
    fn the_artifact_says_what_it_is() {
        let exports = json!({"apps": [{"name": "a", "env": {"__proto__": "x", "S": "\"__proto__\":"}}]});
        expect![[r#"
            // Made by pm2sync from the definitions: not edited, not committed. `pm2sync compile` rebuilds it.
            // Compiled with these variables of the environment: ?, PORT
            module.exports = {
              "apps": [
                {
                  "name": "a",
                  "env": {
                    ["__proto__"]: "x",
                    "S": "\"__proto__\":"
                  }
                }
              ]
            };
        "#]]
        .assert_eq(&artifact(&exports, &["PORT".to_owned(), "A\nprocess.exit()".to_owned()].into()));
    }
}
