/* SPDX-License-Identifier: Apache-2.0 */
/* Families of modems: one row each. The first whose piece of identity fits is taken. */
#include <string.h>

#include "modem_private.h"

static const struct modem_profile profiles[] = {
	{ "generic", { NULL }, 0, NULL, { "SM", "ME", "MT" }, NULL,
		"what the standards say, and every way around" },
	{ "sim800", { "SIM800", "SIM900", "SIM808", "SIM868" }, MODEM_GSM_ONLY | MODEM_PATIENT_SIM,
		NULL, { "SM", "ME" }, "2,1,0,1,0",
		"reports only as +CDS (ds=2 is refused); 2G; weak supplies show as fresh boot "
		"lines" },
	{ "simcom", { "SIMCOM", "SIM7", "A76" }, MODEM_FACTORY | MODEM_PATIENT_SIM, NULL,
		{ "ME", "SM" }, NULL, "some send only after AT&F; prints +SMS FULL and stops" },
	{ "quectel", { "QUECTEL", "EC25", "EG25", "BG96" }, MODEM_CDSI_LIES | MODEM_PATIENT_SIM,
		NULL, { "ME", "SM" }, "2,1,0,1,0",
		"+CDSI names SM while the report lies in SR: reading it can delete another text" },
	{ "huawei", { "HUAWEI", "E3531", "E3372", "E173" }, 0, "AT^CURC=0", { "SM", "ME" }, NULL,
		"noisy; SM and ME are both in use; a full store shows as ^SMMEMFULL only" },
	{ "telit", { "TELIT", "HE910", "LE910" }, 0, NULL, { "SM", "ME" }, NULL,
		"no other SIM command while a +CMGS runs" },
	{ "ublox", { "U-BLOX", "SARA-", "LARA-", "TOBY-" }, 0, NULL, { "ME", "SM" }, NULL,
		"PDU mode only: text mode cannot show concatenation" },
	{ "sierra", { "SIERRA", "GOBI" }, 0, NULL, { "SM", "ME" }, "1,1,0,1,0",
		"takes mode 1 only; +CNMA unreliable" },
	{ "cinterion", { "CINTERION", "GEMALTO", "THALES" }, 0, NULL, { "ME", "SM", "MT" },
		"2,1,0,2,1", "needs a fifth value of 1" },
	{ "zte", { "ZTE" }, 0, NULL, { "SM", "ME" }, NULL, "+CDS has an extra comma" },
};

const struct modem_profile *modem_profile_find(const char *name)
{
	if (name[0] == '\0' || strcmp(name, "auto") == 0)
		return &profiles[0];
	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++) {
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	}
	return NULL;
}

const struct modem_profile *modem_profile_match(const char *identity)
{
	for (size_t i = 1; i < ARRAY_SIZE(profiles); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(profiles[i].match) && profiles[i].match[k]; k++) {
			if (strcasestr(identity, profiles[i].match[k]))
				return &profiles[i];
		}
	}
	return &profiles[0];
}
