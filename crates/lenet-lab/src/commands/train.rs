//! `train`: one network, from flags or a file of settings.

use std::path::Path;
use std::time::Instant;

use lenet_core::{Settings, Trial};
use lenet_data::{Dataset, SplitSpec, Splits};
use lenet_model::TrainingImages;
use lenet_model::weights::{self, Reading, Weights};
use lenet_results::{EpochRecord, Outcome};
use lenet_study::{TomlSettings as _, data_set};
use lenet_train::{Ended, Event, MemoryUse, TrainError, memory_bytes};
use serde_json::json;

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::Train;
use crate::output_file::{OutputFile, is_stdout};
use crate::overlay::Overlay;
use crate::progress::{Progress, Style};
use crate::{inputs, interrupt, output};

/// Runs the command; refuses settings out of range, weights that do not fit and paths that cannot
/// be used.
pub fn run(flags: &Train) -> CommandResult {
    inputs::check_threads(None, flags.threads.threads).or_refuse()?;
    let (settings, ordinal) = settings(flags).or_refuse()?;
    let data = dataset(flags, &settings).or_refuse()?;
    let config = settings.resolve(&data.source, flags.seed.unwrap_or(1));
    if let Some(problem) = config.validate().into_iter().next() {
        return Err(TrainError::from(problem)).or_refuse();
    }
    let path = (config.backend, config.device, config.precision);
    inputs::check_devices([path], ordinal).or_refuse()?;
    let splits = split(&data, &config).or_refuse()?;
    if let Some(warning) = data.validation_warning(config.data.validation, config.seed) {
        output::warning(warning);
    }
    let geometry = lenet_train::geometry(&config.network, &splits).or_refuse()?;
    let mut options = inputs::run_options(flags.threads.threads, ordinal);
    let used = MemoryUse::Training;
    let needed = memory_bytes(
        &config,
        &geometry,
        splits.train.len(),
        options.threads,
        used,
    );
    lenet_train::ensure_memory(needed).or_refuse()?;
    if let Some(init) = &flags.init {
        // As the trial will read it, and as a file of any network, which says more.
        weights::load(init, &geometry).or_refuse()?;
        if let Ok(loaded) = weights::read(init, &Reading::of(&geometry)) {
            for note in loaded.notes {
                output::note(format_args!("note: {}: {note}", init.display()));
            }
        }
        options.init = Some(init.clone());
    }
    let save = flags
        .save
        .as_deref()
        .map(|path| OutputFile::create_unless_there(path, flags.force))
        .transpose()
        .or_refuse()?;
    let set = &splits.train.set;
    let training_images = TrainingImages::of(set.pixels(), set.shape());
    options.stop = interrupt::stop_flag().or_refuse()?;

    let name = data.title.clone();
    output::line(format_args!(
        "{} at learning rate {} on {} images of {name}, {} parameters, seed {}",
        config.optimizer.name(),
        config.learning_rate,
        splits.train.len(),
        geometry.parameter_count(),
        config.seed,
    ))
    .or_fail()?;
    output::line(HEADING).or_fail()?;
    let started = Instant::now();
    let progress = Progress::new(Style::of_this_terminal(flags.progress.quiet), 1);
    progress.begin("", "", config.epochs, 0);
    let mut written = Ok(());
    let ended = lenet_train::run(&config, &splits, &options, &mut |event| match event {
        Event::Step {
            epoch,
            batch,
            batches,
        } => progress.step("", epoch, batch, batches),
        Event::Epoch(record) => {
            progress.epoch("", record);
            written = progress.above_the_bars(|| output::line(row(record)));
        }
        _ => {}
    });
    progress.finish();
    let (outcome, epochs, parameters) = match ended.or_fail()? {
        Ended::Interrupted { epochs } => {
            output::note(format_args!(
                "interrupted in epoch {}; nothing was saved",
                epochs + 1
            ));
            return Ok(Exit::Interrupted);
        }
        Ended::Finished {
            outcome,
            epochs,
            parameters,
            ..
        } => (outcome, epochs, parameters),
    };
    written.or_fail()?;
    if let Some(file) = save {
        let trained = Weights {
            geometry,
            dropout: Some(config.dropout.effective_rate()),
            images: Some(training_images),
            parameters,
        };
        let bytes = trained.to_bytes(weights::Precision::F32).or_fail()?;
        file.write(&bytes).or_fail()?;
        if let Some(path) = flags.save.as_deref().filter(|path| !is_stdout(path)) {
            output::note(format_args!(
                "saved the weights after epoch {}: {}",
                epochs.len(),
                path.display()
            ));
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    output::line(summary(&config, &outcome, epochs.last(), seconds)).or_fail()?;
    Ok(if matches!(outcome, Outcome::Failed { .. }) {
        Exit::Failed
    } else {
        Exit::Done
    })
}

/// The settings of the file and of the flags, and the ordinal of the CUDA device.
fn settings(flags: &Train) -> anyhow::Result<(Settings, usize)> {
    let mut settings = Settings::default();
    if let Some(file) = &flags.config {
        let origin = file.display().to_string();
        let text = lenet_study::read_text(file);
        let text = text.map_err(|reason| anyhow::anyhow!("{origin}: cannot be read: {reason}"))?;
        settings = Settings::parse(&text, &origin)?;
    }
    let mut overlay = Overlay::over(settings);
    for (setting, flag, text) in [
        ("optimizer", "--optimizer", &flags.optimizer),
        ("learning_rate", "--learning-rate", &flags.learning_rate),
        ("filters", "--filters", &flags.filters),
        ("batch_size", "--batch-size", &flags.batch_size),
        ("epochs", "--epochs", &flags.epochs),
        ("dropout", "--dropout", &flags.dropout),
        ("samples", "--samples", &flags.samples),
        ("validation", "--validation", &flags.validation),
    ] {
        overlay.flag(setting, flag, text.as_deref())?;
    }
    let ordinal = overlay.compute(&flags.compute)?;
    if flags.data.data_dir.is_some() {
        overlay.note("data", "--data-dir");
    }
    overlay.set(&flags.set)?;
    let settings = overlay.into_settings();
    if let Some(name) = settings.only(&Settings::OF_RUNTIME).given().first() {
        anyhow::bail!(
            "--set {name}: it is a setting of runtime figures (hint: leave it out, or see \
             `bench-runtime --set`)"
        );
    }
    Ok((settings, ordinal))
}

fn dataset(flags: &Train, settings: &Settings) -> anyhow::Result<Dataset> {
    match (&flags.data.data_dir, settings.data_name()) {
        (Some(_), _) | (None, lenet_core::MNIST) => inputs::dataset(&flags.data),
        (None, folder) => {
            // A file names what lies beside it, a flag what lies in the current folder.
            let by_flag = flags.set.iter().any(|given| given.key == "data");
            let file = flags.config.as_deref().filter(|_| !by_flag);
            let beside = file.and_then(Path::parent).unwrap_or(Path::new(""));
            let data = data_set(folder, beside)?;
            inputs::warn(&data);
            Ok(data)
        }
    }
}

fn split(data: &Dataset, config: &Trial) -> Result<Splits, lenet_data::DataError> {
    data.split(&SplitSpec {
        validation: config.data.validation,
        samples: config.data.samples.into(),
        seed: config.seed,
    })
}

const HEADING: &str =
    "epoch   train loss    valid. loss  accuracy    test loss  accuracy   seconds";

fn row(record: &EpochRecord) -> String {
    format!(
        "{:>5} {:>12.5} {:>14.5} {:>9.4} {:>12.5} {:>9.4} {:>9.1}{}",
        record.epoch,
        record.train_loss,
        record.validation_loss,
        record.validation_accuracy,
        record.test_loss,
        record.test_accuracy,
        record.train_seconds + record.evaluation_seconds,
        if record.dead { "  dead" } else { "" },
    )
}

/// The last epoch's record as JSON, with what the trial was and how it ended.
fn summary(
    config: &Trial,
    outcome: &Outcome,
    last: Option<&EpochRecord>,
    seconds: f64,
) -> serde_json::Value {
    let mut line = json!({
        "identity": config.identity(),
        "outcome": outcome,
        "seed": config.seed,
        "seconds": seconds,
    });
    if let (Some(line), Ok(serde_json::Value::Object(last))) =
        (line.as_object_mut(), serde_json::to_value(last))
    {
        line.extend(last);
    }
    line
}

#[cfg(test)]
mod tests;
