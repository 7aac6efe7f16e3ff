/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Curves as SVG within the page: no script, no file, colours by the page's own classes, and told
 * apart by their dashes where there is no colour.
 */
#include <inttypes.h>

#include "faroctl_report.h"

/* In pixels of the picture's own: readable on 360 points of a phone. */
static const struct frame {
	int width, height, left, top, right, bottom, font;
} large_frame = { 480, 190, 48, 12, 12, 26, 14 }, small_frame = { 180, 84, 34, 8, 6, 20, 11 };

static const char *const classes[WHATS] = { "sent", "delivered", "answered" };

struct drawing {
	FILE *file;
	const struct frame *frame;
	int64_t from, to, most;
};

static double x_of(const struct drawing *d, int64_t minute)
{
	int width = d->frame->width - d->frame->left - d->frame->right;

	return d->frame->left + (double)(minute - d->from) * width / (double)(d->to - d->from);
}

static double y_of(const struct drawing *d, int64_t n)
{
	int height = d->frame->height - d->frame->top - d->frame->bottom;

	return d->frame->top + height - (double)n * height / (double)d->most;
}

static int64_t sum_of(const struct curve *curve)
{
	int64_t sum = 0;

	for (size_t i = 0; i < curve->n; i++)
		sum += curve->points[i].n;
	return sum;
}

/* What happened in a minute has happened at its end. Points nearer than half a pixel are one. */
static void draw_curve(const struct drawing *d, const struct curve *curve, const char *class)
{
	double drawn_x = -1;
	int64_t sum = 0;

	if (curve->n == 0)
		return;
	fprintf(d->file, "<polyline class=\"%s\" points=\"", class);
	for (size_t i = 0; i < curve->n; i++) {
		const struct point *point = &curve->points[i];

		if (i == 0 || x_of(d, point->minute) - drawn_x >= 0.5)
			fprintf(d->file, "%.1f,%.1f ", x_of(d, point->minute), y_of(d, sum));
		sum += point->n;
		if (i + 1 == curve->n || x_of(d, point->minute + 1) - drawn_x >= 0.5) {
			drawn_x = x_of(d, point->minute + 1);
			fprintf(d->file, "%.1f,%.1f ", drawn_x, y_of(d, sum));
		}
	}
	fprintf(d->file, "%.1f,%.1f\"/>", x_of(d, d->to), y_of(d, sum));
}

static void draw_axes(const struct drawing *d)
{
	const struct frame *f = d->frame;
	int floor = f->height - f->bottom, end = f->width - f->right;
	bool days = d->to - d->from > MS_PER_DAY / MS_PER_MIN;
	char from[32], to[32];

	fprintf(d->file, "<path class=\"axis\" d=\"M%d %dV%dH%d\"/>", f->left, f->top, floor, end);
	fprintf(d->file,
		"<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%" PRId64
		"</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>",
		f->left - 4, f->top + f->font - 2, d->most, f->left - 4, floor);
	fprintf(d->file,
		"<text x=\"%d\" y=\"%d\">%s</text>"
		"<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
		f->left, f->height - 5, report_clock(d->from * MS_PER_MIN, days, from), end,
		f->height - 5, report_clock(d->to * MS_PER_MIN, days, to));
}

void svg_curves(FILE *file, const struct group *group, int64_t from, int64_t to, bool large)
{
	const struct frame *frame = large ? &large_frame : &small_frame;
	struct drawing d = { .file = file, .frame = frame, .from = from, .to = to, .most = 1 };

	for (int what = 0; what < WHATS; what++) {
		int64_t sum = sum_of(&group->curves[what]);

		d.most = sum > d.most ? sum : d.most;
	}
	fprintf(file,
		"<svg viewBox=\"0 0 %d %d\" font-size=\"%d\" role=\"img\" aria-label=\"%s %" PRId64
		", %s %" PRId64 ", %s %" PRId64 "\">",
		frame->width, frame->height, frame->font, word(WORD_SENT), group->sent,
		word(WORD_DELIVERED), group->delivered, word(WORD_ANSWERED), group->answered);
	draw_axes(&d);
	for (int what = 0; what < WHATS; what++)
		draw_curve(&d, &group->curves[what], classes[what]);
	fputs("</svg>\n", file);
}
