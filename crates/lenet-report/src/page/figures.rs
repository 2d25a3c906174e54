//! The figures with their legends and captions.

use maud::{Markup, PreEscaped, html};

use crate::figures::Figure;
use crate::markdown;
use crate::plot::legend::Entry;
use crate::plot::scene::{Mark, Scene};
use crate::plot::svg;
use crate::text::joined;

pub(super) fn of_studies(figures: &[Figure]) -> Markup {
    html! {
        @if figures.is_empty() { p { "No trial has results yet." } }
        @else { p.note { "Lines are means over seeds, bands their 95 % intervals at each epoch. "
            "The scale is logarithmic in the error, so that curves near chance and near 0.99 can "
            "both be read. Dashed lines of the same colour are published numbers." } }
        @for figure in figures { (one(figure)) }
    }
}

pub(super) fn of_runtimes(figures: &[Figure]) -> Markup {
    html! {
        @for figure in figures { (one(figure)) }
        @if !figures.is_empty() {
            p.note { "The figures' numbers: " a href="runtime.csv" { "runtime.csv" }
                " (one row per point), " a href="runtime-samples.csv" { "runtime-samples.csv" }
                " (one row per sample), " a href="runtime-fits.csv" { "runtime-fits.csv" } "." }
        }
    }
}

pub(super) fn one(figure: &Figure) -> Markup {
    let stem = figure.file_stem();
    html! {
        figure {
            h3 { (figure.sheet.heading) }
            div.panels style={ "--columns:" (figure.sheet.columns) } {
                @for panel in figure.sheet.panel_scenes() { (PreEscaped(svg::document(&panel))) }
            }
            ul.legend {
                @for entry in &figure.sheet.legend { (legend_entry(entry)) }
            }
            figcaption {
                (figure.caption) " Alone: "
                a href={ (stem) ".svg" } { "SVG" } ", " a href={ (stem) ".png" } { "PNG" } "."
                (markdown::html(&figure.notes))
            }
        }
    }
}

fn legend_entry(entry: &Entry) -> Markup {
    let content = html! { (swatch(entry)) (entry.label) };
    match &entry.mark {
        None => html! { li { (content) } },
        Some(Mark::Cell(index)) => html! { li data-cell=(index) { (content) } },
        Some(Mark::Cells { values, .. }) => {
            let pairs = values
                .iter()
                .map(|(setting, value)| format!("{setting}:{value}"));
            html! { li data-cells=(joined(pairs, " ")) { (content) } }
        }
    }
}

fn swatch(entry: &Entry) -> Markup {
    let mut scene = Scene::new(28.0, 14.0, String::new());
    entry.draw_swatch(&mut scene, (1.0, 7.0));
    PreEscaped(svg::ornament(&scene))
}
