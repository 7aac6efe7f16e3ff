/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sms: the codec of the short message service, from 3GPP TS 23.040 (the PDUs) and TS 23.038 (the
 * alphabets). Pure: no I/O, no clock, no allocation, no log, no state of its own.
 *
 * The structs mirror TS 23.040; a clause number alone is one of TS 23.040. Both directions of every
 * PDU are here, because the simulated network needs the other half.
 *
 * Errors: -EBADMSG malformed input, -ENOBUFS the caller's buffer is too small, -EINVAL a value that
 * has no place in the standard, -ENOTSUP a compressed text (TS 23.038 4), -EMSGSIZE more than 255
 * segments. No decoder reads outside what it is given, whatever that is.
 *
 * A text goes out so:  sms_plan_make -> sms_plan_segment (per segment) -> sms_submit_encode
 * A text comes in so:  sms_pdu_open -> sms_kind_from_network -> sms_deliver_decode -> sms_udh_read
 *                      -> sms_ud_text, or when it is one part of several sms_join_*
 */
#ifndef FARO_SMS_H
#define FARO_SMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "faro/base.h"

/**
 * The largest TPDU in octets (a STATUS-REPORT with everything), and the same with a service
 * centre.
 */
#define SMS_TPDU_MAX 176
#define SMS_PDU_MAX  (SMS_TPDU_MAX + 12)

/* ---- addresses: 9.1.2.5 --------------------------------------------------------------------- */

#define SMS_ADDRESS_DIGITS_MAX 20 /* 9.1.2.5: Address-Value is at most 10 octets */
#define SMS_ADDRESS_NAME_MAX   11 /* septets of an alphanumeric address in 10 octets */
#define SMS_ADDRESS_OCTETS_MAX 12 /* length, type and value */

/** An address as text: "+" and 20 digits, or a name of 11 septets in UTF-8; with the NUL. */
#define SMS_ADDRESS_SIZE PHONE_SIZE

enum sms_number_type {          /* 9.1.2.5, Type-of-number */
	SMS_NUMBER_UNKNOWN = 0, /* also short codes */
	SMS_NUMBER_INTERNATIONAL = 1,
	SMS_NUMBER_NATIONAL = 2,
	SMS_NUMBER_NETWORK = 3,
	SMS_NUMBER_SUBSCRIBER = 4,
	SMS_NUMBER_ALPHANUMERIC = 5,
	SMS_NUMBER_ABBREVIATED = 6, /* also short codes */
	SMS_NUMBER_RESERVED = 7,
};

#define SMS_NUMBERING_ISDN 1 /* 9.1.2.5, Numbering-plan-identification: E.164; 0 is unknown */

struct sms_address {
	enum sms_number_type type;
	uint8_t numbering; /* Numbering-plan-identification, 0..15 */
	/* digits "0-9*#abc" without "+", or a name in UTF-8; "" is none */
	char value[SMS_ADDRESS_SIZE];
};

/**
 * Makes an address from text: "+15105550100" is international, "12345" unknown (as short codes are
 * sent), anything else a name in the GSM 7-bit alphabet of at most 11 septets. -EINVAL when it is
 * none of them.
 */
int sms_address_from_text(struct sms_address *address, const char *text);

/** Writes the address as text, an international one with "+". Returns out. */
const char *sms_address_to_text(const struct sms_address *address, char out[SMS_ADDRESS_SIZE]);

/**
 * Encodes length, type and semi-octets (9.1.2.5) into out. Returns the octets, -EINVAL or
 * -ENOBUFS.
 */
int sms_address_encode(const struct sms_address *address, uint8_t *out, size_t size);

/** Decodes the address at octets. Returns the octets that it takes, or -EBADMSG. */
int sms_address_decode(const uint8_t *octets, size_t n, struct sms_address *address);

/* ---- time: 9.2.3.11 ------------------------------------------------------------------------- */

#define SMS_TIME_OCTETS 7

/**
 * A service centre time stamp. A stamp that is no date (some centres send zeros) has known = false
 * and is no error, because the text that carries it must not be lost. Two-digit years: 80..99 are
 * 1980..1999 (clocks that were never set begin there), 00..79 are 2000..2079.
 */
struct sms_time {
	int64_t wall_ms;      /* UTC; 0 when not known */
	int8_t zone_quarters; /* the zone of the stamp: quarter hours east of UTC, -79..79 */
	bool known;
};

/** Decodes seven octets; never fails (see known). */
void sms_time_decode(const uint8_t octets[SMS_TIME_OCTETS], struct sms_time *time);

/**
 * Encodes; milliseconds are dropped; a time that is not known becomes zeros. -EINVAL outside
 * 1980..2079.
 */
int sms_time_encode(const struct sms_time *time, uint8_t octets[SMS_TIME_OCTETS]);

/* ---- validity period: 9.2.3.12 -------------------------------------------------------------- */

enum sms_validity_format { /* 9.2.3.3, TP-VPF */
	SMS_VALIDITY_NONE = 0,
	SMS_VALIDITY_ENHANCED = 1,
	SMS_VALIDITY_RELATIVE = 2,
	SMS_VALIDITY_ABSOLUTE = 3,
};

struct sms_validity {
	enum sms_validity_format format;
	uint8_t relative;                  /* 9.2.3.12.1 */
	struct sms_time absolute;          /* 9.2.3.12.2 */
	uint8_t enhanced[SMS_TIME_OCTETS]; /* 9.2.3.12.3, as it came */
};

/**
 * A relative validity period of at most `seconds`: rounded down to the step below, so that a text
 * never outlives its shelf life; never shorter than the smallest step of 5 minutes, never longer
 * than 63 weeks.
 */
struct sms_validity sms_validity_from_s(int64_t seconds);

/** Seconds of a relative period (9.2.3.12.1): 300 .. 38102400. */
int64_t sms_validity_relative_s(uint8_t relative);

/** When the text expires, seen at now_ms. TIME_NEVER when there is no period that says when. */
int64_t sms_validity_end_ms(const struct sms_validity *validity, int64_t now_ms);

/* ---- data coding scheme: TS 23.038 4 -------------------------------------------------------- */

enum sms_alphabet { SMS_ALPHABET_GSM7, SMS_ALPHABET_DATA8, SMS_ALPHABET_UCS2 };

enum sms_waiting { /* which indicator a message-waiting group names */
	SMS_WAITING_NONE,
	SMS_WAITING_VOICEMAIL,
	SMS_WAITING_FAX,
	SMS_WAITING_EMAIL,
	SMS_WAITING_OTHER,
};

struct sms_dcs {
	enum sms_alphabet alphabet;
	int message_class; /* 0..3, or -1: no meaning */
	bool compressed;   /* TS 23.042; this codec does not read it */
	bool auto_delete;  /* groups 01xx */
	enum sms_waiting waiting;
	bool waiting_active;  /* the indicator is set (else cleared) */
	bool waiting_discard; /* the text itself may be discarded */
};

#define SMS_DCS_GSM7  0x00
#define SMS_DCS_DATA8 0x04
#define SMS_DCS_UCS2  0x08

/**
 * Reads a DCS octet. Every octet has a meaning: reserved codings are the GSM 7-bit default alphabet
 * (TS 23.038 4). Returns 0, or -ENOTSUP with *dcs filled in when the text is compressed.
 */
int sms_dcs_decode(uint8_t octet, struct sms_dcs *dcs);

/* ---- user data: 9.2.3.24 -------------------------------------------------------------------- */

#define SMS_UD_MAX 140

/**
 * User data and what is needed to read it. A plain value: a body is encoded once per language and
 * put into one SUBMIT per recipient. Only the octets that udl counts are used; the others are zero.
 */
struct sms_ud {
	uint8_t ud[SMS_UD_MAX];
	uint8_t udl; /* TP-UDL: septets (with the header's) in a 7-bit alphabet, else octets */
	uint8_t dcs; /* TP-DCS */
	bool udhi;   /* ud begins with a header */
};

/** Octets of ud that udl counts: 0..140, or -EBADMSG when udl is more than there can be. */
int sms_ud_octets(const struct sms_ud *ud);

/** Longest result of sms_ud_pack. */
#define SMS_UD_PACKED_MAX (3 + SMS_UD_MAX)

/**
 * Writes ud as octets that can be kept: TP-DCS, TP-UDHI (0 or 1), TP-UDL, the octets that udl
 * counts. Returns their number, -EBADMSG (udl) or -ENOBUFS.
 */
int sms_ud_pack(const struct sms_ud *ud, uint8_t *out, size_t size);

/** Reads what sms_ud_pack wrote, all n octets of it. 0 or -EBADMSG. */
int sms_ud_unpack(struct sms_ud *ud, const uint8_t *octets, size_t n);

/**
 * Sets the reference in the concatenation elements of an encoded part (9.2.3.24.1: the low 8 bits,
 * 9.2.3.24.8: all 16), so that one body serves many recipients. Returns how many elements there
 * were: 0 for a whole text, which stays as it is; -EBADMSG when the header is broken.
 */
int sms_ud_set_reference(struct sms_ud *ud, uint16_t reference);

/** One information element; data points into the user data that is walked. */
struct sms_udh_element {
	uint8_t iei;
	uint8_t len;
	const uint8_t *data;
};

struct sms_udh_iter {
	const uint8_t *at;
	const uint8_t *end;
};

enum sms_iei { /* 9.2.3.24 */
	SMS_IEI_CONCAT8 = 0x00,
	SMS_IEI_PORT8 = 0x04,
	SMS_IEI_PORT16 = 0x05,
	SMS_IEI_CONCAT16 = 0x08,
	SMS_IEI_SINGLE_SHIFT = 0x24,
	SMS_IEI_LOCKING_SHIFT = 0x25,
};

/**
 * Begins a walk over the header. 0; -ENOENT when there is none; -EBADMSG when it is longer than
 * the data.
 */
int sms_udh_begin(struct sms_udh_iter *iter, const struct sms_ud *ud);

/** 1 and the next element, 0 at the end, -EBADMSG when an element runs over the header's end. */
int sms_udh_next(struct sms_udh_iter *iter, struct sms_udh_element *element);

enum sms_language { /* TS 23.038 6.2.1.2.4: National Language Identifier */
	SMS_LANGUAGE_DEFAULT = 0,
	SMS_LANGUAGE_TURKISH = 1,
	SMS_LANGUAGE_SPANISH = 2,
	SMS_LANGUAGE_PORTUGUESE = 3,
	SMS_LANGUAGE_BENGALI = 4, /* and Assamese */
	SMS_LANGUAGE_GUJARATI = 5,
	SMS_LANGUAGE_HINDI = 6,
	SMS_LANGUAGE_KANNADA = 7,
	SMS_LANGUAGE_MALAYALAM = 8,
	SMS_LANGUAGE_ORIYA = 9,
	SMS_LANGUAGE_PUNJABI = 10,
	SMS_LANGUAGE_TAMIL = 11,
	SMS_LANGUAGE_TELUGU = 12,
	SMS_LANGUAGE_URDU = 13,
};

#define SMS_PORT_WAP_PUSH        2948
#define SMS_PORT_WAP_PUSH_SECURE 2949

/** What Faro understands of a header. */
struct sms_udh {
	uint8_t octets; /* of the whole header with its length octet; 0 = no header */
	uint8_t total;  /* parts of the text; 1 when it is whole */
	uint8_t part;   /* 1..total */
	bool reference_16bit;
	uint16_t reference;
	uint8_t single_shift; /* enum sms_language; also one that this codec has no table for */
	uint8_t locking_shift;
	bool has_port;
	uint16_t port_to;
	uint16_t port_from;
	bool wap_push; /* for a WAP push port: not a text for people */
};

/**
 * Reads the header of ud. As 9.2.3.24 says: the last of repeated or contrary elements counts, a
 * concatenation with an impossible total or part is passed over, so are unknown elements and those
 * too short for what they hold. Returns 0 (also without a header); -EBADMSG when the header does
 * not fit its lengths, and *udh is then that of a whole text ("the whole header shall be ignored").
 */
int sms_udh_read(const struct sms_ud *ud, struct sms_udh *udh);

/**
 * Writes udh (parts when total > 1, shifts, ports) to out. Returns its octets, 0 when it says
 * nothing, or -ENOBUFS / -EINVAL (part outside 1..total).
 */
int sms_udh_write(const struct sms_udh *udh, uint8_t *out, size_t size);

/**
 * 8-bit user data: header (may be NULL) and n octets of data. -EMSGSIZE when it is more than 140
 * octets.
 */
int sms_ud_from_data(struct sms_ud *ud, const struct sms_udh *udh, const void *data, size_t n);

/* ---- decoding a text ------------------------------------------------------------------------ */

/**
 * Enough for the text of any one user data: 160 septets of at most 3 bytes of UTF-8, or 140 octets
 * of 8-bit data of at most 4 characters; with the NUL.
 */
#define SMS_TEXT_SIZE 568

/**
 * Decodes the text of ud, after its header, to UTF-8. 7-bit: the shift tables that the header
 * names, default ones where it names an unknown language; an escape that means nothing is read as
 * TS 23.038 6.2.1.1 says. UCS-2: read as UTF-16BE, a lone surrogate becomes U+FFFD, an odd last
 * octet is dropped. 8-bit: printable ASCII and line feeds as they are, every other octet as \xNN.
 * NUL characters become U+FFFD. Returns the bytes without the NUL, -EBADMSG, -ENOTSUP or -ENOBUFS.
 */
int sms_ud_text(const struct sms_ud *ud, char *out, size_t size);

/**
 * Joins the parts of a text. The store keeps parts undecoded (their PDU), because other senders
 * split an escape pair or a surrogate pair between two parts: half of it at the end of a part means
 * nothing alone. The joiner decodes part after part and carries such a half over to the next; a
 * half with no other half is what sms_ud_text makes of it.
 *
 * sms_join_begin, then sms_join_add once for each part that is there in rising order, then
 * sms_join_end. Where parts are missing, `gap` is written once for each run of them. What does not
 * fit sets out->cut.
 */
struct sms_join {
	struct strbuf *out;
	const char *gap;
	uint8_t total;
	uint8_t last;       /* the part added last, 0 at first */
	uint8_t parts;      /* how many were added */
	bool escape;        /* carried: ESC (0x1B) of a 7-bit alphabet */
	uint16_t surrogate; /* carried: a high surrogate; 0 is none */
};

void sms_join_begin(struct sms_join *join, struct strbuf *out, uint8_t total, const char *gap);

/**
 * Adds a part. A second copy of the last one is passed over. -EINVAL when it is out of order or
 * beyond total. A part that cannot be decoded (-EBADMSG, -ENOTSUP) counts as missing and the join
 * goes on.
 */
int sms_join_add(struct sms_join *join, uint8_t part, const struct sms_ud *ud);

/** Ends the text. Returns the number of parts that were missing. */
int sms_join_end(struct sms_join *join);

/** One part of a text, for sms_join_parts. */
struct sms_part {
	uint8_t part;
	struct sms_ud ud;
};

/**
 * The same for parts in memory in any order, some perhaps twice (the first copy counts). They must
 * be of one sender, reference and total; parts beyond total are passed over. Returns the number
 * that was missing.
 */
int sms_join_parts(
	const struct sms_part *parts, size_t n, uint8_t total, const char *gap, struct strbuf *out);

/* ---- planning a text ------------------------------------------------------------------------ */

/** How a text may be encoded (setting delivery.encoding). */
enum sms_encoding {
	/* The cheapest that loses nothing and that every handset reads: GSM 7-bit, else UCS-2. */
	SMS_ENCODING_AUTO,
	/*
	 * Letters outside GSM 7-bit become plain ones; UCS-2 (and nothing replaced) when one has no
	 * plain form.
	 */
	SMS_ENCODING_TRANSLITERATE,
	/*
	 * As auto, and national shift tables too where they save a segment (many handsets do not
	 * honour them).
	 */
	SMS_ENCODING_SHIFT,
	/* Always UCS-2. */
	SMS_ENCODING_UCS2,
};

/** "auto", "transliterate", "shift", "ucs2". */
const char *sms_encoding_name(enum sms_encoding encoding);

/** The encoding of that name. 0 or -EINVAL. */
int sms_encoding_parse(const char *name, enum sms_encoding *encoding);

#define SMS_SEGMENTS_MAX 255 /* 9.2.3.24.1 */
#define SMS_PLAN_LETTERS 8

/** A letter that is not in the GSM 7-bit alphabet (default and extension table). */
struct sms_letter {
	uint32_t cp;
	uint32_t count; /* how often the text has it */
	uint8_t units;  /* what each costs in the alphabet chosen */
	/* fewer segments if this letter alone were plain: 0 when others force too */
	uint8_t segments_saved;
	bool has_plain; /* transliterate has a replacement for it */
};

/**
 * How a text will be sent. A unit is a septet in the GSM 7-bit alphabet and two octets in UCS-2.
 * Letters written as a base and a combining accent are taken as the one letter that they are (in
 * the plan and in the segments).
 */
struct sms_plan {
	enum sms_alphabet alphabet; /* GSM7 or UCS2 */
	uint8_t single_shift;       /* enum sms_language */
	uint8_t locking_shift;
	bool transliterated; /* letters were replaced: `letters` says which */
	bool reference_16bit;
	uint8_t segments;          /* 1..255; an empty text is one empty segment */
	uint8_t units_per_segment; /* capacity: 160, 153, 155, 149, 70, 67, ... */
	uint8_t units_used;        /* in the last segment */
	uint8_t units_left;        /* in the last segment */
	uint32_t units;            /* in all segments */
	/* segments if every letter that has a plain form were replaced by it */
	uint8_t segments_plain;
	uint32_t letters_count; /* letters outside GSM 7-bit in the text, counting each time */
	/* rows of letters, in order of first appearance; at most SMS_PLAN_LETTERS */
	uint8_t letters_n;
	bool letters_more; /* there are other letters beyond these rows */
	struct sms_letter letters[SMS_PLAN_LETTERS];
	/* segment i is text[start[i]] .. text[start[i + 1]] */
	uint32_t start[SMS_SEGMENTS_MAX + 1];
};

/**
 * Plans text (UTF-8; an invalid byte counts as U+FFFD). reference_16bit takes the longer
 * concatenation header (one septet or UCS-2 letter less per segment). An escape pair, a surrogate
 * pair or the replacement of one letter is never split. -EMSGSIZE when it takes more than 255
 * segments.
 */
int sms_plan_make(
	struct sms_plan *plan, const char *text, enum sms_encoding encoding, bool reference_16bit);

/**
 * Encodes segment i (from 0) of the text that was planned. reference is that of the concatenation
 * (its low 8 bits with the short header; not used when there is one segment). -EINVAL when i or
 * text is not the plan's.
 */
int sms_plan_segment(const struct sms_plan *plan, const char *text, unsigned int i,
	uint16_t reference, struct sms_ud *ud);

/**
 * Writes text with every letter outside GSM 7-bit replaced that has a plain form. True when none
 * is left.
 */
bool sms_transliterate(char *out, size_t size, const char *text);

/* ---- PDUs: 9.2.2 ---------------------------------------------------------------------------- */

/**
 * Opens a PDU as +CMGL, +CMGR, +CMT and +CDS give it: the service centre's address (TS 27.005 3.1,
 * <pdu>; may be NULL), then the TPDU. at_length is the <length> that the modem told with it, or -1;
 * a modem that left the service centre out is known by it. Returns the octets before the TPDU, or
 * -EBADMSG.
 */
int sms_pdu_open(const uint8_t *pdu, size_t n, int at_length, struct sms_address *centre);

/**
 * Writes a service centre's address as it stands before a TPDU; NULL or an empty one is one octet
 * 0.
 */
int sms_centre_encode(const struct sms_address *centre, uint8_t *out, size_t size);

enum sms_kind { SMS_KIND_DELIVER, SMS_KIND_SUBMIT_REPORT, SMS_KIND_STATUS_REPORT };

/**
 * What a TPDU from the network is (9.2.3.1; the reserved value is a DELIVER). -EBADMSG when it is
 * empty.
 */
int sms_kind_from_network(const uint8_t *tpdu, size_t n);

/** SMS-DELIVER, 9.2.2.1: a text to us. */
struct sms_deliver {
	bool more;                    /* TP-MMS: more messages wait in the centre */
	bool loop_prevention;         /* TP-LP */
	bool reply_path;              /* TP-RP */
	bool status_report_indicated; /* TP-SRI */
	struct sms_address from;      /* TP-OA */
	uint8_t pid;                  /* TP-PID */
	struct sms_time centre_time;  /* TP-SCTS */
	struct sms_ud ud;             /* TP-UDHI, TP-DCS, TP-UDL, TP-UD */
};

/** SMS-SUBMIT, 9.2.2.2: a text from us. */
struct sms_submit {
	bool reject_duplicates;       /* TP-RD */
	bool reply_path;              /* TP-RP */
	bool want_report;             /* TP-SRR */
	uint8_t reference;            /* TP-MR: the modem sets its own and tells it in +CMGS */
	struct sms_address to;        /* TP-DA */
	uint8_t pid;                  /* TP-PID */
	struct sms_validity validity; /* TP-VPF, TP-VP */
	struct sms_ud ud;             /* TP-UDHI, TP-DCS, TP-UDL, TP-UD */
};

/** SMS-STATUS-REPORT, 9.2.2.3: what became of a text. */
struct sms_status_report {
	bool more;                   /* TP-MMS: more messages wait in the centre */
	bool loop_prevention;        /* TP-LP */
	bool for_command;            /* TP-SRQ: the result of an SMS-COMMAND, not of a SUBMIT */
	uint8_t reference;           /* TP-MR */
	struct sms_address to;       /* TP-RA: who the text was for */
	struct sms_time centre_time; /* TP-SCTS: when the centre took the text */
	struct sms_time discharge;   /* TP-DT: when this became of it */
	uint8_t status;              /* TP-ST */
	bool has_pid;                /* optional parts: TP-PI, 9.2.3.27 */
	bool has_ud;
	uint8_t pid;
	struct sms_ud ud; /* dcs also without has_ud, when the report has one */
};

/**
 * Encode a TPDU into out; the number of octets is the <length> of AT+CMGS. -ENOBUFS, or -EINVAL
 * when a field cannot be written. SMS_TPDU_MAX is always enough.
 */
int sms_deliver_encode(const struct sms_deliver *deliver, uint8_t *out, size_t size);
int sms_submit_encode(const struct sms_submit *submit, uint8_t *out, size_t size);
int sms_status_report_encode(const struct sms_status_report *report, uint8_t *out, size_t size);

/**
 * Decode the n octets of a TPDU. 0 or -EBADMSG (too short, wrong kind, an address or length that
 * cannot be). Octets after the end are passed over. A text that cannot be read (compressed, broken
 * header) is no error here but in sms_ud_text, so that its sender is known.
 */
int sms_deliver_decode(const uint8_t *tpdu, size_t n, struct sms_deliver *deliver);
int sms_submit_decode(const uint8_t *tpdu, size_t n, struct sms_submit *submit);
int sms_status_report_decode(const uint8_t *tpdu, size_t n, struct sms_status_report *report);

/** What TP-ST means for the sender (9.2.3.15). */
enum sms_outcome {
	SMS_OUTCOME_DELIVERED,        /* the centre has done with it; the text was handed over */
	SMS_OUTCOME_TRYING,           /* not yet; the centre still tries, another report follows */
	SMS_OUTCOME_FAILED_PERMANENT, /* never with this number or text; the centre has given up */
	/* not this time; the centre has given up, it may be sent again */
	SMS_OUTCOME_FAILED_TEMPORARY,
};

/** Classifies TP-ST; reserved values are "service rejected" (0x63), as 9.2.3.15 says. */
enum sms_outcome sms_status_outcome(uint8_t status);

/** What TP-ST says, in a few English words for logs ("validity period expired"). Never NULL. */
const char *sms_status_name(uint8_t status);

#endif
