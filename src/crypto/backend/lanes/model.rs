//! Lanes in plain Rust: what each instruction does, for every machine. Slow; for tests and for the fuzzer. In tests its operations
//! stay functions of their own: inlined wherever they are used they cost the compiler minutes (tools/emulated.py). The fuzzer wants them inlined.

use super::{Lanes, Step, Task};

/// See above.
#[derive(Clone, Copy, Debug, Default)]
pub struct Model;

const LOW: u64 = (1 << 52) - 1;

/// Written out, since debug builds spend most of their time here.
#[inline(always)]
fn each(a: [u64; 8], b: [u64; 8], f: impl Fn(u64, u64) -> u64) -> [u64; 8] {
    let ([a0, a1, a2, a3, a4, a5, a6, a7], [b0, b1, b2, b3, b4, b5, b6, b7]) = (a, b);
    [f(a0, b0), f(a1, b1), f(a2, b2), f(a3, b3), f(a4, b4), f(a5, b5), f(a6, b6), f(a7, b7)]
}

fn product(a: u64, b: u64) -> u128 {
    u128::from(a & LOW) * u128::from(b & LOW)
}

fn high(word: u64) -> u32 {
    (word >> 32) as u32
}

fn low(word: u64) -> u32 {
    word as u32
}

fn whole(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

fn mask(a: [u64; 8], b: [u64; 8], holds: impl Fn(u64, u64) -> bool) -> u8 {
    let [a, b, c, d, e, f, g, h] = each(a, b, |a, b| u64::from(holds(a, b)));
    (a | b << 1 | c << 2 | d << 3 | e << 4 | f << 5 | g << 6 | h << 7) as u8
}

impl Lanes for Model {
    type Vector = [u64; 8];

    fn run<T: Task>(self, task: T) -> T::Output {
        task.run(self)
    }

    #[inline(never)]
    fn step<S: Step<Self>>(self, step: S) -> S::Output {
        step.run(self)
    }

    fn splat(self, word: u64) -> [u64; 8] {
        [word; 8]
    }

    fn load(self, words: &[u64; 8]) -> [u64; 8] {
        *words
    }

    fn store(self, vector: [u64; 8]) -> [u64; 8] {
        vector
    }

    fn first(self, vector: [u64; 8]) -> u64 {
        vector[0]
    }

    fn columns(self, rows: &[[u64; 8]; 8]) -> [[u64; 8]; 8] {
        let mut columns = [[0; 8]; 8];
        for (lane, row) in rows.iter().enumerate() {
            for (column, word) in columns.iter_mut().zip(row) {
                if let Some(place) = column.get_mut(lane) {
                    *place = *word;
                }
            }
        }
        columns
    }

    #[cfg_attr(test, inline(never))]
    #[cfg_attr(not(test), inline)]
    fn madd52lo(self, sum: [u64; 8], a: [u64; 8], b: [u64; 8]) -> [u64; 8] {
        each(sum, each(a, b, |a, b| product(a, b) as u64 & LOW), |a, b| a.wrapping_add(b))
    }

    #[cfg_attr(test, inline(never))]
    #[cfg_attr(not(test), inline)]
    fn madd52hi(self, sum: [u64; 8], a: [u64; 8], b: [u64; 8]) -> [u64; 8] {
        each(sum, each(a, b, |a, b| (product(a, b) >> 52) as u64), u64::wrapping_add)
    }

    #[cfg_attr(test, inline(never))]
    #[cfg_attr(not(test), inline)]
    fn add(self, a: [u64; 8], b: [u64; 8]) -> [u64; 8] {
        each(a, b, u64::wrapping_add)
    }

    #[cfg_attr(test, inline(never))]
    #[cfg_attr(not(test), inline)]
    fn sub(self, a: [u64; 8], b: [u64; 8]) -> [u64; 8] {
        each(a, b, u64::wrapping_sub)
    }

    #[cfg_attr(test, inline(never))]
    #[cfg_attr(not(test), inline)]
    fn and(self, a: [u64; 8], b: [u64; 8]) -> [u64; 8] {
        each(a, b, |a, b| a & b)
    }

    fn or(self, a: [u64; 8], b: [u64; 8]) -> [u64; 8] {
        each(a, b, |a, b| a | b)
    }

    fn shl<const BITS: u32>(self, vector: [u64; 8]) -> [u64; 8] {
        const { assert!(BITS < 64) }
        each(vector, vector, |word, _| word << BITS)
    }

    fn shr<const BITS: u32>(self, vector: [u64; 8]) -> [u64; 8] {
        const { assert!(BITS < 64) }
        each(vector, vector, |word, _| word >> BITS)
    }

    fn sar<const BITS: u32>(self, vector: [u64; 8]) -> [u64; 8] {
        const { assert!(BITS < 64) }
        each(vector, vector, |word, _| (word as i64 >> BITS) as u64)
    }

    #[cfg_attr(test, inline(never))]
    fn xor(self, a: [u64; 8], b: [u64; 8], c: [u64; 8]) -> [u64; 8] {
        each(each(a, b, |a, b| a ^ b), c, |both, c| both ^ c)
    }

    #[cfg_attr(test, inline(never))]
    fn choose(self, mask: [u64; 8], yes: [u64; 8], no: [u64; 8]) -> [u64; 8] {
        each(each(mask, yes, |mask, yes| mask & yes), each(mask, no, |mask, no| !mask & no), |yes, no| yes | no)
    }

    #[cfg_attr(test, inline(never))]
    fn majority(self, a: [u64; 8], b: [u64; 8], c: [u64; 8]) -> [u64; 8] {
        each(each(a, b, |a, b| a & b), each(each(a, b, |a, b| a | b), c, |either, c| either & c), |a, b| a | b)
    }

    #[cfg_attr(test, inline(never))]
    fn ror<const BITS: i32>(self, vector: [u64; 8]) -> [u64; 8] {
        const { assert!(BITS >= 0 && BITS < 64) }
        each(vector, vector, |word, _| word.rotate_right(BITS as u32))
    }

    #[cfg_attr(test, inline(never))]
    fn add_halves(self, a: [u64; 8], b: [u64; 8]) -> [u64; 8] {
        each(a, b, |a, b| whole(high(a).wrapping_add(high(b)), low(a).wrapping_add(low(b))))
    }

    #[cfg_attr(test, inline(never))]
    fn ror_halves<const BITS: i32>(self, vector: [u64; 8]) -> [u64; 8] {
        const { assert!(BITS >= 0 && BITS < 32) }
        let turned = |half: u32| half.rotate_right(BITS as u32);
        each(vector, vector, |word, _| whole(turned(high(word)), turned(low(word))))
    }

    #[cfg_attr(test, inline(never))]
    fn shr_halves<const BITS: u32>(self, vector: [u64; 8]) -> [u64; 8] {
        const { assert!(BITS < 32) }
        each(vector, vector, |word, _| whole(high(word) >> BITS, low(word) >> BITS))
    }

    fn select(self, mask: u8, yes: [u64; 8], no: [u64; 8]) -> [u64; 8] {
        let mut words = no;
        for (lane, (word, yes)) in words.iter_mut().zip(yes).enumerate() {
            if mask >> lane & 1 == 1 {
                *word = yes;
            }
        }
        words
    }

    fn equal(self, a: [u64; 8], b: [u64; 8]) -> u8 {
        mask(a, b, |a, b| a == b)
    }

    fn less(self, a: [u64; 8], b: [u64; 8]) -> u8 {
        mask(a, b, |a, b| a < b)
    }

    fn shift_in<const COUNT: i32>(self, high: [u64; 8], low: [u64; 8]) -> [u64; 8] {
        const { assert!(COUNT >= 0 && COUNT < 8) }
        // Written out for the same reason as `each`.
        let ([_, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, _]) = (low, high);
        match COUNT {
            0 => low,
            1 => [b, c, d, e, f, g, h, i],
            2 => [c, d, e, f, g, h, i, j],
            3 => [d, e, f, g, h, i, j, k],
            4 => [e, f, g, h, i, j, k, l],
            5 => [f, g, h, i, j, k, l, m],
            6 => [g, h, i, j, k, l, m, n],
            _ => [h, i, j, k, l, m, n, o],
        }
    }

    fn permute(self, vector: [u64; 8], places: [u64; 8]) -> [u64; 8] {
        places.map(|place| vector.get(place as usize & 7).copied().unwrap_or(0))
    }
}
