//! `demo`: a page on this machine on which somebody draws a digit and sees what the network makes of it.

mod drawing;
mod learning;

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use lenet_model::candle_core::Device;
use lenet_model::{LeNet, TrainingImages, weights};
use serde_json::{Value, json};
use tiny_http::{Header, Method, Request, Response, Server};

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Demo;
use crate::{interrupt, output};

const PAGE: &str = include_str!("demo/page.html");

/// Bytes of the largest drawing.
const DRAWING_BYTES: u64 = 1 << 20;

/// How often the server looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(200);

/// What the page shows, which training changes.
struct Shown {
    /// The network as it is now; its tensors are fixed.
    network: LeNet,
    images: TrainingImages,
    /// The course of training, where there is one.
    course: Value,
}

/// The network that answers, shared with the thread that trains it.
#[derive(Clone)]
struct Board(Arc<Mutex<Shown>>);

impl Board {
    fn lock(&self) -> MutexGuard<'_, Shown> {
        // What is shown is replaced as a whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs the command until Ctrl-C; refuses weights that cannot be used and a port that is taken.
pub fn run(flags: &Demo) -> CommandResult {
    let board = board(flags).or_refuse()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, flags.port));
    let server = Server::http(address)
        .map_err(|error| {
            anyhow::anyhow!(
                "--port {}: {error} (hint: --port 0 takes a free one)",
                flags.port
            )
        })
        .or_refuse()?;
    let port = server
        .server_addr()
        .to_ip()
        .map_or(flags.port, |found| found.port());
    let stop = interrupt::stop_flag().or_refuse()?;
    let page = format!("http://127.0.0.1:{port}/");
    output::line(&page).or_fail()?;
    output::note("open this page in a browser and draw a digit; Ctrl-C ends the demonstration");
    if flags.open
        && let Err(error) = open::that_detached(&page)
    {
        output::warning(format_args!("no browser can be started: {error}"));
    }
    let training = flags.train.then(|| {
        let (board, stop) = (board.clone(), Arc::clone(&stop));
        let thread = std::thread::Builder::new().name("training".to_owned());
        thread.spawn(move || learning::train(&board, &stop))
    });
    let training = training
        .transpose()
        .context("no thread can be started")
        .or_fail()?;
    while !stop.load(Ordering::Relaxed) {
        match server.recv_timeout(LOOK) {
            Ok(Some(request)) => answer(request, &board),
            Ok(None) => {}
            Err(error) => return Err(error).context("the page cannot be served").or_fail(),
        }
    }
    if let Some(thread) = training {
        let _ = thread.join();
    }
    Ok(Exit::Done)
}

fn board(flags: &Demo) -> anyhow::Result<Board> {
    let network = match (&flags.checkpoint, flags.train) {
        (None, true) => learning::untrained()?,
        (None, false) => LeNet::pretrained(&Device::Cpu)?,
        (Some(path), _) => {
            let loaded = weights::read(path, &weights::Reading::default())?;
            for note in &loaded.notes {
                output::note(format_args!("note: {}: {note}", path.display()));
            }
            LeNet::from_bytes(
                &loaded.weights.to_bytes(weights::Precision::F32)?,
                &Device::Cpu,
            )?
        }
    };
    let images = network.training_images().unwrap_or(TrainingImages::MNIST);
    let course = json!({ "training": flags.train });
    Ok(Board(Arc::new(Mutex::new(Shown {
        network,
        images,
        course,
    }))))
}

/// Answers one request. A page of another host, which a browser was made to take for this one, gets nothing.
fn answer(mut request: Request, board: &Board) {
    let host = request
        .headers()
        .iter()
        .find(|header| header.field.equiv("Host"));
    let host = host
        .map(|header| header.value.as_str().to_owned())
        .unwrap_or_default();
    let is_ours = ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
        host.rsplit_once(':')
            .map_or(host.as_str(), |(name, _)| name)
            == *name
    });
    let response = match (is_ours, request.method(), request.url()) {
        (false, ..) => json_response(
            403,
            &json!({ "error": "this page is for this machine alone" }),
        ),
        (_, Method::Get, "/") => html(),
        (_, Method::Get, "/state") => json_response(200, &state(board)),
        (_, Method::Post, "/predict") => {
            let mut bytes = Vec::new();
            let read = request
                .as_reader()
                .take(DRAWING_BYTES)
                .read_to_end(&mut bytes);
            let told = read.map_err(anyhow::Error::from).and_then(|_| {
                let shown = board.lock();
                drawing::told(&shown.network, shown.images, &bytes)
            });
            match told {
                Ok(told) => json_response(200, &told),
                // A stroke may be too small yet to show a digit.
                Err(error) => json_response(200, &json!({ "error": error.to_string() })),
            }
        }
        _ => json_response(404, &json!({ "error": "there is no such page" })),
    };
    // A browser that left is no error of ours.
    let _ = request.respond(response);
}

/// What the page asks for again and again while the network trains.
fn state(board: &Board) -> Value {
    let shown = board.lock();
    let mut state = shown.course.clone();
    state["network"] = json!(describe(&shown.network));
    state["filters"] = drawing::filters(&shown.network);
    state
}

/// The network in a few words.
fn describe(network: &LeNet) -> String {
    let geometry = network.geometry();
    let filters: Vec<String> = geometry.filters.iter().map(ToString::to_string).collect();
    format!(
        "stages of {} filters of {}×{}, {} parameters",
        filters.join(" and "),
        geometry.kernel,
        geometry.kernel,
        network.parameter_count()
    )
}

fn html() -> Response<std::io::Cursor<Vec<u8>>> {
    with_type(Response::from_string(PAGE), "text/html; charset=utf-8")
}

fn json_response(status: u16, value: &Value) -> Response<std::io::Cursor<Vec<u8>>> {
    with_type(Response::from_string(value.to_string()), "application/json").with_status_code(status)
}

fn with_type(
    response: Response<std::io::Cursor<Vec<u8>>>,
    kind: &str,
) -> Response<std::io::Cursor<Vec<u8>>> {
    let header =
        |name: &str, value: &str| Header::from_bytes(name, value).expect("these are header fields");
    response
        .with_header(header("Content-Type", kind))
        .with_header(header("Cache-Control", "no-store"))
        .with_header(header(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'",
        ))
}
