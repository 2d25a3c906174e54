//! A crate, in full.

use super::*;
use crate::format::Format;
use crate::testing::{content, four_trials};
use lenet_results::{Store, write_study};

#[test]
fn a_license_is_an_identifier_or_an_address() {
    let address = |text: &str| license_address(text).ok();
    let by = Some("https://spdx.org/licenses/CC-BY-4.0".to_owned());
    assert_eq!(address("CC-BY-4.0"), by);
    let own = "https://example.org/terms";
    assert_eq!(address(own), Some(own.to_owned()));
    for wrong in [
        "",
        "all rights",
        "../x",
        "https://a b",
        "file:///x",
        "https://a\"b",
        ".x",
    ] {
        assert_eq!(address(wrong), None, "{wrong:?}");
    }
    let told = license_address("no\u{1b}").unwrap_err().to_string();
    assert!(
        told.contains("no\\u{1b}") && told.contains("CC-BY-4.0"),
        "{told}"
    );
}

#[test]
fn a_file_has_its_size_and_digest() {
    // printf abc | sha256sum
    let part = Part::of("a".to_owned(), "b".to_owned(), "text/plain", b"abc");
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(part.entity()["sha256"], digest);
    assert_eq!(part.entity()["contentSize"], "3");
}

#[test]
fn a_crate_in_full() {
    let (mut study, mut records) = four_trials();
    // The last to end is neither the first to begin nor the last of all.
    records[1].runs[0].started_unix += 3600;
    study.files[0].name = "../../evil.toml".to_owned();
    let scratch = tempfile::tempdir().unwrap();
    let from = [scratch.path().join("one"), scratch.path().join("two")];
    for folder in &from {
        Store::create(folder).unwrap();
        write_study(folder, &study).unwrap();
    }
    let studies = [study];
    let given = Records {
        studies: &studies,
        trials: &records,
        folders: &from,
        ..Records::default()
    };
    let out = scratch.path().join("crate");
    let mut folder = Folder::new(Format::RoCrate, &out);
    let mut notes = Vec::new();
    let all = content(&studies, &records);
    let trials = export(&all, given, None, &mut folder, &mut notes).unwrap();
    assert_eq!((trials, folder.written()), (3, 4));
    let text = fs::read_to_string(out.join("ro-crate-metadata.json")).unwrap();
    let metadata: Value = serde_json::from_str(&text).unwrap();
    let graph = metadata["@graph"].as_array().unwrap();
    let entity = |id: &str| {
        let found = graph.iter().find(|entity| entity["@id"] == id);
        found.unwrap_or_else(|| panic!("{id} in {text}"))
    };
    assert_eq!(
        entity("./"),
        &json!({
            "@id": "./",
            "@type": "Dataset",
            "name": "The study rates",
            "description": "Records of 3 trials and 0 records of runtimes of small convolutional networks, which \
                            lenet-lab wrote. `lenet-lab report` makes figures, tables and verdicts on claims of them.",
            "datePublished": "2023-11-14",
            "license": "No license is given: nobody may use this without the permission of its makers.",
            "hasPart": [
                { "@id": "records-1.jsonl.gz" },
                { "@id": "records-2.jsonl.gz" },
                { "@id": "study/evil.toml" },
            ],
            "mentions": { "@id": "#run" },
        })
    );
    assert_eq!(
        entity("#run"),
        &json!({
            "@id": "#run",
            "@type": "CreateAction",
            "name": "Carrying out: The study rates",
            "description": "Commands: lenet-lab experiments --config rates.toml",
            "instrument": [{ "@id": "#program-1" }, { "@id": "#machine-1" }],
            "object": { "@id": "study/evil.toml" },
            "result": [{ "@id": "records-1.jsonl.gz" }, { "@id": "records-2.jsonl.gz" }],
            "startTime": "2023-11-14T22:13:20+00:00",
            "endTime": "2023-11-14T23:13:23+00:00",
        })
    );
    assert_eq!(entity("#program-1")["identifier"], "abc1234");
    assert_eq!(
        entity("#machine-1")["description"],
        "A Processor, 2 cores, linux x86_64"
    );
    assert_eq!(
        fs::read_to_string(out.join("study/evil.toml")).unwrap(),
        "name = \"rates\"\n"
    );
    assert!(!scratch.path().join("evil.toml").exists());
    assert!(
        notes.iter().any(|n| n.contains("no license is given")),
        "{notes:?}"
    );

    // With a license, and without any time.
    let mut timeless = records.clone();
    timeless.iter_mut().for_each(|record| record.runs.clear());
    let all = content(&studies, &timeless);
    let mut notes = Vec::new();
    export(&all, given, Some("CC-BY-4.0"), &mut folder, &mut notes).unwrap();
    let text = fs::read_to_string(out.join("ro-crate-metadata.json")).unwrap();
    let metadata: Value = serde_json::from_str(&text).unwrap();
    let graph = metadata["@graph"].as_array().unwrap();
    let root = graph.iter().find(|entity| entity["@id"] == "./").unwrap();
    let address = "https://spdx.org/licenses/CC-BY-4.0";
    assert_eq!(root["license"], json!({ "@id": address }));
    assert!(graph.iter().any(|entity| entity["@id"] == address));
    assert_eq!(root["datePublished"], "1970-01-01");
    assert!(notes.iter().any(|n| n.contains("1970-01-01")), "{notes:?}");
    assert!(!notes.iter().any(|n| n.contains("license")), "{notes:?}");
}
