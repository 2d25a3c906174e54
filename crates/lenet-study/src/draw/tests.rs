//! Drawings that a figure may ask for, and how others are refused.

use lenet_results::{Drawing, DrawingKind};

use crate::config::StudyConfig;

fn study(draw: &str) -> String {
    format!(
        "name = \"s\"\nseeds = 2\n[[figure]]\nid = \"1\"\ndraw = {draw}\n[figure.axes]\n\
         kernel = [3, 5]\nbatch_size = [16, 64]\n"
    )
}

#[test]
fn drawings_name_what_they_draw() {
    let text = study(
        "[\"curves\", { kind = \"heatmap\", x = \"kernel\", measure = \"test_loss\" }, \
         { kind = \"scatter\", across = \"parameters\" }]",
    );
    let config = StudyConfig::parse(&text, "s.toml").unwrap();
    let heatmap = Drawing {
        measure: Some("test_loss".to_owned()),
        x: Some("kernel".to_owned()),
        ..Drawing::of(DrawingKind::Heatmap)
    };
    let scatter = Drawing {
        across: Some("parameters".to_owned()),
        ..Drawing::of(DrawingKind::Scatter)
    };
    let curves = Drawing::of(DrawingKind::Curves);
    assert_eq!(config.figures[0].draw, [curves, heatmap, scatter]);
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let cases = [
        (
            "[\"heatmaps\"]",
            "s.toml:5:9: `figure.draw` is \"heatmaps\": did you mean \"heatmap\"?",
        ),
        (
            "[{ kind = \"heatmap\", x = \"filters\" }]",
            "s.toml:5:33: `figure.draw.x` is \"filters\": give one of \"kernel\", \"batch_size\"",
        ),
        (
            "[{ kind = \"effects\", x = \"kernel\" }]",
            "s.toml:5:33: `figure.draw.x` is \"kernel\": effects has the keys measure",
        ),
        (
            "[{ kind = \"effects\", measure = \"acuracy\" }]",
            "s.toml:5:39: `figure.draw.measure` is \"acuracy\": give one of \"train_loss\", \
             \"train_accuracy\", \"validation_loss\", \"validation_accuracy\", \"test_loss\", \
             \"test_accuracy\", \"seconds_per_epoch\", \"images_per_second\", \"parameters\"",
        ),
        (
            "[]",
            "s.toml:5:8: `figure.draw` is []: name at least one drawing, or leave the key out",
        ),
    ];
    for (draw, expected) in cases {
        let error = StudyConfig::parse(&study(draw), "s.toml").unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}
