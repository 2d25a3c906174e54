//! What a record says of host and build.

use super::*;

#[test]
fn model_is_found_in_cpuinfo() {
    let text = "processor\t: 0\nmodel\t\t: 25\nmodel name\t: AMD EPYC 7763\nflags : a b\n\
                processor\t: 1\nmodel name\t: other\n";
    assert_eq!(model_name(text).as_deref(), Some("AMD EPYC 7763"));
    assert_eq!(model_name("processor : 0\n"), None);
}

#[test]
fn records_from_before_gpus_are_read() {
    let here = Environment::collect();
    let mut old = serde_json::to_value(&here).unwrap();
    assert_eq!(old.get("gpu"), None, "nothing is said of no GPU");
    old.as_object_mut().unwrap().remove("features");
    let found: Environment = serde_json::from_value(old).unwrap();
    assert_eq!(found.features, [""; 0]);
    let on_gpu = Environment {
        gpu: Some(crate::samples::gpu()),
        ..here
    };
    let text = serde_json::to_string(&on_gpu).unwrap();
    assert_eq!(serde_json::from_str::<Environment>(&text).unwrap(), on_gpu);
}

#[test]
fn this_build_is_described() {
    let found = Environment::collect();
    assert!(found.cores >= 1);
    assert!(
        found.rustc.starts_with("rustc ") || found.rustc == "unknown",
        "{found:?}"
    );
    assert!(
        matches!(found.profile.as_str(), "debug" | "release"),
        "{found:?}"
    );
    assert!(
        !found.revision.is_empty() && !found.host.contains('\n'),
        "{found:?}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn host_and_processor_are_those_that_the_system_names() {
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    assert_eq!(host(), read("/proc/sys/kernel/hostname").trim());
    assert_eq!(processor(), model_name(&read("/proc/cpuinfo")));
    let found = Environment::collect();
    assert_eq!(found.host, host());
    assert_eq!(Some(found.cpu), processor().or(Some("unknown".to_owned())));
    assert_eq!(found.os, format!("linux {}", std::env::consts::ARCH));
}

#[test]
#[cfg(unix)]
fn a_program_is_asked_and_answers_if_it_succeeds() {
    let shell = |script| ask("sh", &["-c", script]);
    assert_eq!(shell("echo ' a host '"), Some("a host".to_owned()));
    assert_eq!(shell("echo a host; exit 1"), None);
    assert_eq!(ask("no-such-program", &[]), None);
    assert_eq!(unknown(), "unknown");
}
