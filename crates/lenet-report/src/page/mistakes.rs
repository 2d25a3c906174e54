//! What the networks of the best cell get wrong.

use maud::{Markup, html};

use super::figures::one;
use crate::evidence::TestImages;
use crate::figures::{Figure, confusion, filters, reliability};
use crate::picture;
use crate::records::answers::{Answers, WrongImage};
use crate::records::mistakes::{Comparison, Mistakes, Second};
use crate::records::networks::{LeftOut, Why};
use crate::tables::mistakes as tables;
use crate::text::{count, joined, thousands, with_interval};

pub(super) const STYLE: &str = include_str!("mistakes.css");

/// Most pictures of one kind.
const PICTURES: usize = 20;

/// The figures of the section, in its order. An id that is `taken` gets the prefix `mistakes-`.
pub(crate) fn drawn(mistakes: &Mistakes, taken: &[&str]) -> Vec<Figure> {
    let networks = mistakes.networks.len();
    let mut figures = Vec::new();
    if let Some(answers) = &mistakes.answers {
        figures.push(confusion::figure(&answers.confusion, networks));
        figures.push(reliability::figure(&answers.calibration, networks));
    }
    let best = mistakes.best_network();
    figures.extend(best.and_then(|best| filters::figure(&best.kernels, best.seed)));
    for figure in &mut figures {
        if taken.contains(&figure.id.as_str()) {
            figure.id.insert_str(0, "mistakes-");
        }
    }
    figures
}

/// The section without its heading. `figures` are those that [`drawn`] gave.
pub(super) fn section(mistakes: &Mistakes, figures: &[Figure]) -> Markup {
    let figure = |name: &str| {
        let found = figures.iter().find(|figure| figure.id.ends_with(name));
        html! { @if let Some(figure) = found { (one(figure)) } }
    };
    html! {
        p { "Of the best cell by validation accuracy: " (mistakes.best.cell.full_name) " (figure "
            (mistakes.best.figure) "). " (told(mistakes)) }
        @match (&mistakes.answers, &mistakes.test) {
            (Some(answers), Some(test)) => {
                (figure("confusion"))
                @if answers.classes.len() <= confusion::MOST_IN_FULL {
                    (tables::matrix(&answers.confusion).html())
                }
                (accuracies(answers, mistakes.networks.len()))
                (figure("reliability"))
                (calibration(answers))
                h3 { "The most confident mistakes" }
                (most_confident(answers, test, mistakes.networks.len()))
                @if mistakes.networks.len() > 1 {
                    h3 { "What every seed gets wrong" }
                    (wrong_for_all(answers, test, mistakes.networks.len()))
                    h3 { "Seeds together" }
                    (together(answers, mistakes.networks.len()))
                }
            }
            _ => {}
        }
        @if !mistakes.networks.is_empty() {
            (second(&mistakes.second))
            (figure("filters"))
        }
    }
}

/// Which networks count, which do not and why, and what is missing.
fn told(mistakes: &Mistakes) -> Markup {
    let cell = mistakes.best.cell;
    let seeds: Vec<u64> = mistakes.networks.iter().map(|n| n.seed).collect();
    let dead = cell.died() > 0 && cell.died() == cell.done.len();
    html! {
        @if seeds.is_empty() {
            "None of its networks has predictions that can be shown. "
        } @else {
            "What follows is of the networks after their last epoch: " (named(&seeds)) ", "
            (seeds.len()) " of " (cell.planned()) " planned. "
        }
        @if dead { "All of them are dead: they say the same of every image. " }
        @for (why, seeds) in grouped(&mistakes.left_out) { (left_out(&why, &seeds)) " " }
        @if !seeds.is_empty() && mistakes.test.is_none() {
            "The test images of " code { (cell.config.data.source) } " are not here, so the mistakes "
            "are neither counted nor shown (hint: " code { "report --data-dir DIR" } ")."
        } @else if !seeds.is_empty() && mistakes.answers.is_none() {
            "Their predictions do not fit each other, so the mistakes are not counted."
        }
    }
}

/// `seed 3`, or `seeds 1, 2 and 5`.
fn named(seeds: &[u64]) -> String {
    match seeds {
        [seed] => format!("seed {seed}"),
        [first @ .., last] => {
            let first = joined(first.iter().map(ToString::to_string), ", ");
            format!("seeds {first} and {last}")
        }
        [] => String::new(),
    }
}

/// The seeds of each reason, in the order of the first of each.
fn grouped(left_out: &[LeftOut]) -> Vec<(Why, Vec<u64>)> {
    let mut groups: Vec<(Why, Vec<u64>)> = Vec::new();
    for LeftOut { seed, why } in left_out {
        match groups.iter_mut().find(|(known, _)| known == why) {
            Some((_, seeds)) => seeds.push(*seed),
            None => groups.push((why.clone(), vec![*seed])),
        }
    }
    groups
}

fn left_out(why: &Why, seeds: &[u64]) -> String {
    let reason = match why {
        Why::None => {
            "no predictions were kept, or they cannot be read (trials that finished before \
             predictions were kept have none; nor have those of a study with predictions = false)"
                .to_owned()
        }
        Why::OtherImages => "the predictions are of other test images".to_owned(),
        Why::OtherRun => {
            "the predictions do not give the accuracy on record, so they are of another run"
                .to_owned()
        }
        Why::Diverged { images } => format!(
            "the network diverged and has no answer for {}",
            count(*images, "image")
        ),
        Why::Dead => "the network is dead and says the same of every image".to_owned(),
    };
    format!("Left out: {}, as {reason}.", named(seeds))
}

fn accuracies(answers: &Answers, networks: usize) -> Markup {
    let of = match networks {
        1 => "The intervals are exact (Clopper and Pearson), over images.",
        _ => {
            "Means over seeds with their 95 % intervals (Student t on the scale of logits); the \
             counts are over all seeds."
        }
    };
    html! {
        p.note { "Rows are true classes. " (of) }
        (tables::classes(answers).html())
        p.note { "As " a href="confusion.csv" { "confusion.csv" } "." }
    }
}

fn calibration(answers: &Answers) -> Markup {
    let calibration = &answers.calibration;
    let images: usize = calibration.bins.iter().map(|bin| bin.count).sum();
    let sum = |bin: &lenet_stats::CalibrationBin| bin.confidence.unwrap_or(0.0) * bin.count as f64;
    let confidence = calibration.bins.iter().map(sum).sum::<f64>() / images.max(1) as f64;
    html! {
        p { "Mean confidence " (format!("{confidence:.4}")) ", accuracy "
            (format!("{:.4}", answers.mean.point)) ". Expected calibration error "
            strong { (format!("{:.4}", calibration.expected_error)) } ", maximum calibration error "
            (format!("{:.4}", calibration.maximum_error)) " (Guo and others 2017, "
            (calibration.bins.len()) " bins)." }
    }
}

fn most_confident(answers: &Answers, test: &TestImages, networks: usize) -> Markup {
    let images = answers.most_confident();
    html! {
        p { @if images.is_empty() { "There are none: every image is classified correctly." }
            @else {
                (thousands(images.len())) " of " (thousands(answers.images))
                " images are wrong for at least one seed"
                @if images.len() > PICTURES { "; these are the " (PICTURES) " most confident ones" }
                ". All are in " a href="mistakes.csv" { "mistakes.csv" } "."
            } }
        (pictures(&images, test, networks))
    }
}

fn wrong_for_all(answers: &Answers, test: &TestImages, networks: usize) -> Markup {
    let images = answers.wrong_for_all(networks);
    html! {
        p { @if images.is_empty() { "No image is wrong for all " (networks) " seeds." }
            @else if images.len() == 1 { "1 image is wrong for all " (networks) " seeds." }
            @else {
                (thousands(images.len())) " images are wrong for all " (networks) " seeds"
                @if images.len() > PICTURES { "; these are the " (PICTURES) " most confident ones" } "."
            } }
        (pictures(&images, test, networks))
    }
}

/// The first images with what is said of them.
fn pictures(images: &[&WrongImage], test: &TestImages, networks: usize) -> Markup {
    let shown = images.iter().take(PICTURES);
    let shown = shown.filter_map(|image| Some((image, image.most_confident()?)));
    html! {
        ul.pictures {
            @for (image, said) in shown {
                li {
                    @let pixels = test.image(image.image);
                    @let words = format!("image {}: a {}, taken for a {}", image.image, image.label, said.class);
                    @if let Some(uri) = pixels.and_then(|p| picture::data_uri(p, test.shape)) {
                        img src=(uri) alt=(words) width="84" height="84";
                    }
                    span { b { (image.label) " → " (said.class) } " " (format!("{:.4}", said.confidence)) }
                    span.note { "image " (image.image) ", seed " (said.seed)
                        @if networks > 1 { ", " (image.wrong) " of " (networks) } }
                }
            }
        }
        @if !images.is_empty() {
            p.note { "True class → predicted class with its confidence; the image's position in the "
                "test set, and the most confident seed"
                @if networks > 1 { "; how many seeds get it wrong" } "." }
        }
    }
}

fn together(answers: &Answers, networks: usize) -> Markup {
    let gain = answers.vote.point - answers.mean.point;
    html! {
        p { "A single network has an accuracy of " (with_interval(Some(answers.mean)))
            ", the mean over seeds. The " (networks) " seeds voting together have "
            strong { (with_interval(Some(answers.vote))) } " (exact interval over images), "
            (crate::text::signed(gain)) ". Of classes with equally many votes the one with more "
            "confidence wins." }
    }
}

fn second(second: &Second) -> Markup {
    let (name, words) = match second {
        Second::None => return html! {},
        Second::Untested { second, why } => (second, html! { "Not tested: " (why) }),
        Second::Tested { second, test } => (second, tested(test)),
    };
    html! {
        h3 { "Beside the second best" }
        p { "Second by validation accuracy: " (name.cell.full_name) " (figure " (name.figure) "). "
            (words) }
    }
}

fn tested(
    Comparison {
        seed,
        only_best,
        only_second,
        test,
    }: &Comparison,
) -> Markup {
    let p = match test.exact_p_value {
        p if p < 0.0001 => "below 0.0001".to_owned(),
        p => format!("{p:.4}"),
    };
    html! {
        "With seed " (seed) " the best alone classifies " (count(*only_best, "image"))
        " correctly, the second alone " (thousands(*only_second)) ". If one were as good as the other, \
        a difference as large would have the probability " strong { (p) }
        " (McNemar 1947, exact, two-sided). The test is of these two networks, not of other seeds."
    }
}

#[cfg(test)]
mod tests;
