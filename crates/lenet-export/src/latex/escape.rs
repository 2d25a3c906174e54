//! Texts that may hold anything, as LaTeX prints them.

use std::collections::BTreeSet;

use lenet_core::shown;

/// Writes texts for pdflatex, and keeps the letters that it cannot print.
#[derive(Debug, Default)]
pub(super) struct Escaper {
    pub(super) lacking: BTreeSet<char>,
}

impl Escaper {
    /// The text, in which nothing is a command. Letters that pdflatex has not are written as `[U+4E2D]`.
    pub(super) fn text(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for letter in shown(text).chars() {
            match escaped(letter) {
                Some(escaped) => out += escaped,
                None if is_plain(letter) => out.push(letter),
                None => {
                    self.lacking.insert(letter);
                    out += &format!("[U+{:04X}]", u32::from(letter));
                }
            }
        }
        // No ligatures: `--` is two hyphens, `?` with a grave accent no Spanish question mark.
        while out.contains("--") {
            out = out.replace("--", "-{}-");
        }
        out
    }
}

/// What pdflatex prints as it is. Letters of Latin-1 that its usual font lacks are not among them.
fn is_plain(letter: char) -> bool {
    letter.is_ascii_graphic()
        || letter == ' '
        || ('À'..='ÿ').contains(&letter) && !"ÐðÞþ×÷".contains(letter)
}

fn escaped(letter: char) -> Option<&'static str> {
    Some(match letter {
        '\\' => r"\textbackslash{}",
        '{' => r"\{",
        '}' => r"\}",
        '#' => r"\#",
        '$' => r"\$",
        '%' => r"\%",
        '&' => r"\&",
        '_' => r"\_",
        '^' => r"\textasciicircum{}",
        '~' => r"\textasciitilde{}",
        '<' => r"\textless{}",
        '>' => r"\textgreater{}",
        '|' => r"\textbar{}",
        '"' => "''{}",
        '`' => "{`}",
        '\n' | '\t' => " ",
        '\u{a0}' | '\u{202f}' => "~",
        '–' => r"\textendash{}",
        '—' => r"\textemdash{}",
        '−' => "$-$",
        '×' => r"$\times$",
        '÷' => r"$\div$",
        '±' => r"$\pm$",
        '·' => r"$\cdot$",
        '≤' => r"$\leq$",
        '≥' => r"$\geq$",
        '…' => r"\dots{}",
        '‘' => "{`}",
        '’' => "'",
        '“' => "``{}",
        '”' => "''{}",
        'ł' => r"\l{}",
        'Ł' => r"\L{}",
        'α' => r"$\alpha$",
        'β' => r"$\beta$",
        'γ' => r"$\gamma$",
        'δ' => r"$\delta$",
        'ε' => r"$\varepsilon$",
        'λ' => r"$\lambda$",
        'μ' | 'µ' => r"$\mu$",
        'σ' => r"$\sigma$",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
