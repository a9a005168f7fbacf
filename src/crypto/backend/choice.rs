//! Which arithmetic verifies signatures: what the environment and a verifier ask for, and what comes of it for each algorithm.

use std::sync::OnceLock;

use super::guard::WATCH;
use super::instructions::{FMA, Family, IFMA, Standing};
use super::store;
use crate::alg::Algorithm;

/// The switch of the environment.
const VARIABLE: &str = "RAPIDJWT_CRYPTO";

/// What is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The library alone.
    Library,
    /// Tables, in arithmetic for every 64-bit machine.
    Portable,
    /// Tables, in AVX-512 IFMA where there is some, else as `Portable`; RSA too, where there is no AVX-512 IFMA in AVX2 with FMA.
    Ifma,
    /// The fastest path that the machine has and that passes its tests.
    #[default]
    Auto,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// Every signature is verified by the library.
    Library,
    /// Those of hot keys by tables.
    Portable,
    /// The same, and those of RSA in AVX2 with FMA.
    Fma,
    /// The same as `Portable`, where it can be in AVX-512 IFMA.
    Ifma,
}

impl Path {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Portable => "portable",
            Self::Fma => "fma",
            Self::Ifma => "ifma",
        }
    }
}

impl Choice {
    /// All choices, by name.
    pub const ALL: [(&'static str, Self); 4] =
        [("library", Self::Library), ("portable", Self::Portable), ("ifma", Self::Ifma), ("auto", Self::Auto)];

    /// The choice of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, choice)| choice)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, choice)| *choice == self).map_or("auto", |(name, _)| name)
    }

    /// The environment's, read once. `Auto` when it says nothing; `Library` when it says what nobody knows.
    pub fn of_environment() -> Self {
        static READ: OnceLock<Choice> = OnceLock::new();
        *READ.get_or_init(|| match std::env::var(VARIABLE) {
            Err(std::env::VarError::NotPresent) => Self::Auto,
            Ok(name) if name.is_empty() => Self::Auto,
            name => name.ok().and_then(|name| Self::named(&name)).unwrap_or(Self::Library),
        })
    }

    /// What comes of what a caller and the environment ask for.
    #[inline]
    pub fn in_force(self) -> Self {
        self.under(Self::of_environment())
    }

    /// The environment speaks for the whole process and only takes away: who turns arithmetic off there, after a report of a fault
    /// say, has not to look for keywords in a program that is not his. Of what is left the caller chooses, and `Auto` leaves
    /// it to the environment.
    #[inline]
    fn under(self, environment: Self) -> Self {
        match (environment, self) {
            (Self::Library, _) | (_, Self::Library) => Self::Library,
            (Self::Portable, _) | (_, Self::Portable) => Self::Portable,
            (environment, Self::Auto) => environment,
            (_, asked) => asked,
        }
    }

    /// What is done with a key that has tables.
    #[inline]
    pub fn path(self) -> Path {
        match self.in_force() {
            Self::Library => Path::Library,
            _ if cfg!(not(target_pointer_width = "64")) => Path::Library,
            Self::Ifma | Self::Auto if IFMA.are_proved() => Path::Ifma,
            Self::Ifma | Self::Auto if FMA.are_proved() => Path::Fma,
            _ => Path::Portable,
        }
    }
}

/// The path of an algorithm at this moment, and why it is that one. Lanes that have not passed their test yet decide nothing.
pub fn path_of(algorithm: Algorithm, choice: Choice) -> (Path, &'static str) {
    let family = match algorithm {
        Algorithm::Es256 => Some(Family::P256),
        Algorithm::EdDsa | Algorithm::Ed25519 => Some(Family::Ed25519),
        Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 => Some(Family::Rsa),
        _ => None,
    };
    match family {
        _ if choice == Choice::Library => (Path::Library, "the library was asked for"),
        None if algorithm != Algorithm::Es384 => (Path::Library, "there is no other"),
        _ if cfg!(not(target_pointer_width = "64")) => (Path::Library, "not a 64-bit machine"),
        _ if WATCH.is_off() => (Path::Library, "tables and library disagreed, so tables are off"),
        Some(Family::Rsa) => path_of_rsa(choice, IFMA.standing(Family::Rsa), FMA.standing(Family::Rsa)),
        Some(family) => path_of_tables(choice, IFMA.standing(family)),
        None if choice == Choice::Portable => path_of_tables(choice, Standing::Absent),
        None => (Path::Portable, "tables of hot keys; AVX-512 IFMA is not used for P-384"),
    }
}

fn path_of_rsa(choice: Choice, ifma: Standing, fma: Standing) -> (Path, &'static str) {
    match (ifma, fma) {
        _ if choice == Choice::Portable => {
            (Path::Library, "portable arithmetic was asked for, and it has none that is faster")
        }
        (Standing::Untested, _) => (Path::Library, "AVX-512 IFMA is tested when the first key is hot"),
        (Standing::Proved, _) => (Path::Ifma, "hot keys of 2048, 3072 and 4096 bits and e = 65537, in AVX-512 IFMA"),
        (Standing::Failed, _) => (Path::Library, "AVX-512 IFMA failed its self-test"),
        (_, Standing::Untested) => (Path::Library, "AVX2 with FMA is tested when the first key is hot"),
        (_, Standing::Proved) => (Path::Fma, "hot keys of 2048, 3072 and 4096 bits and e = 65537, in AVX2 with FMA"),
        (_, Standing::Failed) => (Path::Library, "AVX2 with FMA failed its self-test"),
        (_, Standing::Absent) => (Path::Library, "there is no other without AVX-512 IFMA, or AVX2 with FMA"),
    }
}

fn path_of_tables(choice: Choice, standing: Standing) -> (Path, &'static str) {
    match standing {
        _ if choice == Choice::Portable => (Path::Portable, "tables of hot keys; portable arithmetic was asked for"),
        Standing::Untested => (Path::Portable, "tables of hot keys; AVX-512 IFMA is tested when the first key is hot"),
        Standing::Proved => (Path::Ifma, "tables of hot keys, in AVX-512 IFMA"),
        Standing::Failed => (Path::Portable, "tables of hot keys; AVX-512 IFMA failed its self-test"),
        Standing::Absent => (Path::Portable, "tables of hot keys; the CPU has no AVX-512 IFMA"),
    }
}

/// Numbers since the process began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Tables that exist.
    pub tables: usize,
    /// How much memory they take, in bytes; those of base points are not in it.
    pub table_bytes: usize,
    /// How much they may take.
    pub budget_bytes: usize,
    /// Decisions of tables that the library was asked to check.
    pub checks: u64,
    /// Those in which it disagreed.
    pub disagreements: u64,
}

/// The numbers now.
pub fn state() -> State {
    let (tables, table_bytes) = store::held();
    let (checks, disagreements) = (WATCH.checks(), WATCH.disagreements());
    State { tables, table_bytes, budget_bytes: store::BUDGET, checks, disagreements }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_takes_away_and_a_verifier_chooses_of_what_is_left() {
        use Choice::{Auto, Ifma, Library, Portable};
        for asked in [Library, Portable, Ifma, Auto] {
            assert_eq!(asked.under(Library), Library);
            assert_eq!(asked.under(Portable), if asked == Library { Library } else { Portable });
            assert_eq!(asked.under(Ifma), if asked == Auto { Ifma } else { asked });
            assert_eq!(asked.under(Auto), asked);
        }
    }

    #[test]
    fn instructions_are_named_only_once_they_passed_their_test() {
        for choice in [Choice::Auto, Choice::Ifma, Choice::Portable] {
            for standing in [Standing::Untested, Standing::Proved, Standing::Failed, Standing::Absent] {
                let is_in_lanes = standing == Standing::Proved && choice != Choice::Portable;
                let wanted = |other| if is_in_lanes { Path::Ifma } else { other };
                assert_eq!(path_of_rsa(choice, standing, Standing::Absent).0, wanted(Path::Library));
                assert_eq!(path_of_tables(choice, standing).0, wanted(Path::Portable));
                let in_doubles = if is_in_lanes { Path::Fma } else { Path::Library };
                assert_eq!(path_of_rsa(choice, Standing::Absent, standing).0, in_doubles);
            }
        }
    }
}
