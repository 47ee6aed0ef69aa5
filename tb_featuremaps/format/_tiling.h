/* Lays levels out in an atlas, one tile for each channel: what `atlas.tile` does with numpy. */

#ifndef TB_FEATUREMAPS_TILING_H
#define TB_FEATUREMAPS_TILING_H

#include <Python.h>

#include <stdint.h>
#include <string.h>

/* So many channels and pixels are tiled at a time: as many as a 64-bit number has bytes. */
#define TILED 8

/* Of maps, and how many tiles are in a row of the atlas and bytes in a line of its pixels. */
typedef struct {
    Py_ssize_t height, width, channels, columns, stride;
} Shape;

/* Writes the levels of eight channels of eight pixels, transposed: a line of each tile at `x`. */
static void tile_square(const uint8_t *levels, Py_ssize_t channels, uint8_t *const tiles[TILED],
                        Py_ssize_t x);

#if (defined(__SSE2__) || defined(_M_X64)) && !defined(PORTABLE)
#include <emmintrin.h>

static void tile_square(const uint8_t *levels, Py_ssize_t channels, uint8_t *const tiles[TILED],
                        Py_ssize_t x)
{
    /* Each step has twice as many pixels of a channel side by side. */
    __m128i pairs[4], fours[4], eights[4];
    for (int i = 0; i < 4; i++) {
        const uint8_t *pixel = levels + 2 * i * channels;
        pairs[i] = _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)pixel),
                                     _mm_loadl_epi64((const __m128i *)(pixel + channels)));
    }
    for (int i = 0; i < 2; i++) {
        fours[2 * i] = _mm_unpacklo_epi16(pairs[2 * i], pairs[2 * i + 1]);
        fours[2 * i + 1] = _mm_unpackhi_epi16(pairs[2 * i], pairs[2 * i + 1]);
    }
    for (int i = 0; i < 2; i++) {
        eights[2 * i] = _mm_unpacklo_epi32(fours[i], fours[i + 2]);
        eights[2 * i + 1] = _mm_unpackhi_epi32(fours[i], fours[i + 2]);
    }
    for (int i = 0; i < 4; i++) {
        _mm_storel_epi64((__m128i *)(tiles[2 * i] + x), eights[i]);
        _mm_storel_epi64((__m128i *)(tiles[2 * i + 1] + x), _mm_srli_si128(eights[i], 8));
    }
}
#else
static void tile_square(const uint8_t *levels, Py_ssize_t channels, uint8_t *const tiles[TILED],
                        Py_ssize_t x)
{
    static const uint64_t masks[3] = {0x00000000FFFFFFFF, 0x0000FFFF0000FFFF, 0x00FF00FF00FF00FF};
    /* Where the first byte of a number is its highest, rows are counted backwards like bytes. */
    enum { FLIP = PY_LITTLE_ENDIAN ? 0 : TILED - 1 };
    uint64_t rows[TILED];
    for (int i = 0; i < TILED; i++)
        memcpy(&rows[i ^ FLIP], levels + i * channels, TILED);
    for (int stage = 0, distance = TILED / 2; stage < 3; stage++, distance /= 2) {
        for (int i = 0; i < TILED; i++) {
            if ((i & distance) == 0) {
                const uint64_t swapped =
                    ((rows[i] >> (8 * distance)) ^ rows[i + distance]) & masks[stage];
                rows[i + distance] ^= swapped;
                rows[i] ^= swapped << (8 * distance);
            }
        }
    }
    for (int i = 0; i < TILED; i++)
        memcpy(tiles[i] + x, &rows[i ^ FLIP], TILED);
}
#endif

/* Lays the levels of a row of pixels out, for at most eight channels. */
static void tile_few(const uint8_t *levels, Py_ssize_t channels, Py_ssize_t width,
                     uint8_t *const *tiles, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        uint8_t *tile = tiles[i];
        for (Py_ssize_t x = 0; x < width; x++)
            tile[x] = levels[x * channels + i];
    }
}

/* The same for eight channels of at least eight pixels. */
static void tile_eight(const uint8_t *levels, Py_ssize_t channels, Py_ssize_t width,
                       uint8_t *const tiles[TILED])
{
    Py_ssize_t x = 0;
    for (; x + TILED <= width; x += TILED)
        tile_square(levels + x * channels, channels, tiles, x);
    /* The last square begins within the one before, and writes the same there. */
    if (x < width)
        tile_square(levels + (width - TILED) * channels, channels, tiles, width - TILED);
}

/* Lays the levels of row `y` of a map out in the atlas, one tile for each channel. */
static void tile_row(const uint8_t *levels, uint8_t *atlas, const Shape *shape, Py_ssize_t y)
{
    const Py_ssize_t width = shape->width, channels = shape->channels;
    Py_ssize_t column = 0;
    uint8_t *row = atlas + y * shape->stride;
    for (Py_ssize_t channel = 0; channel < channels; channel += TILED) {
        const Py_ssize_t left = channels - channel, count = left < TILED ? left : TILED;
        uint8_t *tiles[TILED];
        for (Py_ssize_t i = 0; i < count; i++) {
            tiles[i] = row + column * width;
            if (++column == shape->columns) {
                column = 0;
                row += shape->height * shape->stride;
            }
        }
        if (count == TILED && width >= TILED)
            tile_eight(levels + channel, channels, width, tiles);
        else
            tile_few(levels + channel, channels, width, tiles, count);
    }
}

/* The black tiles behind the last channel, and the zero before each row, which is its filter. */
static void clear_rest(uint8_t *atlas, const Shape *shape)
{
    const Py_ssize_t rows = (shape->channels + shape->columns - 1) / shape->columns;
    const Py_ssize_t last = shape->channels - (rows - 1) * shape->columns;
    const Py_ssize_t used = last * shape->width;
    for (Py_ssize_t y = 0; y < rows * shape->height; y++)
        atlas[y * shape->stride] = 0;
    atlas += 1 + (rows - 1) * shape->height * shape->stride;
    for (Py_ssize_t y = 0; y < shape->height; y++)
        memset(atlas + y * shape->stride + used, 0, shape->columns * shape->width - used);
}

#endif
