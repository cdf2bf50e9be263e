using System.Text;
using MilterCrypt.Cases.Daemon;
using MilterCrypt.Cases.Expectations;
using MilterCrypt.Cases.Filter;

namespace MilterCrypt.Cases.Language;

/// <summary>Reads a case file; tests/cases/README.md describes the language. Strict: what is not understood is an error that
/// names file and line and says what may stand there.</summary>
public sealed class CaseReader
{
    private const string Keywords =
        "TITLE, NOT ON, MILTERCRYPT, LISTENER, FILTER, CONNECT, EHLO, HELO, MAIL, RCPT, DATA, BDAT, RSET, NOOP, QUIT, XCLIENT, SAY, SUBMIT, "
        + "HANG UP, REPLY, TOLD, DELIVERED, HELD, BOUNCED, HANDED BACK, NOTHING DELIVERED, or ON and a mail server before one of the last seven";

    private readonly CaseLines lines;
    private readonly List<Exclusion> exclusions = [];
    private readonly List<FilterRule> filter = [];
    private readonly List<ClientStep> client = [];
    private readonly List<Told> told = [];
    private readonly List<Outcome> outcomes = [];
    private readonly string file;
    private readonly List<ListenerRule> listener = [];
    private DaemonConfiguration? program;

    private CaseReader(string file, string text) => (this.file, lines) = (file, new CaseLines(file, text));

    /// <exception cref="CaseSyntaxException">A line can't be read, or something is missing.</exception>
    public static TextCase Read(string file, string text) => new CaseReader(file, text).Read();

    private TextCase Read()
    {
        var top = new Place(file, 1);
        if (lines.IsAtEnd || !lines.Peek.StartsWith("TITLE ", StringComparison.Ordinal))
            throw new CaseSyntaxException(top, "a case begins with TITLE and a sentence");
        string title = lines.Take()["TITLE ".Length..];
        while (!lines.IsAtEnd)
            ReadStatement();

        if (client.Count == 0)
            throw new CaseSyntaxException(top, "the client does nothing");
        if (outcomes.Count == 0)
            throw new CaseSyntaxException(top, "nothing is said of what becomes of the mail; if none is delivered, NOTHING DELIVERED");
        return new TextCase
        {
            File = file,
            Title = title,
            Exclusions = exclusions,
            Filter = filter,
            Program = program,
            Listener = listener,
            Client = client,
            Told = told,
            Outcomes = outcomes,
        };
    }

    private void ReadStatement()
    {
        var place = lines.Place;
        string line = lines.Take();
        var on = OnMta.Any;
        if (line.StartsWith("NOT ON ", StringComparison.Ordinal))
        {
            string reason = line["NOT ON ".Length..];
            if (OnMta.TakeFrom(ref reason) is not { } excluded || reason.Trim().Length == 0)
                throw new CaseSyntaxException(place, $"NOT ON {string.Join('|', OnMta.Names)}: reason");
            exclusions.Add(new Exclusion(excluded, reason.Trim()));
            return;
        }

        if (line.StartsWith("ON ", StringComparison.Ordinal))
        {
            string rest = line["ON ".Length..];
            on = OnMta.TakeFrom(ref rest)
                ?? throw new CaseSyntaxException(place, $"ON {string.Join('|', OnMta.Names)} and what is so there alone");
            line = rest;
        }

        string keyword = line.Split(' ')[0];
        string argument = line.Length > keyword.Length ? line[(keyword.Length + 1)..] : "";
        if (OutcomeReader.IsOutcome(keyword))
            outcomes.Add(OutcomeReader.Read(place, on, line, lines, ClientStep.Contents(client)));
        else if (keyword == "TOLD")
            told.Add(ReadTold(place, on, argument));
        else if (keyword == "REPLY")
            AddReply(new ExpectedLine(place, on, argument));
        else if (on != OnMta.Any)
            throw new CaseSyntaxException(place, "only expectations can differ between mail servers: REPLY, TOLD, DELIVERED, HELD, BOUNCED, HANDED BACK, NOTHING DELIVERED");
        else if (keyword == "FILTER")
            filter.Add(FilterReader.Read(place, argument, lines));
        else if (line is "MILTERCRYPT" or "MILTERCRYPT CONFIGURATION")
            program = ReadProgram(place, isWhole: argument.Length > 0);
        else if (keyword == "LISTENER")
            listener.Add(ListenerReader.Read(place, argument));
        else
            client.Add(ReadClient(place, line, keyword, argument));
    }

    private DaemonConfiguration ReadProgram(Place place, bool isWhole) => new(
        Encoding.UTF8.GetString(ContentReader.Read(lines) ?? throw new CaseSyntaxException(
            place, $"below MILTERCRYPT {(isWhole ? "CONFIGURATION stands that" : "stand its rules")}, each line behind '| '")),
        isWhole);

    private Told ReadTold(Place place, OnMta on, string text)
    {
        string[] words = text.Split(' ', 2);
        if (words[0] == "NO" && words.Length == 2 && Told.Kinds.Contains(words[1]))
            return new Told(place, on, words[1], null);
        if (!Told.Kinds.Contains(words[0]))
            throw new CaseSyntaxException(place, $"TOLD [NO] {string.Join('|', Told.Kinds)}");

        string rest = words.Length > 1 ? words[1] : "";
        try
        {
            if (words[0] == "BODY")
            {
                byte[] body = rest == "AS SENT"
                    ? OutcomeReader.BodyOf(ClientStep.Contents(client)[0])
                    : ContentReader.Read(lines) ?? [];
                return new Told(place, on, "BODY", Escapes.Write(body));
            }

            return new Told(place, on, words[0], Escapes.Write(Escapes.Read(rest)));
        }
        catch (FormatException wrong)
        {
            throw new CaseSyntaxException(place, wrong.Message);
        }
    }

    private void AddReply(ExpectedLine line)
    {
        if (client.Count == 0)
            throw new CaseSyntaxException(line.Place, "REPLY stands below what the client said");
        if (line.Text != "GONE" && (line.Text.Length < 3 || !line.Text.Take(3).All(char.IsAsciiDigit)))
            throw new CaseSyntaxException(line.Place, "REPLY code, or REPLY code status, or a whole line of the reply, or GONE");
        client[^1] = client[^1] with { Replies = [.. client[^1].Replies, line] };
    }

    private ClientStep ReadClient(Place place, string line, string keyword, string argument)
    {
        switch (keyword)
        {
            case "CONNECT" when argument == "":
                return new ClientStep.Connect(place);
            case "HANG" when argument == "UP":
                return new ClientStep.HangUp(place);
            case "EHLO" or "HELO" or "RSET" or "NOOP" or "QUIT" or "XCLIENT":
                return new ClientStep.Command(place, line);
            case "SAY" when argument != "":
                return new ClientStep.Command(place, argument);
            case "MAIL" when argument.StartsWith('<'):
                return new ClientStep.Command(place, "MAIL FROM:" + argument);
            case "RCPT" when argument.StartsWith('<'):
                return new ClientStep.Command(place, "RCPT TO:" + argument);
            case "DATA" when argument == "":
                return new ClientStep.Data(place, ContentReader.Read(lines));
            case "BDAT" when argument is "" or "LAST":
                return new ClientStep.Chunk(place, ContentReader.Read(lines) ?? [], argument == "LAST");
            case "SUBMIT" when Addresses.ReadList(argument) is [var sender, _, ..] all:
                return new ClientStep.Submit(
                    place, sender, all[1..],
                    ContentReader.Read(lines) ?? throw new CaseSyntaxException(place, "below SUBMIT stands the message, each line behind '| '"));
            default:
                throw new CaseSyntaxException(place, $"'{line}' can't be read. A line begins with {Keywords}");
        }
    }
}
