//! One difference alone.

use super::*;

fn sound() -> Owned {
    let [a, _] = sides();
    Owned {
        unreadable: Vec::new(),
        left_out: Vec::new(),
        ..a
    }
}

/// Records are equal, and what networks say is not.
#[test]
fn other_predictions_make_a_difference() {
    let (mut a, mut b) = (sound(), sound());
    let [of_a, of_b] = evidence([&mut a, &mut b]);
    let found = compare(&a.side("a", Some(&of_a)), &b.side("b", Some(&of_b)), &[]).unwrap();
    assert!(!found.equal && found.trials.different.is_empty());
    assert_eq!(found.trials.predictions.different.len(), 1);
    // Where one side kept none, there is nothing to compare.
    let found = compare(&a.side("a", Some(&of_a)), &b.side("b", None), &[]).unwrap();
    assert!(found.equal);
    assert_eq!(found.trials.predictions.one_side, 3);
}

/// One seed that both have is no pair of seeds.
#[test]
fn one_shared_seed_is_not_paired() {
    let a = owned(&[(0.1, &[(1, 0.5), (2, 0.75)])], Vec::new());
    let b = owned(&[(0.1, &[(2, 0.75), (3, 0.5)])], Vec::new());
    let found = compare(&a.side("a", None), &b.side("b", None), &[]).unwrap();
    let cell = &found.cells.both[0];
    assert_eq!(
        (cell.method, cell.verdict),
        (Method::Welch, CellVerdict::Within)
    );
    assert_eq!(cell.difference.unwrap().n, 4);
    // The same values from other seeds are no equal trials.
    let b = owned(&[(0.1, &[(2, 0.75), (3, 0.75)])], Vec::new());
    let found = compare(&a.side("a", None), &b.side("b", None), &[]).unwrap();
    assert_eq!(found.cells.both[0].verdict, CellVerdict::Within);
}

/// A difference with the same sign for every seed is beyond chance either way round.
#[test]
fn the_difference_is_that_of_b_less_a() {
    let low = owned(&[(0.1, &[(1, 0.5), (2, 0.51), (3, 0.52)])], Vec::new());
    let high = owned(&[(0.1, &[(1, 0.7), (2, 0.712), (3, 0.719)])], Vec::new());
    for (a, b, sign) in [(&low, &high, 1.0), (&high, &low, -1.0)] {
        let found = compare(&a.side("a", None), &b.side("b", None), &[]).unwrap();
        let cell = &found.cells.both[0];
        assert_eq!(cell.verdict, CellVerdict::Beyond);
        assert_eq!(cell.difference.unwrap().estimate.signum(), sign);
    }
}

/// The shorter file ends where the longer one goes on; equal files are not told.
#[test]
fn files_are_told_by_their_first_line_that_differs() {
    let mut a = sound();
    let mut b = a.clone();
    a.studies[0].files[0].text = "1\n2\n".to_owned();
    b.studies[0].files[0].text = "1\n2\n3\n4\n".to_owned();
    let found = compare(&a.side("a", None), &b.side("b", None), &[]).unwrap();
    let expected = Differing {
        what: "file s.toml of s, line 3".to_owned(),
        a: Vec::new(),
        b: vec!["3".to_owned()],
    };
    assert_eq!(found.studies, [expected]);
    assert!(found.text(false).contains("line 3: A none | B 3"));
    b.studies[0].files = a.studies[0].files.clone();
    b.studies[0].level = Some("portable".to_owned());
    let found = compare(&a.side("a", None), &b.side("b", None), &[]).unwrap();
    let told: Vec<&str> = found.studies.iter().map(|d| d.what.as_str()).collect();
    assert_eq!(told, ["level of s"]);
    assert!(found.equal, "a study's words are no result");
}

/// Of claims with the same words those with one id belong together; others go by their words alone.
#[test]
fn claims_with_the_same_words_are_told_apart_by_their_ids() {
    let claim = |bound, id: &str| ClaimRecord {
        id: id.to_owned(),
        ..above(bound, "Better.")
    };
    let (mut a, mut b) = (sound(), sound());
    // 0.3 is above 0.2 and not above 0.32.
    a.studies[0].claims = vec![claim(0.2, "x"), claim(0.32, "y")];
    b.studies[0].claims = vec![claim(0.32, "y"), claim(0.2, "x")];
    let found = compare(&a.side("a", None), &b.side("b", None), &[]).unwrap();
    assert_eq!((found.claims.same, found.claims.changed.len()), (2, 0));
    b.studies[0].claims[1].id = "z".to_owned();
    let found = compare(&a.side("a", None), &b.side("b", None), &[]).unwrap();
    assert_eq!((found.claims.same, found.claims.changed.len()), (2, 0));
    b.studies[0].claims[0].id = "x".to_owned();
    let found = compare(&a.side("a", None), &b.side("b", None), &[]).unwrap();
    assert_eq!((found.claims.same, found.claims.changed.len()), (0, 2));
}
