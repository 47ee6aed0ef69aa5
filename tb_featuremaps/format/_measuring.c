/* Measures, quantises and tiles maps in two passes over their values; see `finishing.py`.
 *
 * It does what `measuring.measure` and `atlas.tile` do with numpy, in fewer passes, and gives the
 * interpreter's lock back for all of it. Loops are written so that compilers vectorise them: over
 * the channels of a pixel, which lie side by side, or, where these are few, of several pixels.
 */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef _MSC_VER
#define RESTRICT __restrict
#else
#define RESTRICT restrict
#endif

#define LEVELS 255
/* The same bounds as in `measuring.py`, where they are explained. */
#define LARGEST 1e14f
#define SMALLEST_SPAN 1e-15f
#define MOST_CANCELLED 100
/* Fewer channels than this are measured for several pixels at a time. */
#define LEAST_LANES 64
/* So many float32 are added up before the sum is added to one of doubles. */
#define MOST_ADDED 64
/* So many channels and pixels are tiled at a time: as many as a 64-bit number has bytes. */
#define TILED 8
/* Added to a float32 from 0 to 2^22, it leaves the nearest whole number in the lowest bits. */
#define ROUNDING 12582912.0f

enum { STATISTICS = 6 }; /* minimum, maximum, mean, deviation, zeros, not finite */

/* What is found of each lane: of each channel of each of some neighbouring pixels. */
typedef struct {
    Py_ssize_t lanes;
    Py_ssize_t channels;
    float *lo, *hi, *scale, *part;
    int32_t *zero_part;
    double *total, *zeros, *mean;
    uint8_t *levels; /* of a row of a map, [width, channels] */
} Lanes;

typedef struct {
    Py_ssize_t height, width, channels, columns, stride;
} Shape;

static void survey_rows(const float *RESTRICT x, Py_ssize_t rows, Py_ssize_t lanes,
                        float *RESTRICT lo, float *RESTRICT hi, float *RESTRICT sum,
                        int32_t *RESTRICT zeros)
{
    for (Py_ssize_t row = 0; row < rows; row++, x += lanes) {
        for (Py_ssize_t i = 0; i < lanes; i++) {
            const float value = x[i];
            lo[i] = value < lo[i] ? value : lo[i];
            hi[i] = value > hi[i] ? value : hi[i];
            sum[i] += value;
            zeros[i] += value == 0;
        }
    }
}

static void quantise_rows(const float *RESTRICT x, Py_ssize_t rows, Py_ssize_t lanes,
                          const float *RESTRICT lo, const float *RESTRICT scale,
                          float *RESTRICT squares, uint8_t *RESTRICT levels)
{
    for (Py_ssize_t row = 0; row < rows; row++, x += lanes, levels += lanes) {
        for (Py_ssize_t i = 0; i < lanes; i++) {
            const float value = (x[i] - lo[i]) * scale[i];
            const float rounded = value + ROUNDING;
            uint32_t bits;
            memcpy(&bits, &rounded, sizeof bits);
            squares[i] += value * value;
            levels[i] = (uint8_t)bits;
        }
    }
}

static void deviate_rows(const float *RESTRICT x, Py_ssize_t rows, Py_ssize_t lanes,
                         const float *RESTRICT mean, float *RESTRICT squares)
{
    for (Py_ssize_t row = 0; row < rows; row++, x += lanes) {
        for (Py_ssize_t i = 0; i < lanes; i++) {
            const float deviation = x[i] - mean[i];
            squares[i] += deviation * deviation;
        }
    }
}

/* Adds the parts to their totals, and begins anew. */
static void add_parts(Lanes *at)
{
    for (Py_ssize_t i = 0; i < at->lanes; i++) {
        at->total[i] += at->part[i];
        at->part[i] = 0;
    }
}

static void add_zeros(Lanes *at)
{
    for (Py_ssize_t i = 0; i < at->lanes; i++) {
        at->zeros[i] += at->zero_part[i];
        at->zero_part[i] = 0;
    }
}

static void begin(Lanes *at)
{
    memset(at->total, 0, at->lanes * sizeof *at->total);
    memset(at->part, 0, at->lanes * sizeof *at->part);
}

/* Adds up what was found for the same channel of several pixels, in the first lanes. */
static void merge_sums(const Lanes *at, double *sums)
{
    for (Py_ssize_t i = at->channels; i < at->lanes; i++)
        sums[i % at->channels] += sums[i];
}

/* Gives all lanes what the first ones have. */
static void spread(const Lanes *at, float *values)
{
    for (Py_ssize_t i = at->channels; i < at->lanes; i++)
        values[i] = values[i - at->channels];
}

static void survey(Lanes *at, const float *x, Py_ssize_t pixels)
{
    const Py_ssize_t lanes = at->lanes, channels = at->channels, folded = lanes / channels;
    const Py_ssize_t block = MOST_ADDED * folded;
    begin(at);
    memset(at->zeros, 0, lanes * sizeof *at->zeros);
    memset(at->zero_part, 0, lanes * sizeof *at->zero_part);
    for (Py_ssize_t i = 0; i < lanes; i++)
        at->lo[i] = at->hi[i] = x[i % channels];
    for (; pixels > 0; pixels -= block, x += block * channels) {
        const Py_ssize_t now = pixels < block ? pixels : block;
        const Py_ssize_t rows = now / folded, done = rows * folded;
        survey_rows(x, rows, lanes, at->lo, at->hi, at->part, at->zero_part);
        /* The pixels that fill no row are added to the first lanes. */
        survey_rows(x + done * channels, now - done, channels, at->lo, at->hi, at->part,
                    at->zero_part);
        add_parts(at);
        add_zeros(at);
    }
    for (Py_ssize_t i = channels; i < lanes; i++) {
        const Py_ssize_t channel = i % channels;
        at->lo[channel] = at->lo[i] < at->lo[channel] ? at->lo[i] : at->lo[channel];
        at->hi[channel] = at->hi[i] > at->hi[channel] ? at->hi[i] : at->hi[channel];
    }
    merge_sums(at, at->total);
    merge_sums(at, at->zeros);
}

/* Transposes 8 × 8 bytes, where each number is a row. */
static void transpose(uint64_t rows[TILED])
{
    static const uint64_t masks[3] = {0x00000000FFFFFFFF, 0x0000FFFF0000FFFF, 0x00FF00FF00FF00FF};
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
}

/* Lays the levels of pixels `begin` to `end` of a row out, for `count` channels. */
static void tile_bytes(const uint8_t *levels, Py_ssize_t channels, Py_ssize_t begin, Py_ssize_t end,
                       uint8_t *const *tiles, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        uint8_t *tile = tiles[i];
        for (Py_ssize_t x = begin; x < end; x++)
            tile[x] = levels[x * channels + i];
    }
}

/* The same for eight channels, eight pixels at a time; returns how many pixels that makes. */
static Py_ssize_t tile_eights(const uint8_t *levels, Py_ssize_t channels, Py_ssize_t width,
                              uint8_t *const tiles[TILED])
{
    /* Where the first byte of a number is its highest, rows are counted backwards like bytes. */
    enum { FLIP = PY_LITTLE_ENDIAN ? 0 : TILED - 1 };
    Py_ssize_t x = 0;
    for (; x + TILED <= width; x += TILED) {
        uint64_t rows[TILED];
        for (int i = 0; i < TILED; i++)
            memcpy(&rows[i ^ FLIP], levels + (x + i) * channels, TILED);
        transpose(rows);
        for (int i = 0; i < TILED; i++)
            memcpy(tiles[i] + x, &rows[i ^ FLIP], TILED);
    }
    return x;
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
        Py_ssize_t done = 0;
        for (Py_ssize_t i = 0; i < count; i++) {
            tiles[i] = row + column * width;
            if (++column == shape->columns) {
                column = 0;
                row += shape->height * shape->stride;
            }
        }
        if (count == TILED)
            done = tile_eights(levels + channel, channels, width, tiles);
        tile_bytes(levels + channel, channels, done, width, tiles, count);
    }
}

/* Writes the levels into the atlas; leaves the sums of their squares. */
static void quantise(Lanes *at, const float *maps, uint8_t *atlas, const Shape *shape)
{
    const Py_ssize_t width = shape->width, channels = at->channels;
    const Py_ssize_t folded = at->lanes / channels, block = MOST_ADDED * folded;
    begin(at);
    /* From the last row on, since that is what the caches still hold. */
    for (Py_ssize_t y = shape->height - 1; y >= 0; y--) {
        for (Py_ssize_t x = 0; x < width; x += block) {
            const Py_ssize_t pixels = width - x < block ? width - x : block;
            const Py_ssize_t rows = pixels / folded, done = rows * folded;
            const float *values = maps + (y * width + x) * channels;
            uint8_t *levels = at->levels + x * channels;
            quantise_rows(values, rows, at->lanes, at->lo, at->scale, at->part, levels);
            quantise_rows(values + done * channels, pixels - done, channels, at->lo, at->scale,
                          at->part, levels + done * channels);
            add_parts(at);
        }
        tile_row(at->levels, atlas, shape, y);
    }
    merge_sums(at, at->total);
}

/* Leaves the sums of the squared deviations from `mean`, `[lanes]`. */
static void deviate(Lanes *at, const float *x, Py_ssize_t pixels, const float *mean)
{
    const Py_ssize_t folded = at->lanes / at->channels, block = MOST_ADDED * folded;
    begin(at);
    for (; pixels > 0; pixels -= block, x += block * at->channels) {
        const Py_ssize_t now = pixels < block ? pixels : block;
        const Py_ssize_t rows = now / folded, done = rows * folded;
        deviate_rows(x, rows, at->lanes, mean, at->part);
        deviate_rows(x + done * at->channels, now - done, at->channels, mean, at->part);
        add_parts(at);
    }
    merge_sums(at, at->total);
}

/* Measures the maps of one probe; returns whether float32 was enough for all its channels.
 *
 * For those for which it was not, `lo` is NaN.
 */
static int measure_probe(Lanes *at, const float *maps, uint8_t *atlas, const Shape *shape,
                         float *lo, float *hi, float *statistics)
{
    const Py_ssize_t channels = shape->channels, pixels = shape->height * shape->width;
    int enough = 1, cancelled = 0;
    survey(at, maps, pixels);
    for (Py_ssize_t i = 0; i < channels; i++) {
        float *of = statistics + i * STATISTICS;
        const float span = at->hi[i] - at->lo[i];
        const double mean = at->total[i] / (double)pixels;
        /* Rounding must not put a constant's mean beside it. */
        at->mean[i] = mean < at->lo[i] ? at->lo[i] : mean > at->hi[i] ? at->hi[i] : mean;
        of[0] = lo[i] = at->lo[i];
        of[1] = hi[i] = at->hi[i];
        of[2] = (float)at->mean[i];
        of[4] = (float)(at->zeros[i] / (double)pixels);
        of[5] = 0;
        at->scale[i] = LEVELS / (span > SMALLEST_SPAN ? span : SMALLEST_SPAN);
        /* Each comparison is false for NaN, which the sum holds if any value does. */
        if (!(lo[i] >= -LARGEST && hi[i] <= LARGEST && isfinite(mean)) ||
            (span > 0 && span < SMALLEST_SPAN)) {
            lo[i] = NAN;
            enough = 0;
        }
    }
    spread(at, at->lo);
    spread(at, at->scale);
    quantise(at, maps, atlas, shape);
    for (Py_ssize_t i = 0; i < channels; i++) {
        float *of = statistics + i * STATISTICS;
        const double above = at->mean[i] - of[0], mean = fabs(at->mean[i]);
        const double scale = at->scale[i];
        const double variance = at->total[i] / (double)pixels / (scale * scale) - above * above;
        cancelled |= above * (above > mean ? above : mean) > MOST_CANCELLED * variance;
        of[3] = (float)sqrt(variance > 0 ? variance : 0);
    }
    if (!cancelled)
        return enough;
    for (Py_ssize_t i = 0; i < channels; i++)
        at->scale[i] = (float)at->mean[i];
    spread(at, at->scale);
    deviate(at, maps, pixels, at->scale);
    for (Py_ssize_t i = 0; i < channels; i++)
        statistics[i * STATISTICS + 3] = (float)sqrt(at->total[i] / (double)pixels);
    return enough;
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

/* Makes room for the lanes of a layer in one block; NULL if there is none. */
static void *make_lanes(Lanes *at, const Shape *shape)
{
    const Py_ssize_t channels = shape->channels;
    const Py_ssize_t lanes = (LEAST_LANES + channels - 1) / channels * channels;
    const size_t a_lane = 3 * sizeof(double) + 4 * sizeof(float) + sizeof(int32_t);
    const size_t size = lanes * a_lane + (size_t)shape->width * channels;
    double *room = PyMem_RawMalloc(size);
    if (room == NULL)
        return NULL;
    at->lanes = lanes;
    at->channels = channels;
    at->total = room;
    at->zeros = room + lanes;
    at->mean = room + 2 * lanes;
    at->lo = (float *)(room + 3 * lanes);
    at->hi = at->lo + lanes;
    at->scale = at->lo + 2 * lanes;
    at->part = at->lo + 3 * lanes;
    at->zero_part = (int32_t *)(at->lo + 4 * lanes);
    at->levels = (uint8_t *)(at->zero_part + lanes);
    return room;
}

/* Whether a buffer holds `factors`' product of items; a product of any numbers could overflow. */
static int is_of(const Py_buffer *buffer, Py_ssize_t item, const Py_ssize_t factors[4])
{
    Py_ssize_t left = buffer->len;
    for (int i = 0; i < 4; i++) {
        if (factors[i] <= 0 || left % factors[i] != 0)
            return 0;
        left /= factors[i];
    }
    return left == item;
}

/* Whether the buffers are of the sizes that the shape tells. */
static int all_fit(const Py_buffer *maps, const Py_buffer *pictures, const Py_buffer *scale,
                   const Py_buffer *statistics, Py_ssize_t probes, const Shape *shape)
{
    const Py_ssize_t channels = shape->channels;
    const Py_ssize_t values[4] = {probes, shape->height, shape->width, channels};
    const Py_ssize_t found[4] = {probes, channels, 1, 1};
    const Py_ssize_t columns = shape->columns;
    if (!is_of(maps, sizeof(float), values) || columns <= 0 || columns > channels)
        return 0;
    const Py_ssize_t rows = (channels + columns - 1) / columns;
    const Py_ssize_t pixels[4] = {probes, rows, shape->height, 1 + columns * shape->width};
    return is_of(&scale[0], sizeof(float), found) && is_of(&scale[1], sizeof(float), found) &&
           is_of(statistics, STATISTICS * sizeof(float), found) && is_of(pictures, 1, pixels);
}

/* Measures all probes with the interpreter's lock given back; returns whether float32 was enough. */
static int measure_all(Lanes *at, const Py_buffer *maps, const Py_buffer *pictures,
                       const Py_buffer *scale, const Py_buffer *statistics, Py_ssize_t probes,
                       const Shape *shape)
{
    const Py_ssize_t pixels = shape->height * shape->width;
    int enough = 1;
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t probe = 0; probe < probes; probe++) {
        const Py_ssize_t first = probe * shape->channels;
        uint8_t *picture = (uint8_t *)pictures->buf + probe * (pictures->len / probes);
        clear_rest(picture, shape);
        enough &= measure_probe(at, (const float *)maps->buf + first * pixels, picture + 1, shape,
                                (float *)scale[0].buf + first, (float *)scale[1].buf + first,
                                (float *)statistics->buf + first * STATISTICS);
    }
    Py_END_ALLOW_THREADS
    return enough;
}

static PyObject *measure(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer maps, pictures, scale[2], statistics;
    PyObject *enough = NULL;
    Py_ssize_t probes;
    Shape shape;
    if (!PyArg_ParseTuple(arguments, "y*(nnnn)nw*w*w*w*", &maps, &probes, &shape.height,
                          &shape.width, &shape.channels, &shape.columns, &pictures, &scale[0],
                          &scale[1], &statistics))
        return NULL;
    if (all_fit(&maps, &pictures, scale, &statistics, probes, &shape)) {
        Lanes at;
        void *room;
        shape.stride = 1 + shape.columns * shape.width;
        room = make_lanes(&at, &shape);
        if (room == NULL)
            PyErr_NoMemory();
        else
            enough = PyBool_FromLong(measure_all(&at, &maps, &pictures, scale, &statistics,
                                                 probes, &shape));
        PyMem_RawFree(room);
    } else {
        PyErr_SetString(PyExc_ValueError, "Expected buffers of the sizes that the shape tells.");
    }
    PyBuffer_Release(&maps);
    PyBuffer_Release(&pictures);
    PyBuffer_Release(&scale[0]);
    PyBuffer_Release(&scale[1]);
    PyBuffer_Release(&statistics);
    return enough;
}

static PyMethodDef methods[] = {
    {"measure", measure, METH_VARARGS,
     "measure(maps, shape, columns, pictures, lo, hi, statistics) -> whether float32 was enough"},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
#if PY_VERSION_HEX >= 0x030D0000
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_measuring", NULL, 0, methods, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__measuring(void)
{
    return PyModuleDef_Init(&module);
}
