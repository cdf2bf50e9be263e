using MilterCrypt.Cases;
using MilterCrypt.Cases.Filter;
using MilterCrypt.Cases.Language;
using MilterCrypt.Milter;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop.Cases;

/// <summary>The text cases of tests/cases on real mail servers, each file a test of its own.</summary>
public abstract class CasesOnRealServers(CaseRig rig)
{
    public static TheoryData<string> Files { get; } =
    [
        .. from testCase in CaseFiles.All.Select(CaseFiles.Read)
           where testCase.Program is null
           select new TheoryDataRow<string>(testCase.File) { TestDisplayName = testCase.Title },
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task IsSo(string file)
    {
        rig.Require();
        var testCase = CaseFiles.Read(file);
        string? reason = testCase.ReasonToSkip(rig.Mta.Kind);
        Assert.SkipWhen(reason is not null, reason ?? "");
        await CaseRun.RunAsync(testCase, rig.Mta, rig.Filter, TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task MailThatTheFilterReadsToItsEndAndLeavesAloneIsByteIdentical()
    {
        rig.Require();
        var ct = TestContext.Current.CancellationToken;
        var log = new FilterLog([]);
        rig.Filter.Use(new CaseFilter(CaseReader.Read("none", "TITLE It reads\nQUIT\nNOTHING DELIVERED"), log, TimeSpan.Zero));
        await using var plainSink = SmtpSink.Start();
        await using var plainServer = await rig.StartServerAsync(filter: null, plainSink.Port);
        bool postfix = rig.Mta.Kind.Kind == MtaKind.Postfix;
        await new SameAsUnfiltered(plainServer, plainSink, rig.Server, rig.Sink).AssertAsync(
            OddMail.All.Where(mail => postfix || !OddMail.IsForPostfixOnly(mail.Key)), "bob@clear.example", ct);

        await rig.Mta.SettleAsync(ct);
        Assert.True(log.Lines.Count(line => line.Kind == "BODY") >= 60, "the filter has read fewer messages");
    }
}

public sealed class CasesOnPostfix(PostfixCaseRig rig) : CasesOnRealServers(rig), IClassFixture<PostfixCaseRig>;

public sealed class CasesOnSendmail(SendmailCaseRig rig) : CasesOnRealServers(rig), IClassFixture<SendmailCaseRig>;

public sealed class CasesOnPostfixOverTcp(PostfixOverTcpCaseRig rig) : CasesOnRealServers(rig), IClassFixture<PostfixOverTcpCaseRig>;

public sealed class CasesOnSendmailOverTcp(SendmailOverTcpCaseRig rig) : CasesOnRealServers(rig), IClassFixture<SendmailOverTcpCaseRig>;
