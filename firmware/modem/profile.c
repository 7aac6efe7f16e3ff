/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which family a modem is of: by name, by what it says it is, by how it shows on the USB
 * (families.c).
 */
#include <string.h>

#include "modem_private.h"

static const char *const names[MODEM_FAMILIES] = {
#define MODEM_FAMILY(id) [MODEM_FAMILY_##id] = #id,
#include "faro/modem_families.def"
#undef MODEM_FAMILY
};

const char *modem_profile_name(const struct modem_profile *profile)
{
	return names[profile - modem_families];
}

const struct modem_profile *modem_profile_find(const char *name)
{
	if (name[0] == '\0' || strcmp(name, "auto") == 0)
		return &modem_families[MODEM_FAMILY_generic];
	for (size_t i = 0; i < MODEM_FAMILIES; i++) {
		if (strcmp(names[i], name) == 0)
			return &modem_families[i];
	}
	return NULL;
}

const struct modem_usb_id *modem_usb_find(uint16_t vendor, uint16_t product)
{
	for (size_t i = 0; i < modem_usb_ids_n; i++) {
		const struct modem_usb_id *id = &modem_usb_ids[i];

		if (id->vendor == vendor && (id->product == 0 || id->product == product))
			return id;
	}
	return NULL;
}

/* The piece of a family's own that the identity has in it, or NULL. */
static const char *piece_of(const struct modem_profile *profile, const char *identity)
{
	for (size_t i = 0; i < ARRAY_SIZE(profile->match) && profile->match[i]; i++) {
		if (strcasestr(identity, profile->match[i]))
			return profile->match[i];
	}
	return NULL;
}

const struct modem_profile *modem_profile_match(
	const char *identity, const struct modem_usb_id *usb, const char **piece)
{
	const char *found = NULL;
	size_t i = MODEM_FAMILY_generic;

	while (!found && ++i < MODEM_FAMILIES)
		found = piece_of(&modem_families[i], identity);
	if (piece)
		*piece = found;
	if (found)
		return &modem_families[i];
	return &modem_families[usb ? usb->family : MODEM_FAMILY_generic];
}
