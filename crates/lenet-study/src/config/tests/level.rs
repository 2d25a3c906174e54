//! The key `level`.

use super::*;
use lenet_ops::Level;

fn read(value: &str) -> Result<Option<Level>, String> {
    let text = format!(
        "name = \"s\"\nlevel = {value}\n[[figure]]\nid = \"1\"\n[figure.axes]\nfilters = [4]\n"
    );
    let study = StudyConfig::parse(&text, "s.toml");
    study.map(|study| study.level).map_err(|e| e.to_string())
}

#[test]
fn every_level_is_read_also_where_this_machine_lacks_it() {
    for level in Level::ALL {
        assert_eq!(read(&format!("{:?}", level.name())), Ok(Some(level)));
    }
    assert_eq!(StudyConfig::open("smoke").unwrap().level, None);
}

#[test]
fn other_values_are_refused_with_their_place() {
    for (value, expected) in [
        (
            "\"sse2\"",
            "s.toml:2:9: `level` is \"sse2\": give one of portable, neon, avx2, avx512",
        ),
        ("2", "s.toml:2:9: "),
    ] {
        let error = read(value).unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }
}
