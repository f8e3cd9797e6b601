/* An emulated motorised card reader as a vendor bridge: draws a card in, powers it, hands it back, or drops it into a bin and counts.
 *
 *   motor_reader --socket /run/kiosk-bridge/card/bridge.sock --card-port 0
 *
 * The card itself is the hall's (tests/src/emulate/card.rs): it connects to a TCP port of this machine (0: any; it is told on standard
 * output) and speaks vpcd's protocol, length (2, big-endian) and APDU. Connecting is pushing the card into the slot, closing is taking
 * it away. A vendor's bridge has calls of the vendor's library here.
 *
 * Control lines: jam | clear | stall | free | absent | broken | well | bin full | bin empty | take card | status | mute | sound | die |
 *                garble | late | version N | class N
 */
#include "serve.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

enum { POWER_UP = 0x02, TRANSMIT = 0x03, POWER_DOWN = 0x04, EJECT = 0x05, RETRACT = 0x06 };
/* As in the state that operation 01 and events tell. */
enum media { NO_MEDIA, IN_READER, MUTE_IN_READER, PRESENTED, STUCK };
enum { BIN_CAPACITY = 20, ATR_MAX = 33, CARD_ANSWER_MS = 2000 };
/* One-byte messages of vpcd. */
enum { CARD_OFF = 0, CARD_ON = 1, CARD_ATR = 4 };

static int slot = -1, card = -1; /* where cards connect, and the one that is there */
static enum media media;
static uint32_t count;     /* cards that came in */
static uint16_t retained;  /* cards in the bin */
static struct connection *powered_by;
static bool jam, stall;    /* what the next motion will meet */
static int trouble = DONE; /* what is wrong with the reader as a whole */

/* ---- the card ---- */

static bool receive(uint8_t *into, size_t wanted)
{
    for (ssize_t got; wanted; into += got, wanted -= (size_t)got)
        if ((got = recv(card, into, wanted, 0)) <= 0)
            return false;
    return true;
}

/* Sends one message and waits for its answer; its length, or -1 where the card is gone or takes too long. */
static int exchange(const uint8_t *message, size_t length, uint8_t *answer, size_t most)
{
    uint8_t head[2], out[2 + BODY_MAX];
    put16(out, (uint16_t)length);
    memcpy(out + 2, message, length);
    if (!send_all(card, out, 2 + length) || !receive(head, 2))
        return -1;
    size_t answered = (size_t)head[0] << 8 | head[1];
    return answered <= most && receive(answer, answered) ? (int)answered : -1;
}

static void power(uint8_t on)
{
    const uint8_t message[3] = {0, 1, on};
    send_all(card, message, sizeof message); /* not answered */
}

/* ---- where it is ---- */

static void put_state(uint8_t state[7])
{
    state[0] = (uint8_t)media;
    put32(state + 1, count);
    put16(state + 5, retained);
}

static void move_to(enum media place)
{
    uint8_t state[7];
    media = place;
    if (place != IN_READER)
        powered_by = NULL;
    if (place == NO_MEDIA && card >= 0) {
        close(card);
        card = -1;
    }
    put_state(state);
    tell_all(state, sizeof state);
}

/* A card in the slot: the motor draws it in, and the contacts look whether it answers. */
static void draw_in(void)
{
    const uint8_t ask = CARD_ATR;
    const struct timeval patience = {.tv_sec = CARD_ANSWER_MS / 1000};
    uint8_t atr[BODY_MAX];
    int one = 1;
    card = accept(slot, NULL, NULL);
    if (card < 0)
        return;
    setsockopt(card, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(card, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    int length = exchange(&ask, 1, atr, sizeof atr);
    count++;
    move_to(length < 0 ? NO_MEDIA : length > ATR_MAX ? MUTE_IN_READER : IN_READER);
}

/* ---- operations ---- */

static int power_up(struct operation *operation)
{
    const uint8_t ask = CARD_ATR;
    if (operation->length != 4)
        return NOT_SUPPORTED;
    if (media == MUTE_IN_READER)
        return MUTE_CARD;
    if (media != IN_READER || get32(operation->arguments) != count)
        return NO_CARD;
    power(CARD_OFF);
    power(CARD_ON);
    int length = exchange(&ask, 1, operation->answer, ATR_MAX);
    if (length < 0) {
        move_to(NO_MEDIA);
        return NO_CARD;
    }
    powered_by = operation->from;
    operation->answered = (size_t)length;
    return DONE;
}

static int transmit(struct operation *operation)
{
    if (media != IN_READER || powered_by != operation->from)
        return NO_CARD;
    int length = exchange(operation->arguments, operation->length, operation->answer, sizeof operation->answer);
    if (length < 0) {
        move_to(NO_MEDIA);
        return NO_CARD;
    }
    operation->answered = (size_t)length;
    return DONE;
}

/* Moves the card out or into the bin: what both motions have in common ends here. */
static int moved(uint8_t code, uint8_t *answer, size_t *answered)
{
    if (jam) {
        move_to(STUCK);
        return JAMMED;
    }
    if (code == EJECT) {
        power(CARD_OFF);
        move_to(PRESENTED);
        return DONE;
    }
    retained++;
    move_to(NO_MEDIA);
    put16(answer, retained);
    *answered = 2;
    return DONE;
}

static int motion(struct operation *operation)
{
    if (media == STUCK)
        return JAMMED;
    if (media == NO_MEDIA)
        return NO_CARD;
    if (operation->code == RETRACT && retained >= BIN_CAPACITY)
        return BIN_FULL;
    progress(ACCEPTED, DONE);
    if (!stall)
        return moved(operation->code, operation->answer, &operation->answered);
    progress(BLOCKED, JAMMED);
    return LATER;
}

static int perform(struct operation *operation)
{
    if (trouble != DONE)
        return trouble;
    switch (operation->code) {
    case OPERATION_STATUS:
        put_state(operation->answer);
        operation->answered = 7;
        return DONE;
    case POWER_UP:
        return power_up(operation);
    case TRANSMIT:
        return transmit(operation);
    case POWER_DOWN:
        if (card >= 0 && powered_by == operation->from)
            power(CARD_OFF);
        powered_by = NULL;
        return DONE;
    case EJECT:
    case RETRACT:
        return motion(operation);
    default:
        return NOT_SUPPORTED;
    }
}

/* The motor stops where it is: the card stays in. */
static void stop(void) {}

/* Power goes with the connection that switched it on. */
static void closed(struct connection *connection)
{
    if (powered_by == connection && card >= 0) {
        power(CARD_OFF);
        powered_by = NULL;
    }
}

/* ---- what else happens ---- */

/* The slot is open while no card is there; a card that is there may be torn away. */
static int fds(struct pollfd fds[DEVICE_FDS])
{
    fds[0] = (struct pollfd){.fd = card < 0 && media == NO_MEDIA ? slot : card, .events = POLLIN};
    return fds[0].fd < 0 ? 0 : 1;
}

static void ready(const struct pollfd *fd)
{
    char byte;
    if (fd->fd == slot)
        draw_in();
    else if (fd->fd == card && recv(card, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
        move_to(NO_MEDIA);
}

static void set_free(void)
{
    uint8_t answer[2];
    size_t answered = 0;
    stall = false;
    if (!running.id)
        return;
    progress(RESUMED, DONE);
    int result = moved(running.code, answer, &answered);
    finish(result, answer, answered);
}

static bool obey(const char *line, char said[SAID])
{
    static const char *const places[] = {"no card", "card in the reader", "mute card in the reader", "card at the slot", "jammed"};
    if (!strcmp(line, "jam"))
        jam = true;
    else if (!strcmp(line, "clear")) {
        jam = false;
        if (media == STUCK)
            move_to(NO_MEDIA);
    } else if (!strcmp(line, "stall"))
        stall = true;
    else if (!strcmp(line, "free"))
        set_free();
    else if (!strcmp(line, "absent"))
        trouble = NO_DEVICE;
    else if (!strcmp(line, "broken"))
        trouble = BROKEN;
    else if (!strcmp(line, "well"))
        trouble = DONE;
    else if (!strcmp(line, "bin full"))
        retained = BIN_CAPACITY;
    else if (!strcmp(line, "bin empty"))
        retained = 0;
    else if (!strcmp(line, "take card") && media == PRESENTED)
        move_to(NO_MEDIA);
    else if (strcmp(line, "status"))
        return false;
    snprintf(said, SAID, "%s, %u in the bin", places[media], retained);
    return true;
}

static bool open_slot(const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    slot = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (slot < 0 || bind(slot, (struct sockaddr *)&address, size) || listen(slot, 1)
        || getsockname(slot, (struct sockaddr *)&address, &size))
        return false;
    printf("card port %d\n", ntohs(address.sin_port));
    return true;
}

int main(int words, char **arguments)
{
    static const struct device reader = {
        .class = CLASS_CARD, .name = "Emulated motorised reader 1.0", .perform = perform, .stop = stop, .closed = closed,
        .obey = obey, .fds = fds, .ready = ready};
    if (words != 5 || strcmp(arguments[1], "--socket") || strcmp(arguments[3], "--card-port")) {
        fprintf(stderr, "usage: motor_reader --socket PATH --card-port PORT\n");
        return 2;
    }
    if (!open_slot(arguments[4])) {
        perror("card port");
        return 1;
    }
    return serve(&reader, arguments[2]);
}
