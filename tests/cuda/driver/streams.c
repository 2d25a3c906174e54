/* Streams, events, captures and graphs. A stream runs its work at the call, so streams never
 * overlap and events have nothing to wait for; while it captures, its work is recorded. What the
 * real driver refuses during a capture, by NVIDIA's documentation, is refused. */
#define _GNU_SOURCE
#include "driver.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Stream {
    Graph *capture;
    struct Stream *next;
} Stream;

typedef struct {
    Graph *capture; /* that its last record was in */
    int recorded;   /* outside any */
} Event;

static Stream legacy;
static __thread Stream per_thread;
static Stream *streams;
static Graph *captures; /* under way */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* Handles 0 and 1 are the legacy default stream, 2 is one for each thread. */
static Stream *stream_of(void *handle) {
    if (handle == 0 || handle == (void *)1) return &legacy;
    return handle == (void *)2 ? &per_thread : handle;
}

Graph *capture_of(void *stream) { return stream_of(stream)->capture; }

void count_on(void *stream, const char *group, const char *key, unsigned long long bytes) {
    Graph *graph = capture_of(stream);
    char captured[64];
    if (graph) {
        graph->nodes++;
        snprintf(captured, sizeof captured, "captured.%s", group);
        group = captured;
    }
    count(group, key, bytes);
}

/* ---- recorded work ---- */

struct Step {
    struct Step *next;
    Result (*run)(void *);
    max_align_t data[];
};

Result enqueue(void *stream, Result (*run)(void *), const void *data, size_t size) {
    Graph *graph = capture_of(stream);
    if (!graph) return run((void *)data);
    struct Step *step = malloc(sizeof *step + size);
    step->next = 0;
    step->run = run;
    memcpy(step->data, data, size);
    if (graph->last)
        graph->last->next = step;
    else
        graph->first = step;
    graph->last = step;
    return SUCCESS;
}

static Result run_graph(void *data) {
    Graph *graph = *(Graph **)data;
    for (struct Step *step = graph->first; step; step = step->next) {
        Result result = step->run(step->data);
        if (result) return result;
    }
    return SUCCESS;
}

/* ---- streams and events ---- */

/* A capture forbids such calls to every thread, to its own, or to none (modes 0, 1, 2). */
Result forbidden(const char *name) {
    Result result = SUCCESS;
    pthread_mutex_lock(&mutex);
    for (Graph *graph = captures; graph && !result; graph = graph->next) {
        int mine = pthread_equal(graph->thread, pthread_self());
        if (graph->mode == 0 || (graph->mode == 1 && mine)) {
            char why[128];
            snprintf(why, sizeof why, "%s during a capture", name);
            graph->invalid = 1;
            result = refuse(why, CAPTURE_UNSUPPORTED);
        }
    }
    pthread_mutex_unlock(&mutex);
    return result;
}

Result cuStreamCreate(void **out, unsigned flags) {
    API;
    (void)flags;
    Stream *stream = calloc(1, sizeof *stream);
    pthread_mutex_lock(&mutex);
    stream->next = streams;
    streams = stream;
    pthread_mutex_unlock(&mutex);
    *out = stream;
    return SUCCESS;
}
Result cuStreamCreateWithPriority(void **out, unsigned flags, int priority) {
    (void)priority;
    return cuStreamCreate(out, flags);
}
/* A stream is a few bytes, kept until exit, so that a late use of it is no use of freed memory. */
Result cuStreamDestroy_v2(void *stream) {
    API;
    (void)stream;
    return SUCCESS;
}
Result cuStreamSynchronize(void *stream) {
    API;
    Graph *graph = capture_of(stream);
    if (graph) {
        graph->invalid = 1;
        return refuse("cuStreamSynchronize on a stream that captures", CAPTURE_UNSUPPORTED);
    }
    return SUCCESS;
}
Result cuCtxSynchronize(void) {
    API;
    NOT_IN_CAPTURE;
    return SUCCESS;
}
Result cuStreamWaitEvent(void *handle, Event *event, unsigned flags) {
    API;
    (void)flags;
    Stream *stream = stream_of(handle);
    if (stream->capture && !event->capture && event->recorded) {
        stream->capture->invalid = 1;
        return refuse("wait, in a capture, for an event recorded outside it", CAPTURE_ISOLATION);
    }
    if (!stream->capture && event->capture) stream->capture = event->capture; /* joins it */
    count_on(handle, "event", "wait", 0);
    return SUCCESS;
}
Result cuEventCreate(Event **out, unsigned flags) {
    API;
    (void)flags;
    *out = calloc(1, sizeof **out);
    return SUCCESS;
}
Result cuEventDestroy_v2(Event *event) {
    API;
    free(event);
    return SUCCESS;
}
Result cuEventRecord(Event *event, void *stream) {
    API;
    event->capture = capture_of(stream);
    event->recorded = !event->capture;
    count_on(stream, "event", "record", 0);
    return SUCCESS;
}
Result cuEventSynchronize(Event *event) {
    API;
    return event->capture ? refuse("wait for an event of a capture", CAPTURED_EVENT) : SUCCESS;
}
Result cuEventQuery(Event *event) { return cuEventSynchronize(event); }
Result cuEventElapsedTime_v2(float *milliseconds, Event *from, Event *to) {
    API;
    (void)from, (void)to;
    *milliseconds = 0;
    return SUCCESS;
}

/* ---- captures and graphs ---- */

Result cuStreamBeginCapture_v2(void *handle, int mode) {
    API;
    Stream *stream = stream_of(handle);
    if (stream == &legacy)
        return refuse("capture on the legacy default stream", CAPTURE_UNSUPPORTED);
    if (stream->capture) return refuse("the stream captures already", INVALID_VALUE);
    Graph *graph = calloc(1, sizeof *graph);
    graph->mode = mode;
    graph->thread = pthread_self();
    pthread_mutex_lock(&mutex);
    graph->next = captures;
    captures = graph;
    pthread_mutex_unlock(&mutex);
    stream->capture = graph;
    return SUCCESS;
}
Result cuStreamEndCapture(void *handle, Graph **out) {
    API;
    Stream *stream = stream_of(handle);
    Graph *graph = stream->capture;
    *out = 0;
    if (!graph) return refuse("end of a capture that was not begun", INVALID_VALUE);
    pthread_mutex_lock(&mutex);
    Graph **place = &captures;
    while (*place != graph) place = &(*place)->next;
    *place = graph->next;
    for (Stream *other = streams; other; other = other->next)
        if (other->capture == graph) other->capture = 0;
    pthread_mutex_unlock(&mutex);
    stream->capture = 0;
    if (graph->invalid) return refuse("a call had spoilt the capture", CAPTURE_INVALIDATED);
    *out = graph;
    return SUCCESS;
}
Result cuStreamIsCapturing(void *stream, int *status) {
    API;
    enum { NONE, ACTIVE, INVALIDATED };
    Graph *graph = capture_of(stream);
    *status = !graph ? NONE : graph->invalid ? INVALIDATED : ACTIVE;
    return SUCCESS;
}
/* An executable graph is the graph itself, which is kept until exit. */
Result cuGraphInstantiateWithFlags(Graph **out, Graph *graph, unsigned long long flags) {
    API;
    (void)flags;
    *out = graph;
    return SUCCESS;
}
Result cuGraphUpload(Graph *graph, void *stream) {
    API;
    (void)graph, (void)stream;
    return SUCCESS;
}
Result cuGraphLaunch(Graph *graph, void *stream) {
    API;
    count_on(stream, "graph", "launch", 0);
    return enqueue(stream, run_graph, &graph, sizeof graph);
}
Result cuGraphExecDestroy(Graph *graph) {
    API;
    (void)graph;
    return SUCCESS;
}
Result cuGraphDestroy(Graph *graph) {
    API;
    (void)graph;
    return SUCCESS;
}
