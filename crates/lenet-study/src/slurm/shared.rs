//! Whether other machines see a folder.

use std::path::{Path, PathBuf};

use super::tools::lines;

/// File systems that machines share. Others may be shared by means that the system does not tell.
const NETWORK: [&str; 32] = [
    "9p",
    "acfs",
    "afs",
    "beegfs",
    "beegfs_nodev",
    "ceph",
    "cifs",
    "coda",
    "fhgfs",
    "fuse.beegfs",
    "fuse.ceph",
    "fuse.gcsfuse",
    "fuse.glusterfs",
    "fuse.gpfs",
    "fuse.juicefs",
    "fuse.lustre",
    "fuse.moosefs",
    "fuse.sshfs",
    "fuse.weka",
    "gfs2",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "orangefs",
    "panfs",
    "pvfs2",
    "smb3",
    "wekafs",
];

/// The file system of a folder that may not exist yet: its type, and whether machines share it. `None`
/// where the system does not tell.
pub(super) fn file_system(folder: &Path) -> Option<(String, bool)> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let known = folder
        .ancestors()
        .find_map(|path| path.canonicalize().ok())?;
    let kind = kind(&mounts, &known)?;
    let shared = NETWORK.contains(&kind.as_str());
    Some((kind, shared))
}

/// The type of the file system that a path lies on, by the text of `/proc/self/mountinfo`: that of the
/// mount with the longest path above it, of several the last.
fn kind(mounts: &str, path: &Path) -> Option<String> {
    let mount = |line: &str| {
        // … mount point (fifth), options, optional fields, a dash, type …
        let (left, right) = line.split_once(" - ")?;
        let point = PathBuf::from(unescaped(left.split(' ').nth(4)?));
        let kind = right.split(' ').next()?.to_owned();
        path.starts_with(&point)
            .then(|| (point.components().count(), kind))
    };
    let above = mounts.lines().filter_map(mount);
    above.max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind)
}

/// A path without the octal escapes of blanks and backslashes.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let code = after
            .get(..3)
            .and_then(|code| u8::from_str_radix(code, 8).ok());
        match code {
            Some(code) => {
                out.push(char::from(code));
                rest = &after[3..];
            }
            None => {
                out.push('\\');
                rest = after;
            }
        }
    }
    out + rest
}

/// The first node that is another machine, by what `scontrol --oneliner show node` prints.
pub(super) fn other_machine(nodes: &str, host: &str) -> Option<String> {
    let short = |name: &str| {
        name.split('.')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let is_here = |name: &str| {
        let is_loopback = name == "localhost" || name.starts_with("127.") || name == "::1";
        is_loopback || short(name) == short(host)
    };
    let field = |line: &str, name: &str| {
        let mut fields = line.split(' ').filter_map(|field| field.split_once('='));
        let found = fields.find(|(known, _)| *known == name);
        found.map(|(_, value)| value.to_owned())
    };
    let elsewhere = |line: &str| {
        let names = ["NodeHostName", "NodeAddr"].map(|name| field(line, name));
        let here = names.iter().flatten().any(|name| is_here(name));
        (!here).then(|| field(line, "NodeName").unwrap_or_else(|| "unknown".to_owned()))
    };
    lines(nodes).find_map(elsewhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Linux prints them.
    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:26 / /home rw,relatime - nfs4 server:/home rw,vers=4.2
31 30 0:27 / /home/ann/my\\040data rw master:3 propagate_from:2 - tmpfs tmpfs rw
32 22 0:28 / /homework rw - lustre 10.0.0.1@tcp:/scratch rw
33 22 0:29 / /scratch rw - xfs /dev/sdb rw
34 22 0:30 / /scratch rw - beegfs beegfs_nodev rw
";

    #[test]
    fn the_file_system_is_that_of_the_nearest_mount() {
        let cases = [
            ("/", "ext4"),
            ("/root/results", "ext4"),
            ("/home/ann", "nfs4"),
            ("/home/ann/my data/x", "tmpfs"),
            ("/home/ann/my", "nfs4"),
            ("/homework/x", "lustre"),
            // The later mount hides the earlier.
            ("/scratch/x", "beegfs"),
        ];
        for (path, expected) in cases {
            assert_eq!(
                kind(MOUNTS, Path::new(path)).as_deref(),
                Some(expected),
                "{path}"
            );
        }
        assert_eq!(kind("", Path::new("/")), None);
        assert!(NETWORK.is_sorted());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_folder_that_does_not_exist_yet_lies_where_it_will_be() {
        let (kind, shared) = file_system(Path::new("/proc/no/such/folder")).unwrap();
        assert_eq!((kind.as_str(), shared), ("proc", false));
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(unescaped(r"/a\040b\134c\011"), "/a b\\c\t");
        assert_eq!(unescaped(r"/a\9"), r"/a\9");
    }

    #[test]
    fn a_node_elsewhere_is_found() {
        // As scontrol 22.05 prints them.
        let node = |name: &str, address: &str, host: &str| {
            format!(
                "NodeName={name} Arch=x86_64 NodeAddr={address} NodeHostName={host} Port=17001 \
                 OS=Linux 6.1 #1 SMP State=IDLE\n"
            )
        };
        let here = [
            node("n1", "127.0.0.1", "localhost"),
            node("n2", "10.0.0.2", "Login.site"),
        ];
        assert_eq!(other_machine(&here.concat(), "login"), None);
        let there = here.concat() + &node("c7", "10.0.0.7", "c7");
        assert_eq!(other_machine(&there, "login").as_deref(), Some("c7"));
        assert_eq!(
            other_machine("NodeName=c9 State=DOWN", "login").as_deref(),
            Some("c9")
        );
    }
}
