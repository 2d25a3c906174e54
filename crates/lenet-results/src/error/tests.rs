//! What errors advise.

use super::*;

#[test]
fn errors_of_the_system_advise_what_helps() {
    let cases = [
        (
            io::ErrorKind::PermissionDenied,
            "choose a folder that you may write to",
        ),
        (
            io::ErrorKind::ReadOnlyFilesystem,
            "choose a folder that you may write to",
        ),
        (
            io::ErrorKind::NotADirectory,
            "a file stands where a folder is needed",
        ),
        (
            io::ErrorKind::AlreadyExists,
            "a file stands where a folder is needed",
        ),
        (
            io::ErrorKind::StorageFull,
            "free some space; finished trials are kept",
        ),
    ];
    let told = |kind: io::ErrorKind| {
        let error = StoreError::Io {
            path: "results".into(),
            action: "write",
            source: kind.into(),
        };
        error.to_string()
    };
    for (kind, advice) in cases {
        let expected = format!("results: cannot write: {kind} (hint: {advice})");
        assert_eq!(told(kind), expected);
    }
    let other = io::ErrorKind::TimedOut;
    assert_eq!(told(other), format!("results: cannot write: {other}"));
}
