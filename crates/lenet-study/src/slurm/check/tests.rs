//! What Slurm's programs print, and what is made of it.

use super::*;
use crate::slurm::config::SlurmConfig;

fn request(change: impl FnOnce(&mut SlurmConfig)) -> Request {
    let mut config = SlurmConfig::default();
    change(&mut config);
    Request::new(config, 10)
}

fn named(name: &str) -> Request {
    request(|config| config.partition = Some(name.to_owned()))
}

#[test]
fn the_partition_is_known_or_refused() {
    let listed = "main*\nlong\ngpu\n";
    let found = |request: &Request| partition(listed, request).map_err(|e| e.to_string());
    assert_eq!(found(&request(|_| {})), Ok("main".to_owned()));
    assert_eq!(found(&named("gpu")), Ok("gpu".to_owned()));
    assert_eq!(found(&named("long,main")), Ok("long,main".to_owned()));
    assert_eq!(
        found(&named("night")),
        Err(
            "partition \"night\": Slurm has none of this name (hint: it has main, long, gpu)"
                .to_owned()
        )
    );
    assert_eq!(
        found(&named("long,gpus")),
        Err("partition \"gpus\": Slurm has none of this name (hint: did you mean gpu?)".to_owned())
    );
    let error = partition("a\nb\n", &request(|_| {})).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Slurm has no default partition (hint: --partition a|b, or partition in the table [slurm])"
    );
}

#[test]
fn what_no_node_has_is_refused() {
    // As `sinfo -N -o '%N|%c|%G|%l'` prints them.
    let listed =
        "n1|8|(null)|1-00:00:00\nn2|16|gpu:a100:2(S:0)|1-00:00:00\nn3|4+|(null)|1-00:00:00\n";
    let nodes: Vec<Node> = lines(listed).filter_map(node).collect();
    assert_eq!(nodes.iter().map(|n| n.cpus).collect::<Vec<_>>(), [8, 16, 4]);
    let told = |request: Request, nodes: &[Node]| {
        fits(&request, "main", nodes).map_err(|error| error.to_string())
    };
    let cpus = |cpus| request(|config| config.cpus_per_task = Some(cpus));
    assert_eq!(told(cpus(16), &nodes), Ok(()));
    assert_eq!(
        told(cpus(17), &nodes),
        Err(
            "17 cores for a worker: the largest node of partition main has 16 (hint: more workers \
             instead, --tasks, or another --partition)"
                .to_owned()
        )
    );
    let gpus = || request(|config| config.gpus = Some("1".to_owned()));
    assert_eq!(told(gpus(), &nodes), Ok(()));
    assert_eq!(
        told(gpus(), &nodes[..1]),
        Err(
            "1 GPUs for a worker: the largest node of partition main has none (hint: another \
             --partition; `sinfo -o '%P %G'` lists their GPUs)"
                .to_owned()
        )
    );
    let time = |time: &str| request(|config| config.time = Some(time.parse().unwrap()));
    assert_eq!(told(time("24:00:00"), &nodes), Ok(()));
    let too_long = |asked| {
        Err(format!(
            "time {asked}: jobs of partition main end after 1-00:00:00 (hint: a shorter time does; a \
             worker goes on in a new job as long as it gets on)"
        ))
    };
    assert_eq!(told(time("1441"), &nodes), too_long("1441"));
    assert_eq!(told(time("infinite"), &nodes), too_long("infinite"));
    let endless = [node("n1|2|(null)|infinite").unwrap()];
    assert_eq!(told(time("infinite"), &endless), Ok(()));
    assert_eq!(told(cpus(99), &[]), Ok(()));
}

#[test]
fn the_largest_array_is_read() {
    let config =
        "Configuration data as of 2026-11-29\nMaxArraySize            = 11\nMaxJobCount = 5\n";
    assert_eq!(max_array_size(config), 11);
    assert_eq!(max_array_size("MaxJobCount = 5\n"), 1001);
}

#[test]
fn a_gpu_may_be_asked_for_in_either_way() {
    let extra = |option: &str| request(|config| config.extra = Some(vec![option.to_owned()]));
    assert!(!request(|_| {}).has_gpu());
    assert!(!request(|config| config.gpus = Some("0".to_owned())).has_gpu());
    assert!(request(|config| config.gpus = Some("1".to_owned())).has_gpu());
    assert!(extra("--gres=gpu:2").has_gpu());
    assert!(extra("--gpus=1").has_gpu());
    assert!(!extra("--mem=4G").has_gpu());
}
