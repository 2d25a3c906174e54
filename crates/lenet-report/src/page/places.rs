//! Where it ran: jobs, nodes, hours, and who ran what.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::Content;
use crate::records::places::{Place, Places, Share};
use crate::tables::runs;
use crate::tables::table::Table;
use crate::text::{DASH, joined, percent};

/// Nodes of a place that are named; the others are counted.
const NAMED: usize = 8;
/// Runs that the page lists; more stand in a file of their own.
const MOST_RUNS: usize = 500;

/// `None` where one machine did everything by itself.
pub(super) fn section(content: &Content) -> Option<Markup> {
    let places = Places::find(content.records, content.workers)?;
    let table = Table::of(&places.shares)
        .text("where", |(place, _)| name(place))
        .text("nodes", |(_, share)| nodes(share))
        .number("trials", |(_, share)| share.trials.len())
        .number("starts and resumptions", |(_, share)| share.runs)
        .number("workers", |(_, share)| share.workers)
        .number("CPU hours allocated", |(_, share)| {
            hours((share.workers > 0).then_some(share.allocated))
        })
        .number("CPU hours used", |(_, share)| hours(share.used))
        .table();
    let runs: usize = content.records.iter().map(|record| record.runs.len()).sum();
    Some(html! {
        @if let Some((allocated, used)) = places.hours() {
            p { "The workers were given " (hours(Some(allocated))) " CPU hours and computed for " (hours(Some(used)))
                @if allocated > 0.0 { ", " (percent(used / allocated)) " of them" }
                ". A worker's time counts until it was last seen, which is at most half a minute short." }
        }
        (differing("revisions of the program", &places.revisions,
            "their numbers may differ for that reason alone"))
        (differing("instruction sets", &places.levels,
            "they sum in other orders, and numbers may differ in their last bits"))
        (table.html())
        @if runs <= MOST_RUNS {
            details { summary { "Who ran what" } (runs::table(content.records).html()) }
        }
        p.note { "Every start of a trial and every resumption stands in " a href="runs.csv" { "runs.csv" } "." }
    })
}

fn name(place: &Place) -> String {
    match place {
        Place::Job {
            scheduler,
            job: Some(job),
        } => format!("{scheduler} {job}"),
        Place::Job {
            scheduler,
            job: None,
        } => scheduler.clone(),
        Place::Host(host) => host.clone(),
    }
}

fn nodes(share: &Share) -> String {
    let named = joined(share.nodes.iter().take(NAMED).cloned(), ", ");
    match share.nodes.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

fn hours(seconds: Option<f64>) -> String {
    seconds.map_or_else(
        || DASH.to_owned(),
        |seconds| format!("{:.2}", seconds / 3600.0),
    )
}

/// A warning where there are several of what should be one.
fn differing(what: &str, found: &BTreeMap<String, usize>, why: &str) -> Markup {
    let each = found.iter().map(|(name, runs)| format!("{name} ({runs})"));
    html! {
        @if found.len() > 1 {
            p.note { (found.len()) " " (what) " took part: " (joined(each, ", ")) "; " (why) "." }
        }
    }
}

#[cfg(test)]
mod tests;
