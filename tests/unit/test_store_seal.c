/* SPDX-License-Identifier: Apache-2.0 */
/* What is personal is nowhere to be read: not in the database, not in its log, not in ours. */
#include "store_world.h"

/* Words that occur nowhere else, and a number. */
#define NUMBER "+15105550142"
static const char *const secrets[] = { "Xochitl", "Quetzalli", "zarzamora", "jacaranda",
	"cempasuchil", "tepozteco", "huitlacoche", "popocatepetl", "ixtaccihuatl", "axolotl",
	"chapulines" };

/* ---- forms in which a word may lie there ---------------------------------------------------- */

struct form {
	uint8_t bytes[128];
	size_t size;
};

static struct form as_is(const char *text)
{
	struct form f = { .size = strlen(text) };
	memcpy(f.bytes, text, f.size);
	return f;
}

static struct form utf16(const char *text, int low)
{
	struct form f = { .size = 0 };
	for (; *text; text++, f.size += 2)
		f.bytes[f.size + (size_t)low] = (uint8_t)*text;
	return f;
}

static struct form utf16_le(const char *text)
{
	return utf16(text, 0);
}

static struct form utf16_be(const char *text)
{
	return utf16(text, 1);
}

static struct form hex_with(const char *text, const char *digits)
{
	struct form f = { .size = 0 };
	for (; *text; text++) {
		f.bytes[f.size++] = (uint8_t)digits[(uint8_t)*text >> 4];
		f.bytes[f.size++] = (uint8_t)digits[*text & 15];
	}
	return f;
}

static struct form hex_upper(const char *text)
{
	return hex_with(text, "0123456789ABCDEF");
}

static struct form hex_lower(const char *text)
{
	return hex_with(text, "0123456789abcdef");
}

/* TS 23.040 9.1.2.3: digits as swapped half octets. */
static struct form half_octets(const char *text)
{
	struct form f = { .size = 0 };
	for (size_t i = 0; text[i] && text[i + 1]; i += 2)
		f.bytes[f.size++] = (uint8_t)((text[i + 1] - '0') << 4 | (text[i] - '0'));
	return f;
}

static struct form (*const forms[])(
	const char *) = { as_is, utf16_le, utf16_be, hex_upper, hex_lower };

/* ---- looking -------------------------------------------------------------------------------- */

static bool file_has(const char *path, struct form form)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st))
		return false;
	uint8_t *data = malloc((size_t)st.st_size + 1);
	ssize_t n = read(fd, data, (size_t)st.st_size);
	close(fd);
	bool found = n > 0 && memmem(data, (size_t)n, form.bytes, form.size);
	free(data);
	return found;
}

/* How many of the directory's files have it in any form. */
static int found_in(const char *dir, const char *text, bool say)
{
	int found = 0;
	DIR *d = opendir(dir);
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		char path[512];
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
			if (!file_has(path, forms[i](text)))
				continue;
			found++;
			if (say)
				print_error("'%s' in form %zu is in %s\n", text, i, e->d_name);
		}
	}
	closedir(d);
	return found;
}

static void nothing_is_found(struct world *w)
{
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
		assert_int_equal(found_in(w->dir, secrets[i], true), 0);
	assert_int_equal(found_in(w->dir, NUMBER + 1, true), 0);
	assert_int_equal(found_in(w->dir, NUMBER + 2, true), 0);
	char path[128];
	static const char *const files[] = { "faro.db", "faro.db-wal", "log" };
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", w->dir, files[i]);
		assert_false(file_has(path, half_octets(NUMBER + 2)));
		assert_false(file_has(path, half_octets(NUMBER + 3)));
	}
}

/* ---- doing all that is personal ------------------------------------------------------------- */

static int secret_part(void *ctx, int index, uint8_t out[BODY_PART_SIZE])
{
	(void)ctx, (void)index;
	memcpy(out, secrets[8], strlen(secrets[8]));
	return (int)strlen(secrets[8]);
}

static void do_everything(struct world *w)
{
	struct person p;
	struct store_landing l;
	int64_t id, body;
	char code[ALERT_CODE_SIZE];
	OK(store_person_meet(w->store, NUMBER, w->now_ms, &p));
	OK(store_person_set_name(w->store, p.id, secrets[0]));
	OK(store_person_join(w->store, p.id, 1, false, "import", secrets[1], w->now_ms));
	struct dialogue d = { .kind = 1, .expires_ms = w->now_ms + 1000 };
	text_copy(d.data, sizeof(d.data), secrets[2]);
	OK(store_dialogue_set(w->store, p.id, &d));
	char pdu[64];
	snprintf(pdu, sizeof(pdu), "%s %s", NUMBER, secrets[3]);
	struct store_fragment f = { .kind = PHONE_E164,
		.modem = "sim1",
		.sender = NUMBER,
		.reference = 3,
		.total = 2,
		.seq = 1,
		.pdu = pdu,
		.pdu_size = strlen(pdu) };
	OK(store_fragment_add(w->store, &f, w->now_ms, &l));
	f.total = 1;
	f.reference = -1;
	OK(store_fragment_add(w->store, &f, w->now_ms + 1, &l));
	f.kind = PHONE_ALPHANUMERIC;
	f.pdu_size--;
	text_copy(f.sender, sizeof(f.sender), secrets[9]);
	OK(store_fragment_add(w->store, &f, w->now_ms + 1, &l));
	OK(store_text_complete(w->store, l.text_id, secrets[4], 0, w->now_ms));
	OK(store_incident_open(w->store, INCIDENT_REPORT, p.id, w->now_ms, &id));
	OK(store_incident_note(w->store, id, p.id, "reported", secrets[5], w->now_ms));
	struct alert alert = { .author_id = p.id, .code_expires_ms = w->now_ms + 1000 };
	text_copy(alert.text, sizeof(alert.text), secrets[6]);
	OK(store_alert_new(w->store, &alert, w->now_ms, code));
	struct store_body b = {
		.text = secrets[7], .language = "en", .parts = 1, .part = secret_part
	};
	OK(store_body_add(w->store, &b, &body));
	OK(store_person_set_name(w->store, p.id, secrets[10]));
	OK(store_people_configure_begin(w->store));
	OK(store_people_configure(w->store, NUMBER, secrets[0], ROLE_ADMIN, "es", 1, w->now_ms));
	OK(store_people_configure_end(w->store));
	OK(store_person_leave(w->store, p.id, w->now_ms, NULL));
}

static void numbers_names_and_texts_are_in_no_file_in_no_form(void **state)
{
	struct world *w = *state;
	char path[128];
	snprintf(path, sizeof(path), "%s/log", w->dir);
	int saved = dup(STDERR_FILENO), log = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	dup2(log, STDERR_FILENO);
	log_set_level(LOG_LEVEL_DEBUG);
	do_everything(w);
	log_error("the log is captured");
	/* A number that cannot be opened is logged by its row. */
	struct person p;
	OK(store_person_meet(w->store, "+12125550117", w->now_ms, &p));
	peek(w,
		"UPDATE identity SET phone = (SELECT phone FROM identity WHERE id = 1) WHERE id = "
		"%lld",
		(long long)p.id);
	assert_int_equal(store_person_get(w->store, p.id, &p), -EBADMSG);
	nothing_is_found(w); /* with the log of the database open */
	/* The search itself finds what is there to be found. */
	assert_in_range(found_in(w->dir, "import", false), 1, 5);
	assert_in_range(found_in(w->dir, "log is captured", false), 1, 5);
	world_close(w);
	nothing_is_found(w);
	OK(world_open(w));
	snprintf(path, sizeof(path), "%s/copy", w->dir);
	OK(store_backup(w->store, path));
	nothing_is_found(w);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(log);
	log_set_level((enum log_level)0);
}

static void a_search_for_each_form_would_find_it(void **state)
{
	struct world *w = *state;
	char path[128];
	snprintf(path, sizeof(path), "%s/control", w->dir);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct form f = forms[i](secrets[0]);
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_int_equal(write(fd, "....", 4), 4);
		assert_int_equal(write(fd, f.bytes, f.size), f.size);
		close(fd);
		assert_in_range(found_in(w->dir, secrets[0], false), 1, 2);
	}
}

static void sealed_values_cannot_change_places(void **state)
{
	struct world *w = *state;
	struct person p;
	int64_t a = person_new(w, 1, ROLE_MEMBER, 1), b = person_new(w, 2, ROLE_MEMBER, 1);
	OK(store_person_set_name(w->store, a, "Ana"));
	OK(store_person_set_name(w->store, b, "Bea"));
	peek(w,
		"UPDATE identity SET name = (SELECT name FROM identity WHERE id = %lld) WHERE id = "
		"%lld",
		(long long)a, (long long)b);
	OK(store_person_get(w->store, b, &p));
	assert_string_equal(p.name, "");
	peek(w, "UPDATE identity SET phone = name WHERE id = %lld", (long long)a);
	assert_int_equal(store_person_get(w->store, a, &p), -EBADMSG);
}

static void equal_values_are_sealed_differently(void **state)
{
	struct world *w = *state;
	for (int i = 0; i < 3; i++)
		OK(store_person_set_name(w->store, person_new(w, i, ROLE_MEMBER, 1), "Ana"));
	assert_int_equal(peek(w, "SELECT count(DISTINCT substr(name, 25)) FROM identity"), 3);
	assert_int_equal(peek(w, "SELECT max(length(name)) FROM identity"), 3 + SEAL_OVERHEAD);
}

static void a_message_whose_recipient_cannot_be_read_does_not_stop_the_others(void **state)
{
	struct world *w = *state;
	struct store_claim c;
	int64_t a = person_new(w, 1, ROLE_MEMBER, 1), b = person_new(w, 2, ROLE_MEMBER, 1);
	int64_t bad = message_new(w, a, 1, CLASS_REPLY), good = message_new(w, b, 1, CLASS_REPLY);
	peek(w, "UPDATE identity SET phone = zeroblob(52) WHERE id = %lld", (long long)a);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.message_id, good);
	assert_int_equal(state_of(w, bad), MESSAGE_FAILED);
}

static int64_t identities_with(struct world *w, const uint8_t hash[STORE_HASH_SIZE])
{
	char hex[2 * STORE_HASH_SIZE + 1];
	for (int i = 0; i < STORE_HASH_SIZE; i++)
		snprintf(hex + (size_t)2 * i, 3, "%02x", hash[i]);
	return peek(w, "SELECT count(*) FROM identity WHERE hash = x'%s'", hex);
}

/* Whoever has the file alone cannot try all the numbers that there are. */
static void the_hash_of_a_number_needs_the_key(void **state)
{
	struct world *w = *state, *other;
	void *other_state = NULL;
	uint8_t hash[STORE_HASH_SIZE];
	struct person p;
	OK(store_person_meet(w->store, NUMBER, w->now_ms, &p));
	seal_hash(w->store->seal, HASHED_PHONE, NUMBER, strlen(NUMBER), hash);
	assert_int_equal(identities_with(w, hash), 1);
	OK(world_new(&other_state));
	other = other_state;
	OK(store_person_meet(other->store, NUMBER, other->now_ms, &p));
	assert_int_equal(identities_with(other, hash), 0);
	OK(world_free(&other_state));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_names_and_texts_are_in_no_file_in_no_form),
		TEST(a_search_for_each_form_would_find_it),
		TEST(sealed_values_cannot_change_places),
		TEST(equal_values_are_sealed_differently),
		TEST(the_hash_of_a_number_needs_the_key),
		TEST(a_message_whose_recipient_cannot_be_read_does_not_stop_the_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
