//! Findings as SARIF 2.1.0, for code scanning: with the rules' pages, so that
//! they can be read where the findings are, and with fingerprints that stay
//! when lines move.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::core::files::digest::Digest;
use crate::core::finding::{Finding, RulePage};
use crate::text::diagnostic::{Place, Severity};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The whole log.
pub(crate) fn log(findings: &[Finding], texts: &BTreeMap<String, String>, rules: &[RulePage]) -> Value {
    let mut seen: BTreeMap<Digest, u32> = BTreeMap::new();
    let results: Vec<Value> =
        findings.iter().map(|finding| result(finding, texts, rules, &mut seen)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "pm2sync",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(rule).collect::<Vec<Value>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {"ROOT": {"description": {"text": "the root of the repository"}}},
            "results": results,
        }],
    })
}

fn rule(page: &RulePage) -> Value {
    json!({
        "id": page.id,
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": page.text},
        "help": {"text": page.text, "markdown": page.text},
        "defaultConfiguration": {"level": level(page.severity)},
    })
}

fn result(
    finding: &Finding,
    texts: &BTreeMap<String, String>,
    rules: &[RulePage],
    seen: &mut BTreeMap<Digest, u32>,
) -> Value {
    let message = match &finding.help {
        Some(help) => format!("{}; {help}", finding.message),
        None => finding.message.clone(),
    };
    let mut physical = Map::new();
    physical.insert("artifactLocation".to_owned(), json!({"uri": uri(&finding.path), "uriBaseId": "ROOT"}));
    if let Some(region) = region(finding, texts) {
        physical.insert("region".to_owned(), region);
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": {"text": message},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"pm2sync/v1": fingerprint(finding, texts, seen)},
    });
    if let Some(at) = rules.iter().position(|rule| rule.id == finding.rule) {
        result["ruleIndex"] = at.into();
    }
    result
}

/// From the place's first character to the one behind its last.
fn region(finding: &Finding, texts: &BTreeMap<String, String>) -> Option<Value> {
    let place = finding.place.as_ref()?;
    let mut region = json!({"startLine": place.line, "startColumn": place.column});
    if let Some(covered) = texts.get(&finding.path).and_then(|text| text.get(place.bytes())) {
        let breaks = covered.matches('\n').count();
        let last = covered.rsplit('\n').next().unwrap_or_default().chars().count();
        let before = if breaks == 0 { place.column as usize } else { 1 };
        region["endLine"] = (place.line as usize + breaks).into();
        region["endColumn"] = (before + last).into();
    }
    Some(region)
}

/// The rule, the file and the text of the line, which stay the same when the
/// line moves; and a number where several have these in common.
fn fingerprint(
    finding: &Finding,
    texts: &BTreeMap<String, String>,
    seen: &mut BTreeMap<Digest, u32>,
) -> String {
    let line = finding.place.as_ref().and_then(|place| line_at(texts.get(&finding.path)?, place));
    let parts = [finding.rule, &finding.path, &finding.message, line.unwrap_or_default().trim()];
    let digest = Digest::of_parts(parts.map(str::as_bytes));
    let count = seen.entry(digest).and_modify(|count| *count += 1).or_insert(1);
    format!("{digest}:{count}")
}

/// The line in which a place begins. It is found from there: lines are not counted
/// again for each of many findings.
fn line_at<'a>(text: &'a str, place: &Place) -> Option<&'a str> {
    let before = text.get(..place.bytes().start)?;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    text[start..].lines().next()
}

fn level(severity: Severity) -> &'static str {
    severity.word()
}

/// A path as a relative reference.
fn uri(path: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
    path.bytes()
        .map(|byte| if kept(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{line_at, log, uri};
    use crate::core::finding::{Finding, RulePage};
    use crate::text::diagnostic::Severity;
    use crate::text::lines::LineIndex;

    #[test]
    fn the_line_of_a_place_is_the_one_of_its_number() {
        let text = "один\r\n\n two three\nfour";
        let lines = LineIndex::new("a.md", text);
        for (at, _) in text.char_indices() {
            let place = lines.place(at..at + 1);
            assert_eq!(line_at(text, &place), text.lines().nth(place.line as usize - 1), "at {at}");
        }
    }

    #[test]
    fn regions_count_characters_and_fingerprints_survive_moves() {
        let fingerprint = |text: &str| {
            let start = text.find("pm2-clj").unwrap();
            let place = LineIndex::new("ä b.md", text).place(start..start + 7);
            let finding = Finding { rule: "r", ..Finding::at(Severity::Error, place, "gone") };
            let pages = [RulePage { id: "r", severity: Severity::Error, summary: "s", text: "t".to_owned() }];
            let texts = BTreeMap::from([("ä b.md".to_owned(), text.to_owned())]);
            let log = log(&[finding.clone(), finding], &texts, &pages);
            let results = log["runs"][0]["results"].as_array().unwrap().clone();
            assert_ne!(results[0]["partialFingerprints"], results[1]["partialFingerprints"]);
            let location = &results[0]["locations"][0]["physicalLocation"];
            assert_eq!(location["region"]["startColumn"], 5);
            assert_eq!(location["region"]["endColumn"], 12);
            assert_eq!(location["artifactLocation"]["uri"], "%C3%A4%20b.md");
            results[0]["partialFingerprints"].clone()
        };
        assert_eq!(fingerprint("дом pm2-clj\n"), fingerprint("more\n\nдом pm2-clj\n"));
        assert_eq!(uri("a/b:c%.md"), "a/b%3Ac%25.md");
    }
}
