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
