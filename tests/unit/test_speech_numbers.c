/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every message with a number, as a person would write it for 0, 1 and 2, in English and in
 * Spanish. Run with the word `print` it writes what the message files say, to be read before it is
 * kept.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "faro/speech.h"

/* What a message says when all its numbers are 0, 1 and 2. NULL: it is never said with that. */
static const struct row {
	enum speech_message id;
	const char *said[2][3];
} rows[] = {
	{ MSG_SUSPENDED, { { NULL,
				   "Ben: the number failed in 1 alert, so no more go there. A text "
				   "from it brings them back.",
				   "Ben: the number failed in 2 alerts, so no more go there. A "
				   "text from it brings them back." },
				 { NULL,
					 "Ben: 1 alerta sin llegar; ya no se le mandan. Si manda "
					 "un mensaje, vuelve a la lista.",
					 "Ben: 2 alertas seguidas sin llegar; ya no se le mandan. "
					 "Si manda un mensaje, vuelve a la lista." } } },
	{ MSG_SUSPENDED_MORE,
		{ { NULL, NULL,
			  "2 numbers failed in 2 alerts, so no more go there. A text from one "
			  "brings its owner back." },
			{ NULL, NULL,
				"2 numeros con 2 alertas seguidas sin llegar; ya no se les mandan. "
				"Quien mande un mensaje vuelve a la lista." } } },
	{ MSG_MODEM_BLOCKED,
		{ { NULL,
			  "Modem stick: 1% of its texts get no report. Its SIM may be blocked: "
			  "alerts go over other modems only.",
			  "Modem stick: 2% of its texts get no report. Its SIM may be blocked: "
			  "alerts go over other modems only." },
			{ NULL,
				"Modem stick: 1% de sus mensajes sin acuse. Puede que bloqueen su "
				"SIM: las alertas salen solo por otros.",
				"Modem stick: 2% de sus mensajes sin acuse. Puede que bloqueen su "
				"SIM: las alertas salen solo por otros." } } },
	{ MSG_UNTAKEN,
		{ { NULL, "#17 has waited 1 min and no dispatcher took it. TAKE 17 makes it yours.",
			  "#17 has waited 2 min and no dispatcher took it. TAKE 17 makes it "
			  "yours." },
			{ NULL, "El #17 espera hace 1 min y nadie lo toma. TOMAR 17 lo hace suyo.",
				"El #17 espera hace 2 min y nadie lo toma. TOMAR 17 lo hace "
				"suyo." } } },
	{ MSG_VERIFYING,
		{ { "#17: nobody was asked to look. You will hear who goes.",
			  "#17: 1 responder was asked to look. You will hear who goes.",
			  "#17: 2 responders were asked to look. You will hear who goes." },
			{ "#17: no hay a quien pedir que vaya a ver. Le avisamos.",
				"#17: se pide a 1 persona que vaya a ver. Le avisamos.",
				"#17: se pide a 2 personas que vayan a ver. Le avisamos." } } },
	{ MSG_PROMISE, { { NULL, "#17 (north): 1 person, 1 segment, about 1 min.",
				 "#17 (north): 2 people, 2 segments, about 2 min." },
			       { NULL, "#17 (north): 1 persona, 1 segmento, 1 min.",
				       "#17 (north): 2 personas, 2 segmentos, unos 2 min." } } },
	{ MSG_PROMISE_NEED, { { NULL, "1 needed.", "2 needed." },
				    { NULL, "Se necesita 1 persona.", "Se necesitan 2." } } },
	{ MSG_PROMISE_DUTY, { { NULL, "The one on duty in the next minute.",
				      "The 2 on duty in the next 2 min." },
				    { NULL, "La persona de turno, en 1 min.",
					    "Las 2 personas de turno, en 2 min." } } },
	{ MSG_PROMISE_ALLOWANCE, { { "No segment is left today.", "Only 1 segment is left today.",
					   "Only 2 segments are left today." },
					 { "Hoy no quedan segmentos.", "Hoy queda solo 1 segmento.",
						 "Hoy quedan solo 2 segmentos." } } },
	{ MSG_PROMISE_LEFT, { { "No segment is left today.", "1 segment is left today.",
				      "2 segments are left today." },
				    { "Hoy no quedan segmentos.", "Hoy queda 1 segmento.",
					    "Hoy quedan 2 segmentos." } } },
	{ MSG_PROMISE_NEWCOMERS,
		{ { "Of people not texted yet this month nobody can be reached.",
			  "Of people not texted yet this month only 1 can be reached.",
			  "Of people not texted yet this month only 2 can be reached." },
			{ "De quienes no han recibido nada este mes, no se llega a nadie.",
				"De quienes no han recibido nada este mes, solo se llega a 1.",
				"De quienes no han recibido nada este mes, solo se llega a "
				"2." } } },
	{ MSG_SECOND_ASK,
		{ { NULL, "Ben wants to alert 1 person, #17 (north): Vans. Reply 4821 to send.",
			  "Ben wants to alert 2 people, #17 (north): Vans. Reply 4821 to send." },
			{ NULL,
				"Ben quiere alertar a 1 persona, #17 (north): Vans. Responda 4821 "
				"para mandarla.",
				"Ben quiere alertar a 2 personas, #17 (north): Vans. Responda 4821 "
				"para mandarla." } } },
	{ MSG_ALERT_SENT, { { NULL,
				    "#17 is going out to 1 person. Later: UPDATE 17 and text, "
				    "CLEAR 17, CANCEL 17.",
				    "#17 is going out to 2 people. Later: UPDATE 17 and text, "
				    "CLEAR 17, CANCEL 17." },
				  { NULL,
					  "#17 se manda a 1 persona. Luego: ACTUALIZAR 17 y texto, "
					  "CERRAR 17, CANCELAR 17.",
					  "#17 se manda a 2 personas. Luego: ACTUALIZAR 17 y "
					  "texto, CERRAR 17, CANCELAR 17." } } },
	{ MSG_CODE_WRONG, { { NULL, "That is not the code. 1 try left.",
				    "That is not the code. 2 tries left." },
				  { NULL, "Esa no es la clave. Queda 1 intento.",
					  "Esa no es la clave. Quedan 2 intentos." } } },
	{ MSG_ANSWERED_ETA, { { "Thank you! Counted for #17, arriving now. Text HERE when you "
				"arrive and DONE when you leave.",
				      "Thank you! Counted for #17, in 1 min. Text HERE when you "
				      "arrive and DONE when you leave.",
				      "Thank you! Counted for #17, in 2 min. Text HERE when you "
				      "arrive and DONE when you leave." },
				    { "¡Gracias! Contamos con usted para #17, llegando ya. Mande "
				      "AQUI al llegar y LISTO al irse.",
					    "¡Gracias! Contamos con usted para #17, en 1 min. "
					    "Mande AQUI al llegar y LISTO al irse.",
					    "¡Gracias! Contamos con usted para #17, en 2 min. "
					    "Mande AQUI al llegar y LISTO al irse." } } },
	{ MSG_SUMMARY,
		{ { "#17: nobody on the way. Sent to 0 of 0.",
			  "#17: 1 yes, 1 here, 1 done, 1 no. Sent to 1 of 1.",
			  "#17: 2 yes, 2 here, 2 done, 2 no. Sent to 2 of 2." },
			{ "#17: nadie en camino. Mandada a 0 de 0.",
				"#17: 1 SI, 1 presente, 1 listo, 1 NO. Mandada a 1 de 1.",
				"#17: 2 SI, 2 presentes, 2 listos, 2 NO. Mandada a 2 de 2." } } },
	{ MSG_SUMMARY_ETA, { { "Soonest now.", "Soonest in 1 min.", "Soonest in 2 min." },
				   { "Llega alguien ya.", "Llega alguien en 1 min.",
					   "Llega alguien en 2 min." } } },
	{ MSG_QUORUM, { { NULL,
				"#17: the one that you need said yes. 1 copy that was not sent yet "
				"is held. MORE 17 lets it go on.",
				"#17: the 2 that you need said yes. 2 copies that were not sent "
				"yet are held. MORE 17 lets them go on." },
			      { NULL,
				      "#17: viene la persona que necesita. Se retiene 1 "
				      "copia que no ha salido. Con MAS 17 sale.",
				      "#17: vienen las 2 personas que necesita. Se retienen 2 "
				      "copias que no han salido. Con MAS 17 salen." } } },
	{ MSG_QUORUM_LOST,
		{ { NULL,
			  "#17: now 1 of 1, somebody cannot come. The copy that was held goes "
			  "out.",
			  "#17: now 2 of 2, somebody cannot come. The 2 held copies go out." },
			{ NULL,
				"#17: ahora 1 de 1, alguien no puede venir. Sale la copia "
				"retenida.",
				"#17: ahora 2 de 2, alguien no puede venir. Salen las 2 "
				"copias retenidas." } } },
	{ MSG_MORE_GOES,
		{ { "#17: 0 are needed now, nobody said yes. Nobody is left to ask in its zones; a "
		    "new ALERT asks others.",
			  "#17: 1 is needed now, 1 said yes. 1 copy goes on going out.",
			  "#17: 2 are needed now, 2 said yes. 2 copies go on going out." },
			{ "#17: ahora se necesitan 0, nadie viene. En sus zonas no queda nadie; "
			  "una nueva ALERTA llama a otros.",
				"#17: ahora se necesita 1, viene 1. Sigue saliendo 1 copia.",
				"#17: ahora se necesitan 2, vienen 2. Siguen saliendo 2 "
				"copias." } } },
	{ MSG_FOLLOW_SENT,
		{ { "#17: nobody was sent the alert yet.",
			  "#17: it goes to the one who was sent the alert. 1 unsent copy was "
			  "dropped.",
			  "#17: it goes to the 2 who were sent the alert. 2 unsent copies were "
			  "dropped." },
			{ "#17: nadie tiene la alerta.",
				"#17: llega a la persona que tiene la alerta. 1 copia ya no sale.",
				"#17: llega a las 2 personas que tienen la alerta. 2 copias ya no "
				"salen." } } },
	{ MSG_ALERT_EXPIRED,
		{ { "The time of alert #17 is over: nobody said yes. CLEAR 17 tells everybody who "
		    "was sent it.",
			  "The time of alert #17 is over: 1 said yes. CLEAR 17 tells everybody who "
			  "was sent it.",
			  "The time of alert #17 is over: 2 said yes. CLEAR 17 tells everybody who "
			  "was sent it." },
			{ "El tiempo de la alerta #17 ha terminado: nadie responde SI. CERRAR 17 "
			  "avisa a quienes la recibieron.",
				"El tiempo de la alerta #17 ha terminado: 1 persona responde SI. "
				"CERRAR 17 avisa a quienes la recibieron.",
				"El tiempo de la alerta #17 ha terminado: 2 responden SI. CERRAR "
				"17 avisa a quienes la recibieron." } } },
	{ MSG_STATUS, { { "Faro: 0 of 0 modems ready. Nobody on the list.",
				"Faro: 1 of 1 modem ready. 1 person, 1 open incident, 1 alert "
				"running. 1 text waiting. 1 text failed.",
				"Faro: 2 of 2 modems ready. 2 people, 2 open incidents, 2 alerts "
				"running. 2 texts waiting. 2 texts failed." },
			      { "Faro: 0 de 0 equipos listos. Nadie en la lista.",
				      "Faro: 1 de 1 equipo listo. 1 persona, 1 caso abierto, 1 "
				      "alerta en marcha. 1 mensaje espera. 1 mensaje sin entregar.",
				      "Faro: 2 de 2 equipos listos. 2 personas, 2 casos abiertos, "
				      "2 alertas en marcha. 2 mensajes esperan. 2 mensajes sin "
				      "entregar." } } },
	{ MSG_STATUS_THERE,
		{ { "#17: nobody there, nobody on the way.", "#17: 1 there, 1 on the way.",
			  "#17: 2 there, 2 on the way." },
			{ "#17: nadie en el lugar, nadie en camino.",
				"#17: 1 en el lugar, 1 en camino.",
				"#17: 2 en el lugar, 2 en camino." } } },
	{ MSG_DUTY_ON,
		{ { NULL, "Thank you! You are on duty for 1 h. DUTY OFF ends it.",
			  "Thank you! You are on duty for 2 h. DUTY OFF ends it." },
			{ NULL, "¡Gracias! Usted tiene turno por 1 h. TURNO OFF lo termina.",
				"¡Gracias! Usted tiene turno por 2 h. TURNO OFF lo termina." } } },
	{ MSG_VOUCH_WORD, { { NULL,
				    "Pass this on to one person you trust: JOIN K7M2P. The word "
				    "works once, for 1 h.",
				    "Pass this on to one person you trust: JOIN K7M2P. The word "
				    "works once, for 2 h." },
				  { NULL,
					  "Dele esto a una persona de confianza: UNIRSE K7M2P. La "
					  "palabra sirve una vez, por 1 h.",
					  "Dele esto a una persona de confianza: UNIRSE K7M2P. La "
					  "palabra sirve una vez, por 2 h." } } },
	{ MSG_VOUCH_SPENT,
		{ { NULL,
			  "You can vouch for 1 person a day, and you have done so. Text "
			  "VOUCH again tomorrow.",
			  "You can vouch for 2 people a day, and you have done so. Text "
			  "VOUCH again tomorrow." },
			{ NULL,
				"Usted puede avalar a 1 persona cada 24 horas y ya lo ha "
				"hecho. Mande AVALAR mañana.",
				"Usted puede avalar a 2 personas cada 24 horas y ya lo ha "
				"hecho. Mande AVALAR mañana." } } },
	{ MSG_INCIDENT_UNKNOWN, { { NULL, "There is no #1.", "There is no #2." },
					{ NULL, "No tenemos el #1.", "No tenemos el #2." } } },
};

static const char *const languages[] = { "en", "es" };

static struct speech *speech;

static int load(void **state)
{
	(void)state;
	return speech_new("config/messages", "en", NULL, NULL, &speech);
}

static int unload(void **state)
{
	(void)state;
	speech_free(speech);
	return 0;
}

static const char *const numbers[] = { "alerts", "percent", "minutes", "people", "segments", "need",
	"duty", "left", "tries", "yes", "here", "done", "no", "sent", "total", "held", "dropped",
	"ready", "modems", "incidents", "queued", "failed", "doubt", "hours", "number" };

static const struct speech_arg texts[] = {
	SPEECH_TEXT("box", "Faro"),
	SPEECH_TEXT("person", "Ben"),
	SPEECH_TEXT("name", "Ben"),
	SPEECH_TEXT("modem", "stick"),
	SPEECH_TEXT("zones", "north"),
	SPEECH_TEXT("text", "Vans."),
	SPEECH_TEXT("code", "4821"),
	SPEECH_TEXT("word", "K7M2P"),
	SPEECH_NUMBER("incident", 17),
};

static const char *say(const char *language, enum speech_message id, int number, char out[512])
{
	struct speech_arg args[ARRAY_SIZE(texts) + ARRAY_SIZE(numbers)];
	struct strbuf sb;
	size_t n = ARRAY_SIZE(texts);

	memcpy(args, texts, sizeof(texts));
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		args[n++] = (struct speech_arg)SPEECH_NUMBER(numbers[i], number);
	strbuf_init(&sb, out, 512);
	return speech_say(speech, language, id, args, n, &sb);
}

static void each_message_is_right_for_none_one_and_two(void **state)
{
	char said[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t l = 0; l < ARRAY_SIZE(languages); l++)
			for (int n = 0; n < 3; n++)
				if (rows[i].said[l][n])
					assert_string_equal(say(languages[l], rows[i].id, n, said),
						rows[i].said[l][n]);
}

/* "1 copies", "1 people": what follows a one looks like several. */
static bool says_one_as_many(const char *said)
{
	for (const char *at = said; (at = strstr(at, "1 ")); at++) {
		const char *word = at + 2;
		size_t n = strcspn(word, " .,:;|");

		if (at > said && (isdigit((unsigned char)at[-1]) || at[-1] == '#'))
			continue;
		if (n > 3 && (word[n - 1] == 's' || strncmp(word, "people", n) == 0))
			return true;
	}
	return false;
}

/* Also of those that have no row. */
static void no_message_says_one_as_many(void **state)
{
	char said[512];

	(void)state;
	assert_true(says_one_as_many("There are 1 people."));
	assert_true(says_one_as_many("1 copies"));
	assert_false(says_one_as_many("#1 is yours, 11 copies, 1 copy."));
	for (int id = 0; id < SPEECH_MESSAGES; id++)
		for (size_t l = 0; l < ARRAY_SIZE(languages); l++)
			if (says_one_as_many(say(languages[l], (enum speech_message)id, 1, said)))
				fail_msg("%s: %s", speech_message_name((enum speech_message)id),
					said);
}

/* Other languages choose as they like; none lacks what a number stands for. */
static void no_language_is_left_with_a_brace(void **state)
{
	const char *language;
	char said[512];

	(void)state;
	for (int i = 0; (language = speech_language(speech, i)); i++)
		for (size_t row = 0; row < ARRAY_SIZE(rows); row++)
			for (int n = 0; n < 3; n++)
				assert_null(strpbrk(say(language, rows[row].id, n, said), "{}|"));
}

static void print(void)
{
	char said[512];

	load(NULL);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t l = 0; l < ARRAY_SIZE(languages); l++)
			for (int n = 0; n < 3; n++)
				printf("%s\t%s\t%s\n", speech_message_name(rows[i].id),
					languages[l], say(languages[l], rows[i].id, n, said));
	unload(NULL);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_message_is_right_for_none_one_and_two),
		cmocka_unit_test(no_message_says_one_as_many),
		cmocka_unit_test(no_language_is_left_with_a_brace),
	};

	if (argc > 1 && strcmp(argv[1], "print") == 0) {
		print();
		return 0;
	}
	return cmocka_run_group_tests(tests, load, unload);
}
