/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letters: base letters with combining accents as the one letter that they are (Unicode canonical
 * composition, the Latin part), and plain forms of letters that GSM 7-bit does not have.
 */
#include <string.h>

#include "gsm7.h"

/* ---- composition ---------------------------------------------------------------------------- */

/** One accent: pairs of a letter and what it is with the accent. */
struct accent {
	uint16_t mark;
	const char16_t *pairs;
};

/*
 * Also in the orders that keyboards make and Unicode's normal form does not (circumflex, dot
 * below).
 */
static const struct accent accents[] = {
	{ 0x0300, u"AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳ" }, /* grave */
	{ 0x0301, u"AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÜǗüǘ"    /* acute */
		  u"ÂẤâấĂẮăắÊẾêếÔỐôốƠỚơớƯỨưứ" },
	{ 0x0302, u"AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷ" /* circumflex */
		  u"ẠẬạậẸỆẹệỌỘọộ" },
	{ 0x0303, u"AÃNÑOÕaãnñoõIĨiĩUŨuũÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ" },     /* tilde */
	{ 0x0304, u"AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖ" },                                 /* macron */
	{ 0x0306, u"AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭẠẶạặ" },                             /* breve */
	{ 0x0307, u"CĊcċEĖeėGĠgġIİZŻzż" },                                       /* dot above */
	{ 0x0308, u"AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸ" },                                 /* diaeresis */
	{ 0x0309, u"AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ" },         /* hook above */
	{ 0x030A, u"AÅaåUŮuů" },                                                 /* ring */
	{ 0x030B, u"OŐoőUŰuű" },                                                 /* double acute */
	{ 0x030C, u"CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚ" }, /* caron */
	{ 0x031B, u"OƠoơUƯuư" },                                                 /* horn */
	{ 0x0323, u"AẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵÂẬâậĂẶăặÊỆêệÔỘôộ" },         /* dot below */
	{ 0x0326, u"SȘsșTȚtț" },                                                 /* comma below */
	{ 0x0327, u"CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţ" },                         /* cedilla */
	{ 0x0328, u"AĄaąEĘeęIĮiįUŲuų" },                                         /* ogonek */
};

static bool is_mark(uint32_t cp)
{
	return cp >= 0x0300 && cp <= 0x036F;
}

/** The letter that base and mark are, or 0. */
static uint32_t compose(uint32_t base, uint32_t mark)
{
	for (size_t i = 0; i < ARRAY_SIZE(accents); i++) {
		if (accents[i].mark != mark)
			continue;
		for (const char16_t *p = accents[i].pairs; *p; p += 2)
			if (p[0] == base)
				return p[1];
		return 0;
	}
	return 0;
}

size_t letter_next(const char *text, size_t n, uint32_t *cp)
{
	size_t used = utf8_next(text, n, cp);

	while (used && used < n) {
		uint32_t mark, whole;
		size_t more = utf8_next(text + used, n - used, &mark);

		whole = is_mark(mark) ? compose(*cp, mark) : 0;
		if (!whole)
			break;
		*cp = whole;
		used += more;
	}
	return used;
}

/* ---- plain forms ---------------------------------------------------------------------------- */

/** Consecutive letters and the base letter of each; '.' where it has none here. */
struct plain_run {
	uint16_t first;
	const char *bases;
};

static const struct plain_run plain_runs[] = {
	/* Latin-1 */
	{ 0x00C0, "AAAAAA.CEEEEIIIIDNOOOOO..UUUUY..aaaaaa.ceeeeiiiidnooooo..uuuuy.y" },
	/* Latin Extended-A */
	{ 0x0100, "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi..JjKkkLlLlLlL"
		  "lLlNnNnNn...OoOoOo..RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs" },
	/* Latin Extended-B: horns, carons, commas below */
	{ 0x01A0, "Oo.............Uu" },
	{ 0x01CD, "AaIiOoUuUuUuUuUu" },
	{ 0x01E6, "GgKkOoOo..j...Gg..NnAa....AaAaEeEeIiIiOoOoRrRrUuUuSsTt" },
	{ 0x0226, "AaEeOoOoOoOoYy" },
	/* Latin Extended Additional: Vietnamese and others */
	{ 0x1E00, "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMm"
		  "MmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv"
		  "WwWwWwWwWwXxXxYyZzZzZzhtwy......AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe"
		  "EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy" },
};

/** Consecutive letters with the same plain form; "" leaves them out. */
struct plain_range {
	uint16_t first;
	uint16_t last;
	char plain[LETTER_PLAIN_MAX + 1];
};

static const struct plain_range plain_ranges[] = {
	{ 0x0009, 0x0009, " " }, /* tabulator */
	{ 0x0060, 0x0060,
		"'" }, /* grave accent: the only printable letter of ASCII that is not there */
	{ 0x00A0, 0x00A0, " " },   /* no-break space */
	{ 0x00A2, 0x00A2, "c" },   /* cent */
	{ 0x00A6, 0x00A6, "|" },   /* broken bar */
	{ 0x00A8, 0x00A8, "\"" },  /* diaeresis */
	{ 0x00A9, 0x00A9, "(c)" }, /* copyright */
	{ 0x00AA, 0x00AA, "a" },   /* feminine ordinal */
	{ 0x00AB, 0x00AB, "\"" },  /* angle quotation mark */
	{ 0x00AC, 0x00AC, "-" },   /* not sign */
	{ 0x00AD, 0x00AD, "" },    /* soft hyphen */
	{ 0x00AE, 0x00AE, "(R)" }, /* registered */
	{ 0x00AF, 0x00AF, "-" },   /* macron */
	{ 0x00B0, 0x00B0, "o" },   /* degree */
	{ 0x00B1, 0x00B1, "+/-" }, { 0x00B2, 0x00B2, "2" }, { 0x00B3, 0x00B3, "3" },
	{ 0x00B4, 0x00B4, "'" },                          /* acute accent */
	{ 0x00B5, 0x00B5, "u" },                          /* micro */
	{ 0x00B6, 0x00B6, "§" }, { 0x00B7, 0x00B7, "." }, /* middle dot */
	{ 0x00B8, 0x00B8, "," },                          /* cedilla */
	{ 0x00B9, 0x00B9, "1" }, { 0x00BA, 0x00BA, "o" }, /* masculine ordinal */
	{ 0x00BB, 0x00BB, "\"" },                         /* angle quotation mark */
	{ 0x00BC, 0x00BC, "1/4" }, { 0x00BD, 0x00BD, "1/2" }, { 0x00BE, 0x00BE, "3/4" },
	{ 0x00D7, 0x00D7, "x" },                           /* multiplication */
	{ 0x00DE, 0x00DE, "Th" }, { 0x00F7, 0x00F7, "/" }, /* division */
	{ 0x00FE, 0x00FE, "th" }, { 0x0132, 0x0132, "IJ" }, { 0x0133, 0x0133, "ij" },
	{ 0x0149, 0x0149, "'n" }, { 0x014A, 0x014A, "N" }, { 0x014B, 0x014B, "n" },
	{ 0x0152, 0x0152, "OE" }, { 0x0153, 0x0153, "oe" }, { 0x0192, 0x0192, "f" },
	{ 0x02B9, 0x02BF, "'" }, /* modifier primes, apostrophes, half rings (okina) */
	{ 0x02C6, 0x02C6, "^" }, { 0x02C8, 0x02C8, "'" }, { 0x02DC, 0x02DC, "~" },
	{ 0x0300, 0x036F, "" },                            /* accents with no letter to go with */
	{ 0x1E9E, 0x1E9E, "SS" }, { 0x2000, 0x200A, " " }, /* spaces of all widths */
	{ 0x200B, 0x200F, "" },  /* zero width space and joiners, direction marks */
	{ 0x2010, 0x2015, "-" }, /* hyphens and dashes */
	{ 0x2018, 0x2019, "'" }, /* quotation marks */
	{ 0x201A, 0x201A, "'" }, { 0x201B, 0x201B, "'" }, { 0x201C, 0x201F, "\"" },
	{ 0x2020, 0x2021, "+" },                                                      /* daggers */
	{ 0x2022, 0x2023, "*" },                                                      /* bullets */
	{ 0x2024, 0x2024, "." }, { 0x2025, 0x2025, ".." }, { 0x2026, 0x2026, "..." }, /* ellipsis */
	{ 0x2027, 0x2027, "." }, { 0x2028, 0x2029, "\n" },   /* line and paragraph separator */
	{ 0x202A, 0x202E, "" },                              /* directions */
	{ 0x202F, 0x202F, " " },                             /* narrow no-break space */
	{ 0x2030, 0x2030, "o/oo" }, { 0x2032, 0x2032, "'" }, /* prime */
	{ 0x2033, 0x2033, "\"" }, { 0x2035, 0x2035, "'" },
	{ 0x2039, 0x203A, "'" },                           /* single angle quotation marks */
	{ 0x203C, 0x203C, "!!" }, { 0x2044, 0x2044, "/" }, /* fraction slash */
	{ 0x205F, 0x205F, " " }, { 0x2060, 0x2064, "" }, /* word joiner and others without width */
	{ 0x2066, 0x2069, "" },                          /* directions */
	{ 0x20AB, 0x20AB, "d" },                         /* dong */
	{ 0x20BA, 0x20BA, "TL" },                        /* lira */
	{ 0x2116, 0x2116, "No" },                        /* numero */
	{ 0x2122, 0x2122, "TM" }, { 0x2190, 0x2190, "<-" }, { 0x2192, 0x2192, "->" },
	{ 0x2212, 0x2212, "-" }, /* minus */
	{ 0x2215, 0x2215, "/" }, { 0x2217, 0x2217, "*" }, { 0x2219, 0x2219, "." },
	{ 0x223C, 0x223C, "~" }, { 0x2260, 0x2260, "=/=" }, { 0x2264, 0x2264, "<=" },
	{ 0x2265, 0x2265, ">=" }, { 0x3000, 0x3000, " " }, /* ideographic space */
	{ 0xFB00, 0xFB00, "ff" },                          /* ligatures */
	{ 0xFB01, 0xFB01, "fi" }, { 0xFB02, 0xFB02, "fl" }, { 0xFB03, 0xFB03, "ffi" },
	{ 0xFB04, 0xFB04, "ffl" }, { 0xFEFF, 0xFEFF, "" }, /* byte order mark */
};

static const char *plain_from_runs(uint32_t cp, char memory[2])
{
	for (size_t i = 0; i < ARRAY_SIZE(plain_runs); i++) {
		const struct plain_run *run = &plain_runs[i];

		if (cp < run->first || cp - run->first >= strlen(run->bases))
			continue;
		if (run->bases[cp - run->first] == '.')
			return NULL;
		memory[0] = run->bases[cp - run->first];
		memory[1] = '\0';
		return memory;
	}
	return NULL;
}

const char *letter_plain(uint32_t cp, char memory[2])
{
	for (size_t i = 0; i < ARRAY_SIZE(plain_ranges); i++)
		if (cp >= plain_ranges[i].first && cp <= plain_ranges[i].last)
			return plain_ranges[i].plain;
	return plain_from_runs(cp, memory);
}
