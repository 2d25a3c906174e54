//! Values at which readers break: ends of types, and texts that mean something elsewhere.

/// Integers at the ends of the machine's types, and counts that nobody can have.
pub const WORDS: [u64; 14] = [
    0,
    1,
    2,
    255,
    256,
    65_535,
    65_536,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    1 << 32,
    1 << 60,
    i64::MAX as u64,
    u64::MAX,
];

/// Numbers as JSON and TOML write them.
pub const NUMBERS: [&str; 22] = [
    "0",
    "-0.0",
    "1",
    "2",
    "-1",
    "255",
    "256",
    "65536",
    "4294967295",
    "4294967296",
    "1152921504606846976",
    "9223372036854775807",
    "18446744073709551615",
    "18446744073709551616",
    "1e308",
    "-1e308",
    "1e999",
    "5e-324",
    "0.30000000000000004",
    "1e16",
    "1e-9",
    "1000000",
];

/// Texts with control characters, marks of other languages, and places elsewhere.
pub const TEXTS: [&str; 20] = [
    "",
    "NaN",
    "inf",
    "-inf",
    "\u{1b}[2J",
    "\u{0}",
    "\u{202e}gpj",
    "a\rb",
    "\u{feff}",
    "<script>alert(1)</script>",
    "]]>",
    "a|b",
    "=1+1",
    "../../etc/passwd",
    "CON",
    "mnist",
    "\u{1f468}\u{200d}\u{1f469}",
    "\u{e9}\u{301}\u{301}\u{301}",
    "`code` **bold** [a](javascript:1)",
    "learning_rate = 0.1",
];
