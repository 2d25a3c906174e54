//! Texts of the command line by the name of the program.

use super::*;

/// `tests/help.rs` holds the same texts as `cargo xtask` shows them.
#[test]
fn usage_and_examples_name_the_program_that_was_started() {
    let mut command = Flags::typed_as_usual();
    command.build();
    let mut examples = 0;
    for subcommand in command.get_subcommands_mut() {
        let help = subcommand.render_help().to_string();
        let name = subcommand.get_name().to_owned();
        assert!(help.contains(&format!("Usage: lenet-lab {name}")), "{help}");
        assert!(!help.contains("cargo xtask "), "{help}");
        examples += help.matches("\n  lenet-lab ").count();
    }
    assert!(examples > 30, "{examples}");
}
