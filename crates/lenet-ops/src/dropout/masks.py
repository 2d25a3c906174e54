"""The random words of dropout masks (see mod.rs) in plain Python, for the oracle scripts."""

MASK = 2**32 - 1


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        first, second = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [
            second >> 32 ^ c[1] ^ k[0],
            second & MASK,
            first >> 32 ^ c[3] ^ k[1],
            first & MASK,
        ]
        k = [k[0] + 0x9E3779B9 & MASK, k[1] + 0xBB67AE85 & MASK]
    return c


def word(seed, step, image, unit):
    counter = [unit // 4, image, step & MASK, step >> 32]
    return philox(counter, [seed & MASK, seed >> 32])[unit % 4]
