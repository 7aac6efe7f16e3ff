/* SPDX-License-Identifier: Apache-2.0 */
/* What strings of the configuration may be, by name. Inside of the settings room only. */
#ifndef FARO_SETTINGS_FORMS_H
#define FARO_SETTINGS_FORMS_H

#include "schema.h"

extern const struct schema_form form_minute, form_minute_or_empty, form_hours, form_text, form_path,
	form_port, form_imei, form_people_s_phone, form_body, form_word, form_language,
	form_language_or_empty, form_country, form_zone, form_name, form_pin, form_phone_or_empty,
	form_timezone;

#endif
