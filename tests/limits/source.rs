//! Reads limits out of Rust sources.

/// Names of the constants that are limits, by how they are called.
pub fn limits(code: &str) -> Vec<String> {
    let named = ["MOST", "LONGEST", "LARGEST", "FEWEST", "LEAST"];
    let names = code.lines().filter_map(|line| {
        let (before, rest) = line.split_once("const ")?;
        let is_item = before.is_empty() || before.starts_with("pub");
        let (name, kind) = rest.split_once(':')?;
        let first = name.split('_').next()?;
        let is_limit = named.contains(&first) || kind.starts_with(" Counts");
        (is_item && is_limit).then(|| name.to_owned())
    });
    names.collect()
}

/// The number of a constant: its own, or the most of its `Counts`.
pub fn value(code: &str, constant: &str) -> Option<u64> {
    let at = code.find(&format!("const {constant}: "))?;
    let item = &code[at..at + code[at..].find(';')?];
    let text = match item.split_once("most: ") {
        Some((_, most)) => most.split([',', '\n', '}']).next()?,
        None => item.split_once(" = ")?.1,
    };
    number(text.trim())
}

/// A number as limits are written: `16 << 20`, `65_536`, or the largest of a type.
fn number(text: &str) -> Option<u64> {
    if let Some((number, shift)) = text.split_once(" << ") {
        return Some(number.parse::<u64>().ok()? << shift.parse::<u32>().ok()?);
    }
    match text {
        "u32::MAX as usize" => Some(u64::from(u32::MAX)),
        _ => text.replace('_', "").parse().ok(),
    }
}

#[test]
fn numbers_are_read_as_they_are_written() {
    let code = "const A: usize = 4096;\npub const B: u64 = 2 << 30;\n/// x\npub const C: Counts = Counts {\n    \
                least: 1,\n    most: 65_536,\n};\nconst D: Counts = Counts { least: 1, most: u32::MAX as usize };\n";
    let found = ["A", "B", "C", "D", "E"].map(|name| value(code, name));
    let expected = [
        Some(4096),
        Some(2 << 30),
        Some(65_536),
        Some(4_294_967_295),
        None,
    ];
    assert_eq!(found, expected);
    assert_eq!(
        limits("const MOST_X: u8 = 1;\nconst A: Counts = B;\nlet MOST: u8"),
        ["MOST_X", "A"]
    );
}
