//! Studies and the published tables beside them.

use std::path::Path;
use std::sync::LazyLock;

use lenet_study::{DataSets, Overrides, Plan, StudyConfig};

use super::{Target, corpus, put};
use crate::form::Form;

macro_rules! published {
    ($($file:literal),+ $(,)?) => {
        [$(($file, include_bytes!(concat!("../../../../configs/", $file)) as &[u8])),+]
    };
}

/// The tables that lie beside the built-in studies.
const PUBLISHED: [(&str, &[u8]); 4] = published![
    "lab-2017/figure-1.csv",
    "lab-2017/figure-2.csv",
    "lab-2017/figure-3.csv",
    "lab-2017/runtime.csv",
];

pub(super) const TOML: Target = Target {
    name: "study-toml",
    form: Form::Bytes,
    seeds: || {
        let built_in = [
            "smoke",
            "lab-2017",
            "depth",
            "linear-scaling",
            "full-grid",
            "small-grid",
            "search",
        ];
        let texts = built_in
            .iter()
            .filter_map(|name| lenet_study::builtin(name));
        texts.map(|text| text.as_bytes().to_vec()).collect()
    },
    read: |input, folder| {
        put(folder, "study.toml", input);
        for (name, table) in PUBLISHED {
            put(folder, name, table);
        }
        opens(folder)
    },
};

pub(super) const CSV: Target = Target {
    name: "published-csv",
    form: Form::Bytes,
    seeds: || {
        let mut tables = corpus!["study/published.csv"]();
        tables.extend(PUBLISHED[..1].iter().map(|(_, table)| table.to_vec()));
        tables
    },
    read: |input, folder| {
        put(folder, "published.csv", input);
        let study = corpus!["study/study.toml"]();
        put(folder, "study.toml", &study[0]);
        opens(folder)
    },
};

fn opens(folder: &Path) -> bool {
    static MNIST: LazyLock<DataSets> = LazyLock::new(|| {
        let Ok(smoke) = StudyConfig::open("smoke") else {
            return DataSets::default();
        };
        DataSets::open(&smoke, &Overrides::default()).unwrap_or_default()
    });
    let path = folder.join("study.toml");
    let Ok(study) = StudyConfig::open(&path.to_string_lossy()) else {
        return false;
    };
    if study.figures.iter().all(|figure| figure.is_of_runtime()) {
        return true;
    }
    Plan::expand(&study, &Overrides::default(), &MNIST).is_ok()
}
