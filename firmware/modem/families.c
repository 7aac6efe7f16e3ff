/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Families of modems as data: the only place that knows makers' names. A row of modem_families
 * tells what is done otherwise than the standards say, and why; a row of modem_usb_ids how a device
 * shows on the bus. What every modem is spared (unknown lines, torn lines, stores that are listed
 * after each notice) needs no row.
 */
#include "modem_private.h"

const struct modem_profile modem_families[MODEM_FAMILIES] = {
	[MODEM_FAMILY_generic] = { .title = "a modem by the book",
		.store = { "SM", "ME", "MT" },
		.cmms = 2,
		.why = "what the standards say, and every way around" },
	[MODEM_FAMILY_sim800] = { .title = "SIMCom SIM800, SIM900",
		.match = { "SIM800", "SIM900", "SIM808", "SIM868", "SIM840" },
		.flags = MODEM_GSM_ONLY,
		.store = { "SM", "ME" },
		.cnmi = "2,1,0,1,0",
		.cmms = 2,
		.why = "reports only as +CDS (ds=2 is refused); 2G; a fresh \"SMS Ready\" is a "
		       "restart, most "
		       "often by a weak supply" },
	[MODEM_FAMILY_a7670] = { .title = "SIMCom A7670, A7672, A7608",
		.match = { "A7670", "A7672", "A7608", "A7680" },
		.store = { "ME", "SM" },
		.cnmi = "2,1,0,1,0",
		.cmms = 2,
		.why = "says +SMS FULL and takes no more texts; may store one text twice" },
	[MODEM_FAMILY_sim7600] = { .title = "SIMCom SIM7600, SIM7500, SIM7000, SIM7080",
		.match = { "SIM7", "SIMCOM" },
		.flags = MODEM_FACTORY,
		.store = { "ME", "SM" },
		.cnmi = "2,1,0,1,0",
		.cmms = 2,
		.why = "some send only after AT&F; \"+CMTI: ,-1\" is a text that the network could "
		       "not hand over "
		       "(IMS)" },
	[MODEM_FAMILY_quectel] = { .title = "Quectel EC25, EC21, EG25, EG91, BG96",
		.match = { "QUECTEL", "EC25", "EC21", "EG25", "BG96" },
		.flags = MODEM_REPORTS_DIRECT,
		.store = { "ME", "SM" },
		.cnmi = "2,1,0,1,0",
		.cmms = 2,
		.why = "+CDSI names SM while the report lies in SR, and reading there can delete "
		       "another text: "
		       "reports only as +CDS; long without a network it may hang" },
	[MODEM_FAMILY_huawei] = { .title = "Huawei E3531, E3372, E303, E173 as a stick",
		.match = { "HUAWEI", "E3531", "E3372", "E303", "E173", "E1752" },
		.quiet = "AT^CURC=0",
		.store = { "SM", "ME" },
		.cmms = 0,
		.why = "noisy; SM and ME are both in use; a full store shows as ^SMMEMFULL only; "
		       "+CMMS answers "
		       "CMS 500" },
	[MODEM_FAMILY_telit] = { .title = "Telit LE910, HE910",
		.match = { "TELIT", "HE910", "LE910" },
		.store = { "SM", "ME" },
		.cnmi = "2,1,0,1,0",
		.cmms = 2,
		.why = "no other command for the SIM while a +CMGS runs: one dialogue at a time, "
		       "as always" },
	[MODEM_FAMILY_ublox] = { .title = "u-blox SARA, LARA, TOBY",
		.match = { "U-BLOX", "SARA-", "LARA-", "TOBY-" },
		.store = { "ME", "SM" },
		.cmms = 2,
		.why = "text mode cannot show the parts of long texts: PDU mode, as always" },
	[MODEM_FAMILY_sierra] = { .title = "Sierra Wireless, Gobi",
		.match = { "SIERRA", "GOBI" },
		.flags = MODEM_NO_ACKNOWLEDGE,
		.store = { "SM", "ME" },
		.cnmi = "1,1,0,1,0",
		.cmms = 2,
		.why = "shows mode 2 and ds=2 and refuses them; +CNMA is unreliable: +CSMS stays "
		       "0" },
	[MODEM_FAMILY_cinterion] = { .title = "Cinterion, Gemalto, Thales",
		.match = { "CINTERION", "GEMALTO", "THALES", "SIEMENS" },
		.store = { "ME", "SM", "MT" },
		.cnmi = "2,1,0,2,1",
		.cmms = 2,
		.why = "+CNMI takes only 1 in its fifth place; texts may arrive in SM only" },
	[MODEM_FAMILY_zte] = { .title = "ZTE MF sticks",
		.match = { "ZTE" },
		.store = { "SM", "ME" },
		.cnmi = "2,1,0,1,0",
		.cmms = 2,
		.why = "an extra comma before the length of +CDS" },
};

#define ANY  0
#define NONE ""

const struct modem_usb_id modem_usb_ids[] = {
	/* that have no port for AT as they are: the first row that fits counts */
	{ 0x12d1, 0x14dc, MODEM_FAMILY_huawei, NONE,
		"in HiLink mode it is a network card and has no port for AT: it needs the firmware "
		"of a "
		"stick, or another one in its place" },
	{ 0x12d1, 0x1f01, MODEM_FAMILY_huawei, NONE,
		"in storage mode it is a CD with drivers: install usb-modeswitch and plug it in "
		"again" },
	{ 0x12d1, 0x14fe, MODEM_FAMILY_huawei, NONE,
		"in storage mode it is a CD with drivers: install usb-modeswitch and plug it in "
		"again" },
	{ 0x19d2, 0x2000, MODEM_FAMILY_zte, NONE,
		"in storage mode it is a CD with drivers: install usb-modeswitch and plug it in "
		"again" },
	/* that have */
	{ 0x2c7c, ANY, MODEM_FAMILY_quectel, "2 or 3", NULL },
	{ 0x1e0e, 0x9011, MODEM_FAMILY_a7670, NONE, NULL },
	{ 0x1e0e, ANY, MODEM_FAMILY_sim7600, "2 or 3", NULL },
	{ 0x12d1, ANY, MODEM_FAMILY_huawei, NONE, NULL },
	{ 0x1bc7, ANY, MODEM_FAMILY_telit, NONE, NULL },
	{ 0x1546, 0x1102, MODEM_FAMILY_ublox, NONE, NULL },
	{ 0x1546, 0x110a, MODEM_FAMILY_ublox, NONE, NULL },
	{ 0x1546, 0x1146, MODEM_FAMILY_ublox, NONE, NULL },
	{ 0x1199, ANY, MODEM_FAMILY_sierra, NONE, NULL },
	{ 0x1e2d, ANY, MODEM_FAMILY_cinterion, NONE, NULL },
	{ 0x0681, ANY, MODEM_FAMILY_cinterion, NONE, NULL },
	{ 0x19d2, ANY, MODEM_FAMILY_zte, NONE, NULL },
};
const size_t modem_usb_ids_n = ARRAY_SIZE(modem_usb_ids);
