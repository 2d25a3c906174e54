//! A server of the files in this folder, with the headers that hf-hub reads.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub struct Server {
    address: String,
    requests: Arc<AtomicUsize>,
    bodies: Arc<AtomicUsize>,
}

impl Server {
    pub fn start() -> Self {
        Self::new(false)
    }

    /// The same with bytes of each image changed.
    pub fn start_with_broken_images() -> Self {
        Self::new(true)
    }

    fn new(is_broken: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = format!(
            "http://{}",
            listener.local_addr().expect("it has an address")
        );
        let server = Self {
            address,
            requests: Arc::default(),
            bodies: Arc::default(),
        };
        let (requests, bodies) = (Arc::clone(&server.requests), Arc::clone(&server.bodies));
        // It ends with the process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (requests, bodies) = (Arc::clone(&requests), Arc::clone(&bodies));
                std::thread::spawn(move || {
                    let _ = answer(&stream, is_broken, &requests, &bodies);
                });
            }
        });
        server
    }

    pub fn address(&self) -> String {
        self.address.clone()
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Whole files that were sent.
    pub fn bodies(&self) -> usize {
        self.bodies.load(Ordering::SeqCst)
    }
}

fn answer(
    stream: &TcpStream,
    is_broken: bool,
    requests: &AtomicUsize,
    bodies: &AtomicUsize,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream.try_clone()?;
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
        let mut line = String::new();
        while reader.read_line(&mut line)? > 2 {
            line.clear();
        }
        requests.fetch_add(1, Ordering::SeqCst);
        let mut words = request.split(' ');
        let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let Some(mut file) = file(target) else {
            stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")?;
            continue;
        };
        if is_broken {
            // The heading of a PNG.
            let heading: Vec<usize> = file
                .windows(4)
                .enumerate()
                .filter(|(_, bytes)| bytes == b"\x89PNG")
                .map(|(at, _)| at)
                .collect();
            heading.into_iter().for_each(|at| file[at] = b'x');
        }
        let heading = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nETag: \"{}\"\r\nX-Repo-Commit: {}\r\n\r\n",
            file.len(),
            "a".repeat(40 - target.len() % 7),
            "0123456789".repeat(4)
        );
        stream.write_all(heading.as_bytes())?;
        if method == "GET" {
            bodies.fetch_add(1, Ordering::SeqCst);
            stream.write_all(&file)?;
        }
    }
}

/// The file that `/datasets/<name>/resolve/<revision>/<path>` names.
fn file(target: &str) -> Option<Vec<u8>> {
    let (name, rest) = target.strip_prefix("/datasets/")?.split_once("/resolve/")?;
    // The revision has slashes, which are escaped.
    let (_, path) = rest
        .split_once('/')
        .filter(|(revision, _)| revision.contains("%2F"))?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/hub");
    std::fs::read(folder.join(name).join(path)).ok()
}
