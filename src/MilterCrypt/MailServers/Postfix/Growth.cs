using System.Globalization;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>Whether what clients may send still fits when it is encrypted: at listeners behind us, and in mailboxes.</summary>
internal static class Growth
{
    /// <summary>What is to be said of a listener that takes less than what clients may send becomes.</summary>
    /// <param name="path">The mail's way.</param>
    /// <param name="listener">The listener behind the queue, or where we hand back.</param>
    /// <param name="what">What comes there.</param>
    public static Finding? Finding(MailPath path, PostfixService listener, string what)
    {
        if (PostfixService.LargestMessage(listener, path.Instance.CleanupOf(listener)) is not { } takes)
            return null;
        return Largest(path, listener) is { } client && takes < Grown(path, client)
            ? MailServers.Finding.Warning(
                $"{path.Instance.PlaceOf(listener, "message_size_limit")} = {takes}: {what} is {Factor(path)} times as large as what a client sent, and clients may send {client} bytes; "
                + $"write in main.cf: message_size_limit = {Grown(path, client)} and in master.cf, for the services that clients reach: -o message_size_limit={client}")
            : null;
    }

    /// <summary>What is to be said of mailboxes: a message that doesn't fit is returned.</summary>
    public static IEnumerable<Finding> OfMailboxes(MailPath path)
    {
        (string Parameter, bool IsUsed)[] limits =
        [
            ("mailbox_size_limit", path.DeliversToUsers),
            ("virtual_mailbox_limit", path.Instance.Main["virtual_mailbox_domains"].Length > 0 && PostfixRoute.Read(path.Instance.Main["virtual_transport"])?.Transport == "virtual"),
        ];
        return
            from limit in limits
            where limit.IsUsed && path.Own.Refuses
            let fits = path.Instance.Main.Number(limit.Parameter)
            let client = Largest(path, null)
            where fits > 0 && client is not null && fits < Grown(path, client.Value)
            select MailServers.Finding.Warning(
                $"{path.Instance.MainFile}: {limit.Parameter} = {fits}: a message of the size that clients may send ({client} bytes) doesn't fit when it is encrypted, and is returned; write: {limit.Parameter} = {10 * Grown(path, client.Value)}");
    }

    // What the largest of the listeners for clients takes. One that takes any size promises nothing that we could compare.
    private static long? Largest(MailPath path, PostfixService? except) => path.Instance.SmtpServers
        .Where(service => service != except && !path.IsForInjection(service) && !path.IsSecondHop(service) && !service.IsOnLoopback)
        .Select(service => PostfixService.LargestMessage(service, path.Instance.CleanupOf(service)))
        .Max();

    private static long Grown(MailPath path, long size) => (long)(size * (decimal)path.Own.GrowthHere);

    private static string Factor(MailPath path) => path.Own.GrowthHere.ToString(CultureInfo.InvariantCulture);
}
