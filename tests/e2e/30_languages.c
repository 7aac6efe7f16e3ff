/* SPDX-License-Identifier: Apache-2.0 */
/* Story 30: every language. What is said to whom in which words, and what its letters cost. */
#include "cmocka_story.h"

static const char people[] =
	"people = ( { phone = \"+15105550101\"; name = \"Ana\"; role = \"dispatcher\"; language = "
	"\"en\"; },\n"
	" { phone = \"+15105550102\"; name = \"Rosa\"; role = \"admin\"; language = \"es\"; },\n"
	" { phone = \"+15105550111\"; name = \"Ben\"; role = \"responder\"; language = \"en\"; },\n"
	" { phone = \"+15105550112\"; name = \"Carla\"; role = \"responder\"; language = \"es\"; "
	"} );\n";

static struct box *box_of_four(const char *settings)
{
	struct box *box = box_new(&(struct box_options){ .people = people, .settings = settings });

	box_start(box);
	return box;
}

static void an_alert_goes_out(struct box *box)
{
	char code[8];
	const struct heard *promise = expect_text(box, &ana, "to send");

	digits_of(strstr(promise->text, "Reply "), 4, code);
	person_texts(box, &ana, code);
	expect_text(box, &ana, "is going out");
}

static void each_language_has_its_own_encoding(void **state)
{
	struct box *box = box_of_four("delivery : { retry = [ 1, 2 ]; encoding = { default = "
				      "\"auto\"; es = \"transliterate\"; }; };");

	(void)state;
	person_texts(box, &ana, "ALERT Reunión en el jardín");
	an_alert_goes_out(box);
	expect_text(box, &ben, "Reunión en el jardín");
	expect_text(box, &carla, "Reunion en el jardin");
	/* a reload changes what comes next */
	box_configure(box, "delivery : { retry = [ 1, 2 ]; encoding = \"transliterate\"; };", NULL);
	ran_free((struct ran[]){ box_faroctl(box, "reload", NULL) });
	person_texts(box, &ana, "UPDATE 1 Mañana en el jardín");
	expect_text(box, &ben, "Mañana en el jardin");
	expect_text(box, &carla, "Mañana en el jardin");
	box_free(box);
}

static void a_wrong_encoding_is_refused_with_its_line(void **state)
{
	struct box *box = box_new(&(struct box_options){
		.people = people, .settings = "delivery : { encoding = { es = \"utf8\"; }; };" });
	struct ran ran = box_check_config(box, NULL);

	(void)state;
	assert_int_equal(ran.code, 78);
	assert_non_null(strstr(ran.err, "delivery.encoding.es is \"utf8\"; allowed: \"auto\""));
	ran_free(&ran);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(each_language_has_its_own_encoding),
		cmocka_unit_test(a_wrong_encoding_is_refused_with_its_line),
	};

	return run_stories(stories);
}
