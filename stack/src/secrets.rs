//! The passwords of one run.

use std::fmt;

/// A password. It is shown nowhere, also not for debugging.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password(String);

impl Password {
    /// A new one, with 120 bits of chance.
    pub(crate) fn random() -> Self {
        const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let mut bits = rand::random::<u128>();
        let letters = (0..24).map(|_| {
            let letter = LETTERS[(bits % 32) as usize] as char;
            bits /= 32;
            letter
        });
        Self(letters.collect())
    }
    /// One that was read back from a container.
    pub(crate) fn known(text: &str) -> Self {
        Self(text.into())
    }
    /// For the one place that needs it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The passwords of the database's accounts, and the key to the edges.
#[derive(Debug, Clone)]
pub(crate) struct Secrets {
    /// The account that the shop uses.
    pub shop: Password,
    /// The account that reads counters and counts orders.
    pub probe: Password,
    /// The account by which two databases ask each other.
    pub peer: Password,
    /// Who knows it may make an edge forget pages.
    pub purge: Password,
}

impl Secrets {
    pub(crate) fn random() -> Self {
        Self {
            shop: Password::random(),
            probe: Password::random(),
            peer: Password::random(),
            purge: Password::random(),
        }
    }
}

/// Whether a variable's value must not be shown.
pub(crate) fn is_secret(variable: &str) -> bool {
    variable.contains("PASSWORD") || variable == "PURGE_KEY"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_its_own_and_not_shown() {
        let secrets = Secrets::random();
        assert_eq!(secrets.shop.reveal().len(), 24);
        assert_ne!(secrets.shop, secrets.probe);
        assert!(!format!("{secrets:?}").contains(secrets.shop.reveal()));
    }
}
