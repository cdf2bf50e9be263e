/* scripted-milter SOCKET SCRIPT: does at each step what the script says, with Sendmail's own library.
 *
 * A line of the script: SCENARIO STEP ACTION ARGUMENT..., with tabs between and \n for a line break. A session's scenario is
 * the first label of the client's name, of its HELO, and the sender's local part. STEP is connect, helo, mail, rcpt (every one) or
 * rcpt:LOCALPART, data, header, eoh, body, eom. scripted-milter.py does the same on pymilter.
 * SOCKET is in the library's notation: local:/path or inet:port@host.   cc -O2 scripted-milter.c -lmilter -lpthread */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libmilter/mfapi.h>

enum { MAX_LINES = 500, MAX_WORDS = 40, NAME_ROOM = 100, TEXT_ROOM = 2000 };

static char *script[MAX_LINES][MAX_WORDS];
static int lines;

/* "100%" must be told as "100%%": the MTA takes replies for formats. */
static char *doubled(const char *text)
{
	char *copy = malloc(2 * strlen(text) + 1), *end = copy;
	for (; *text; text++) {
		*end++ = *text;
		if (*text == '%')
			*end++ = '%';
	}
	*end = 0;
	return copy;
}

static sfsistat reply(SMFICTX *session, char **words, int double_percent)
{
	char *texts[32] = { 0 };
	for (int i = 0; i < 32 && words[2 + i]; i++)
		texts[i] = double_percent ? doubled(words[2 + i]) : strdup(words[2 + i]);
	if (texts[1])
		smfi_setmlreply(session, words[0], words[1], texts[0], texts[1], texts[2], texts[3], NULL);
	else
		smfi_setreply(session, words[0], words[1], texts[0]);
	for (int i = 0; i < 32; i++)
		free(texts[i]);
	return words[0][0] == '5' ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

static void replace_body(SMFICTX *session, size_t length)
{
	static const char line[] = "A line of the new body, which is sixty-four bytes long in all.\r\n";
	unsigned char *body = malloc(length + 1);
	for (size_t i = 0; i < length; i++)
		body[i] = line[i % (sizeof line - 1)];
	smfi_replacebody(session, body, length);
	free(body);
}

/* What the script says of one step, in its order; what settles the step ends it. */
static sfsistat run(SMFICTX *session, const char *scenario, const char *step)
{
	for (int i = 0; i < lines; i++) {
		char **words = script[i], *action = words[2], **argument = words + 3;
		if (strcmp(words[0], scenario) || strcmp(words[1], step))
			continue;
		if (!strcmp(action, "accept"))
			return SMFIS_ACCEPT;
		else if (!strcmp(action, "reject"))
			return SMFIS_REJECT;
		else if (!strcmp(action, "tempfail"))
			return SMFIS_TEMPFAIL;
		else if (!strcmp(action, "discard"))
			return SMFIS_DISCARD;
		else if (!strcmp(action, "reply"))
			return reply(session, argument, 1);
		else if (!strcmp(action, "rawreply"))
			return reply(session, argument, 0);
		else if (!strcmp(action, "addheader"))
			smfi_addheader(session, argument[0], argument[1]);
		else if (!strcmp(action, "insheader"))
			smfi_insheader(session, atoi(argument[0]), argument[1], argument[2]);
		else if (!strcmp(action, "chgheader"))
			smfi_chgheader(session, argument[1], atoi(argument[0]), argument[2]);
		else if (!strcmp(action, "body"))
			replace_body(session, strtoul(argument[0], NULL, 10));
		else if (!strcmp(action, "addrcpt"))
			argument[1] ? smfi_addrcpt_par(session, argument[0], argument[1]) : smfi_addrcpt(session, argument[0]);
		else if (!strcmp(action, "delrcpt"))
			smfi_delrcpt(session, argument[0]);
		else if (!strcmp(action, "chgfrom"))
			smfi_chgfrom(session, argument[0], argument[1]);
		else if (!strcmp(action, "quarantine"))
			smfi_quarantine(session, argument[0]);
		else if (!strcmp(action, "progress"))
			smfi_progress(session);
	}
	return SMFIS_CONTINUE;
}

/* The part of an address or a name up to its first '@' or '.', without '<'. */
static char *label(const char *text, char *room)
{
	snprintf(room, NAME_ROOM, "%s", text + (text[0] == '<'));
	room[strcspn(room, "@.")] = 0;
	return room;
}

static sfsistat run_message(SMFICTX *session, const char *step)
{
	char *scenario = smfi_getpriv(session);
	return run(session, scenario ? scenario : "", step);
}

static sfsistat on_connect(SMFICTX *session, char *host, _SOCK_ADDR *address)
{
	char room[NAME_ROOM];
	(void)address;
	return run(session, label(host, room), "connect");
}

static sfsistat on_helo(SMFICTX *session, char *name)
{
	char room[NAME_ROOM];
	return run(session, label(name, room), "helo");
}

static sfsistat on_mail(SMFICTX *session, char **arguments)
{
	char *scenario = smfi_getpriv(session);
	if (!scenario)
		smfi_setpriv(session, scenario = malloc(NAME_ROOM));
	label(arguments[0], scenario);
	return run_message(session, "mail");
}

static sfsistat on_rcpt(SMFICTX *session, char **arguments)
{
	char room[NAME_ROOM], step[NAME_ROOM + 5];
	snprintf(step, sizeof step, "rcpt:%s", label(arguments[0], room));
	sfsistat answer = run_message(session, step);
	return answer == SMFIS_CONTINUE ? run_message(session, "rcpt") : answer;
}

static sfsistat on_data(SMFICTX *session)
{
	return run_message(session, "data");
}

static sfsistat on_header(SMFICTX *session, char *name, char *value)
{
	(void)name, (void)value;
	return run_message(session, "header");
}

static sfsistat on_eoh(SMFICTX *session)
{
	return run_message(session, "eoh");
}

static sfsistat on_body(SMFICTX *session, unsigned char *piece, size_t length)
{
	(void)piece, (void)length;
	return run_message(session, "body");
}

static sfsistat on_eom(SMFICTX *session)
{
	return run_message(session, "eom");
}

static sfsistat on_close(SMFICTX *session)
{
	free(smfi_getpriv(session));
	smfi_setpriv(session, NULL);
	return SMFIS_CONTINUE;
}

static int read_script(const char *path)
{
	char text[TEXT_ROOM];
	FILE *file = fopen(path, "r");
	for (; file && lines < MAX_LINES && fgets(text, sizeof text, file); lines++) {
		char *rest = text, *word;
		text[strcspn(text, "\n")] = 0;
		for (int i = 0; i < MAX_WORDS - 1 && (word = strsep(&rest, "\t")); i++) {
			char *copy = script[lines][i] = strdup(word), *escape;
			while ((escape = strstr(copy, "\\n"))) {
				*escape = '\n';
				memmove(escape + 1, escape + 2, strlen(escape + 2) + 1);
			}
		}
	}
	return file && fclose(file) == 0;
}

int main(int argc, char **argv)
{
	struct smfiDesc filter = {
		.xxfi_name = "scripted",
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY | SMFIF_ADDRCPT | SMFIF_ADDRCPT_PAR | SMFIF_DELRCPT
			| SMFIF_CHGFROM | SMFIF_QUARANTINE,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_rcpt,
		.xxfi_data = on_data,
		.xxfi_header = on_header,
		.xxfi_eoh = on_eoh,
		.xxfi_body = on_body,
		.xxfi_eom = on_eom,
		.xxfi_close = on_close,
	};
	if (argc != 3 || !read_script(argv[2]) || smfi_setconn(argv[1]) == MI_FAILURE || smfi_register(filter) == MI_FAILURE)
		return 64;
	return smfi_main();
}
