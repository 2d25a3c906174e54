//! Texts for LaTeX.

use super::*;

#[test]
fn nothing_in_a_text_is_a_command() {
    let cases = [
        (r"50 % of a_b & #1", r"50 \% of a\_b \& \#1"),
        (
            r"\input{/etc/passwd}",
            r"\textbackslash{}input\{/etc/passwd\}",
        ),
        (
            "$x^2$ ~ <y> | \"z\"",
            r"\$x\textasciicircum{}2\$ \textasciitilde{} \textless{}y\textgreater{} \textbar{} ''{}z''{}",
        ),
        ("a -- b --- `c`", "a -{}- b -{}-{}- {`}c{`}"),
        (
            "two\nlines\tand\u{1b}[31m",
            r"two lines and\textbackslash{}u001b[31m",
        ),
        (
            "Zürich × 2 ± 0.5 – µ",
            r"Zürich $\times$ 2 $\pm$ 0.5 \textendash{} $\mu$",
        ),
    ];
    for (text, expected) in cases {
        let mut escaper = Escaper::default();
        assert_eq!(escaper.text(text), expected);
        assert!(escaper.lacking.is_empty());
    }
}

#[test]
fn letters_that_pdflatex_has_not_are_named() {
    let mut escaper = Escaper::default();
    assert_eq!(
        escaper.text("中 and þ and 🎉"),
        "[U+4E2D] and [U+00FE] and [U+1F389]"
    );
    let lacking: Vec<char> = escaper.lacking.into_iter().collect();
    assert_eq!(lacking, ['þ', '中', '🎉']);
}
