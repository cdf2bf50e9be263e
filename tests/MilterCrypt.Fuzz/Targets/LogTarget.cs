using System.Text;
using MilterCrypt.Commands.Tracing;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>What `trace` and `report` read: a log, in which others' addresses stand.</summary>
internal static class LogTarget
{
    /// <summary>A line as it stands in a log; and the same bytes as an address in one, which must come back and change nothing
    /// else.</summary>
    public static string Lines(ReadOnlySpan<byte> input)
    {
        string read = LogLineReader.TryRead(input, out var line) ? line.Outcome : "none";
        string address = Encoding.UTF8.GetString(input);
        string written = LogAddress.Of(address);
        string forged = $"4A: from=<{written}>, to=<{written}>, rule=r, outcome=recipient-refused, reply=550 5.7.1, reason={PrintableText.Of(address)}";
        if (!LogLineReader.TryRead(Encoding.UTF8.GetBytes(forged), out var back) || back.Outcome != "recipient-refused" || back["reply"] != "550 5.7.1"
            || back.Rule != "r" || back.Sender != address || back.Recipients is not [var sole] || sole != address)
            throw new FuzzFailureException("an address changes what the line says");
        return read;
    }

    public static IEnumerable<byte[]> Seeds() =>
    [
        .. from text in (string[])
           [
               "2026-11-23T10:00:00.000Z information: 4A: from=<a@x.example>, to=<b@y.example> <c@y.example> and 3 more, recipients=5, rule=r, outcome=encrypted, form=openpgp, format=SEIPDv2, keys=0123456789ABCDEF, signed-by=none (why), bytes=16, bytes-out=700, ms=3",
               "2026-11-23T10:00:00+0100 host miltercrypt[12]: 4A: from=<>, to=<b@y.example>, rule=r, would-be=refused, reply=550 5.7.1, reason=no key",
               "Nov 23 10:00:00 host miltercrypt[12]: <6>4A: from=<a@x>, to=<b@y>, recipients=1, outcome=handed-over, form=openpgp, as=5B, format=SEIPDv2, keys=01, signed-by=none, perhaps-twice=0",
               """{"time":"2026-11-23T10:00:00.5Z","level":"information","message":"4A: from=<a@x>, to=<b@x>, recipients=1, rule=r, outcome=refused, reply=452 4.3.1, reason=no room, ms=3"}""",
               "\"x>, to=<y@z>, rule=r, outcome=unchanged, reason=, ms=1 \\u003e\"@evil.example",
           ]
           select Encoding.UTF8.GetBytes(text),
    ];
}
