/* SM4 (GB/T 32907-2016): one block, encrypting only. Small rather than fast: the S-box is computed, not stored. */
#ifndef SM4_H
#define SM4_H

#include <stdint.h>

/* Product in GF(2^8) modulo x^8 + x^7 + x^6 + x^5 + x^4 + x^2 + 1. */
static uint8_t sm4_times(uint8_t a, uint8_t b)
{
    uint8_t product = 0;
    for (; b; b >>= 1) {
        product ^= b & 1 ? a : 0;
        a = (uint8_t)(a << 1 ^ (a & 0x80 ? 0xF5 : 0));
    }
    return product;
}

/* The affine map: bit i of the image is the parity of x under the row A7, turned left by i. */
static uint8_t sm4_affine(uint8_t x)
{
    uint8_t image = 0;
    for (int i = 0; i < 8; i++) {
        uint8_t row = (uint8_t)(0xA7 << i | 0xA7 >> (8 - i));
        image = (uint8_t)(image | __builtin_parity(row & x) << i);
    }
    return image ^ 0xD3;
}

/* Affine, inverse (x to the power 254), affine again. */
static uint8_t sm4_substitute(uint8_t x)
{
    uint8_t base = sm4_affine(x), power = 1;
    for (int i = 0; i < 254; i++)
        power = sm4_times(power, base);
    return sm4_affine(power);
}

static uint32_t sm4_turn(uint32_t x, int by) { return x << by | x >> (32 - by); }

static uint32_t sm4_mix(uint32_t x)
{
    uint32_t mixed = 0;
    for (int i = 0; i < 32; i += 8)
        mixed |= (uint32_t)sm4_substitute((uint8_t)(x >> i)) << i;
    return mixed;
}

static uint32_t sm4_word(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Round keys and rounds go together: key word and data word of a round are made from the four before them. */
static void sm4_encrypt(const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
    static const uint32_t family[4] = {0xA3B1BAC6, 0x56AA3350, 0x677D9197, 0xB27022DC};
    uint32_t k[36], x[36];
    for (int i = 0; i < 4; i++) {
        k[i] = sm4_word(key + 4 * i) ^ family[i];
        x[i] = sm4_word(in + 4 * i);
    }
    for (int i = 0; i < 32; i++) {
        uint32_t constant = 0;
        for (int j = 0; j < 4; j++)
            constant = constant << 8 | (uint8_t)((4 * i + j) * 7);
        uint32_t t = sm4_mix(k[i + 1] ^ k[i + 2] ^ k[i + 3] ^ constant);
        k[i + 4] = k[i] ^ t ^ sm4_turn(t, 13) ^ sm4_turn(t, 23);
        t = sm4_mix(x[i + 1] ^ x[i + 2] ^ x[i + 3] ^ k[i + 4]);
        x[i + 4] = x[i] ^ t ^ sm4_turn(t, 2) ^ sm4_turn(t, 10) ^ sm4_turn(t, 18) ^ sm4_turn(t, 24);
    }
    for (int i = 0; i < 16; i++)
        out[i] = (uint8_t)(x[35 - i / 4] >> (24 - i % 4 * 8));
}

#endif
