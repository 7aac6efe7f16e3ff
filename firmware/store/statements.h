/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every statement of the box, as data, a file a subject: S(name, sql). Included where S is defined;
 * each is prepared once. The columns and conditions that a file names serve those after it too.
 */
#include "values.def"
#include "people.def"
#include "inbox.def"
#include "message.def"
#include "limits.def"
#include "broadcast.def"
#include "incident.def"
#include "alert.def"
#include "volunteers.def"
#include "clock.def"
#include "bulletin.def"
#include "keep.def"
