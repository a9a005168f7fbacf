//! Signatures of many tokens decided together, where that is faster than one by one: questions in, answers out. An answer stands
//! for a verification of the same key, algorithm, choice, input and signature, and for no other.

use std::sync::Arc;

use super::{Choice, backend};
use crate::alg::{Algorithm, AlgorithmSet, Family};
use crate::keys::{Candidates, Key};

/// One signature that is to be decided.
pub struct Question<'t> {
    key: Arc<Key>,
    algorithm: Algorithm,
    choice: Choice,
    input: &'t [u8],
    signature: Box<[u8]>,
}

/// A signature that was decided.
pub struct Answer<'t> {
    question: Question<'t>,
    fits: bool,
    /// Whether it still counts, see `backend::generation`.
    generation: u64,
}

/// Could there be questions about signatures of these algorithms that are better asked together?
#[inline]
pub fn may_pay(algorithms: AlgorithmSet) -> bool {
    backend::are_keys_hot() && algorithms.iter().any(|algorithm| algorithm.row().family != Family::Hmac)
}

impl<'t> Question<'t> {
    /// None unless there is one key, for this algorithm, that decides many at once faster than one after the other.
    pub fn new(
        candidates: &Candidates<'_>,
        algorithm: Algorithm,
        choice: Choice,
        input: &'t [u8],
        signature: &[u8],
    ) -> Option<Self> {
        let mut candidates = candidates.iter();
        let key = candidates.next().filter(|_| candidates.len() == 0)?;
        if !key.algorithms().contains(algorithm) || !key.prepared().decides_together(algorithm, choice) {
            return None;
        }
        Some(Self { key: Arc::clone(key), algorithm, choice, input, signature: signature.into() })
    }

    fn has_key_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.key, &other.key) && (self.algorithm, self.choice) == (other.algorithm, other.choice)
    }
}

impl Answer<'_> {
    /// The decision, if it is about this.
    pub fn about(
        &self,
        key: &Key,
        algorithm: Algorithm,
        choice: Choice,
        input: &[u8],
        signature: &[u8],
    ) -> Option<bool> {
        let asked = &self.question;
        let is_about = self.generation == backend::generation()
            && std::ptr::eq(&raw const *asked.key, key)
            && (asked.algorithm, asked.choice) == (algorithm, choice)
            && std::ptr::eq(asked.input, input)
            && *asked.signature == *signature;
        is_about.then_some(self.fits)
    }
}

/// Decide signatures, those of one key together. Places without a question stay without an answer.
pub fn decide<'t>(questions: Vec<Option<Question<'t>>>) -> Vec<Option<Answer<'t>>> {
    let generation = backend::generation();
    let mut fits: Vec<Option<bool>> = vec![None; questions.len()];
    for (first, question) in questions.iter().enumerate() {
        let Some(question) = question.as_ref().filter(|_| fits.get(first) == Some(&None)) else { continue };
        let same = |(place, other): (usize, &Option<Question<'t>>)| {
            other.as_ref().filter(|other| other.has_key_of(question)).map(|_| place)
        };
        let places: Vec<usize> = questions.iter().enumerate().skip(first).filter_map(same).collect();
        let asked = places.iter().filter_map(|place| questions.get(*place)?.as_ref());
        let items: Vec<(&[u8], &[u8])> = asked.map(|asked| (asked.input, &*asked.signature)).collect();
        let decided = question.key.prepared().verify_all(question.algorithm, question.choice, &items);
        for (place, decision) in places.into_iter().zip(decided) {
            if let Some(fits) = fits.get_mut(place) {
                *fits = Some(decision);
            }
        }
    }
    let answer = |(question, fits): (Option<Question<'t>>, Option<bool>)| {
        Some(Answer { question: question?, fits: fits?, generation })
    };
    questions.into_iter().zip(fits).map(answer).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[test]
    fn an_answer_is_about_its_question_until_a_disagreement() {
        let new = || Arc::new(Key::generate(Algorithm::Es256, None, None).unwrap());
        let (key, other) = (new(), new());
        let (input, same) = (b"input".to_vec(), b"input".to_vec());
        let question = |key: &Arc<Key>| Question {
            key: Arc::clone(key),
            algorithm: Algorithm::Es256,
            choice: Choice::Auto,
            input: &input,
            signature: Box::new([7; 64]),
        };
        let generation = backend::generation();
        let answer = Answer { question: question(&key), fits: true, generation };
        let about = |key: &Key, algorithm, choice, input: &[u8], signature: &[u8]| {
            answer.about(key, algorithm, choice, input, signature)
        };
        let (algorithm, choice) = (Algorithm::Es256, Choice::Auto);
        assert_eq!(about(&key, algorithm, choice, &input, &[7; 64]), Some(true));
        assert_eq!(about(&other, algorithm, choice, &input, &[7; 64]), None);
        assert_eq!(about(&key, Algorithm::Rs256, choice, &input, &[7; 64]), None);
        assert_eq!(about(&key, algorithm, Choice::Library, &input, &[7; 64]), None);
        assert_eq!(about(&key, algorithm, choice, &same, &[7; 64]), None);
        assert_eq!(about(&key, algorithm, choice, &input, &[8; 64]), None);
        let before = Answer { question: question(&key), fits: true, generation: generation.wrapping_sub(1) };
        assert_eq!(before.about(&key, algorithm, choice, &input, &[7; 64]), None);
    }
}
