using MilterCrypt.Cases;
using MilterCrypt.Cases.Daemon;
using MilterCrypt.Cases.Expectations;
using MilterCrypt.Cases.Language;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop.Cases;

/// <summary>The text cases whose filter is the program itself.</summary>
public abstract class DaemonCases(IDaemonCaseRig rig)
{
    public static TheoryData<string> Files { get; } =
    [
        .. from testCase in CaseFiles.All.Select(CaseFiles.Read)
           where testCase.Program is not null
           select new TheoryDataRow<string>(testCase.File) { TestDisplayName = testCase.Title },
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task IsSo(string file)
    {
        rig.Require();
        var testCase = CaseFiles.Read(file);
        var mta = rig.ForOneCase();
        string? reason = testCase.ReasonToSkip(mta.Kind);
        Assert.SkipWhen(reason is not null, reason ?? "");
        await UseAsync(testCase.Program!);

        var listener = new ListenerScript(testCase.Listener, rig.HandingBack);
        await listener.BeginAsync();
        var run = new CaseRun(testCase, mta, log: null, TestContext.Current.CancellationToken);
        var wrong = new List<string>();
        try
        {
            var aftermath = await run.TalkAsync();
            wrong.AddRange(await new OutcomeCheck(testCase, mta.Kind, OpenAsync).CompareAsync(aftermath with { HandedBack = rig.HandingBack.Carried.Count }));
        }
        finally
        {
            wrong.AddRange(listener.End());
        }

        if (run.Differences.Concat(wrong).ToList() is { Count: > 0 } all)
            throw new CaseFailedException($"{testCase.Title} ({mta.Kind})", all);
    }

    private async Task UseAsync(DaemonConfiguration program)
    {
        const string InForce = "new configuration in force";
        int before = Count();
        if (program.IsWhole)
            rig.Daemon.ConfigureWhole(program.Yaml.Replace(DaemonConfiguration.Listener, $"smtp://127.0.0.1:{rig.HandingBack.Port}", StringComparison.Ordinal));
        else
            rig.Daemon.Configure(string.Join('\n', program.Yaml.Split("\r\n").Select(line => "  " + line)));
        await rig.Daemon.ReloadAsync();
        await TestSupport.Patience.UntilAsync(() => Count() > before, () => "the configuration is not taken: " + rig.Daemon.Log);

        int Count() => rig.Daemon.Log.Split(InForce).Length;
    }

    private async Task<IEnumerable<string>> OpenAsync(Outcome.Delivery wanted, SinkMessage message)
    {
        var wrong = new List<string>();
        string content = Escapes.Write(wanted.Whole ?? []);
        byte[] ciphertext = OpenedMessage.Ciphertext(message);
        foreach (string address in wanted.EncryptedFor.Concat(wanted.AnonymouslyFor))
        {
            var reader = rig.People.WithKeys.Single(person => person.Address == address);
            string opened = Escapes.Write(await reader.OpenAsync(ciphertext));
            if (opened != content)
                wrong.Add($"{wanted.Place}: {address} reads\n{opened}\ninstead of\n{content}");
        }

        // Nobody else's key is in it, and those are named that may be.
        string said = await rig.People.Bob.ExamineAsync(ciphertext);
        if ((Count("ENC_TO "), Count("ENC_TO 0000000000000000 ")) != (wanted.EncryptedFor.Count + wanted.AnonymouslyFor.Count, wanted.AnonymouslyFor.Count))
            wrong.Add($"{wanted.Place}: its keys are others: {said}");
        return wrong;

        int Count(string status) => said.Split("[GNUPG:] " + status).Length - 1;
    }
}

public sealed class DaemonCasesOnPostfix(PostfixForDaemonCases rig) : DaemonCases(rig), IClassFixture<PostfixForDaemonCases>;

public sealed class DaemonCasesOnSendmail(SendmailForDaemonCases rig) : DaemonCases(rig), IClassFixture<SendmailForDaemonCases>;

public sealed class DaemonCasesOnTheMockOfPostfix(MockOfPostfixForDaemonCases rig) : DaemonCases(rig), IClassFixture<MockOfPostfixForDaemonCases>;

public sealed class DaemonCasesOnTheMockOfSendmail(MockOfSendmailForDaemonCases rig) : DaemonCases(rig), IClassFixture<MockOfSendmailForDaemonCases>;
