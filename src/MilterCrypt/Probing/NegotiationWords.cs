using System.Globalization;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Wire;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Probing;

/// <summary>What MTA and filter agreed on, in words.</summary>
internal static class NegotiationWords
{
    private static readonly (MilterActions Bit, string Words)[] Actions =
    [
        (MilterActions.AddHeaders, "add headers"),
        (MilterActions.ChangeHeaders, "change headers"),
        (MilterActions.ChangeBody, "replace the body"),
        (MilterActions.AddRecipients, "add recipients"),
        (MilterActions.AddRecipientsWithArguments, "add recipients with arguments"),
        (MilterActions.DeleteRecipients, "delete recipients"),
        (MilterActions.ChangeSender, "change the sender"),
        (MilterActions.Quarantine, "quarantine"),
        (MilterActions.RequestMacros, "ask for macros"),
    ];

    private static readonly (MilterProtocol Left, MilterProtocol Silent, string Words)[] Steps =
    [
        (MilterProtocol.NoConnect, MilterProtocol.SilentConnect, "CONNECT"),
        (MilterProtocol.NoHelo, MilterProtocol.SilentHelo, "HELO"),
        (MilterProtocol.NoMail, MilterProtocol.SilentMail, "MAIL"),
        (MilterProtocol.NoRecipient, MilterProtocol.SilentRecipient, "RCPT"),
        (MilterProtocol.NoData, MilterProtocol.SilentData, "DATA"),
        (MilterProtocol.NoUnknown, MilterProtocol.SilentUnknown, "unknown commands"),
        (MilterProtocol.NoHeaders, MilterProtocol.SilentHeader, "header fields"),
        (MilterProtocol.NoEndOfHeader, MilterProtocol.SilentEndOfHeader, "end of header"),
        (MilterProtocol.NoBody, MilterProtocol.SilentBody, "body"),
    ];

    private static readonly (MilterProtocol Bit, string Words)[] Manners =
    [
        (MilterProtocol.LeadingSpace, "header values whole"),
        (MilterProtocol.Skip, "may skip"),
        (MilterProtocol.RejectedRecipients, "sees refused recipients"),
    ];

    /// <summary>What there is to say, a label and some words each.</summary>
    public static IEnumerable<(string Label, string Words)> Of(MilterClient client)
    {
        Negotiation agreed = client.Agreed;
        yield return ("version", string.Create(CultureInfo.InvariantCulture, $"{agreed.Version}, {client.Habits.Offer.Version} was offered"));
        yield return ("may", Join(Actions.Where(a => agreed.Actions.HasFlag(a.Bit)).Select(a => a.Words)));
        yield return ("left out", Join(Steps.Where(s => agreed.Protocol.HasFlag(s.Left)).Select(s => s.Words)));
        yield return ("not answered", Join(Steps.Where(s => agreed.Protocol.HasFlag(s.Silent)).Select(s => s.Words)));
        yield return ("manners", Join(Manners.Where(m => agreed.Protocol.HasFlag(m.Bit)).Select(m => m.Words)));
        foreach ((MacroStage stage, string names) in client.RequestedMacros.OrderBy(list => list.Key))
            yield return ("macros", $"{StageName(stage)}: {(names.Length == 0 ? "(none)" : PrintableText.Of(names))}");
    }

    private static string StageName(MacroStage stage) => stage switch
    {
        MacroStage.Connect => "CONNECT",
        MacroStage.Helo => "HELO",
        MacroStage.Mail => "MAIL",
        MacroStage.Recipient => "RCPT",
        MacroStage.Data => "DATA",
        MacroStage.EndOfMessage => "end of message",
        MacroStage.EndOfHeader => "end of header",
        _ => string.Create(CultureInfo.InvariantCulture, $"stage {(int)stage}"),
    };

    private static string Join(IEnumerable<string> words) => string.Join(", ", words) is { Length: > 0 } text ? text : "-";
}
