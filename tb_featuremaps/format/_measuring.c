/* Measures, quantises and tiles maps in two passes over their values; see `finishing.py`.
 *
 * It does what `measuring.measure` and `atlas.tile` do with numpy, in fewer passes, and gives the
 * interpreter's lock back for all of it. Loops are written so that compilers vectorise them: over
 * the channels of a pixel, which lie side by side, or, where these are few, of several pixels.
 * With PORTABLE defined it is built as for a processor that nothing here knows.
 */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "_tiling.h"

#ifdef _MSC_VER
#define RESTRICT __restrict
#else
#define RESTRICT restrict
#endif

/* Loops are compiled twice, and the processor decides when the module is loaded.
 *
 * AVX2 does more than process more values at a time: isal, which compresses the layer before,
 * leaves the upper halves of the vector registers in use. Until the end of an AVX function clears
 * them, SSE code is slower.
 */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__has_attribute) && !defined(PORTABLE)
#if __has_attribute(target_clones)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#endif
#endif
#ifndef FOR_EACH_PROCESSOR
#define FOR_EACH_PROCESSOR
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
/* Added to a float32 from 0 to 2^22, it leaves the nearest whole number in the lowest bits. */
#define ROUNDING 12582912.0f

enum { STATISTICS = 6 }; /* minimum, maximum, mean, deviation, zeros, not finite */

/* What is found of each lane: of each channel of each of some neighbouring pixels. */
typedef struct {
    Py_ssize_t lanes;
    Py_ssize_t channels;
    float *lo, *hi, *scale, *part, *offset_part;
    int32_t *zero_part;
    double *total, *zeros, *mean, *offset; /* `offset`: the sum of deviations from a rounded mean */
    uint8_t *levels; /* of a row of a map, [width, channels] */
} Lanes;

FOR_EACH_PROCESSOR
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

FOR_EACH_PROCESSOR
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

FOR_EACH_PROCESSOR
static void deviate_rows(const float *RESTRICT x, Py_ssize_t rows, Py_ssize_t lanes,
                         const float *RESTRICT mean, float *RESTRICT sum, float *RESTRICT squares)
{
    for (Py_ssize_t row = 0; row < rows; row++, x += lanes) {
        for (Py_ssize_t i = 0; i < lanes; i++) {
            const float deviation = x[i] - mean[i];
            sum[i] += deviation;
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

static void add_offsets(Lanes *at)
{
    for (Py_ssize_t i = 0; i < at->lanes; i++) {
        at->offset[i] += at->offset_part[i];
        at->offset_part[i] = 0;
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

/* Leaves the sums of the deviations from `mean`, `[lanes]`, and of their squares. */
static void deviate(Lanes *at, const float *x, Py_ssize_t pixels, const float *mean)
{
    const Py_ssize_t folded = at->lanes / at->channels, block = MOST_ADDED * folded;
    begin(at);
    memset(at->offset, 0, at->lanes * sizeof *at->offset);
    memset(at->offset_part, 0, at->lanes * sizeof *at->offset_part);
    for (; pixels > 0; pixels -= block, x += block * at->channels) {
        const Py_ssize_t now = pixels < block ? pixels : block;
        const Py_ssize_t rows = now / folded, done = rows * folded;
        deviate_rows(x, rows, at->lanes, mean, at->offset_part, at->part);
        deviate_rows(x + done * at->channels, now - done, at->channels, mean, at->offset_part,
                     at->part);
        add_parts(at);
        add_offsets(at);
    }
    merge_sums(at, at->offset);
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
    for (Py_ssize_t i = 0; i < channels; i++) {
        /* The mean was rounded: values a few steps apart deviate from it by as much. */
        const double offset = at->offset[i] / (double)pixels;
        const double variance = at->total[i] / (double)pixels - offset * offset;
        statistics[i * STATISTICS + 3] = (float)sqrt(variance > 0 ? variance : 0);
    }
    return enough;
}

/* Makes room for the lanes of a layer in one block; NULL if there is none. */
static void *make_lanes(Lanes *at, const Shape *shape)
{
    const Py_ssize_t channels = shape->channels;
    const Py_ssize_t lanes = (LEAST_LANES + channels - 1) / channels * channels;
    const size_t a_lane = 4 * sizeof(double) + 5 * sizeof(float) + sizeof(int32_t);
    const size_t size = lanes * a_lane + (size_t)shape->width * channels;
    double *room = PyMem_RawMalloc(size);
    if (room == NULL)
        return NULL;
    at->lanes = lanes;
    at->channels = channels;
    at->total = room;
    at->zeros = room + lanes;
    at->mean = room + 2 * lanes;
    at->offset = room + 3 * lanes;
    at->lo = (float *)(room + 4 * lanes);
    at->hi = at->lo + lanes;
    at->scale = at->lo + 2 * lanes;
    at->part = at->lo + 3 * lanes;
    at->offset_part = at->lo + 4 * lanes;
    at->zero_part = (int32_t *)(at->lo + 5 * lanes);
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
