//! Secrets that the product makes: a prefix that says what it is, 256 random bits, a checksum.
//!
//! `axk_` + 43 base-62 digits of randomness + 6 of CRC-32 over all before. The checksum tells a mistyped key
//! from an unknown one without a look at the database. What is stored is the SHA-256 of the whole text: with
//! 256 random bits behind it, nothing slower is needed.

use std::borrow::Cow;

use crc::{CRC_32_ISO_HDLC, Crc};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

const RANDOM_DIGITS: usize = 43;
const CHECK_DIGITS: usize = 6;
const HINT: usize = 8;
static CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// A secret that was just made, to be shown once. It is never stored, and has neither `Debug` nor `Display`.
pub struct Secret(String);

/// SHA-256 of a secret's whole text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

/// The text is not one of ours: wrong length, a wrong character, or the checksum does not fit.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret is damaged")]
pub struct Damaged;

impl Secret {
    /// A new secret of 256 bits from the operating system, after a prefix such as `axk_`.
    pub fn mint(prefix: &str) -> Result<Self, getrandom::Error> {
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        let body = format!("{prefix}{}", base62(&random, RANDOM_DIGITS));
        let check = checksum(&body);
        Ok(Self(body + &check))
    }

    /// The whole text, for the one time it is shown.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The first characters, by which people tell their secrets apart.
    pub fn hint(&self) -> String {
        self.0.chars().take(HINT).chain(['…']).collect()
    }

    /// The last characters: less than the first ones can be taken for the whole.
    pub fn tail(&self) -> String {
        const TAIL: usize = 4;
        self.0.get(self.0.len().saturating_sub(TAIL)..).unwrap_or_default().to_owned()
    }

    /// What is stored of it.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl Digest {
    /// The digest of a secret as a caller sent it, once its prefix, length, characters and checksum are right.
    pub fn of_sent(prefix: &str, text: &str) -> Result<Self, Damaged> {
        let digits = text.strip_prefix(prefix).ok_or(Damaged)?;
        let whole = digits.len() == RANDOM_DIGITS + CHECK_DIGITS
            && digits.bytes().all(|digit| digit.is_ascii_alphanumeric());
        let (body, check) = text.split_at_checked(text.len().saturating_sub(CHECK_DIGITS)).ok_or(Damaged)?;
        if whole && checksum(body) == check { Ok(Self::of(text)) } else { Err(Damaged) }
    }

    /// The digest of any bytes.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// As it is stored: 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|n| char::from(lower_hex(n))).collect()
    }

    /// Whether a stored digest is this one, in a time that does not tell where they differ.
    pub fn matches(&self, stored: &str) -> bool {
        self.hex().as_bytes().ct_eq(stored.as_bytes()).into()
    }
}

/// The text with every secret of ours in it cut down to its prefix: for logs, into which people's mistakes go.
pub fn without_secrets(text: &str) -> Cow<'_, str> {
    const LEAST: usize = 20;
    let mut kept: Option<String> = None;
    let mut rest = text;
    while let Some(at) = rest.find("ax") {
        let found = rest.get(at..).unwrap_or_default();
        let digits = match found.as_bytes() {
            [b'a', b'x', b'k' | b's' | b't' | b'r' | b'c' | b'd' | b'f' | b'q' | b'l', b'_', digits @ ..] => {
                digits.iter().take_while(|b| b.is_ascii_alphanumeric()).count()
            }
            _ => 0,
        };
        let (shown, behind) = if digits >= LEAST { (at + 4, at + 4 + digits) } else { (at + 2, at + 2) };
        if digits >= LEAST || kept.is_some() {
            let kept = kept
                .get_or_insert_with(|| text.get(..text.len() - rest.len()).unwrap_or_default().to_owned());
            kept.push_str(rest.get(..shown).unwrap_or_default());
            if digits >= LEAST {
                kept.push('…');
            }
        }
        rest = rest.get(behind..).unwrap_or_default();
    }
    match kept {
        None => Cow::Borrowed(text),
        Some(kept) => Cow::Owned(kept + rest),
    }
}

/// A password that a person can copy: 96 random bits in 17 letters and digits.
pub fn random_password() -> Result<String, getrandom::Error> {
    let mut random = [0; 12];
    getrandom::fill(&mut random)?;
    Ok(base62(&random, 17))
}

fn checksum(body: &str) -> String {
    base62(&CRC.checksum(body.as_bytes()).to_be_bytes(), CHECK_DIGITS)
}

/// A big-endian number in base 62, padded to `width` digits.
fn base62(number: &[u8], width: usize) -> String {
    let mut number = number.to_vec();
    let mut digits: Vec<char> = std::iter::repeat_with(|| {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = (rest << 8) | u32::from(*byte);
            let [quotient, ..] = (value / 62).to_le_bytes();
            *byte = quotient;
            rest = value % 62;
        }
        let [digit, ..] = rest.to_le_bytes();
        char::from(match digit {
            0..=9 => b'0' + digit,
            10..=35 => b'A' + digit - 10,
            _ => b'a' + digit - 36,
        })
    })
    .take(width)
    .collect();
    digits.reverse();
    digits.into_iter().collect()
}

const fn lower_hex(n: u8) -> u8 {
    if n < 10 { b'0' + n } else { b'a' + n - 10 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn has_the_shape_of_the_contract() {
        let secret = Secret::mint("axk_").unwrap();
        let digits = secret.reveal().strip_prefix("axk_").unwrap();
        assert_eq!(digits.len(), 49);
        assert!(digits.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert_eq!(secret.hint(), format!("{}…", &secret.reveal()[..8]));
        assert!(Secret::mint("axk_").unwrap().reveal() != secret.reveal());
    }

    #[test]
    fn a_random_password_is_long_and_never_the_same() {
        let (one, other) = (random_password().unwrap(), random_password().unwrap());
        assert!(one.len() == 17 && one.bytes().all(|b| b.is_ascii_alphanumeric()), "{one}");
        assert_ne!(one, other);
    }

    #[test]
    fn no_secret_stays_in_a_text() {
        let (one, other) = (Secret::mint("axk_").unwrap(), Secret::mint("axr_").unwrap());
        let text = format!("axanta axk_ {{\"x\":\"{}\"}} relax {}.", one.reveal(), other.reveal());
        assert_eq!(without_secrets(&text), "axanta axk_ {\"x\":\"axk_…\"} relax axr_….");
        assert_eq!(without_secrets(one.reveal()), "axk_…");
        assert!(matches!(without_secrets("axanta, axk_9uaj and é: no secret"), Cow::Borrowed(_)));
    }

    #[test]
    fn counts_in_base_62() {
        assert_eq!(base62(&[0], 2), "00");
        assert_eq!(base62(&[61], 2), "0z");
        assert_eq!(base62(&[62], 2), "10");
        assert_eq!(base62(&[1, 0], 3), "048");
        assert_eq!(base62(&u32::MAX.to_be_bytes(), 6), "4gfFC3");
        let all_ones = base62(&[255; 32], 43);
        assert!(!all_ones.starts_with("zz"), "43 digits hold 256 bits: {all_ones}");
    }

    #[test]
    fn the_digest_is_sha_256() {
        assert_eq!(
            Digest::of("abc").hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_sent_secret_has_the_digest_of_the_made_one() {
        let secret = Secret::mint("axk_").unwrap();
        let sent = Digest::of_sent("axk_", secret.reveal()).unwrap();
        assert!(sent == secret.digest());
        assert!(sent.matches(&secret.digest().hex()));
        assert!(!sent.matches(&Secret::mint("axk_").unwrap().digest().hex()));
        assert!(!sent.matches(""));
        assert_eq!(Digest::of_sent("axs_", secret.reveal()).err(), Some(Damaged));
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_noticed(at in 4_usize..53, wrong in "[A-Za-z0-9]") {
            let secret = Secret::mint("axk_").unwrap();
            let mut text = secret.reveal().to_owned();
            prop_assume!(text[at..=at] != wrong);
            text.replace_range(at..=at, &wrong);
            prop_assert_eq!(Digest::of_sent("axk_", &text).err(), Some(Damaged));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            prop_assert!(Digest::of_sent("axk_", &text).is_err());
            let prefixed = "axk_".to_owned() + &text;
            prop_assert!(Digest::of_sent("axk_", &prefixed).is_err());
        }
    }
}
