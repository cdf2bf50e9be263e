using MilterCrypt.Cases.Daemon;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop.Cases;

/// <summary>Has happen what a case says of the listener where parts are handed back, one thing after the other.</summary>
internal sealed class ListenerScript(IReadOnlyList<ListenerRule> rules, SmtpTap tap)
{
    private int happened;

    public async Task BeginAsync()
    {
        tap.Forget();
        if (rules is [ListenerRule.Away])
        {
            happened = 1;
            await tap.RefuseAsync();
        }
        else
            ArmNext();
    }

    /// <summary>Lets everything through again.</summary>
    /// <returns>What did not come to happen.</returns>
    public IEnumerable<string> End()
    {
        tap.Disarm();
        tap.Listen();
        return rules.Skip(happened).Select(rule => $"{rule.Place}: it did not come to that");
    }

    private void ArmNext()
    {
        if (happened == rules.Count)
            return;
        var rule = rules[happened] as ListenerRule.Refuse ?? throw new InvalidOperationException($"{rules[happened].Place}: AWAY stands alone");
        // The end is kept from the server; at other steps it has its say, which is replaced.
        bool isEnd = rule.Step == "END";
        var moment = new SmtpMoment(FromServer: !isEnd, isEnd ? SmtpStep.Dot : rule.Step, rule.Nth) { Recipient = rule.Recipient, Refusal = rule.Reply };
        tap.Arm(moment, () =>
        {
            happened++;
            ArmNext();
            return Task.CompletedTask;
        });
    }
}
