//! Claim by claim.

use lenet_results::ClaimRecord;

use super::comparison::{ChangedClaim, ClaimNumbers, ComparedClaims, NamedClaim, Numbers};
use super::selection::Selection;
use super::side::Indexed;
use crate::claims::judged::JudgedClaim;
use crate::judge_claims;

/// Compares the verdicts of both sides. A claim is the same if its words are; of several with the same words
/// those with one id belong together.
pub(super) fn compare(sides: &[Indexed; 2], selection: &Selection) -> ComparedClaims {
    let [a, b] = sides.each_ref().map(|side| judged(side, selection));
    let same_text = |a: &JudgedClaim, b: &JudgedClaim| a.text == b.text;
    let same = |a: &JudgedClaim, b: &JudgedClaim| a.id == b.id && same_text(a, b);
    let mut left: Vec<Option<&JudgedClaim>> = b.iter().map(Some).collect();
    let mut partners: Vec<Option<&JudgedClaim>> = vec![None; a.len()];
    for is_same in [
        &same as &dyn Fn(&JudgedClaim, &JudgedClaim) -> bool,
        &same_text,
    ] {
        for (claim, partner) in a.iter().zip(&mut partners) {
            let mut others = left.iter_mut();
            let found =
                |other: &&mut Option<&JudgedClaim>| other.is_some_and(|b| is_same(claim, b));
            if partner.is_none()
                && let Some(other) = others.find(found)
            {
                *partner = other.take();
            }
        }
    }
    let mut compared = ComparedClaims {
        same: 0,
        changed: Vec::new(),
        only_a: Vec::new(),
        only_b: left.into_iter().flatten().map(named).collect(),
    };
    for (claim, partner) in a.iter().zip(partners) {
        match partner {
            None => compared.only_a.push(named(claim)),
            Some(other) if other.verdict == claim.verdict => compared.same += 1,
            Some(other) => compared.changed.push(ChangedClaim {
                claim: named(claim),
                a: numbers(claim),
                b: numbers(other),
            }),
        }
    }
    compared
}

/// The claims of a side that are compared, judged by all of its records.
fn judged(side: &Indexed, selection: &Selection) -> Vec<JudgedClaim> {
    let records = side.side.records;
    let declared = records.studies.iter().flat_map(|study| &study.claims);
    let selected: Vec<&ClaimRecord> = declared.filter(|c| selection.has_claim(c)).collect();
    let is_selected = |judged: &JudgedClaim| {
        let mut own = selected.iter();
        own.any(|claim| claim.id == judged.id && claim.text == judged.text)
    };
    let mut claims = judge_claims(records);
    claims.retain(is_selected);
    claims
}

fn named(claim: &JudgedClaim) -> NamedClaim {
    NamedClaim {
        id: claim.id.clone(),
        text: claim.text.clone(),
    }
}

fn numbers(claim: &JudgedClaim) -> ClaimNumbers {
    let words = claim.estimate.map_or_else(String::new, |estimate| {
        let interval = estimate.interval.map_or_else(String::new, |_| {
            format!(" ({}, {})", claim.interval(), claim.level())
        });
        format!("{}{interval}, n = {}", claim.point(), estimate.n)
    });
    ClaimNumbers {
        words,
        verdict: claim.verdict.text(),
        numbers: claim.estimate.map(Numbers::from),
    }
}
