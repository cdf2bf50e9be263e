/* noop-milter SOCKET [told | as-encrypted]: takes each body and hands the same bytes back, with a header field added and nothing
 * else done.
 *
 * It is the floor: what any filter that rewrites messages costs the mail server, written with Sendmail's own library.
 * "told" raises the floor to what a filter that decides can't do without: it is told sender, recipients and header.
 * "as-encrypted" hands back as many bytes as armored ciphertext has, too.
 * SOCKET is in that library's notation: local:/path or inet:port@host.   cc -O2 noop-milter.c -lmilter -lpthread */
#include <stdlib.h>
#include <string.h>
#include <libmilter/mfapi.h>

/* Armored ciphertext beside what was encrypted, in percent. */
enum { GROWTH = 142 };

static int as_encrypted;

struct body {
	unsigned char *bytes;
	size_t length, room;
};

static sfsistat forget(SMFICTX *session)
{
	struct body *body = smfi_getpriv(session);
	if (body)
		body->length = 0;
	return SMFIS_CONTINUE;
}

static sfsistat take(SMFICTX *session, unsigned char *bytes, size_t length)
{
	struct body *body = smfi_getpriv(session);
	if (!body) {
		if (!(body = calloc(1, sizeof *body)))
			return SMFIS_TEMPFAIL;
		smfi_setpriv(session, body);
	}
	if (body->length + length > body->room) {
		size_t room = (body->length + length) * 2;
		unsigned char *larger = realloc(body->bytes, room);
		if (!larger)
			return SMFIS_TEMPFAIL;
		body->bytes = larger;
		body->room = room;
	}
	memcpy(body->bytes + body->length, bytes, length);
	body->length += length;
	return SMFIS_CONTINUE;
}

static sfsistat hand_back(SMFICTX *session)
{
	struct body *body = smfi_getpriv(session);
	smfi_addheader(session, "X-Filter", "noop");
	if (body && smfi_replacebody(session, body->bytes, body->length) != MI_SUCCESS)
		return SMFIS_TEMPFAIL;
	if (body && as_encrypted && smfi_replacebody(session, body->bytes, body->length * (GROWTH - 100) / 100) != MI_SUCCESS)
		return SMFIS_TEMPFAIL;
	forget(session);
	return SMFIS_ACCEPT;
}

static sfsistat part(SMFICTX *session)
{
	struct body *body = smfi_getpriv(session);
	if (body) {
		free(body->bytes);
		free(body);
		smfi_setpriv(session, NULL);
	}
	return SMFIS_CONTINUE;
}

static sfsistat told_address(SMFICTX *session, char **arguments)
{
	(void)session, (void)arguments;
	return SMFIS_CONTINUE;
}

static sfsistat told_field(SMFICTX *session, char *name, char *value)
{
	(void)session, (void)name, (void)value;
	return SMFIS_CONTINUE;
}

static sfsistat told_end(SMFICTX *session)
{
	(void)session;
	return SMFIS_CONTINUE;
}

int main(int argc, char **argv)
{
	struct smfiDesc filter = {
		.xxfi_name = "noop",
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGBODY,
		.xxfi_body = take,
		.xxfi_eom = hand_back,
		.xxfi_abort = forget,
		.xxfi_close = part,
	};
	if (argc == 3 && (strcmp(argv[2], "told") == 0 || strcmp(argv[2], "as-encrypted") == 0)) {
		as_encrypted = strcmp(argv[2], "as-encrypted") == 0;
		filter.xxfi_envfrom = filter.xxfi_envrcpt = told_address;
		filter.xxfi_header = told_field;
		filter.xxfi_eoh = told_end;
		argc--;
	}
	if (argc != 2 || smfi_setconn(argv[1]) == MI_FAILURE || smfi_register(filter) == MI_FAILURE)
		return 64;
	return smfi_main();
}
