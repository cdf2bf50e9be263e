using System.Text;
using MilterCrypt.Engine.Mail.Reports;

namespace MilterCrypt.Engine.Tests.Mail.Reports;

/// <summary>Reports that are larger than anybody's patience.</summary>
[Collection(nameof(Alone))]
public sealed class ReportBombTests
{
    private const int MaxHeld = 200 * 1024;

    public static TheoryData<string, int, string, string, bool> Bombs => new()
    {
        { "a returned body", 100, Reduction.Report("Status: 5.1.1", "From: a@b.example\n\n@"), "falcon falcon falcon falcon falcon falcon falcon\n", true },
        { "one line", 100, Reduction.Report("Status: 5.1.1", "From: a@b.example\n\n@"), "falcon", true },
        { "one field", 10, Reduction.Report("Status: 5.1.1\nDiagnostic-Code: smtp; @"), "falcon", true },
        { "one field in many lines", 10, Reduction.Report("Status: 5.1.1\nDiagnostic-Code: smtp;\n@"), " falcon\n", true },
        { "recipients without end", 10, Reduction.Report("Status: 5.1.1\n\n@"), "Final-Recipient: rfc822; bob@example.org\nStatus: 5.1.1\nX-Name: falcon\n\n", true },
        { "a group without end", 10, Reduction.Report("Status: 5.1.1\n@"), "Final-Recipient: rfc822; bob@example.org\n", true },
        { "a returned header without end", 10, Reduction.Report("Status: 5.1.1", "@"), "To: bob@example.org\n", true },
        { "a returned field without end", 10, Reduction.Report("Status: 5.1.1", "To:\n@"), " bob@example.org,\n", true },
        { "many parts", 10, Reduction.Report("Status: 5.1.1", "@"), "--b\n\nfalcon\n", false },
        { "a part header without end", 10, Reduction.Report("").Replace("message/delivery-status", "message/delivery-status\n@", StringComparison.Ordinal), "X-Falcon: falcon\n", false },
        { "a long line in a part header", 10, Reduction.Report("").Replace("message/delivery-status", "message/delivery-status\nX: @", StringComparison.Ordinal), "falcon", false },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void LittleIsHeldAndLittleIsLeft(string of, int megabytes, string message, string filling, bool isReport)
    {
        int total = megabytes * 1024 * 1024;
        byte[] piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(filling, 60_000 / filling.Length)));
        // Behind the last @ comes the filling.
        message = message.ReplaceLineEndings("\n");
        string[] around = [message[..message.LastIndexOf('@')], message[(message.LastIndexOf('@') + 1)..]];

        using var reducer = ReportReducer.Begin(Letter.Read(around[0]).Header, Reduction.Host);
        reducer.Write(Letter.Read(around[0]).Body);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (long written = 0; written < total; written += piece.Length)
            reducer.Write(piece);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MaxHeld);

        reducer.Write(Encoding.ASCII.GetBytes(around[1]));
        var reduced = reducer.Complete();
        Assert.True(isReport == reduced.IsReport, of);
        Assert.InRange(reduced.Body.Length, 1, 60 * 1024);
        Assert.DoesNotContain("falcon", reduced.Text(), StringComparison.OrdinalIgnoreCase);
    }
}
