//! What holds of the canonical form whatever is written.

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::canonical;
use crate::core::definition::options::{OPTIONS, OptionKind};
use crate::core::definition::testing::raw_of;
use crate::text::diagnostic::Severity;

fn definition(options: &Map<String, Value>) -> Map<String, Value> {
    canonical(&raw_of(options)).0.options().clone()
}

fn is_refused(options: &Map<String, Value>) -> bool {
    let diagnostics = canonical(&raw_of(options)).1;
    diagnostics.iter().any(|one| one.severity == Severity::Error)
}

/// A value that PM2 takes for an option of this kind and that means something.
fn good(kind: OptionKind) -> Value {
    match kind {
        OptionKind::Text | OptionKind::TextOrNumber => json!("text"),
        OptionKind::Flag | OptionKind::FlagOrText | OptionKind::FlagListOrText => json!(true),
        OptionKind::Number | OptionKind::Count => json!("3"),
        OptionKind::Words | OptionKind::Patterns => json!("one 'two three'"),
        OptionKind::Codes => json!([1, 2]),
        OptionKind::List => json!(["one"]),
        OptionKind::Object => json!({"key": 1}),
        OptionKind::Variables | OptionKind::OtherVariables => json!({"NAME": 1}),
        OptionKind::Size => json!("2M"),
        OptionKind::Duration => json!("10s"),
        OptionKind::Mode => json!("fork"),
    }
}

#[test]
fn every_spelling_of_an_option_gives_the_same_definition() {
    for option in OPTIONS {
        let under = |name: String| {
            let mut app =
                Map::from_iter([("name".to_owned(), json!("a")), ("script".to_owned(), json!("a.js"))]);
            if name != "script" && option.name == "script" {
                app.remove("script");
            }
            app.insert(name, good(option.kind));
            definition(&app)
        };
        for name in option.names() {
            assert_eq!(under(name.clone()), under(option.name.to_owned()), "{name}");
        }
    }
}

/// Anything that an artifact may hold for a key.
fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(vec![
            "",
            "0",
            "1",
            "10s",
            "2M",
            "max",
            "fork",
            "cluster_mode",
            "a b",
            "'a b' c",
            "1e3",
            " 7 ",
            "x y.js"
        ])
        .prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    scalar.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[A-Z_a-z]{1,6}", inner, 0..3)
                .prop_map(|map| map.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

fn app() -> impl Strategy<Value = Map<String, Value>> {
    let names: Vec<(String, OptionKind)> =
        OPTIONS.iter().flat_map(|option| option.names().map(|name| (name, option.kind))).collect();
    let known = select(names).prop_flat_map(|(name, kind)| {
        (Just(name), prop_oneof![6 => Just(good(kind)), 2 => Just(Value::from(false)), 1 => value()])
    });
    let key = prop_oneof![1 => "env_[a-z ]{0,3}", 1 => "[a-z_-]{0,6}"];
    let pair = prop_oneof![8 => known, 1 => (key, value())];
    prop::collection::vec(pair, 0..12).prop_map(|pairs| {
        let mut app = Map::from_iter([("script".to_owned(), json!("a.js"))]);
        app.extend(pairs);
        app
    })
}

proptest! {
    #[test]
    fn canonical_form_is_idempotent_and_total(app in app()) {
        let once = definition(&app);
        if is_refused(&app) {
            return Ok(());
        }
        assert_eq!(definition(&once), once.clone());
        // As a label holds it.
        let kept: Map<String, Value> = serde_json::from_str(&serde_json::to_string(&once).unwrap()).unwrap();
        assert_eq!(kept, once);
    }

    #[test]
    fn what_pm2_does_not_know_and_nil_change_nothing(app in app(), key in "[a-z]{1,3}-[a-z]{1,6}") {
        let mut more = app.clone();
        more.insert(key, json!(5));
        for option in OPTIONS {
            more.entry(option.name).or_insert(Value::Null);
        }
        if !app.contains_key("name") {
            more.remove("name");
        }
        assert_eq!(definition(&more), definition(&app));
    }
}
