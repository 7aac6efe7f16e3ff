/* SPDX-License-Identifier: Apache-2.0 */
/* A USSD code, such as one that tells a prepaid SIM's balance, and what the network answers. */
#include <string.h>

#include "faro/courier.h"
#include "room.h"

/* The modem gives up before: this is for one that never comes to it. */
#define PATIENCE_MS (150 * MS_PER_S)

struct asking {
	bool asked;
	uint64_t serial;
	int64_t until_ms;
};
_Static_assert(sizeof(struct asking) <= CONTROL_SCRATCH_SIZE, "kept between two steps");

static struct modem *modem_named(const struct control_rooms *rooms, const char *name)
{
	struct modem *modem;

	for (int i = 0; (modem = courier_modem(rooms->courier, i)); i++)
		if (strcmp(modem_name(modem), name) == 0)
			return modem;
	return NULL;
}

static enum control_step wait_more(struct control_request *request, const struct asking *asking)
{
	control_wait(request, asking->until_ms);
	return CONTROL_WAIT;
}

static enum control_step ask(
	const struct control_rooms *rooms, struct control_request *request, struct asking *asking)
{
	const char *name = control_text(request, "name", "");
	const char *code = control_text(request, "code", "");
	struct modem *modem = modem_named(rooms, name);
	int rc = modem ? modem_ussd(modem, code) : -ENODEV;

	if (rc == -ENODEV)
		return control_fail(request, FARO_EXIT_FAILED,
			"there is no modem \"%.40s\"; see faroctl modem list", name);
	if (rc == -EINVAL)
		return control_fail(request, FARO_EXIT_USAGE,
			"\"%.40s\" is no USSD code: digits, * and #, such as *100#", code);
	if (rc < 0)
		return control_fail(request, FARO_EXIT_FAILED,
			"%.40s is not registered, or another code is on its way", name);
	*asking = (struct asking){ .asked = true,
		.serial = rooms->ussd.serial,
		.until_ms = time_mono_ms() + PATIENCE_MS };
	return wait_more(request, asking);
}

/* {"name", "code"} */
enum control_step command_modem_ussd(void *ctx, struct control_request *request)
{
	struct asking *asking = control_scratch(request);
	const struct control_rooms *rooms = ctx;
	const struct control_ussd *ussd = &rooms->ussd;
	json_t *answer;

	if (!asking->asked)
		return ask(rooms, request, asking);
	if (ussd->serial == asking->serial ||
		strcmp(ussd->modem, control_text(request, "name", "")) != 0) {
		if (time_mono_ms() < asking->until_ms)
			return wait_more(request, asking);
		return control_fail(request, FARO_EXIT_FAILED, "no answer came");
	}
	if (ussd->error)
		return control_fail(
			request, FARO_EXIT_FAILED, "no answer came: %s", strerror(-ussd->error));
	if (!ussd->text[0])
		return control_fail(
			request, FARO_EXIT_FAILED, "the network does not know this code");
	answer = json_object();
	json_set_text(answer, "answer", ussd->text);
	return control_answer(request, answer);
}
