//! What networks get wrong: `confusion.csv`, `mistakes.csv`, and the tables of classes.

use lenet_stats::Confusion;

use crate::records::answers::{Answers, ClassAccuracy, WrongClass, WrongImage};
use crate::tables::table::{Field, Table};
use crate::text::{or_dash, percent, with_interval};

/// `confusion.csv`: a row for each true and predicted class.
pub(crate) fn confusion(confusion: &Confusion) -> Table {
    let rows = confusion.counts.iter().enumerate();
    let counts = rows.flat_map(|(truth, row)| {
        let counts = row.iter().enumerate();
        counts.map(move |(said, count)| (truth, said, *count))
    });
    Table::of(counts)
        .number("true", |(truth, ..)| *truth)
        .number("predicted", |(_, said, _)| *said)
        .number("count", |(.., count)| *count)
        .table()
}

/// `mistakes.csv`: a row for each image and each wrong class that networks predict for it. The
/// confidence is the highest among these networks, with the seed that has it.
pub(crate) fn mistakes(wrong: &[WrongImage], networks: usize) -> Table {
    let rows = wrong.iter();
    let rows = rows.flat_map(|image| image.said.iter().map(move |said| (image, said)));
    type Row<'a> = (&'a WrongImage, &'a WrongClass);
    Table::of(rows)
        .number("image", |(image, _): &Row| image.image)
        .number("true", |(image, _)| image.label)
        .number("predicted", |(_, said)| said.class)
        .number("seeds", |(_, said)| said.networks)
        .number("of", |_| networks)
        .number("confidence", |(_, said)| said.confidence)
        .number("seed", |(_, said)| said.seed)
        .table()
}

/// The confusion matrix for readers, mistakes shaded by their share of the most frequent one.
pub(crate) fn matrix(confusion: &Confusion) -> Table {
    let counts = &confusion.counts;
    let off_diagonal = |(truth, row): (usize, &Vec<usize>)| {
        let others = row.iter().enumerate().filter(|(said, _)| *said != truth);
        others.map(|(_, count)| *count).max().unwrap_or(0)
    };
    let most = counts
        .iter()
        .enumerate()
        .map(off_diagonal)
        .max()
        .unwrap_or(0);
    let field = |truth: usize, said: usize| {
        let count = counts[truth][said];
        let share = if said == truth {
            0.0
        } else {
            count as f64 / most.max(1) as f64
        };
        match count {
            0 => Field::from(""),
            _ => Field::Shaded {
                text: count.to_string(),
                share,
            },
        }
    };
    let classes = Table::of(0..counts.len()).number("true \\ predicted", |truth| *truth);
    let with = |table: crate::tables::table::TableOf<usize>, said: usize| {
        table.number(&said.to_string(), |truth| field(*truth, said))
    };
    (0..counts.len()).fold(classes, with).table()
}

/// The accuracy on each class, with the class that its images are taken for most often.
pub(crate) fn classes(answers: &Answers) -> Table {
    let correct = |class: &ClassAccuracy| answers.confusion.counts[class.class][class.class];
    let said =
        |class: &ClassAccuracy| -> usize { answers.confusion.counts[class.class].iter().sum() };
    let taken = |class: &ClassAccuracy| {
        or_dash(class.taken_for, |(other, count)| {
            let share = percent(count as f64 / said(class).max(1) as f64);
            format!("{other} ({count}, {share})")
        })
    };
    Table::of(&answers.classes)
        .number("class", |class| class.class)
        .number("images", |class| class.images)
        .number("correct predictions", move |class| {
            format!("{} of {}", correct(class), said(class))
        })
        .line("accuracy (95 % interval)", |class| {
            with_interval(class.accuracy)
        })
        .line("most often taken for", move |class| taken(class))
        .table()
}
