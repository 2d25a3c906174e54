//! Who may write, when owners live, die and stand still.

use super::*;

struct Case {
    what: &'static str,
    lease: String,
    /// Seconds since the lease's time was moved on.
    age: u64,
    held: bool,
}

fn on(machine: &str, process: u32, beginning: u64) -> String {
    format!("process {process} on somewhere\n{machine} {process} {beginning} 1\n")
}

#[test]
fn a_lease_holds_while_its_owner_lives() {
    let me = std::process::id();
    let beginning = began(me).unwrap_or(0);
    let case = |what, lease, age, held| Case {
        what,
        lease,
        age,
        held,
    };
    let cases = [
        case("mine", on(machine(), me, beginning), 9999, true),
        case(
            "one of my number before me",
            on(machine(), me, beginning + 1),
            0,
            false,
        ),
        case("a dead one's", on(machine(), u32::MAX - 1, 1), 0, false),
        case("another machine's", on("elsewhere", 1, 1), 30, true),
        case("another machine's, still", on("elsewhere", 1, 1), 90, false),
        case("no lease's text", "rubbish".to_owned(), 90, false),
    ];
    let mut wrong = Vec::new();
    for Case {
        what,
        lease,
        age,
        held,
    } in cases
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        fs::write(lease_path(&path), lease).unwrap();
        let file = File::options().write(true).open(lease_path(&path)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age))
            .unwrap();
        let seen = is_held(&path);
        let taken = Lock::take(&path);
        if seen != held || taken.is_ok() == held || !is_held(&path) {
            wrong.push(format!("{what}: seen as held: {seen}, {taken:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn of_many_at_once_one_takes_a_dead_ones_lease() {
    let folder = tempfile::tempdir().unwrap();
    let lease = folder.path().join("lock.lease");
    for _ in 0..50 {
        fs::write(&lease, on(machine(), u32::MAX - 1, 1)).unwrap();
        // As on a file system that grants its lock to everyone.
        let take = || take_lease(Path::new("lock"), &lease).is_ok();
        let taken: Vec<bool> = std::thread::scope(|scope| {
            let takers: Vec<_> = (0..8).map(|_| scope.spawn(take)).collect();
            takers
                .into_iter()
                .map(|taker| taker.join().unwrap())
                .collect()
        });
        assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
        fs::remove_file(&lease).unwrap();
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// A process that was stopped holds its lease until that grows stale, though it lives.
#[test]
fn a_stopped_owners_lease_grows_stale() {
    let mut sleeper = std::process::Command::new("sleep")
        .arg("100")
        .spawn()
        .unwrap();
    let id = sleeper.id();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    let hold = |age: u64| {
        let lease = lease_path(&path);
        fs::write(&lease, on(machine(), id, began(id).unwrap())).unwrap();
        let file = File::options().write(true).open(&lease).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age))
            .unwrap();
    };
    let signal = |name: &str| {
        let id = id.to_string();
        std::process::Command::new("kill")
            .args([name, &id])
            .status()
            .unwrap();
    };
    let mut seen = Vec::new();
    for stopped in [false, true] {
        signal(if stopped { "-STOP" } else { "-CONT" });
        while is_stopped(id) != stopped {
            std::thread::sleep(Duration::from_millis(5));
        }
        for age in [0, 90] {
            hold(age);
            seen.push((is_held(&path), Lock::take(&path).is_err()));
        }
    }
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
    let held = (true, true);
    assert_eq!(seen, [held, held, held, (false, false)]);
}

#[test]
fn a_writer_whose_lease_was_taken_over_stops() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    let lock = Lock::take(&path).unwrap();
    lock.check().unwrap();
    fs::write(lease_path(&path), on("elsewhere", 1, 1)).unwrap();
    let error = lock.check().unwrap_err();
    assert!(
        error.to_string().contains("process 1 on somewhere"),
        "{error}"
    );
    drop(lock);
    assert!(lease_path(&path).exists(), "another's lease stays");
}

#[test]
fn a_pipe_in_place_of_the_lock_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    std::process::Command::new("mkfifo")
        .arg(&path)
        .status()
        .unwrap();
    Lock::take(&path).unwrap();
    assert!(folder.path().join("lock.aside-1").exists());
}

/// A link to itself, which nothing can be read through.
fn unreadable(path: &Path) {
    std::os::unix::fs::symlink(path, path).unwrap();
}

#[test]
fn a_lease_that_cannot_be_read_is_no_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    let lease = lease_path(&path);
    let lock = Lock::take(&path).unwrap();
    fs::remove_file(&lease).unwrap();
    unreadable(&lease);
    let error = lock.check().unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
    fs::remove_file(&lease).unwrap();
    fs::create_dir(&lease).unwrap();
    let error = lock.check().unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
}

#[test]
fn whatever_stands_in_place_of_a_lease_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let lease = folder.path().join("lock.lease");
    let take = |lease: &Path| take_lease(Path::new("lock"), lease).map(drop);
    // A folder goes out of the way, once it has stood still like another machine's lease.
    fs::create_dir(&lease).unwrap();
    let refused = take(&lease).unwrap_err();
    assert!(matches!(refused, StoreError::Locked { .. }), "{refused}");
    let old = SystemTime::now() - STALE - Duration::from_secs(1);
    File::open(&lease).unwrap().set_modified(old).unwrap();
    take(&lease).unwrap();
    assert!(lease.is_file());
    fs::remove_file(&lease).unwrap();
    // What cannot be read may be anything.
    unreadable(&lease);
    let refused = take(&lease).unwrap_err();
    assert!(matches!(refused, StoreError::Io { .. }), "{refused}");
    let refused = take(&folder.path().join("missing/lease")).unwrap_err();
    assert!(
        matches!(
            refused,
            StoreError::Io {
                action: "create",
                ..
            }
        ),
        "{refused}"
    );
}

#[test]
fn a_dead_lease_that_is_gone_already_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let (path, lease) = (Path::new("lock"), folder.path().join("lock.lease"));
    remove_dead(path, &lease, "").unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let refused = remove_dead(path, &folder.path().join("file/lease"), "").unwrap_err();
    assert!(
        matches!(
            refused,
            StoreError::Io {
                action: "create",
                ..
            }
        ),
        "{refused}"
    );
    // Another's that stands in its place stays.
    fs::write(&lease, "another").unwrap();
    remove_dead(path, &lease, "dead").unwrap();
    assert_eq!(fs::read_to_string(&lease).unwrap(), "another");
    remove_dead(path, &lease, "another").unwrap();
    assert!(!lease.exists());
    // While another process is at it, the lease counts as that one's.
    fs::write(&lease, "dead").unwrap();
    let right = format!("lock.lease.{}", digest(TAG, &"dead".into()));
    let held = take_lease(path, &folder.path().join(right)).unwrap();
    let refused = remove_dead(path, &lease, "dead").unwrap_err();
    assert!(matches!(refused, StoreError::Locked { .. }), "{refused}");
    assert!(lease.exists());
    drop(held);
}

#[test]
fn two_leases_of_one_process_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let take = |name: &str| Lock::take(&folder.path().join(name)).unwrap();
    let (a, b) = (take("a"), take("b"));
    assert_ne!(a.text, b.text);
    let first = a.text.lines().next().unwrap();
    assert_eq!(
        first,
        format!("process {} on {}", std::process::id(), host())
    );
    // The file of the lock names its owner, too, and nothing else.
    let text = fs::read_to_string(folder.path().join("a")).unwrap();
    assert_eq!(text, format!("{first}\n"));
}

/// Seconds and billionths from the time of another machine's lease until now, on both sides of its bounds.
#[test]
fn the_time_of_another_machines_lease_has_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let lease = folder.path().join("lock.lease");
    let text = on("elsewhere", 1, 1);
    fs::write(&lease, &text).unwrap();
    let time = fs::metadata(&lease).unwrap().modified().unwrap();
    let least = Duration::from_nanos(1);
    let hour = Duration::from_secs(3600);
    assert!(lives(&text, &lease, || time + Duration::from_secs(60) - least));
    assert!(!lives(&text, &lease, || time + Duration::from_secs(60)));
    assert!(lives(&text, &lease, || time - hour + least));
    assert!(!lives(&text, &lease, || time - hour));
    assert!(!lives(&text, &folder.path().join("missing"), || time));
}

#[test]
fn the_time_of_a_lease_moves_on_while_it_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    let lock = Lock::take(&path).unwrap();
    let lease = lease_path(&path);
    let old = SystemTime::now() - Duration::from_secs(1000);
    let file = File::options().write(true).open(&lease).unwrap();
    file.set_modified(old).unwrap();
    let age = || {
        let time = fs::metadata(&lease).unwrap().modified().unwrap();
        time.elapsed().unwrap_or_default()
    };
    let deadline = std::time::Instant::now() + Duration::from_secs(5);
    while age() > Duration::from_secs(900) && std::time::Instant::now() < deadline {
        std::thread::sleep(HEARTBEAT);
    }
    assert!(age() < Duration::from_secs(60), "{:?}", age());
    // And it still says what it said.
    lock.check().unwrap();
}

#[test]
fn a_lock_that_ends_leaves_no_lease() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    drop(Lock::take(&path).unwrap());
    assert!(!lease_path(&path).exists() && !is_held(&path));
}
