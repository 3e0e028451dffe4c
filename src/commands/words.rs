//! Words of the command line that stand for values: each option says which of
//! them it takes and what its `--help` tells of each, and any other is a usage
//! error.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::core::failure::Failure;
use crate::core::settings::choice::Choice;
use crate::report::Format;

/// For people, as most commands say it.
pub(crate) const HUMAN: (Format, &str) = (Format::Human, "For people");

/// For programs, as most commands say it.
pub(crate) const JSON: (Format, &str) = (Format::Json, "One JSON document on stdout, and nothing else there");

/// Takes one of these formats, each with what the help tells of it.
pub(crate) fn formats(taken: &'static [(Format, &'static str)]) -> impl TypedValueParser<Value = Format> {
    words(taken.iter().map(|&(format, help)| (format, format.word(), help)).collect())
}

/// Takes one of the words of a setting.
pub(crate) fn choices<C: Choice>() -> impl TypedValueParser<Value = C> {
    let choices = C::CHOICES.iter();
    words(choices.map(|&(value, word, meaning)| (value, word, meaning.trim_end_matches('.'))).collect())
}

/// The error of a command that does not take the given format.
pub(crate) fn not_taken(format: Format) -> Failure {
    Failure::Usage(format!("this command answers in no `{}`", format.word()))
}

/// Takes one of these words, each with its value and what the help tells of it.
fn words<T: Copy + Send + Sync + 'static>(
    taken: Vec<(T, &'static str, &'static str)>,
) -> impl TypedValueParser<Value = T> {
    let possible = taken.iter().map(|&(_, word, help)| PossibleValue::new(word).help(help));
    let parser = PossibleValuesParser::new(possible.collect::<Vec<_>>());
    parser.try_map(move |typed| {
        let found = taken.iter().find(|(_, word, _)| *word == typed);
        found.map(|&(value, ..)| value).ok_or("not one of the possible values")
    })
}
