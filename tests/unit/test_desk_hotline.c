/* SPDX-License-Identifier: Apache-2.0 */
/* The hotline: two people who talk without each other's number, and voice calls. */
#include "desk_world.h"

#define DAYS(n) ((n)*24 * 60)

static void a_second_dispatcher_can_step_in(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "is it safe at the market?"),
		HEARS("Ana", "#1 message: is it safe at the market? (TAKE 1)"),
		HEARS("Abe", "#1 message: "),
		HEARS("Rosa", "#1 mensaje: "),
		HEARS("Eva", "Your text is #1."),
		SAYS(1, "Ana", "TAKE 1"),
		HEARS("Ana", "#1 is yours."),
		HEARS("Abe", "#1 was taken by Ana."),
		HEARS("Rosa", "Ana tiene"),
		SAYS(2, "Ana", "#1 somebody looks now"),
		HEARS("Eva", "Faro #1: somebody looks now"),
		SAYS(3, "Abe", "#1 it is safe"),
		HEARS("Eva", "Faro #1: it is safe"),
		SAYS(4, "Abe", "TAKE 1"),
		HEARS("Abe", "#1 is yours."),
		HEARS("Ana", "#1 was taken by Abe."),
		HEARS("Rosa", "Abe tiene"),
		SAYS(5, "Eva", "thank you"),
		HEARS("Abe", "#1 more: thank you"),
		HEARS("Eva", "added to #1"),
	};

	(void)state;
	TALK(talk);
}

static void a_handle_expires_after_30_quiet_days(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "is it safe at the market?"),
		HEARS("Ana", "#1 message: "),
		HEARS("Abe", "#1 message: "),
		HEARS("Rosa", "#1 mensaje: "),
		HEARS("Eva", "Your text is #1."),
		/* each text begins the 30 days anew */
		SAYS(DAYS(29), "Ana", "#1 it is safe"),
		HEARS("Eva", "Faro #1: it is safe"),
		SAYS(DAYS(58), "Eva", "#1 thank you"),
		HEARS("Ana", "#1 more: thank you"),
		HEARS("Abe", "#1 more: thank you"),
		HEARS("Rosa", "thank you"),
		HEARS("Eva", "added to #1"),
		SAYS(DAYS(88), "Ana", "#1 are you well?"),
		HEARS("Ana", "#1 was quiet for 30 days"),
		/* and hers is a new one */
		SAYS(DAYS(88) + 1, "Eva", "#1 hello"),
		HEARS("Ana", "#2 message: #1 hello"),
		HEARS("Abe", "#2 message: #1 hello"),
		HEARS("Rosa", "#2 mensaje: #1 hello"),
		HEARS("Eva", "Your text is #2."),
	};

	(void)state;
	TALK(talk);
}

static void calls(struct world *w, const char *phone)
{
	assert_int_equal(desk_call(w->desk, phone, w->now_ms), 0);
	settle(w);
}

static void a_caller_is_texted_once_in_an_hour_in_the_boxs_languages(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	const char *text;

	(void)state;
	calls(w, phone_of("Eva"));
	text = hears(w, "Eva", "Faro cannot take calls. Please text what you see");
	assert_non_null(strstr(text, "Faro no puede atender llamadas"));
	assert_null(strstr(text, "Faro ne ")); /* drafts are not spoken unasked */
	assert_in_range(strlen(text), 1, 160); /* one segment */
	hears(w, "Ana", "#1: somebody called");
	forget(w);
	w->now_ms += 59 * MS_PER_MIN;
	calls(w, phone_of("Eva"));
	assert_int_equal(w->n_heard, 0);
	/* also when the box was started anew, and for any number of callers in between */
	world_close(w);
	world_open(w);
	calls(w, phone_of("Eva"));
	assert_int_equal(w->n_heard, 0);
	calls(w, phone_of("Ben"));
	hears(w, "Ben", "Faro cannot take calls");
	w->now_ms += MS_PER_MIN;
	forget(w);
	calls(w, phone_of("Eva"));
	hears(w, "Eva", "Faro cannot take calls");
	hears(w, "Ana", "#1: somebody called");
	world_destroy(w);
}

static void a_caller_whose_language_is_known_hears_that(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	const char *text;

	(void)state;
	people_join(w);
	calls(w, phone_of("Max"));
	text = hears(w, "Max", "Faro no puede atender llamadas");
	assert_null(strstr(text, "cannot take calls"));
	assert_non_null(strstr(text, "Faro no puede atender llamadas"));
	world_destroy(w);
}

static void a_withheld_number_is_told_only(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	calls(w, "");
	hears(w, "Ana", "Somebody called and hides their number");
	hears(w, "Abe", "Somebody called");
	hears(w, "Rosa", "Una persona ha llamado");
	w->now_ms += 59 * MS_PER_MIN;
	forget(w);
	calls(w, "");
	assert_int_equal(w->n_heard, 0);
	w->now_ms += MS_PER_MIN;
	calls(w, "");
	hears(w, "Ana", "Somebody called");
	forget(w);
	calls(w, "24680");
	calls(w, phone_of("Box"));
	assert_int_equal(w->n_heard, 0);
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_dispatcher_can_step_in),
		cmocka_unit_test(a_handle_expires_after_30_quiet_days),
		cmocka_unit_test(a_caller_is_texted_once_in_an_hour_in_the_boxs_languages),
		cmocka_unit_test(a_caller_whose_language_is_known_hears_that),
		cmocka_unit_test(a_withheld_number_is_told_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
