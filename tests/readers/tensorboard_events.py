"""Event files in TensorBoard: the scalars of every epoch, and the tab HPARAMS."""

import struct

from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.data.provider import RunTagFilter  # noqa: F401
from tensorboard.plugins import base_plugin
from tensorboard.plugins.hparams import api_pb2, backend_context, get_experiment, list_session_groups
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard import context

from expected import NUMBERS, same


def f32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def settings(folder):
    events = EventAccumulator(str(folder))
    events.Reload()
    content = events.summary_metadata["_hparams_/session_start_info"].plugin_data.content
    data = plugin_data_pb2.HParamsPluginData.FromString(content)
    return events, data.session_start_info


def check(out, expected, _program):
    found, scalars = {}, 0
    for folder in sorted(p for p in out.iterdir() if p.is_dir()):
        events, start = settings(folder)
        identity = start.group_name
        found[folder.name] = identity
        numbers, ends = expected.numbers(identity), expected.ends(identity)
        assert sorted(events.Tags()["scalars"]) == (sorted(NUMBERS) if numbers else [])
        for tag in events.Tags()["scalars"]:
            read = events.Scalars(tag)
            assert [e.step for e in read] == list(numbers), (folder, tag)
            for event in read:
                wanted = f32(numbers[event.step][tag])
                assert same(event.value, wanted), (folder, tag, event, wanted)
                assert abs(event.wall_time - ends[event.step]) < 1e-6, (folder, event, ends)
                scalars += 1
        config = expected.trials[identity]["config"]
        hparams = {name: value for name, value in start.hparams.items()}
        for name, value in [
            ("learning_rate", config["learning_rate"]),
            ("batch_size", config["batch_size"]),
            ("filters", config["network"]["filters"][0]),
            ("seed", config["seed"]),
        ]:
            assert hparams[name].number_value == value, (folder, name, hparams)
        assert hparams["optimizer"].string_value == config["optimizer"]["kind"]
        runs = expected.trials[identity]["runs"]
        assert start.start_time_secs == runs[0]["started_unix"]
    assert sorted(found.values()) == sorted(expected.trials), "every trial once"

    rows = hparams_tab(out)
    states = {
        "completed": api_pb2.STATUS_SUCCESS,
        "stopped": api_pb2.STATUS_SUCCESS,
        "diverged": api_pb2.STATUS_SUCCESS,
        "failed": api_pb2.STATUS_FAILURE,
        "interrupted": api_pb2.STATUS_RUNNING,
    }
    assert len(rows) == len(expected.trials)
    for row in rows:
        [session] = row.sessions
        identity = found[session.name]
        assert session.status == states[expected.trials[identity]["outcome"]["kind"]], session
        last = list(expected.numbers(identity).values())[-1]
        metrics = {m.name.tag: m.value for m in session.metric_values}
        assert same(metrics, {name: f32(last[name]) for name in NUMBERS}), (session, last)
        shown = set(row.hparams)
        assert {"optimizer", "learning_rate", "dropout", "filters", "batch_size", "seed"} <= shown
    return {"trials": len(found), "scalars": scalars, "rows of HPARAMS": len(rows)}


def hparams_tab(out):
    """The rows that the tab HPARAMS asks its server for."""
    multiplexer = plugin_event_multiplexer.EventMultiplexer(tensor_size_guidance={"scalars": 1000})
    multiplexer.AddRunsFromDirectory(str(out))
    multiplexer.Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, str(out))
    tab = backend_context.Context(base_plugin.TBContext(data_provider=provider))
    request = context.RequestContext()
    experiment = get_experiment.Handler(
        request, tab, "", api_pb2.GetExperimentRequest(include_metrics=True)
    ).run()
    columns = {info.name for info in experiment.hparam_infos}
    assert columns == {"optimizer", "learning_rate", "dropout", "filters", "batch_size", "early_stop", "seed"}, columns
    assert {m.name.tag for m in experiment.metric_infos} == set(NUMBERS)
    everything = api_pb2.ListSessionGroupsRequest(
        start_index=0,
        slice_size=1000,
        allowed_statuses=[0, 1, 2, 3],
        include_metrics=True,
        col_params=[api_pb2.ColParams(hparam=name, include_in_result=True) for name in columns]
        + [api_pb2.ColParams(metric=m.name) for m in experiment.metric_infos],
    )
    answer = list_session_groups.Handler(request, tab, "", everything).run()
    return answer.session_groups
