//! Inputs that are nearly good: the fuzzer's bytes say which good one to take and what to change in it. Without this it would
//! have to invent keys.

/// Below this the first byte picks a seed; from here on the rest is the input itself.
const RAW: u8 = 224;

/// A changed seed, or the bytes themselves.
pub fn one_of<S: AsRef<[u8]>>(seeds: &[S], data: &[u8]) -> Vec<u8> {
    let Some((first, rest)) = data.split_first() else { return Vec::new() };
    match seeds.get(usize::from(*first) % seeds.len().max(1)) {
        Some(seed) if *first < RAW => edited(seed.as_ref(), rest),
        _ => rest.to_vec(),
    }
}

/// Four bytes an edit: where (two), what, and with which byte.
fn edited(seed: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut text = seed.to_vec();
    for edit in edits.chunks_exact(4).take(16) {
        let &[high, low, kind, byte] = edit else { break };
        let at = usize::from(u16::from_be_bytes([high, low])) % (text.len() + 1);
        match kind % 6 {
            0 => text.insert(at, byte),
            1 if at < text.len() => drop(text.remove(at)),
            2 => text.truncate(at),
            3 => drop(text.drain(at..(at + usize::from(byte)).min(text.len()))),
            4 => {
                let copy = text.get(at..(at + usize::from(byte)).min(text.len())).unwrap_or_default().to_vec();
                text.splice(at..at, copy);
            }
            _ => {
                if let Some(old) = text.get_mut(at) {
                    *old ^= byte;
                }
            }
        }
    }
    text
}
