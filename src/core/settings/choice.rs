//! Settings with a few allowed values. [`choice!`] writes such an enum with
//! the word of each variant beside it, so that none is without one: what the
//! file of settings takes, what the command line takes, what its help tells and
//! what is printed all come from there.

/// A setting with a few allowed values.
pub(crate) trait Choice: Copy + Send + Sync + 'static {
    /// Every value, with its word and what it means.
    const CHOICES: &'static [(Self, &'static str, &'static str)];
    /// Every word.
    const WORDS: &'static [&'static str];
}

/// The enum of a setting; each variant is its meaning, its name and its word.
macro_rules! choice {
    (
        $(#[doc = $about:literal])+
        pub enum $name:ident { $(#[doc = $meaning:literal] $variant:ident = $word:literal,)+ }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
        pub enum $name {
            $(#[doc = $meaning] #[serde(rename = $word)] $variant,)+
        }

        impl $crate::core::settings::choice::Choice for $name {
            const CHOICES: &'static [(Self, &'static str, &'static str)] =
                &[$((Self::$variant, $word, $meaning.trim_ascii()),)+];
            const WORDS: &'static [&'static str] = &[$($word,)+];
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $(Self::$variant => $word,)+ })
            }
        }
    };
}

pub(in crate::core::settings) use choice;
