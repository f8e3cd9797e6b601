/* The life of a bridge, the same for every device: its socket, its connections, the one command that runs, and a control line on standard
 * input with which a test makes it misbehave. A real bridge leaves the mishaps out and keeps the rest.
 *
 * One thread. A device performs an operation at once, or says LATER and ends it by finish(); then it can be cancelled. What passes through
 * may be somebody's (an APDU, a PIN): it is written nowhere, and wiped when it has passed.
 */
#ifndef SERVE_H
#define SERVE_H

#include "bridge.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 8, DEVICE_FDS = 2, SAID = 120 };

struct connection {
    int fd; /* -1 where the place is free */
    bool greeted, wants_events;
    uint8_t in[FRAME_MAX];
    size_t filled;
};

/* The operation to perform: what came, and where its answer goes. */
struct operation {
    struct connection *from;
    uint8_t code;
    const uint8_t *arguments;
    size_t length;
    uint8_t answer[BODY_MAX - 1];
    size_t answered;
};

struct device {
    uint8_t class;
    const char *name;                                /* maker, model, version: shown to a technician */
    int (*perform)(struct operation *);              /* returns an enum result */
    void (*stop)(void);                              /* the operation that said LATER is over */
    void (*closed)(struct connection *);             /* may be NULL */
    bool (*obey)(const char *line, char said[SAID]); /* control lines of the device's own */
    int (*fds)(struct pollfd fds[DEVICE_FDS]);       /* what else to wait for; may be NULL */
    void (*ready)(const struct pollfd *fd);          /* one of them has news */
};

static const struct device *served;
static struct connection connections[CONNECTIONS];

/* The command that said LATER; id 0 where none runs. */
static struct { struct connection *from; uint32_t id; uint8_t code; int64_t until_ms; } running;

/* What a test has asked for. */
static struct {
    bool mute, die, garble, late;
    uint8_t version, class;
    uint8_t held[FRAME_MAX]; /* the completion that is late */
    size_t held_bytes;
} mishap;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void hang_up(struct connection *connection)
{
    if (connection->fd < 0)
        return;
    close(connection->fd);
    if (running.id && running.from == connection) {
        running.id = 0;
        served->stop();
    }
    if (served->closed)
        served->closed(connection);
    *connection = (struct connection){.fd = -1};
}

static void say(struct connection *to, enum kind kind, uint32_t id, const void *body, size_t length)
{
    static const uint8_t junk[] = {0xFF, 0xFF, 0x00, 0xA5};
    uint8_t bytes[FRAME_MAX];
    size_t count = make_frame(bytes, kind, id, body, length);
    if (to->fd < 0)
        return;
    if (kind == COMPLETION && mishap.late) {
        mishap.late = false;
        memcpy(mishap.held, bytes, count);
        mishap.held_bytes = count;
        return;
    }
    if (kind == COMPLETION && mishap.held_bytes) {
        send_all(to->fd, mishap.held, mishap.held_bytes);
        mishap.held_bytes = 0;
    }
    bool sent = mishap.garble ? send_all(to->fd, junk, sizeof junk) : send_all(to->fd, bytes, count);
    mishap.garble = false;
    explicit_bzero(bytes, count);
    if (!sent)
        shutdown(to->fd, SHUT_RDWR); /* its end of file is met where it is read */
}

static void complete(struct connection *to, uint32_t id, int result, const uint8_t *data, size_t length)
{
    uint8_t body[BODY_MAX];
    body[0] = (uint8_t)result;
    if (result != DONE)
        length = 0;
    if (length)
        memcpy(body + 1, data, length);
    say(to, COMPLETION, id, body, 1 + length);
    explicit_bzero(body, 1 + length);
}

/* Ends the operation that said LATER. */
static inline void finish(int result, const uint8_t *data, size_t length)
{
    uint32_t id = running.id;
    running.id = 0;
    if (id)
        complete(running.from, id, result, data, length);
}

/* What the operation that said LATER is doing. `why` goes with BLOCKED. */
static inline void progress(enum news news, enum result why)
{
    uint8_t body[2] = {(uint8_t)news, (uint8_t)why};
    if (running.id)
        say(running.from, PROGRESS, running.id, body, news == BLOCKED ? 2 : 1);
}

/* Tells every terminal that wants to know. */
static inline void tell_all(const uint8_t *event, size_t length)
{
    for (int i = 0; i < CONNECTIONS; i++)
        if (connections[i].fd >= 0 && connections[i].wants_events)
            say(&connections[i], EVENT, 0, event, length);
}

static void welcome(struct connection *to, const struct frame *hello)
{
    uint8_t body[2 + 64] = {mishap.version ? mishap.version : BRIDGE_VERSION, mishap.class ? mishap.class : served->class};
    size_t name = strlen(served->name) < 64 ? strlen(served->name) : 64;
    memcpy(body + 2, served->name, name);
    to->greeted = true;
    to->wants_events = hello->length > 2 && hello->body[2] == 1;
    say(to, WELCOME, 0, body, 2 + name);
}

static void command(struct connection *from, const struct frame *frame)
{
    static struct operation operation;
    operation = (struct operation){from, frame->body[0], frame->body + 5, frame->length - 5, {0}, 0};
    if (mishap.die)
        exit(3);
    if (running.id && operation.code != OPERATION_STATUS) {
        complete(from, frame->id, BUSY, NULL, 0);
        return;
    }
    /* Known before it is performed, so that progress can be told at once. */
    if (!running.id) {
        running.from = from;
        running.id = frame->id;
        running.code = operation.code;
        running.until_ms = now_ms() + get32(frame->body + 1);
    }
    int result = served->perform(&operation);
    if (result == LATER)
        return;
    if (running.id == frame->id && running.from == from)
        running.id = 0;
    complete(from, frame->id, result, operation.answer, operation.answered);
    explicit_bzero(&operation, sizeof operation);
}

/* Returns false where the connection must be closed. */
static bool hear(struct connection *from, const struct frame *frame)
{
    if (mishap.mute)
        return true;
    switch (frame->kind) {
    case HELLO:
        if (frame->length < 2)
            return false;
        welcome(from, frame);
        return true;
    case COMMAND:
        if (!from->greeted || frame->length < 5)
            return false;
        command(from, frame);
        return true;
    case CANCEL:
        if (running.id == frame->id && running.from == from) {
            served->stop();
            finish(CANCELLED, NULL, 0);
        }
        return true; /* of a command that has ended: nothing to do */
    default:
        return false;
    }
}

static void read_connection(struct connection *from)
{
    struct frame frame;
    ssize_t count = recv(from->fd, from->in + from->filled, sizeof from->in - from->filled, 0);
    if (count <= 0) {
        hang_up(from);
        return;
    }
    from->filled += (size_t)count;
    int whole;
    while ((whole = find_frame(from->in, from->filled, &frame)) > 0) {
        if (!hear(from, &frame)) {
            whole = -1;
            break;
        }
        from->filled -= (size_t)whole;
        memmove(from->in, from->in + whole, from->filled);
        explicit_bzero(from->in + from->filled, (size_t)whole);
    }
    if (whole < 0)
        hang_up(from);
}

static void take_connection(int listener)
{
    int fd = accept(listener, NULL, NULL);
    for (int i = 0; fd >= 0 && i < CONNECTIONS; i++)
        if (connections[i].fd < 0) {
            connections[i] = (struct connection){.fd = fd};
            return;
        }
    if (fd >= 0)
        close(fd); /* more terminals than there can be */
}

static bool obey_common(const char *line)
{
    int number;
    if (!strcmp(line, "mute"))
        mishap.mute = true;
    else if (!strcmp(line, "sound"))
        memset(&mishap, 0, sizeof mishap);
    else if (!strcmp(line, "die"))
        mishap.die = true;
    else if (!strcmp(line, "garble"))
        mishap.garble = true;
    else if (!strcmp(line, "late"))
        mishap.late = true;
    else if (sscanf(line, "version %d", &number) == 1)
        mishap.version = (uint8_t)number;
    else if (sscanf(line, "class %d", &number) == 1)
        mishap.class = (uint8_t)number;
    else
        return false;
    return true;
}

static void read_lines(struct pollfd *input)
{
    static char lines[256];
    static size_t filled;
    char said[SAID] = "";
    ssize_t count = read(STDIN_FILENO, lines + filled, sizeof lines - 1 - filled);
    if (count <= 0) {
        input->fd = -1; /* nobody controls us: a service's standard input is empty */
        return;
    }
    filled += (size_t)count;
    lines[filled] = 0;
    for (char *end; (end = strchr(lines, '\n')); memmove(lines, end + 1, filled + 1)) {
        *end = 0;
        filled -= (size_t)(end + 1 - lines);
        bool obeyed = obey_common(lines) || served->obey(lines, said);
        printf("%s %s\n", obeyed ? "ok" : "err", obeyed ? said : "not understood");
        fflush(stdout);
    }
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    unlink(path);  /* left behind by a bridge that died */
    umask(0117);   /* our user and the folder's group, nobody else */
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, CONNECTIONS))
        return -1;
    return fd;
}

/* Serves `device` on the socket `path` until it is killed. */
static int serve(const struct device *device, const char *path)
{
    enum { LISTENER, INPUT, FIRST };
    struct pollfd fds[FIRST + CONNECTIONS + DEVICE_FDS] = {0};
    served = device;
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < CONNECTIONS; i++)
        connections[i].fd = -1;
    fds[LISTENER] = (struct pollfd){.fd = listen_at(path), .events = POLLIN};
    fds[INPUT] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
    if (fds[LISTENER].fd < 0) {
        perror(path);
        return 1;
    }
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        for (int i = 0; i < CONNECTIONS; i++)
            fds[FIRST + i] = (struct pollfd){.fd = connections[i].fd, .events = POLLIN};
        int others = device->fds ? device->fds(fds + FIRST + CONNECTIONS) : 0;
        int64_t left_ms = running.id ? running.until_ms - now_ms() : -1;
        if (running.id && left_ms <= 0) {
            device->stop();
            finish(TIMED_OUT, NULL, 0);
            continue;
        }
        poll(fds, (nfds_t)(FIRST + CONNECTIONS + others), left_ms > 60000 ? 60000 : (int)left_ms);
        if (fds[LISTENER].revents)
            take_connection(fds[LISTENER].fd);
        if (fds[INPUT].revents)
            read_lines(&fds[INPUT]);
        for (int i = 0; i < CONNECTIONS; i++)
            if (fds[FIRST + i].revents && fds[FIRST + i].fd == connections[i].fd)
                read_connection(&connections[i]);
        for (int i = 0; i < others; i++)
            if (fds[FIRST + CONNECTIONS + i].revents)
                device->ready(&fds[FIRST + CONNECTIONS + i]);
    }
}

#endif
