//! A study that others carry out: writes its plan, and submits workers or says how to start one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use lenet_core::{DeviceKind, Precision};
use lenet_results::Store;
use lenet_study::slurm::{
    Cluster, Request, SlurmConfig, SlurmError, Submission, Submitted, WorkerCommand, check,
    keep_program, submit,
};
use lenet_study::{DataSets, Estimate, Plan, RunSettings, StudyConfig, Work};

use crate::exit::{CommandResult, Exit, OrFail};
use crate::flags::{Executor, Experiments};
use crate::overview::plan_overview;
use crate::progress::{Style, TimingProgress};
use crate::table::{count, duration};
use crate::{output, program, register};

use super::follow::Follower;

/// A study that is to be handed over.
pub struct Handover<'h> {
    pub flags: &'h Experiments,
    pub study: &'h StudyConfig,
    pub plan: &'h Plan,
    pub data: &'h DataSets,
    /// The folder of records, as an absolute path.
    pub out: PathBuf,
    pub style: Style,
}

/// Finished trials of each cell.
type Finished = HashMap<String, usize>;

/// A request that Slurm can fulfil, or what there is to say of one that nobody could ask Slurm about.
struct Asked {
    request: Request,
    cluster: Cluster,
}

impl Handover<'_> {
    /// Hands the study over.
    pub fn run(&self, executor: Executor) -> CommandResult {
        self.check().or_refuse()?;
        let (work, finished) = self.survey().or_refuse()?;
        let rounds: Vec<usize> = self.plan.trials.iter().map(|trial| trial.round).collect();
        let left = lenet_study::outstanding(&rounds, &work);
        let waiting = work.iter().filter(|work| **work != Work::Done).count();
        match executor {
            Executor::Workers => self.to_workers(&work, &left, finished),
            // Whatever state Slurm is in.
            Executor::Slurm if waiting == 0 && !self.flags.dry_run => {
                self.tell_done();
                Ok(Exit::Done)
            }
            Executor::Slurm => {
                let asked = self.ask(waiting)?;
                self.to_slurm(&work, &left, &asked, finished)
            }
        }
    }

    /// What this program lacks, however well equipped the nodes are.
    fn check(&self) -> anyhow::Result<()> {
        let until_decided = self.flags.until_decided;
        anyhow::ensure!(
            !until_decided,
            "--until-decided: seeds are added stage by stage, and --executor plans them all at once (hint: \
             leave out one of the two; more --seeds later train the new ones alone)"
        );
        anyhow::ensure!(
            self.flags.shard.is_none(),
            "--shard: workers on one folder share the trials among themselves (hint: leave it out)"
        );
        for trial in &self.plan.trials {
            let config = &trial.config;
            if config.device == DeviceKind::Cuda {
                anyhow::ensure!(
                    cfg!(feature = "cuda"),
                    "{}: it computes on a GPU, and this program is built without CUDA (hint: cargo \
                     xtask-cuda instead of cargo xtask)",
                    trial.label
                );
            }
            let problem = Precision::problem(config.precision, config.backend, config.device);
            if let Some(problem) = problem {
                anyhow::bail!("{}: {problem}", trial.label);
            }
        }
        Ok(())
    }

    /// What each trial still needs, and the finished trials of each cell.
    fn survey(&self) -> anyhow::Result<(Vec<Work>, Finished)> {
        Ok(match self.out.join("trials").is_dir() {
            true => {
                let found = lenet_study::survey(self.plan, &Store::open(&self.out)?)?;
                (found.work, found.finished)
            }
            false => (vec![Work::Start; self.plan.trials.len()], HashMap::new()),
        })
    }

    /// What a worker is told beside the folder.
    fn arguments(&self) -> Vec<String> {
        let flags = self.flags;
        let mut arguments = Vec::new();
        let mut add = |flag: &str, value: String| arguments.extend([flag.to_owned(), value]);
        for figure in &flags.only {
            add("--only", figure.clone());
        }
        if let Some(jobs) = flags.jobs {
            add("--jobs", jobs.to_string());
        }
        if let Some(threads) = flags.threads {
            add("--threads", threads.to_string());
        }
        arguments
    }

    /// Writes the plan, which the workers read, as a study that is carried out here does.
    fn write_plan(&self, finished: Finished) -> anyhow::Result<Store> {
        let store = Store::create(&self.out)?;
        if let Some(file) = store.mend_study()? {
            let kept = file.kept.display();
            output::note(format_args!("{}; it is kept as {kept}", file.reason));
        }
        register::declare_with(&self.plan.study, store.folder(), finished)?;
        let study = lenet_study::joint_study(self.plan, store.read_study()?);
        store.write_study(&study)?;
        Ok(store)
    }

    fn estimate(&self, left: &[usize], workers: usize, cpus: usize) -> anyhow::Result<Estimate> {
        let settings = RunSettings {
            jobs: Some(self.flags.jobs.unwrap_or(cpus) * workers),
            threads: Some(self.flags.threads.unwrap_or(1)),
            ..RunSettings::default()
        };
        let timings = TimingProgress::new(self.style);
        let mut show = |done, all| timings.show(done, all);
        let found = lenet_study::estimate(self.plan, left, self.data, &settings, &mut show);
        timings.finish();
        Ok(found?)
    }

    fn to_workers(&self, work: &[Work], left: &[usize], finished: Finished) -> CommandResult {
        let arguments = self.arguments();
        if self.flags.dry_run {
            output::line(plan_overview(self.plan, work, self.flags.verbose)).or_fail()?;
            let left = count(left.len(), "trial");
            output::line(format_args!("{left} to run by workers")).or_fail()?;
            return Ok(Exit::Done);
        }
        let store = self.write_plan(finished).or_refuse()?;
        let program = keep_program(&self.out).or_refuse()?;
        let command = WorkerCommand {
            program: &program,
            out: &self.out,
            arguments: &arguments,
        };
        output::line(command).or_fail()?;
        output::note(format_args!(
            "start this command as often as you like, on any machine that sees the folder; each worker takes \
             trials until none of {} is left, and `{} report` then makes the report",
            left.len(),
            program::name()
        ));
        match self.flags.cluster.wait {
            true => self.follow(&store, None),
            false => Ok(Exit::Done),
        }
    }

    fn follow(&self, store: &Store, jobs: Option<&Submitted>) -> CommandResult {
        let follower = Follower {
            flags: self.flags,
            plan: self.plan,
            store,
            style: self.style,
            jobs,
        };
        follower.follow()
    }

    /// Closes the request for `waiting` trials and has Slurm look at it.
    fn ask(&self, waiting: usize) -> Result<Asked, crate::exit::Failure> {
        let request = Request::new(self.config().or_refuse()?, waiting);
        let on_gpu = |work: &&lenet_study::PlannedTrial| work.config.device == DeviceKind::Cuda;
        let gpu_trials = self.plan.trials.iter().filter(on_gpu).count();
        let is_shared = self.flags.cluster.shared_folder;
        let cluster = match check(&request, &self.out, gpu_trials, is_shared) {
            // The scripts can be shown all the same.
            Err(error @ SlurmError::NoProgram { .. }) if self.flags.dry_run => {
                output::warning(&error);
                Cluster::unknown()
            }
            checked => checked.or_refuse()?,
        };
        Ok(Asked { request, cluster })
    }

    /// The flags over the study's table over the site's.
    fn config(&self) -> anyhow::Result<SlurmConfig> {
        let flags = &self.flags.cluster;
        let given = [
            ("tasks", "--tasks", &flags.tasks),
            ("cpus_per_task", "--cpus-per-task", &flags.cpus_per_task),
            ("gpus", "--gpus", &flags.gpus),
            ("partition", "--partition", &flags.partition),
            ("time", "--time", &flags.time),
        ];
        let mut config = SlurmConfig::default();
        for (key, flag, text) in given {
            if let Some(text) = text {
                config = SlurmConfig::of_flag(key, text, flag)?.over(config);
            }
        }
        let named = std::env::var_os("LENET_SITE").filter(|name| !name.is_empty());
        let site = flags.site.clone().or(named.map(PathBuf::from));
        let site = match site {
            Some(path) => SlurmConfig::open_site(&path)?,
            None => SlurmConfig::default(),
        };
        Ok(config.over(self.study.slurm.clone().over(site)))
    }

    fn to_slurm(
        &self,
        work: &[Work],
        left: &[usize],
        asked: &Asked,
        finished: Finished,
    ) -> CommandResult {
        let arguments = self.arguments();
        let mut submission = Submission {
            study: &self.plan.study.name,
            out: &self.out,
            program: Path::new(program::USUAL),
            arguments: &arguments,
            request: &asked.request,
            max_array_size: asked.cluster.max_array_size,
        };
        if asked.cluster.is_known() {
            submission.try_out().or_refuse()?;
        }
        if self.flags.dry_run {
            output::line(plan_overview(self.plan, work, self.flags.verbose)).or_fail()?;
            for job in submission.jobs() {
                output::line(submission.script(job)).or_fail()?;
            }
            return self.tell_hours(left, &asked.request);
        }
        self.tell_earlier_jobs();
        let store = self.write_plan(finished).or_refuse()?;
        let program = keep_program(&self.out).or_refuse()?;
        submission.program = &program;
        let submitted = submit(&submission).or_refuse()?;
        self.tell(&submitted, &asked.request).or_fail()?;
        match self.flags.cluster.wait {
            true => self.follow(&store, Some(&submitted)),
            false => Ok(Exit::Done),
        }
    }

    fn tell_done(&self) {
        output::note(format_args!(
            "all of {} are done: nothing is submitted (hint: {2} report --records {1} --out {1}/report)",
            count(self.plan.trials.len(), "trial"),
            self.out.display(),
            program::name()
        ));
    }

    /// Says which jobs of earlier submissions go on.
    fn tell_earlier_jobs(&self) {
        let Ok((jobs, _)) = lenet_results::submitted_jobs(&self.out) else {
            return;
        };
        let numbers: Vec<String> = jobs.into_iter().map(|job| job.job).collect();
        let left = lenet_study::slurm::queued(&numbers).unwrap_or_default();
        if let Some(first) = left.first() {
            output::note(format_args!(
                "{} of an earlier submission are still there, {} {} {}; workers share what is left (hint: \
                 scancel ends them)",
                count(left.len(), "task"),
                first.job,
                first.state,
                first.place
            ));
        }
    }

    fn tell(&self, submitted: &Submitted, request: &Request) -> anyhow::Result<()> {
        output::line(format_args!("workers  {}", submitted.workers.join(" ")))?;
        output::line(format_args!("report   {}", submitted.report))?;
        output::note(format_args!(
            "{} of {} each; logs in {}; `{} status --out {}` says how far they are",
            count(request.workers, "worker"),
            count(request.cpus, "core"),
            self.out.join("logs").display(),
            program::name(),
            self.out.display()
        ));
        Ok(())
    }

    /// Prints the hours that the trials at `left` will take.
    fn tell_hours(&self, left: &[usize], request: &Request) -> CommandResult {
        if left.is_empty() {
            output::line("nothing to run").or_fail()?;
            return Ok(Exit::Done);
        }
        let estimate = self.estimate(left, request.workers, request.cpus);
        let estimate = estimate.context("the time cannot be estimated").or_fail()?;
        let threads = self.flags.threads.unwrap_or(1);
        let hours = estimate.trial_seconds * threads as f64 / 3600.0;
        output::line(format_args!(
            "{} to run: about {hours:.2} CPU hours by the speed of this machine, {} with {} of {}",
            count(left.len(), "trial"),
            duration(estimate.wall_seconds),
            count(request.workers, "worker"),
            count(request.cpus, "core")
        ))
        .or_fail()?;
        Ok(Exit::Done)
    }
}
