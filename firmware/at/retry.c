/* SPDX-License-Identifier: Apache-2.0 */
/* The error classes: one table of code ranges for +CMS ERROR, one for +CME ERROR. */
#include "faro/at.h"
#include "faro/base.h"

struct code_range {
	int first, last;
	enum at_retry retry;
};

/*
 * TS 27.005 3.2.5: 0..127 are the network's RP-causes (TS 24.011 E.2), 128..255 the service
 * centre's TP-failure-causes (TS 23.040 9.2.3.22), 300..511 the modem's own, 512 and up the
 * maker's. The first row that contains a code wins.
 */
static const struct code_range cms_ranges[] = {
	{ 1, 1, AT_RETRY_RECIPIENT },     /* unassigned number */
	{ 8, 8, AT_RETRY_BARRED },        /* operator determined barring */
	{ 10, 10, AT_RETRY_BARRED },      /* call barred */
	{ 17, 17, AT_RETRY_UNKNOWN },     /* network failure */
	{ 20, 20, AT_RETRY_STORE_FULL },  /* (seen with a full store) */
	{ 21, 21, AT_RETRY_FAR_SIDE },    /* short message transfer rejected */
	{ 22, 22, AT_RETRY_STORE_FULL },  /* memory capacity exceeded */
	{ 27, 27, AT_RETRY_TEMPORARY },   /* destination out of order */
	{ 28, 30, AT_RETRY_RECIPIENT },   /* unidentified, facility rejected, unknown subscriber */
	{ 38, 38, AT_RETRY_OUTAGE },      /* network out of order */
	{ 41, 41, AT_RETRY_TEMPORARY },   /* temporary failure */
	{ 42, 42, AT_RETRY_CONGESTION },  /* congestion */
	{ 47, 47, AT_RETRY_TEMPORARY },   /* resources unavailable */
	{ 50, 50, AT_RETRY_RECIPIENT },   /* requested facility not subscribed */
	{ 69, 69, AT_RETRY_RECIPIENT },   /* requested facility not implemented */
	{ 96, 99, AT_RETRY_RECIPIENT },   /* invalid or missing information */
	{ 111, 111, AT_RETRY_RECIPIENT }, /* protocol error */
	{ 192, 192, AT_RETRY_TEMPORARY }, /* SC busy */
	{ 194, 194, AT_RETRY_TEMPORARY }, /* SC system failure */
	{ 195, 196, AT_RETRY_RECIPIENT }, /* invalid or barred SME address */
	{ 302, 305, AT_RETRY_OUR_MISTAKE }, /* not allowed, not supported, invalid parameter */
	{ 310, 318, AT_RETRY_SIM },         /* SIM absent, locked, busy, wrong */
	{ 321, 321, AT_RETRY_OUR_MISTAKE }, /* invalid memory index */
	{ 322, 322, AT_RETRY_STORE_FULL },  /* memory full */
	{ 330, 330, AT_RETRY_NO_CENTRE },   /* SMSC address unknown */
	{ 331, 332, AT_RETRY_TEMPORARY },   /* no network service, network timeout */
	{ 340, 340, AT_RETRY_OUR_MISTAKE }, /* no +CNMA expected */
	{ 500, 500, AT_RETRY_UNKNOWN },     /* unknown error */
	{ 514, 514, AT_RETRY_CONGESTION },  /* makers: sent too fast */
	{ 512, 515, AT_RETRY_TEMPORARY },   /* makers: initialising, busy */
	/* The network or the service centre refused it for a reason that is none of the above. */
	{ 0, 255, AT_RETRY_TEMPORARY },
	{ 300, 511, AT_RETRY_TEMPORARY },
};

/* TS 27.007 9.2.1 and 9.2.2. */
static const struct code_range cme_ranges[] = {
	{ 3, 4, AT_RETRY_OUR_MISTAKE },   /* not allowed, not supported */
	{ 14, 14, AT_RETRY_TEMPORARY },   /* SIM busy */
	{ 10, 18, AT_RETRY_SIM },         /* SIM absent, locked, failed, wrong */
	{ 20, 20, AT_RETRY_STORE_FULL },  /* memory full */
	{ 21, 22, AT_RETRY_OUR_MISTAKE }, /* invalid index, not found */
	{ 24, 27, AT_RETRY_OUR_MISTAKE }, /* text or dial string too long or invalid */
	{ 30, 30, AT_RETRY_OUTAGE },      /* no network service */
	{ 32, 32, AT_RETRY_BARRED },      /* emergency calls only */
	{ 50, 56, AT_RETRY_OUR_MISTAKE }, /* parameters */
	{ 100, 100, AT_RETRY_UNKNOWN },   /* unknown */
	{ 103, 103, AT_RETRY_BARRED },    /* illegal subscriber */
	{ 106, 107, AT_RETRY_BARRED },    /* illegal equipment, service not allowed */
	{ 111, 113, AT_RETRY_BARRED },    /* network, area or roaming not allowed */
	{ 0, 255, AT_RETRY_TEMPORARY },
};

static const char *const retry_names[AT_RETRIES] = {
	[AT_RETRY_NONE] = "none",
	[AT_RETRY_RECIPIENT] = "recipient",
	[AT_RETRY_BARRED] = "barred",
	[AT_RETRY_FAR_SIDE] = "far side",
	[AT_RETRY_TEMPORARY] = "temporary",
	[AT_RETRY_CONGESTION] = "congestion",
	[AT_RETRY_OUTAGE] = "outage",
	[AT_RETRY_UNKNOWN] = "unknown",
	[AT_RETRY_SIM] = "sim",
	[AT_RETRY_STORE_FULL] = "store full",
	[AT_RETRY_NO_CENTRE] = "no centre",
	[AT_RETRY_OUR_MISTAKE] = "our mistake",
};

const char *at_retry_name(enum at_retry retry)
{
	return (unsigned int)retry < AT_RETRIES ? retry_names[retry] : "?";
}

static enum at_retry find(const struct code_range *ranges, size_t n, int code)
{
	for (size_t i = 0; i < n; i++) {
		if (code >= ranges[i].first && code <= ranges[i].last)
			return ranges[i].retry;
	}
	return AT_RETRY_UNKNOWN;
}

enum at_retry at_retry_of_cms(int code)
{
	return find(cms_ranges, ARRAY_SIZE(cms_ranges), code);
}

enum at_retry at_retry_of_cme(int code)
{
	return find(cme_ranges, ARRAY_SIZE(cme_ranges), code);
}
