/* SPDX-License-Identifier: Apache-2.0 */
/* faroctl's side of the control socket (include/faro/control.h). */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "faroctl.h"

#define PATIENCE_S 30 /* how long farod may say nothing before it is taken for dead */

json_t *ctl_request(const char *name)
{
	return json_pack("{s:s}", "cmd", name);
}

int ctl_fail(const struct ctl *ctl, int code, const char *format, ...)
{
	char text[768];
	va_list args;

	if (ctl->quiet)
		return code;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(stderr, "faroctl: %s\n", text);
	if (ctl->json)
		print_json(json_pack("{s:b,s:s,s:i}", "ok", 0, "error", text, "exit", code));
	return code;
}

/* ---- connection ------------------------------------------------------------------------------ */

static int not_there(const struct ctl *ctl, int error)
{
	if (error == EACCES || error == EPERM)
		return ctl_fail(ctl, FARO_EXIT_FAILED,
			"%s: you may not use it; be root or in the socket's group (sudo faroctl "
			"...)",
			ctl->socket);
	return ctl_fail(ctl, FARO_EXIT_NO_DAEMON,
		"farod does not answer at %s: %s; is it running? (systemctl status farod)",
		ctl->socket, strerror(error));
}

/* An open stream, or an exit code. */
static int open_socket(const struct ctl *ctl, bool patient, FILE **out)
{
	const struct timeval limit = { .tv_sec = patient ? 0 : PATIENCE_S };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return not_there(ctl, errno);
	if (!text_copy(address.sun_path, sizeof(address.sun_path), ctl->socket)) {
		close(fd);
		return ctl_fail(
			ctl, FARO_EXIT_USAGE, "%s: the path is too long for a socket", ctl->socket);
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int error = errno;

		close(fd);
		return not_there(ctl, error);
	}
	*out = fdopen(fd, "r+");
	return *out ? FARO_EXIT_OK : not_there(ctl, errno);
}

/* ---- answers --------------------------------------------------------------------------------- */

static const char *const kinds[] = { "row", "line", "progress" };

static bool hear(const json_t *line, ctl_hear_fn *heard, void *ctx)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const json_t *value = json_object_get(line, kinds[i]);

		if (!value)
			continue;
		if (heard)
			heard(ctx, kinds[i], value);
		return true;
	}
	return false;
}

static int refused(const struct ctl *ctl, const json_t *answer)
{
	const char *error = json_string_value(json_object_get(answer, "error"));
	const json_t *code = json_object_get(answer, "exit");

	return ctl_fail(ctl,
		json_is_integer(code) ? (int)json_integer_value(code) : FARO_EXIT_FAILED, "%s",
		error ? error : "farod refused without a reason");
}

static int read_answer(
	const struct ctl *ctl, FILE *stream, ctl_hear_fn *heard, void *ctx, json_t **answer)
{
	char *text = NULL;
	size_t size = 0;
	json_t *line;
	int rc = -1;

	while (rc < 0) {
		errno = 0;
		if (getline(&text, &size, stream) <= 0) {
			rc = not_there(ctl, errno ? errno : ECONNRESET);
			break;
		}
		line = json_loads(text, 0, NULL);
		if (json_is_true(json_object_get(line, "ok"))) {
			rc = FARO_EXIT_OK;
			if (answer)
				*answer = json_incref(line);
		} else if (!hear(line, heard, ctx)) {
			rc = refused(ctl, line);
		}
		json_decref(line);
	}
	free(text);
	return rc;
}

static int ask(const struct ctl *ctl, bool patient, json_t *request, ctl_hear_fn *heard, void *ctx,
	json_t **answer)
{
	FILE *stream = NULL;
	int rc = open_socket(ctl, patient, &stream);

	if (rc == FARO_EXIT_OK) {
		/*
		 * a farod that is full says so and closes before it reads: its reason is still
		 * there
		 */
		signal(SIGPIPE, SIG_IGN);
		json_dumpf(request, stream, JSON_COMPACT);
		fputc('\n', stream);
		fflush(stream);
		signal(SIGPIPE, SIG_DFL);
		rc = read_answer(ctl, stream, heard, ctx, answer);
		fclose(stream);
	}
	json_decref(request);
	return rc;
}

int ctl_ask(const struct ctl *ctl, json_t *request, ctl_hear_fn *heard, void *ctx, json_t **answer)
{
	return ask(ctl, false, request, heard, ctx, answer);
}

int ctl_ask_patiently(
	const struct ctl *ctl, json_t *request, ctl_hear_fn *heard, void *ctx, json_t **answer)
{
	return ask(ctl, true, request, heard, ctx, answer);
}

int ctl_order(const struct ctl *ctl, json_t *request, const char *done)
{
	json_t *answer = NULL;
	int rc = ctl_ask(ctl, request, NULL, NULL, &answer);

	if (rc == 0 && ctl->json)
		print_json(json_incref(answer));
	else if (rc == 0)
		puts(done);
	json_decref(answer);
	return rc;
}

json_t *ctl_ask_quietly(const struct ctl *ctl, json_t *request)
{
	struct ctl quiet = *ctl;
	json_t *answer = NULL;

	quiet.quiet = true;
	quiet.json = false;
	ctl_ask(&quiet, request, NULL, NULL, &answer);
	return answer;
}
