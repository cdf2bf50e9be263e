using MilterCrypt.Cases;
using MilterCrypt.Cases.Expectations;
using MilterCrypt.Cases.Language;
using MilterCrypt.Cases.Mta;
using MilterCrypt.Interop.Rigs;
using MilterCrypt.Milter;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop.Cases;

/// <summary>The text cases whose filter is the program itself, on real mail servers.</summary>
public abstract class DaemonCases(MailRig rig, MtaKind kind)
{
    public static TheoryData<string> Files { get; } =
    [
        .. from testCase in CaseFiles.All.Select(CaseFiles.Read)
           where testCase.DaemonRules is not null
           select new TheoryDataRow<string>(testCase.File) { TestDisplayName = testCase.Title },
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task IsSo(string file)
    {
        rig.Require();
        var testCase = CaseFiles.Read(file);
        var mta = new RealMta(rig.Server, rig.Sink, kind);
        string? reason = testCase.ReasonToSkip(mta.Kind);
        Assert.SkipWhen(reason is not null, reason ?? "");
        await UseAsync(testCase.DaemonRules!);

        var run = new CaseRun(testCase, mta, log: null, TestContext.Current.CancellationToken);
        var aftermath = await run.TalkAsync();
        var wrong = await new OutcomeCheck(testCase, mta.Kind, OpenAsync).CompareAsync(aftermath);
        if (run.Differences.Concat(wrong).ToList() is { Count: > 0 } all)
            throw new CaseFailedException($"{testCase.Title} ({mta.Kind})", all);
    }

    private async Task UseAsync(string rules)
    {
        const string InForce = "new configuration in force";
        int before = Count();
        rig.Daemon.Configure(string.Join('\n', rules.Split("\r\n").Select(line => "  " + line)));
        await rig.Daemon.ReloadAsync();
        await TestSupport.Patience.UntilAsync(() => Count() > before, () => "the rules are not taken: " + rig.Daemon.Log);

        int Count() => rig.Daemon.Log.Split(InForce).Length;
    }

    private async Task<IEnumerable<string>> OpenAsync(Outcome.Delivery wanted, SinkMessage message)
    {
        var wrong = new List<string>();
        string content = Escapes.Write(wanted.Whole ?? []);
        byte[] ciphertext = OpenedMessage.Ciphertext(message);
        foreach (string address in wanted.EncryptedFor)
        {
            var reader = rig.People.WithKeys.Single(person => person.Address == address);
            string opened = Escapes.Write(await reader.OpenAsync(ciphertext));
            if (opened != content)
                wrong.Add($"{wanted.Place}: {address} reads\n{opened}\ninstead of\n{content}");
        }

        // Nobody else's key is in it.
        string said = await rig.People.Bob.ExamineAsync(ciphertext);
        if (said.Split("[GNUPG:] ENC_TO ").Length - 1 != wanted.EncryptedFor.Count)
            wrong.Add($"{wanted.Place}: it is for others, too: {said}");
        return wrong;
    }
}

/// <summary>A Postfix with the program, whose rules the cases set.</summary>
public sealed class PostfixForDaemonCases() : MailRig(postfix: true, tcp: false);

/// <summary>A Sendmail with the program, whose rules the cases set.</summary>
public sealed class SendmailForDaemonCases() : MailRig(postfix: false, tcp: false);

public sealed class DaemonCasesOnPostfix(PostfixForDaemonCases rig) : DaemonCases(rig, MtaKind.Postfix), IClassFixture<PostfixForDaemonCases>;

public sealed class DaemonCasesOnSendmail(SendmailForDaemonCases rig) : DaemonCases(rig, MtaKind.Sendmail), IClassFixture<SendmailForDaemonCases>;
