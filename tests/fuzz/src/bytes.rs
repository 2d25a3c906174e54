//! Changes of bytes: whatever the format, they know nothing of it.

use crate::draw::Draw;
use crate::extremes;

/// Bytes of the largest input. Readers must do with 1 GB of memory for it.
pub const MOST: usize = 1 << 20;

/// A changed copy of `input`. Pieces may come from `others`.
pub fn changed(input: &[u8], others: &[Vec<u8>], draw: &mut Draw) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=draw.below(4) {
        change(&mut bytes, others, draw);
        bytes.truncate(MOST);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, others: &[Vec<u8>], draw: &mut Draw) {
    let at = draw.below(bytes.len());
    match draw.below(10) {
        0 | 1 if !bytes.is_empty() => bytes[at] ^= 1 << draw.below(8),
        2 if !bytes.is_empty() => bytes[at] = *draw.of(&[0, 1, 0x7f, 0x80, 0xff, b'"', b'\n']),
        3 => bytes.truncate(at),
        4 => drop(bytes.drain(draw.range(bytes.len()))),
        5 => {
            let other = draw.of(others);
            let piece = other[draw.range(other.len())].to_vec();
            let place = draw.range(bytes.len());
            bytes.splice(place, piece);
        }
        6 => {
            let place = draw.range(bytes.len());
            let times = 1 << draw.below(8);
            let piece = bytes[place.clone()].repeat(times);
            bytes.splice(place, piece);
        }
        7 => {
            let word = draw.of(&extremes::WORDS).to_le_bytes();
            let width = *draw.of(&[2, 4, 8]);
            let mut word = word[..width].to_vec();
            if draw.one_in(2) {
                word.reverse();
            }
            let end = (at + width).min(bytes.len());
            bytes.splice(at..end, word);
        }
        8 => number(bytes, draw),
        _ => {
            let piece: Vec<u8> = (0..draw.below(16)).map(|_| draw.below(256) as u8).collect();
            bytes.splice(at..at, piece);
        }
    }
}

/// Replaces one number that is written in digits.
fn number(bytes: &mut Vec<u8>, draw: &mut Draw) {
    let is_part = |byte: &u8| byte.is_ascii_digit();
    let starts: Vec<usize> = (0..bytes.len())
        .filter(|&at| is_part(&bytes[at]) && (at == 0 || !is_part(&bytes[at - 1])))
        .collect();
    if starts.is_empty() {
        return;
    }
    let start = *draw.of(&starts);
    let digits = bytes[start..].iter().take_while(|b| is_part(b)).count();
    let text = draw.of(&extremes::NUMBERS).as_bytes().to_vec();
    bytes.splice(start..start + digits, text);
}
