//! Hashes, bit for bit those of ClojureScript: the order of hashed maps and
//! sets follows from them, and that order shows in what a program computes.

use crate::clojure::form::Name;
use crate::clojure::value::Value;
use crate::clojure::value::number::{int32, integer};

const NIL: u32 = 0;
const GOLDEN: u32 = 0x9e37_79b9;

fn mix_k1(k1: u32) -> u32 {
    k1.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593)
}

fn mix_h1(h1: u32, k1: u32) -> u32 {
    (h1 ^ k1).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64)
}

fn finish(h1: u32, length: u32) -> u32 {
    let h1 = h1 ^ length;
    let h1 = (h1 ^ (h1 >> 16)).wrapping_mul(0x85eb_ca6b);
    let h1 = (h1 ^ (h1 >> 13)).wrapping_mul(0xc2b2_ae35);
    h1 ^ (h1 >> 16)
}

/// Murmur3 of one 32-bit word; zero stays zero.
fn of_word(word: u32) -> u32 {
    if word == 0 { 0 } else { finish(mix_h1(0, mix_k1(word)), 4) }
}

/// Murmur3 of a string's UTF-16 units, two at a time.
fn of_units(text: &str) -> u32 {
    let units: Vec<u32> = text.encode_utf16().map(u32::from).collect();
    let pairs = units.chunks_exact(2);
    let odd = pairs.remainder().first().map_or(0, |&unit| mix_k1(unit));
    let h1 = pairs.fold(0, |h1, pair| mix_h1(h1, mix_k1(pair[0] | (pair[1] << 16))));
    finish(h1 ^ odd, u32::try_from(units.len() * 2).unwrap_or(u32::MAX))
}

/// Java's `String.hashCode`.
fn java(text: &str) -> u32 {
    text.encode_utf16().fold(0, |hash: u32, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)))
}

fn combine(seed: u32, hash: u32) -> u32 {
    // The shift is arithmetic: `bit-shift-right` of a signed number.
    let arithmetic = seed.cast_signed() >> 2;
    seed ^ hash.wrapping_add(GOLDEN).wrapping_add(seed << 6).wrapping_add(arithmetic.cast_unsigned())
}

fn of_symbol(name: &Name) -> u32 {
    combine(of_units(&name.name), name.namespace.as_deref().map_or(0, java))
}

fn of_keyword(name: &Name) -> u32 {
    of_symbol(name).wrapping_add(GOLDEN)
}

pub(crate) fn of_string(text: &str) -> u32 {
    of_word(java(text))
}

/// Fractions are hashed differently by different releases of ClojureScript.
fn of_number(value: f64) -> Option<u32> {
    integer(value)?;
    Some(int32(value % 2_147_483_647.0).cast_unsigned())
}

fn of_ordered(items: impl Iterator<Item = u32>) -> u32 {
    let (hash, count) = items.fold((1_u32, 0_u32), |(hash, count), item| {
        (hash.wrapping_mul(31).wrapping_add(item), count.wrapping_add(1))
    });
    finish(mix_h1(0, mix_k1(hash)), count)
}

fn of_unordered(items: impl Iterator<Item = u32>) -> u32 {
    let (hash, count) =
        items.fold((0_u32, 0_u32), |(hash, count), item| (hash.wrapping_add(item), count.wrapping_add(1)));
    finish(mix_h1(0, mix_k1(hash)), count)
}

/// The hash of a value whose sequences have been realised; `None` when a value
/// in it has an identity rather than a content (functions, atoms), or is a fraction.
pub(crate) fn of_value(value: &Value) -> Option<u32> {
    Some(match value {
        Value::Nil => NIL,
        Value::Bool(true) => 1231,
        Value::Bool(false) => 1237,
        Value::Number(number) => of_number(*number)?,
        Value::String(text) => of_string(text),
        Value::Keyword(name) => of_keyword(name),
        Value::Symbol(name) => of_symbol(name),
        Value::Vector(vector) => {
            let hashes: Option<Vec<u32>> = vector.items.iter().map(of_value).collect();
            of_ordered(hashes?.into_iter())
        }
        Value::Seq(seq) => {
            let hashes: Option<Vec<u32>> = seq.realised().map(|item| of_value(&item)).collect();
            of_ordered(hashes?.into_iter())
        }
        Value::Map(map) => {
            let hashes: Option<Vec<u32>> = map
                .iter()
                .map(|entry| Some(of_ordered([of_value(&entry.key)?, of_value(&entry.value)?].into_iter())))
                .collect();
            of_unordered(hashes?.into_iter())
        }
        Value::Set(set) => {
            let hashes: Option<Vec<u32>> = set.iter().map(|entry| of_value(&entry.key)).collect();
            of_unordered(hashes?.into_iter())
        }
        _ => return None,
    })
}

/// Where a hash stands in the order of hashed collections: its 5-bit digits,
/// lowest first.
pub(crate) fn order(hash: u32) -> u64 {
    (0..7).fold(0, |order, digit| (order << 5) | u64::from((hash >> (5 * digit)) & 31))
}

/// The hash that the compiler, which runs on the JVM, gives to an integer.
pub(crate) fn of_jvm_integer(value: i64) -> u32 {
    if value == 0 {
        return 0;
    }
    let bits = value.cast_unsigned();
    let low = u32::try_from(bits & 0xffff_ffff).unwrap_or(0);
    let high = u32::try_from(bits >> 32).unwrap_or(0);
    finish(mix_h1(mix_h1(0, mix_k1(low)), mix_k1(high)), 8)
}
