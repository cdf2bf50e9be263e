using System.Text;
using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Tests.Injection;

/// <summary>What tests of bringing messages to a listener have in common.</summary>
internal static class Bringing
{
    public static readonly HeaderField[] Header = [Field("From", " alice@sender.example"), Field("Subject", " one\n two")];

    public static readonly InjectionEnvelope Envelope = To("bob@partner.example");

    public static HeaderField Field(string name, string value) => new(name, Encoding.Latin1.GetBytes(value));

    public static InjectionEnvelope To(params string[] recipients) =>
        new("alice@sender.example", [], [.. recipients.Select(address => new InjectionRecipient(address, []))]);

    public static MemoryStream Body(string text) => new(Encoding.Latin1.GetBytes(text));

    public static SmtpInjector Injector(int port, InjectionLimits? limits = null, int connections = 4)
    {
        Assert.True(InjectionTarget.TryParse($"smtp://127.0.0.1:{port}", out var target, out _));
        return new SmtpInjector(
            new InjectionOptions(target, connections, "filter.test.example", TimeProvider.System) { Limits = limits ?? new InjectionLimits() });
    }

    public static async Task<InjectionTransaction> BeginAsync(this ScriptedListener listener, InjectionLimits? limits = null)
    {
        using var lease = await Injector(listener.Port, limits).ReserveAsync(1, TestContext.Current.CancellationToken);
        return lease!.Begin();
    }

    /// <summary>Brings a message and, where it may be, ends it; waits until the listener has seen all of it.</summary>
    public static async Task<InjectionResult> SendAsync(
        this ScriptedListener listener, InjectionEnvelope? envelope = null, string body = "Hello\r\n", InjectionLimits? limits = null)
    {
        InjectionResult result;
        await using (var transaction = await listener.BeginAsync(limits))
        {
            result = await transaction.BringAsync(envelope ?? Envelope, Header, Body(body), TestContext.Current.CancellationToken)
                ?? await transaction.FinishAsync(TestContext.Current.CancellationToken);
        }

        return result;
    }
}
