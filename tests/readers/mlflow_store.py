"""A file store in MLflow: runs with parameters, metrics of every epoch, tags and states."""

import math

from mlflow import MlflowClient
from mlflow.entities import ViewType

from expected import NUMBERS, same

STATES = {
    "completed": "FINISHED",
    "stopped": "FINISHED",
    "diverged": "FINISHED",
    "failed": "FAILED",
    "interrupted": "KILLED",
}


def milliseconds(seconds):
    return math.floor(1000 * seconds + 0.5)


def check(out, expected, _program):
    client = MlflowClient(tracking_uri=out.resolve().as_uri())
    named = {e.name: e for e in client.search_experiments(view_type=ViewType.ALL)}
    experiment = named[expected.study["name"]]
    assert experiment.tags["mlflow.note.content"] == expected.study["title"]
    runs = client.search_runs([experiment.experiment_id], max_results=1000)
    identities = [run.data.tags["identity"] for run in runs]
    assert sorted(identities) == sorted(expected.trials)
    values = 0
    for run, identity in zip(runs, identities):
        record = expected.trials[identity]
        config, kind = record["config"], record["outcome"]["kind"]
        numbers, ends = expected.numbers(identity), expected.ends(identity)
        assert run.info.status == STATES[kind], run
        assert run.data.tags["outcome"] == kind
        assert run.info.start_time == 1000 * record["runs"][0]["started_unix"]
        assert run.info.end_time == milliseconds(ends[max(ends)]), run
        assert run.data.params["learning_rate"] == f"{config['learning_rate']:g}", run
        assert run.data.params["optimizer"] == config["optimizer"]["kind"]
        assert run.data.params["seed"] == str(config["seed"])
        assert run.data.tags["mlflow.source.git.commit"] == "abc1234"
        assert same(run.data.metrics, {name: numbers[max(numbers)][name] for name in NUMBERS}), run
        for name in NUMBERS:
            history = client.get_metric_history(run.info.run_id, name)
            assert [m.step for m in history] == list(numbers), (run, name)
            for metric in history:
                assert same(metric.value, numbers[metric.step][name]), (metric, numbers)
                assert metric.timestamp == milliseconds(ends[metric.step]), metric
                values += 1
        assert client.list_artifacts(run.info.run_id) == []
    failed = [run for run in runs if run.info.status == "FAILED"]
    assert ["50 % of {all}" in run.data.tags["error"] for run in failed] == [True]
    return {"runs": len(runs), "values": values}
