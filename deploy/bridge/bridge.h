/* Frames between a terminal and a vendor bridge: reading, writing, and every code of the protocol.
 *
 * A frame is a length (2 bytes, big-endian, counting all behind it), a kind (1), a request id (4, big-endian) and a body.
 * README.md explains; hal/src/bridge/frame.rs in this repository is the other side. Nothing here blocks or allocates.
 */
#ifndef BRIDGE_H
#define BRIDGE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

enum { BRIDGE_VERSION = 1, CLASS_CARD = 1, CLASS_SECURITY_MODULE = 2 };
enum { BODY_MAX = 1024, HEAD = 5, FRAME_MAX = 2 + HEAD + BODY_MAX };

enum kind { HELLO = 0x01, COMMAND = 0x02, CANCEL = 0x03, WELCOME = 0x81, COMPLETION = 0x82, PROGRESS = 0x83, EVENT = 0x84 };

enum result {
    DONE = 0x00, CANCELLED = 0x01, BUSY = 0x02, NOT_SUPPORTED = 0x03,
    TIMED_OUT = 0x10, NO_DEVICE = 0x11, BROKEN = 0x12,
    NO_CARD = 0x20, MUTE_CARD = 0x21, JAMMED = 0x22, BIN_FULL = 0x23,
    REFUSED = 0x30,
    LATER = 0x100 /* never sent: the operation goes on and ends by finish() */
};

enum news { ACCEPTED = 0x01, BLOCKED = 0x02, RESUMED = 0x03 };

/* Every class knows this one, and answers it while another operation is running. */
enum { OPERATION_STATUS = 0x01 };

struct frame {
    uint8_t kind;
    uint32_t id;
    const uint8_t *body; /* points into the buffer that the frame was found in */
    size_t length;
};

static inline uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline void put32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static inline void put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* Finds the frame at the beginning of `bytes`. Returns its size in all, 0 where it is not whole yet, -1 where this is no frame and the
 * connection must be closed. */
static inline int find_frame(const uint8_t *bytes, size_t count, struct frame *frame)
{
    if (count < 2)
        return 0;
    size_t length = (size_t)bytes[0] << 8 | bytes[1];
    if (length < HEAD || length > HEAD + BODY_MAX)
        return -1;
    if (count < 2 + length)
        return 0;
    *frame = (struct frame){bytes[2], get32(bytes + 3), bytes + 2 + HEAD, length - HEAD};
    return (int)(2 + length);
}

/* Writes a frame into `bytes` (FRAME_MAX of them) and returns its size. A body is at most BODY_MAX long. */
static inline size_t make_frame(uint8_t *bytes, enum kind kind, uint32_t id, const void *body, size_t length)
{
    if (length > BODY_MAX)
        length = BODY_MAX;
    put16(bytes, (uint16_t)(HEAD + length));
    bytes[2] = (uint8_t)kind;
    put32(bytes + 3, id);
    if (length)
        memcpy(bytes + 2 + HEAD, body, length);
    return 2 + HEAD + length;
}

/* Sends without waiting: false where the terminal does not read, which is the same as gone. */
static inline bool send_all(int fd, const uint8_t *bytes, size_t count)
{
    return send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)count;
}

#endif
