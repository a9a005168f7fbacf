//! Eight 64-bit lanes with the multiplications of AVX-512 IFMA: words in, words out, public numbers only. Code on lanes is written
//! once, for any `Lanes`, and runs on two: `Model`, plain Rust on every machine, and `Ifma`, the instructions. What the tests and
//! the fuzzer say about the model holds for the instructions as far as each of the named functions of `Ifma` does what its twin does.
//!
//! How it is used. A computation is a `Task`; its `run`, and all that it calls with lanes in hand, is `#[inline(always)]`, so
//! that it becomes part of the one function that `Ifma::run` compiles for these instructions. Loops and `Step`s keep it small. A
//! closure with lanes in hand is not given to functions of the standard library (`map` of an array or an option): what is not
//! inlined is compiled without the instructions, and each of them becomes a call. The disassembly shows it.
//!
//! ```ignore
//! struct Sum<'a>(&'a [[u64; 8]]);
//!
//! impl Task for Sum<'_> {
//!     type Output = [u64; 8];
//!
//!     #[inline(always)]
//!     fn run<L: Lanes>(self, lanes: L) -> [u64; 8] {
//!         let zero = lanes.splat(0);
//!         lanes.store(self.0.iter().fold(zero, |sum, words| lanes.add(sum, lanes.load(words))))
//!     }
//! }
//!
//! Model.run(Sum(&rows));   // tests, fuzzing
//! on_ifma(Sum(&rows));     // None where the CPU has no AVX-512 IFMA
//! ```

#[cfg(target_arch = "x86_64")]
mod ifma;
mod model;
#[cfg(test)]
pub mod pretence;

#[cfg(test)]
mod tests;

#[cfg(target_arch = "x86_64")]
pub use ifma::Ifma;
pub use model::Model;

/// Something to compute on lanes.
pub trait Task {
    /// What comes of it.
    type Output;

    /// Compute it. To be `#[inline(always)]`.
    fn run<L: Lanes>(self, lanes: L) -> Self::Output;
}

/// A part of a task that is to be a function of its own, for the size of the code; in debug builds, where each operation has
/// its own place on the stack, also for that. Vectors in it go through memory.
pub trait Step<L: Lanes> {
    /// What comes of it.
    type Output;

    /// Compute it. To be `#[inline(always)]`.
    fn run(self, lanes: L) -> Self::Output;
}

/// A machine with eight lanes. Lane 0 is the first of an array, the lowest of a register. Arithmetic is modulo 2^64.
pub trait Lanes: Copy {
    /// Eight words of 64 bits.
    type Vector: Copy;

    /// Run a task on this machine.
    fn run<T: Task>(self, task: T) -> T::Output;

    /// Run a part of one.
    fn step<S: Step<Self>>(self, step: S) -> S::Output;

    /// The same word in all lanes.
    fn splat(self, word: u64) -> Self::Vector;

    /// A word for each lane.
    fn load(self, words: &[u64; 8]) -> Self::Vector;

    /// The words of all lanes.
    fn store(self, vector: Self::Vector) -> [u64; 8];

    /// The word of lane 0.
    fn first(self, vector: Self::Vector) -> u64;

    /// Columns of a square: vector i has word i of row j in lane j.
    fn columns(self, rows: &[[u64; 8]; 8]) -> [Self::Vector; 8];

    /// `sum` plus the low 52 bits of the product of the low 52 bits of `a` and of `b`.
    fn madd52lo(self, sum: Self::Vector, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `sum` plus bits 52 to 103 of that product.
    fn madd52hi(self, sum: Self::Vector, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Sum.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Difference.
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Bits that are set in both.
    fn and(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Bits that are set in either.
    fn or(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Each word times 2^BITS. Here and below no BITS from 64 on compiles.
    fn shl<const BITS: u32>(self, vector: Self::Vector) -> Self::Vector;

    /// Each word over 2^BITS, rounded down.
    fn shr<const BITS: u32>(self, vector: Self::Vector) -> Self::Vector;

    /// The same with words as signed numbers.
    fn sar<const BITS: u32>(self, vector: Self::Vector) -> Self::Vector;

    /// Bits that are set in one of the three, or in all.
    fn xor(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;

    /// Bits of `yes` where the mask's bit is set, else of `no`.
    fn choose(self, mask: Self::Vector, yes: Self::Vector, no: Self::Vector) -> Self::Vector;

    /// Bits that are set in at least two of the three.
    fn majority(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;

    /// Each word turned by BITS towards the lowest bit.
    fn ror<const BITS: i32>(self, vector: Self::Vector) -> Self::Vector;

    /// Sums of both halves of each word, modulo 2^32.
    fn add_halves(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Each half of a word turned by BITS. In this and the next no BITS from 32 on compiles.
    fn ror_halves<const BITS: i32>(self, vector: Self::Vector) -> Self::Vector;

    /// Each half of a word over 2^BITS, rounded down.
    fn shr_halves<const BITS: u32>(self, vector: Self::Vector) -> Self::Vector;

    /// For lane i `yes` where bit i of the mask is set, else `no`.
    fn select(self, mask: u8, yes: Self::Vector, no: Self::Vector) -> Self::Vector;

    /// The lanes in which both have the same word.
    fn equal(self, a: Self::Vector, b: Self::Vector) -> u8;

    /// The lanes in which `a < b`, without a sign.
    fn less(self, a: Self::Vector, b: Self::Vector) -> u8;

    /// Lanes COUNT..8 of `low`, then 0..COUNT of `high`: a shift by lanes towards the first. COUNT is below 8.
    fn shift_in<const COUNT: i32>(self, high: Self::Vector, low: Self::Vector) -> Self::Vector;

    /// Lane i takes the word of lane `places[i] % 8`.
    fn permute(self, vector: Self::Vector, places: Self::Vector) -> Self::Vector;

    /// Each lane takes the word of the lane that is COUNT higher, around the end.
    #[inline(always)]
    fn rotate<const COUNT: i32>(self, vector: Self::Vector) -> Self::Vector {
        self.shift_in::<COUNT>(vector, vector)
    }
}

/// Run a task on AVX-512 IFMA. None where the CPU, or the operating system, has none.
#[inline]
pub fn on_ifma<T: Task>(task: T) -> Option<T::Output> {
    #[cfg(test)]
    if pretence::is_on() {
        return Some(Model.run(task));
    }
    #[cfg(target_arch = "x86_64")]
    return Some(Ifma::detect()?.run(task));
    #[cfg(not(target_arch = "x86_64"))]
    None
}

/// Does this machine have AVX-512 IFMA?
#[inline]
pub fn has_ifma() -> bool {
    #[cfg(test)]
    if pretence::is_on() {
        return true;
    }
    #[cfg(target_arch = "x86_64")]
    return Ifma::detect().is_some();
    #[cfg(not(target_arch = "x86_64"))]
    false
}
