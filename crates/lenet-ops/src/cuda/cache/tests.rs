//! What is stored is found again, and nothing else is.

use super::*;

#[test]
fn what_is_stored_is_loaded_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("of/its/own");
    let [mine, other] = [key(&[b"mine"]), key(&[b"other"])];
    assert_eq!(load(&folder, &mine), None);
    store(&folder, &mine, b"kernels").unwrap();
    assert_eq!(load(&folder, &mine).as_deref(), Some(&b"kernels"[..]));
    assert_eq!(load(&folder, &other), None);
    store(&folder, &mine, b"").unwrap();
    assert_eq!(load(&folder, &mine).as_deref(), Some(&b""[..]));
    let files = fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, 1, "no temporary file stays");
}

#[test]
fn damaged_and_foreign_files_are_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let [mine, other] = [key(&[b"mine"]), key(&[b"other"])];
    store(folder, &mine, b"kernels").unwrap();
    let file = path(folder, &mine);
    let whole = fs::read(&file).unwrap();
    // Under another key's name.
    fs::copy(&file, path(folder, &other)).unwrap();
    assert_eq!(load(folder, &other), None);
    // Cut short anywhere, longer, or with any byte changed.
    for length in 0..whole.len() {
        fs::write(&file, &whole[..length]).unwrap();
        assert_eq!(load(folder, &mine), None, "{length} bytes");
    }
    fs::write(&file, [&whole[..], b"\0"].concat()).unwrap();
    assert_eq!(load(folder, &mine), None);
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&file, changed).unwrap();
        assert_eq!(load(folder, &mine), None, "byte {at}");
    }
    // Made again.
    store(folder, &mine, b"kernels").unwrap();
    assert_eq!(load(folder, &mine).as_deref(), Some(&b"kernels"[..]));
}

#[test]
fn keys_keep_the_borders_of_their_parts() {
    assert_ne!(key(&[b"ab", b"c"]), key(&[b"a", b"bc"]));
    assert_ne!(key(&[b"a"]), key(&[b"a", b""]));
    assert_eq!(key(&[b"a", b"b"]), key(&[b"a", b"b"]));
}

#[test]
fn the_environment_says_where() {
    let given = |set: &'static [(&str, &str)]| {
        folder(move |name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        })
    };
    let own = [
        ("LENET_CACHE", "mine"),
        ("XDG_CACHE_HOME", "/x"),
        ("HOME", "/h"),
    ];
    let own: &'static [(&str, &str)] = Box::leak(Box::new(own));
    assert_eq!(given(own), Some("mine".into()));
    assert_eq!(given(&own[1..]), Some("/x/lenet-lab".into()));
    assert_eq!(given(&own[2..]), Some("/h/.cache/lenet-lab".into()));
    assert_eq!(
        given(&[("LENET_CACHE", ""), ("XDG_CACHE_HOME", "x"), ("HOME", "/h")]),
        Some("/h/.cache/lenet-lab".into())
    );
    assert_eq!(given(&[("HOME", "")]), None);
    assert_eq!(given(&[]), None);
}
