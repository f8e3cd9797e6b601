/* An emulated security module (PSAM) as a vendor bridge: answers a social security card's challenge for EXTERNAL AUTHENTICATE.
 *
 *   psam --socket /run/kiosk-bridge/psam/bridge.sock
 *
 * Control lines: absent | broken | refuse | well | mute | sound | die | garble | late | version N | class N
 *
 * Key and derivation are invented and those of the reference agency (tests/agency/src/hsm.rs); they open nothing but emulated cards.
 */
#include "serve.h"
#include "sm4.h"

#include <sys/random.h>

enum { OPERATION_ANSWER = 0x02, KEY_ID = 0x0A, ALGORITHM_SM4 = 3 };

static const uint8_t master_key[16] = {'d', 'e', 'v', 'e', 'l', 'o', 'p', 'm', 'e', 'n', 't', ' ', 'o', 'n', 'l', 'y'};
static const char number[] = "PSAM-0000000001";
static int trouble = DONE; /* what a control line has made wrong */

/* Arguments: algorithm (1), card id (16), challenge (8), historical bytes. Answer: key id (1), result (8), raw data (8). */
static int answer(struct operation *operation)
{
    if (operation->length < 1 + 16 + 8)
        return NOT_SUPPORTED;
    const uint8_t *card_id = operation->arguments + 1, *challenge = card_id + 16;
    uint8_t *result = operation->answer + 1, *raw = result + 8;
    uint8_t card_key[16], both[16], block[16];
    if (operation->arguments[0] != ALGORITHM_SM4)
        return REFUSED;
    if (getrandom(raw, 8, 0) != 8)
        return BROKEN;
    memcpy(both, challenge, 8);
    memcpy(both + 8, raw, 8);
    sm4_encrypt(master_key, card_id, card_key);
    sm4_encrypt(card_key, both, block);
    operation->answer[0] = KEY_ID;
    for (int i = 0; i < 8; i++)
        result[i] = block[i] ^ block[i + 8];
    operation->answered = 1 + 8 + 8;
    return DONE;
}

static int perform(struct operation *operation)
{
    if (trouble != DONE && !(trouble == REFUSED && operation->code == OPERATION_STATUS))
        return trouble;
    switch (operation->code) {
    case OPERATION_STATUS:
        operation->answered = strlen(number);
        memcpy(operation->answer, number, operation->answered);
        return DONE;
    case OPERATION_ANSWER:
        return answer(operation);
    default:
        return NOT_SUPPORTED;
    }
}

/* Nothing here takes time. */
static void stop(void) {}

static bool obey(const char *line, char said[SAID])
{
    static const struct { const char *line; int trouble; } lines[] = {
        {"absent", NO_DEVICE}, {"broken", BROKEN}, {"refuse", REFUSED}, {"well", DONE}};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (!strcmp(line, lines[i].line)) {
            trouble = lines[i].trouble;
            snprintf(said, SAID, "the module is now %s", line);
            return true;
        }
    return false;
}

int main(int count, char **arguments)
{
    static const struct device psam = {
        .class = CLASS_SECURITY_MODULE, .name = "Emulated PSAM 1.0", .perform = perform, .stop = stop, .obey = obey};
    if (count != 3 || strcmp(arguments[1], "--socket")) {
        fprintf(stderr, "usage: psam --socket PATH\n");
        return 2;
    }
    return serve(&psam, arguments[2]);
}
