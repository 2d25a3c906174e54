//! Processes that live, that have ended, and that nobody has asked after.
#![cfg(target_os = "linux")]

use super::*;
use std::process::{Child, Command};

fn sleeper() -> Child {
    Command::new("sleep").arg("60").spawn().unwrap()
}

#[test]
fn a_process_lives_until_it_has_ended() {
    let me = std::process::id();
    assert!(is_alive(me));
    let mut child = sleeper();
    assert!(is_alive(child.id()));
    // In ticks of a hundredth of a second since the system began.
    let (mine, its) = (began(me).unwrap(), began(child.id()).unwrap());
    let stat = fs::read_to_string(format!("/proc/{me}/stat")).unwrap();
    let name_ends = stat.rfind(')').unwrap();
    let words: Vec<&str> = stat[name_ends + 1..].split_whitespace().collect();
    assert_eq!(mine.to_string(), words[22 - 3]);
    assert!(its >= mine, "{its} {mine}");
    child.kill().unwrap();
    // Dead, but its parent has not asked yet: a zombie.
    let state = || fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    while !state().contains(") Z ") {
        std::thread::yield_now();
    }
    assert!(!is_alive(child.id()));
    let process = child.id();
    child.wait().unwrap();
    assert!(!is_alive(process) && began(process).is_none());
}

#[test]
fn a_machine_is_a_word() {
    let word = machine();
    assert_eq!(word.len(), 16);
    assert!(word.chars().all(|c| c.is_ascii_hexdigit()), "{word}");
}
