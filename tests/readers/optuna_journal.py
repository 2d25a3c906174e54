"""A journal in Optuna: trials with their parameters, values and times."""

import json
import math
from datetime import timezone
from wsgiref.util import setup_testing_defaults

import optuna
import optuna_dashboard
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from expected import NUMBERS, same

STATES = {
    "completed": TrialState.COMPLETE,
    "stopped": TrialState.COMPLETE,
    "diverged": TrialState.COMPLETE,
    "failed": TrialState.FAIL,
    "interrupted": TrialState.RUNNING,
}


def seconds(time):
    """A time in seconds since 1970. Optuna 5 gives times in the local zone, which it does not name."""
    return time.astimezone(timezone.utc).timestamp()


def dashboard(storage):
    """What optuna-dashboard's page asks its server for."""
    app = optuna_dashboard.wsgi(storage)

    def get(path):
        status = []
        environ = {}
        setup_testing_defaults(environ)
        environ |= {"PATH_INFO": path, "REQUEST_METHOD": "GET"}
        body = b"".join(app(environ, lambda line, *_: status.append(line)))
        assert status[0].startswith("200"), (path, status, body)
        # As a browser reads it, which knows no NaN.
        return json.loads(body, parse_constant=lambda name: 1 / 0)

    [summary] = get("/api/studies")["study_summaries"]
    return get(f"/api/studies/{summary['study_id']}")


def check(out, expected, _program):
    storage = JournalStorage(JournalFileBackend(str(out)))
    assert optuna.get_all_study_names(storage) == [expected.study["name"]]
    study = optuna.load_study(study_name=expected.study["name"], storage=storage)
    assert study.direction == optuna.study.StudyDirection.MAXIMIZE
    assert study.metric_names == ["validation_accuracy"]
    assert study.user_attrs["title"] == expected.study["title"]
    assert study.user_attrs["settings"]["epochs"] == 3
    planned = [i for i in expected.planned if i in expected.trials]
    assert [t.user_attrs["identity"] for t in study.trials] == planned, "in the order of the study"
    values = 0
    for trial in study.trials:
        record = expected.trials[trial.user_attrs["identity"]]
        config, kind = record["config"], record["outcome"]["kind"]
        numbers, ends = expected.numbers(record["identity"]), expected.ends(record["identity"])
        assert trial.state == STATES[kind], (trial, kind)
        assert trial.user_attrs["outcome"] == kind
        wanted = {epoch: n["validation_accuracy"] for epoch, n in numbers.items()}
        assert trial.intermediate_values == wanted, trial
        values += len(wanted)
        last = numbers[max(numbers)]
        if trial.state == TrialState.COMPLETE:
            assert trial.value == last["validation_accuracy"], trial
        for name in NUMBERS:
            assert same(float(trial.user_attrs[name]), last[name]), (trial, name)
        dropout = config["dropout"]
        assert trial.params == {
            "filters": config["network"]["filters"][0],
            "optimizer": config["optimizer"]["kind"],
            "learning_rate": config["learning_rate"],
            "batch_size": config["batch_size"],
            "dropout": "0.5 (not connected)" if not dropout["connected"] else dropout["rate"],
            "early_stop": "1 epochs (min_delta 0)" if config["early_stop"] else "never",
        }, trial.params
        for name, distribution in trial.distributions.items():
            assert distribution._contains(distribution.to_internal_repr(trial.params[name])), name
        rate = trial.distributions["learning_rate"]
        assert (rate.low, rate.high, rate.log) == (0.001, 100.0, True)
        assert trial.user_attrs["seed"] == config["seed"]
        assert seconds(trial.datetime_start) == record["runs"][0]["started_unix"]
        if trial.state.is_finished():
            assert abs(seconds(trial.datetime_complete) - ends[max(ends)]) < 2e-6, trial
    failed = [t for t in study.trials if t.state == TrialState.FAIL]
    assert ["50 % of {all}" in t.user_attrs["error"] for t in failed] == [True]
    best = max(
        (n[max(n)]["validation_accuracy"] for n in map(expected.numbers, planned) if n), default=math.nan
    )
    assert study.best_value <= best
    shown = dashboard(storage)
    assert len(shown["trials"]) == len(study.trials), shown
    assert {t["state"] for t in shown["trials"]} == {"Complete", "Fail", "Running"}
    # What analyses need is there.
    importances = optuna.importance.get_param_importances(
        study, evaluator=optuna.importance.PedAnovaImportanceEvaluator()
    )
    assert set(importances) <= set(study.trials[0].params)
    return {"trials": len(study.trials), "intermediate values": values}
